"""How a sweep ends an expired object that a state holds.

A user asks for `destroy`, and Pulumi gives it the properties in the clear. A sweep ends what has expired without being
asked, by what an exported state shows. So it may do less than `destroy`: an object that should outlive its stack, or is
protected, is at most ended, never deleted; and a policy that can't be read in the state (a secret is ciphertext) counts
as no policy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from pulumi_dashscope_ft.lifecycle.base import expiry
from pulumi_dashscope_ft.lifecycle.base.ending.policy import CANCEL, DELETE, RETAIN, is_retained
from pulumi_dashscope_ft.lifecycle.base.kind.teardown import Teardown, TeardownOptions
from pulumi_dashscope_ft.lifecycle.base.state import State
from pulumi_dashscope_ft.lifecycle.sweep.recorded_state import Held

_CHOICES = {
    "onDestroy": (DELETE, CANCEL, RETAIN),
    "onUndeletable": ("warn", "error"),
}


class UnreadablePolicyError(Exception):
    """A property that says how the object is ended can't be read in the state; names it and its resource."""


def policy_of_held(holders: Iterable[Held], teardown: Teardown) -> tuple[TeardownOptions, str | None]:
    """Decide how the object of these resources is ended once it has expired.

    :return: the options, and the setting that keeps its record, if there is one.
    :raises UnreadablePolicyError: nobody can say how.
    """
    policies, keepers = [], []
    for held in holders:
        policies.append(_policy(held, teardown))
        keepers.append(_keeper(held))
    keeper = next(filter(None, keepers), None)
    return (ended_only(policies[0]) if keeper else policies[0]), keeper


def ended_only(policy: TeardownOptions) -> TeardownOptions:
    """Return the same options, except that the record stays."""
    return replace(policy, on_destroy=CANCEL)


def _policy(held: Held, teardown: Teardown) -> TeardownOptions:
    properties = held.properties
    for name, choices in _CHOICES.items():
        if properties.get(name) is not None and properties[name] not in choices:
            raise UnreadablePolicyError(_unreadable(held, name, properties[name]))
    timeout = properties.get("teardownTimeout")
    if timeout is not None and expiry.length(timeout) is None:
        raise UnreadablePolicyError(_unreadable(held, "teardownTimeout", timeout))
    return teardown.options_of(properties)


def _unreadable(held: Held, name: str, value: Any) -> str:
    what = "is a secret in the state" if isinstance(value, Mapping) else "can't be read in the state"
    return f"{name} of {held.resource} {what}, so how it is to end is not known"


def _keeper(held: Held) -> str | None:
    if held.protected:
        return "protect"
    if held.properties.get("onDestroy") in (CANCEL, RETAIN):
        return f"onDestroy: {held.properties['onDestroy']}"
    if held.retained or is_retained(State.of(held.properties)):
        return "retainOnDelete"
    return None
