"""Which outputs follow from which inputs: as for a job."""

from __future__ import annotations

from pulumi_dashscope_ft.lifecycle.job.derived import DERIVATION as DERIVATION
