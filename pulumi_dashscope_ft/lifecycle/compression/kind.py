"""The descriptor of the kind `compression`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.api import Compression, JobStatus
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.kind.descriptor import Kind, Updates
from pulumi_dashscope_ft.lifecycle.base.kind.live_object import LiveObject
from pulumi_dashscope_ft.lifecycle.base.kind.objects import Listed
from pulumi_dashscope_ft.lifecycle.base.kind.teardown import SweepRules, Teardown, TeardownOptions, Use
from pulumi_dashscope_ft.lifecycle.compression import diff, resource
from pulumi_dashscope_ft.lifecycle.compression.derived import DERIVATION
from pulumi_dashscope_ft.lifecycle.compression.source import COMPRESSIONS
from pulumi_dashscope_ft.lifecycle.compression.takeover import takeover
from pulumi_dashscope_ft.lifecycle.compression.teardown import KIND as NOUN
from pulumi_dashscope_ft.lifecycle.compression.teardown import TeardownPolicy, plan, tear_down
from pulumi_dashscope_ft.lifecycle.compression.view import facts, import_request, live_object


def _name(job: Compression) -> str | None:
    return job.job_name


def _policy(options: TeardownOptions) -> TeardownPolicy:
    return TeardownPolicy(options.on_destroy, options.on_undeletable, options.timeout)


def _tear_down(connection: Connection, job_id: str, name: str, options: TeardownOptions) -> None:
    tear_down(connection, job_id, _policy(options))


def _options(properties: Mapping[str, Any]) -> TeardownOptions:
    policy = resource.policy_of(properties)
    return TeardownOptions(policy.on_destroy, policy.on_undeletable, policy.timeout)


def _action(one: LiveObject, options: TeardownOptions) -> str:
    planned = plan(one.status, _policy(options))
    return "" if planned == "keep" else planned


KIND = Kind(
    resource.RESOURCE,
    NOUN,
    resource,
    import_request,
    derivation=DERIVATION,
    id_property="jobId",
    waits=diff.WAIT_LIMIT,
    settled=JobStatus.FINAL,
    updates=Updates(
        are_local=resource.is_local_update,
        failure=lambda job_id, olds, news: resource.failure_foreseen(job_id, olds),
        lasting=("jobId", "jobName", "baseModel", "templateName", "createTime"),
    ),
    objects=Listed(COMPRESSIONS, live_object, _name, facts, takeover),
    id_form=re.compile(r"quant-\d{8,}-\w+"),
    teardown=Teardown(_tear_down, options_of=_options, action=_action),
    use=Use(("job",), "compresses", "{it} may be compressed"),
    sweep=SweepRules(is_record=lambda one: not one.active),
    # No search for orphans when a stack ends: a job that nobody holds ends by itself and is not billed
    # (model-compression-introduction), and a sweep finds it. So the key need not be allowed to list these jobs.
)
