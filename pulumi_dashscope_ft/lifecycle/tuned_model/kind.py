"""The descriptor of a job and its model in one: that of a job, plus the wait for the model."""

from __future__ import annotations

from dataclasses import replace

from pulumi_dashscope_ft.lifecycle.base.kind.descriptor import Updates
from pulumi_dashscope_ft.lifecycle.job.kind import KIND as JOB
from pulumi_dashscope_ft.lifecycle.tuned_model import resource

KIND = replace(
    JOB,
    type_name=resource.RESOURCE,
    lifecycle=resource,
    waits=resource.WAIT,
    updates=Updates(
        are_local=lambda olds, news: bool(olds.outputs.get(resource.MODEL)),
        failure=lambda job_id, olds, news: resource.failure_foreseen(job_id, olds),
        lasting=JOB.updates.lasting,
    ),
)
