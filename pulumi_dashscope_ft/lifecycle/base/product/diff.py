"""What a change of inputs means for a job and its model.

Such a job has no update operation, so every change of what was submitted is a new job.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_dashscope_ft.lifecycle.base.changes import changed_inputs
from pulumi_dashscope_ft.lifecycle.base.comparison import equal
from pulumi_dashscope_ft.lifecycle.base.ending.policy import RETAIN
from pulumi_dashscope_ft.lifecycle.base.engine_options import Handling
from pulumi_dashscope_ft.lifecycle.base.kind.subject import subject
from pulumi_dashscope_ft.lifecycle.base.product.description import P, Product
from pulumi_dashscope_ft.lifecycle.base.request import AnyRequest
from pulumi_dashscope_ft.lifecycle.base.state import AnyState


@dataclass(frozen=True, slots=True)
class Diff:
    """What a change of inputs means.

    :param replaces: properties (camelCase) whose change needs a new job.
    :param updates: properties that change in place.
    """

    replaces: tuple[str, ...] = ()
    updates: tuple[str, ...] = ()


def compare(product: Product[P], job_id: str, state: AnyState, request: AnyRequest) -> Diff:
    """Say what changing the inputs to those of `request` means. `UNKNOWN` values count as changed."""
    news, adopting = request.inputs, product.adopting
    changed = changed_inputs(product.resource, state.inputs, news)
    in_place = {*product.steering, *(name for name in product.unshown if state.inputs.get(name) is None)}
    if news.get(adopting) in (None, job_id):
        # Naming the job that the resource already has, or no longer naming it, changes nothing.
        in_place.add(adopting)
    updates = tuple(name for name in changed if name in in_place)
    return Diff(tuple(name for name in changed if name not in updates), updates)


def consequence(product: Product[P], job_id: str, status: str | None, on_destroy: str, pulumi: Handling) -> str:
    """State in one clause what a replacement does to the job in its present status.

    :param pulumi: what Pulumi's options change about it.
    """
    the_job = subject(product.noun, job_id)
    if status is None:
        return f"{the_job}, which is already gone: only the new one is started"
    standing = f"{the_job}, which is {status}"
    if pulumi.protected:
        return f"{standing}: Pulumi refuses that, because the resource is protected; the job stays as it is"
    if on_destroy == RETAIN or pulumi.retained:
        return f"{standing}: it is kept ({'onDestroy: retain' if on_destroy == RETAIN else 'retainOnDelete'})"
    when = "first" if pulumi.old_first(status not in product.final) else "after the new one has its model"
    return f"{standing}: {product.replaced(status, on_destroy, when)}{pulumi.reservation}"


def unasked(
    product: Product[P], olds: Mapping[str, Any], news: Mapping[str, Any], on_destroy: str, pulumi: Handling
) -> str:
    """State what a replacement does that this provider was not asked about, so that it does not know the job."""
    named, done = news.get(product.adopting), product.terms.done
    if named is not None and equal(olds.get(product.adopting), named):
        return f"the job that {product.adopting} names is adopted again, and nothing is {done} anew"
    if pulumi.protected:
        return "it refuses that, because the resource is protected; the job stays as it is"
    if on_destroy == RETAIN or pulumi.retained:
        return f"the model is {done} anew; the job that it has now is kept"
    ended = product.replaced_unasked(on_destroy)
    return f"the model is {done} anew; the job that it has now is {ended}{pulumi.reservation}"
