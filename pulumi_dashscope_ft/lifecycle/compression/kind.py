"""The descriptor of the kind `compression`."""

from __future__ import annotations

import re
from functools import partial

from pulumi_dashscope_ft.api import Compression, JobStatus
from pulumi_dashscope_ft.lifecycle.base.kind.closeup import CloseUp
from pulumi_dashscope_ft.lifecycle.base.kind.descriptor import Kind, Updates
from pulumi_dashscope_ft.lifecycle.base.kind.objects import Listed
from pulumi_dashscope_ft.lifecycle.base.kind.run import teardown_of_runs
from pulumi_dashscope_ft.lifecycle.base.kind.teardown import MODEL, SweepRules, Use
from pulumi_dashscope_ft.lifecycle.base.product.takeover import takeover
from pulumi_dashscope_ft.lifecycle.base.product.verbs import WAIT_LIMIT, ProductVerbs
from pulumi_dashscope_ft.lifecycle.compression.derived import DERIVATION
from pulumi_dashscope_ft.lifecycle.compression.product import COMPRESSION, RESOURCE
from pulumi_dashscope_ft.lifecycle.compression.source import COMPRESSIONS
from pulumi_dashscope_ft.lifecycle.compression.teardown import KIND as NOUN
from pulumi_dashscope_ft.lifecycle.compression.teardown import tear_down
from pulumi_dashscope_ft.lifecycle.compression.view import all_facts, facts, import_request, live_object, wait_for_model
from pulumi_dashscope_ft.schema.properties import CompressedModelInputs, CompressedModelOutputs

VERBS = ProductVerbs[Compression, CompressedModelInputs, CompressedModelOutputs](COMPRESSION)


def _name(job: Compression) -> str | None:
    return job.job_name


KIND = Kind(
    RESOURCE,
    NOUN,
    VERBS,
    import_request,
    derivation=DERIVATION,
    id_property="jobId",
    waits=WAIT_LIMIT,
    settled=JobStatus.FINAL,
    updates=Updates(
        are_local=VERBS.is_local_update,
        failure=VERBS.failure_foreseen,
        lasting=("jobId", "jobName", "baseModel", "templateName", "createTime"),
    ),
    objects=Listed(COMPRESSIONS, live_object, _name, facts, partial(takeover, VERBS)),
    id_form=re.compile(r"quant-\d{8,}-\w+"),
    closeup=CloseUp(
        read=lambda connection, job_id: connection.client.compressions.get(job_id),
        facts=all_facts,
        log=lambda connection, job_id, offset: connection.client.compressions.logs(job_id, offset=offset),
        wait=lambda connection, job_id, timeout, _: wait_for_model(connection, job_id, timeout),
        product="modelId",
        unit="GPU seconds",
    ),
    teardown=teardown_of_runs(RESOURCE, tear_down),
    use=Use((MODEL,), "compresses", "{it} may be compressed"),
    sweep=SweepRules(is_record=lambda one: not one.active),
    # No search for orphans when a stack ends: a job that nobody holds ends by itself and is not billed
    # (model-compression-introduction), and a sweep finds it. So the key need not be allowed to list these jobs.
)
