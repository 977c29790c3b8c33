"""The program that takes over a live compression job."""

from __future__ import annotations

from typing import Any

from pulumi_dashscope_ft.api import Compression
from pulumi_dashscope_ft.lifecycle.base.ending.policy import DELETE, RETAIN
from pulumi_dashscope_ft.lifecycle.base.ending.run import TeardownPolicy, plan
from pulumi_dashscope_ft.lifecycle.base.kind.facts import name_of
from pulumi_dashscope_ft.lifecycle.base.kind.takeover import Takeover, TakeoverOptions, other_owner, refused
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.compression.diff import RESOURCE, compare
from pulumi_dashscope_ft.lifecycle.compression.request import inputs_shown, mismatches
from pulumi_dashscope_ft.lifecycle.compression.resource import state_of
from pulumi_dashscope_ft.lifecycle.compression.teardown import KIND


def takeover(job: Compression, options: TakeoverOptions) -> Takeover:
    """Return the resource that takes this job over. Raises ValueError when the provider would refuse to."""
    inputs: dict[str, Any] = {"adoptJobId": job.job_id, **inputs_shown(job)}
    if options.retain:
        inputs["onDestroy"] = RETAIN
    wrong = mismatches(inputs, job)
    request = Request.of(inputs)
    drift = compare(job.job_id, state_of(request, inputs, job, None), request)
    missing = [name for name in ("model", "templateId") if name not in inputs]
    if wrong or missing or drift.replaces:
        raise ValueError(f"what the service shows of its {', '.join(wrong or missing or drift.replaces)} can't be used")
    notes = refused(RESOURCE, inputs)
    policy = TeardownPolicy(RETAIN if options.retain else DELETE, "warn", 600.0)
    notes.append(f"once adopted, `pulumi destroy` would: {plan(job.status, policy)}")
    found = stamp.parse(job.job_name)
    if found is not None:
        notes.append(other_owner("compression job", found.owner))
    if job.is_final and job.model_id is None:
        notes.append(f"the job is {job.status}: it has no model, so the `up` that adopts it fails")
    return Takeover(job.job_id, RESOURCE, name_of(job.job_name, job.job_id) or "", inputs, tuple(notes), label=KIND)
