"""Which outputs of a tuned model follow from which inputs: the same as for a job."""

from __future__ import annotations

from pulumi_dashscope_ft.lifecycle.job.derived import DERIVATION as DERIVATION
