"""The program that takes over a live job and its model."""

from __future__ import annotations

from typing import Any

from pulumi_dashscope_ft.lifecycle.base.ending.policy import RETAIN
from pulumi_dashscope_ft.lifecycle.base.kind.facts import name_of
from pulumi_dashscope_ft.lifecycle.base.kind.takeover import Takeover, TakeoverOptions, other_owner, refused
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.base.product.description import P
from pulumi_dashscope_ft.lifecycle.base.product.diff import compare
from pulumi_dashscope_ft.lifecycle.base.product.verbs import ProductVerbs
from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.schema import to_snake_case
from pulumi_dashscope_ft.schema.document import definition


def takeover(verbs: ProductVerbs[P, Any, Any], job: P, options: TakeoverOptions) -> Takeover:
    """Return the resource that takes this job over. Raises ValueError when the provider would refuse to."""
    product = verbs.product
    inputs: dict[str, Any] = {product.adopting: job.job_id, **product.inputs_shown(job)}
    if options.retain:
        inputs["onDestroy"] = RETAIN
    wrong = product.mismatches(inputs, job)
    request = Request.of(inputs)
    drift = compare(product, job.job_id, verbs.state_of(request, inputs, job, None), request)
    missing = [name for name in definition(product.resource)["requiredInputs"] if name not in inputs]
    if wrong or missing or drift.replaces:
        raise ValueError(f"what the service shows of its {', '.join(wrong or missing or drift.replaces)} can't be used")
    notes = refused(product.resource, inputs)
    notes += [
        f"the service does not show {to_snake_case(name)}: it can be left out as long as the program says "
        f"{to_snake_case(product.adopting)}"
        for name in product.unshown
        if name not in inputs
    ]
    notes.append(f"once adopted, `pulumi destroy` would: {product.teardown(job.status, inputs)}")
    name = product.name_of(job)
    found = stamp.parse(name)
    if found is not None:
        notes.append(other_owner(product.terms.job, found.owner))
    if job.is_final and job.model_id is None:
        notes.append(f"the job is {job.status}: it has no model, so the `up` that adopts it fails")
    return Takeover(
        job.job_id, product.resource, name_of(name, job.job_id) or "", inputs, tuple(notes), label=product.noun
    )
