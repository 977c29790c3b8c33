"""What the teardowns of jobs and of compressions share: a run that ends, or is cancelled, and leaves a record.

The statuses of both are the same (`JobStatus`), and so are the values of `onDestroy`. What a refused delete means, and
what is billed, differs: each kind says that itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from pulumi_dashscope_ft.api import JobStatus
from pulumi_dashscope_ft.lifecycle.base.ending import kept_model
from pulumi_dashscope_ft.lifecycle.base.ending.driver import Action, Standing, Teardown
from pulumi_dashscope_ft.lifecycle.base.ending.policy import CANCEL, RETAIN
from pulumi_dashscope_ft.schema import defaults, parse_duration


class Run(Standing, Protocol):
    """What a live job and a live compression have.

    The status is a `JobStatus`, or one that this release does not know, which counts as active.
    """

    @property
    def model_id(self) -> str | None:
        """The id of the model that it has produced."""


R = TypeVar("R", bound=Run)


@dataclass(frozen=True, slots=True)
class TeardownPolicy:
    """How a run is torn down.

    :param on_destroy: `delete` (end it and delete its record), `cancel` (end it, keep the record), `retain` (touch
        nothing).
    :param on_undeletable: `warn` or `error`, for a finished run whose record the service refuses to delete.
    :param timeout: seconds for the whole teardown.
    """

    on_destroy: str
    on_undeletable: str
    timeout: float

    @classmethod
    def of(cls, resource: str, properties: Mapping[str, Any]) -> TeardownPolicy:
        """Return the policy of a resource with these properties; the schema's defaults where they say nothing."""
        chosen = {**defaults(resource), **{name: value for name, value in properties.items() if value is not None}}
        return cls(
            on_destroy=str(chosen["onDestroy"]),
            on_undeletable=str(chosen["onUndeletable"]),
            timeout=parse_duration(chosen["teardownTimeout"]),
        )


def plan(status: str | None, policy: TeardownPolicy) -> str:
    """Say in a few words what `destroy` would do to a run in this status: the `teardown` output."""
    if policy.on_destroy == RETAIN:
        return "keep"
    if status in JobStatus.FINAL:
        return "keep" if policy.on_destroy == CANCEL else "delete"
    ending = "wait for cancel" if status == JobStatus.CANCELING else "cancel"
    return f"{ending}, keep the record" if policy.on_destroy == CANCEL else f"{ending}, then delete"


def action(status: str, policy: TeardownPolicy) -> Action:
    """Return the next step of the teardown of a run in this status."""
    if status in JobStatus.FINAL:
        return Action.KEEP if policy.on_destroy == CANCEL else Action.DELETE
    return Action.WAIT if status == JobStatus.CANCELING else Action.CANCEL


def keep(teardown: Teardown[R], seen: R) -> None:
    """Report and record that the record of a finished run stays because the policy says so."""
    teardown.say(f"is {seen.status}; its record is kept (onDestroy: cancel){model_stays(teardown, seen)}")
    teardown.ending.kept(f"its record, {seen.status}", "onDestroy: cancel")


def deleted(teardown: Teardown[R], seen: R) -> None:
    """Report that the delete of a finished run was accepted, and record the model that it leaves behind."""
    if seen.model_id:
        model = teardown.connection.key.redact(f"the model {seen.model_id}")
        teardown.ending.leaves(model, kept_model.NO_CALL)
    teardown.say(f"was {seen.status}: deleted{model_stays(teardown, seen)}")


def model_stays(teardown: Teardown[R], seen: R) -> str:
    """Return what stays of a run that has produced a model, as the end of a sentence."""
    if not seen.model_id:
        return ""
    return teardown.connection.key.redact(f"; {kept_model.stays(f'its model {seen.model_id}')}")
