"""The descriptor of the kind `job`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.api import Job, JobStatus
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.kind.descriptor import Kind, Updates
from pulumi_dashscope_ft.lifecycle.base.kind.live_object import LiveObject
from pulumi_dashscope_ft.lifecycle.base.kind.objects import Listed
from pulumi_dashscope_ft.lifecycle.base.kind.teardown import (
    OrphanSearch,
    SweepRules,
    Teardown,
    TeardownOptions,
    Use,
)
from pulumi_dashscope_ft.lifecycle.base.sources import JOBS
from pulumi_dashscope_ft.lifecycle.job import resource
from pulumi_dashscope_ft.lifecycle.job.derived import DERIVATION
from pulumi_dashscope_ft.lifecycle.job.quota import counts
from pulumi_dashscope_ft.lifecycle.job.takeover import takeover
from pulumi_dashscope_ft.lifecycle.job.teardown import TeardownPolicy, plan, tear_down
from pulumi_dashscope_ft.lifecycle.job.view import facts, import_request, live_object


def _name(job: Job) -> str | None:
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
    "job",
    resource,
    import_request,
    derivation=DERIVATION,
    id_property="jobId",
    settled=JobStatus.FINAL,
    updates=Updates(lasting=("jobId", "jobName", "baseModel", "createTime", "creator")),
    objects=Listed(JOBS, live_object, _name, facts, takeover),
    id_form=re.compile(r"ft-\d{8,}-\w+"),
    teardown=Teardown(_tear_down, options_of=_options, action=_action),
    use=Use(("file", "job"), "needs", "a job may need {it}"),
    sweep=SweepRules(
        needed_as=lambda one: one.model or None,
        part_used="its model",
        expires=True,
        is_record=lambda one: not one.active,
        quota=lambda one: counts(status=one.status, active=one.active),
    ),
    orphans=OrphanSearch(
        goes_on=lambda one: one.active, ending="cancel it", list_name="job list", last_listing_serves=True
    ),
)
