"""The descriptor of the kind `checkpoint`."""

from __future__ import annotations

from pulumi_dashscope_ft.lifecycle.base.kind.descriptor import Kind, Updates
from pulumi_dashscope_ft.lifecycle.checkpoint import resource
from pulumi_dashscope_ft.lifecycle.checkpoint.derived import DERIVATION
from pulumi_dashscope_ft.lifecycle.checkpoint.imported import import_request

KIND = Kind(
    resource.RESOURCE,
    "checkpoint",
    resource,
    import_request,
    derivation=DERIVATION,
    waits="exportTimeout",
    updates=Updates(lasting=("jobId", "createTime")),
    unlisted="checkpoints are listed job by job",
)
