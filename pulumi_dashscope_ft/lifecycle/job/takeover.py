"""The program that takes over a live job."""

from __future__ import annotations

from typing import Any

from pulumi_dashscope_ft.api import Job
from pulumi_dashscope_ft.lifecycle.base.comparison import integral
from pulumi_dashscope_ft.lifecycle.base.ending.policy import DELETE, RETAIN
from pulumi_dashscope_ft.lifecycle.base.ending.run import TeardownPolicy, plan
from pulumi_dashscope_ft.lifecycle.base.kind.facts import name_of
from pulumi_dashscope_ft.lifecycle.base.kind.takeover import Takeover, TakeoverOptions, other_owner, refused
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.job import timed
from pulumi_dashscope_ft.lifecycle.job.diff import RESOURCE, compare
from pulumi_dashscope_ft.lifecycle.job.request import inputs_shown, mismatches
from pulumi_dashscope_ft.lifecycle.job.resource import state_of


def takeover(job: Job, options: TakeoverOptions) -> Takeover:
    """Return the resource that takes this job over. Raises ValueError when the provider would refuse to."""
    inputs: dict[str, Any] = {"adoptJobId": job.job_id}
    for name, value in inputs_shown(job).items():
        inputs[name] = integral(value)
    if options.retain:
        inputs["onDestroy"] = RETAIN
    wrong = mismatches(inputs, job)
    request = Request.of(inputs)
    drift = compare(job.job_id, state_of(request, inputs, job, None), request)
    if wrong or drift.replaces:
        raise ValueError(f"what the service shows of its {', '.join(wrong or drift.replaces)} can't be written down")
    notes = refused(RESOURCE, inputs)
    policy = TeardownPolicy(RETAIN if options.retain else DELETE, "warn", 600.0)
    planned = timed.bill(plan(job.status, policy), job.training_type, active=job.is_active)
    notes.append(f"once adopted, `pulumi destroy` would: {planned}")
    found = stamp.parse(job.job_name)
    if found is not None:
        notes.append(other_owner("job", found.owner))
    if job.is_final and job.model_id is None:
        notes.append(f"the job is {job.status}: it has no model. Is there anything to keep?")
    return Takeover(
        job.job_id,
        RESOURCE,
        name_of(job.job_name, job.job_id) or "",
        inputs,
        tuple(notes),
        label="job",
        ties=("trainingFileIds", "validationFileIds"),
    )
