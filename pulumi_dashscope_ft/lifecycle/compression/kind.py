"""The descriptor of the kind `compression`."""

from __future__ import annotations

import re

from pulumi_dashscope_ft.api import Compression, JobStatus
from pulumi_dashscope_ft.lifecycle.base.kind.closeup import CloseUp
from pulumi_dashscope_ft.lifecycle.base.kind.descriptor import Kind, Updates
from pulumi_dashscope_ft.lifecycle.base.kind.objects import Listed
from pulumi_dashscope_ft.lifecycle.base.kind.run import teardown_of_runs
from pulumi_dashscope_ft.lifecycle.base.kind.teardown import SweepRules, Use
from pulumi_dashscope_ft.lifecycle.compression import diff, resource
from pulumi_dashscope_ft.lifecycle.compression.derived import DERIVATION
from pulumi_dashscope_ft.lifecycle.compression.source import COMPRESSIONS
from pulumi_dashscope_ft.lifecycle.compression.takeover import takeover
from pulumi_dashscope_ft.lifecycle.compression.teardown import KIND as NOUN
from pulumi_dashscope_ft.lifecycle.compression.teardown import tear_down
from pulumi_dashscope_ft.lifecycle.compression.view import all_facts, facts, import_request, live_object, wait_for_model


def _name(job: Compression) -> str | None:
    return job.job_name


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
    closeup=CloseUp(
        read=lambda connection, job_id: connection.client.compressions.get(job_id),
        facts=all_facts,
        log=lambda connection, job_id, offset: connection.client.compressions.logs(job_id, offset=offset),
        wait=lambda connection, job_id, timeout, _: wait_for_model(connection, job_id, timeout),
        product="modelId",
        unit="GPU seconds",
    ),
    teardown=teardown_of_runs(resource.RESOURCE, tear_down),
    use=Use(("job",), "compresses", "{it} may be compressed"),
    sweep=SweepRules(is_record=lambda one: not one.active),
    # No search for orphans when a stack ends: a job that nobody holds ends by itself and is not billed
    # (model-compression-introduction), and a sweep finds it. So the key need not be allowed to list these jobs.
)
