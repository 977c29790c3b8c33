"""The descriptor of the kind `job`."""

from __future__ import annotations

import re

from pulumi_dashscope_ft.api import Job, JobStatus
from pulumi_dashscope_ft.lifecycle.base.kind.closeup import CloseUp
from pulumi_dashscope_ft.lifecycle.base.kind.descriptor import Kind, Updates
from pulumi_dashscope_ft.lifecycle.base.kind.objects import Listed
from pulumi_dashscope_ft.lifecycle.base.kind.run import teardown_of_runs
from pulumi_dashscope_ft.lifecycle.base.kind.teardown import MODEL, OrphanSearch, SweepRules, Use
from pulumi_dashscope_ft.lifecycle.base.sources import JOBS
from pulumi_dashscope_ft.lifecycle.job import resource
from pulumi_dashscope_ft.lifecycle.job.derived import DERIVATION
from pulumi_dashscope_ft.lifecycle.job.model_wait import wait_for_model
from pulumi_dashscope_ft.lifecycle.job.quota.counting import counts
from pulumi_dashscope_ft.lifecycle.job.takeover import takeover
from pulumi_dashscope_ft.lifecycle.job.teardown import tear_down
from pulumi_dashscope_ft.lifecycle.job.view import all_facts, cost_facts, facts, import_request, live_object


def _name(job: Job) -> str | None:
    return job.job_name


KIND = Kind(
    resource.RESOURCE,
    "job",
    resource,
    import_request,
    derivation=DERIVATION,
    id_property="jobId",
    settled=JobStatus.FINAL,
    updates=Updates(lasting=("jobId", "jobName", "baseModel", "createTime", "creator")),
    objects=Listed(JOBS, live_object, _name, facts, takeover, cost_facts),
    id_form=re.compile(r"ft-\d{8,}-\w+"),
    closeup=CloseUp(
        read=lambda connection, job_id: connection.client.fine_tunes.get(job_id),
        facts=all_facts,
        log=lambda connection, job_id, offset: connection.client.fine_tunes.logs(job_id, offset=offset),
        wait=wait_for_model,
        product="finetunedOutput",
        unit="tokens",
    ),
    teardown=teardown_of_runs(resource.RESOURCE, tear_down),
    has_models=True,
    use=Use(("file", MODEL), "needs", "a job may need {it}"),
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
