"""Which stack holds what, and what its state says of costs. Only that is kept of a state."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulumi_dashscope_ft.lifecycle.base.kind.live_object import Key
    from pulumi_dashscope_ft.lifecycle.spend.money import Money
    from pulumi_dashscope_ft.lifecycle.spend.sums import RecordedEstimate
    from pulumi_dashscope_ft.lifecycle.sweep.recorded_state import RecordedState

__all__ = ["Holdings"]


class Holdings:
    """What some states hold.

    :param states: may hold unreadable ones, which `unreadable` names with their problems.
    """

    def __init__(self, states: Iterable[RecordedState]) -> None:
        from pulumi_dashscope_ft.lifecycle.spend.sums import recorded_cost, recorded_estimate

        self.unreadable: list[tuple[str, str]] = []
        self.count = 0
        self._stacks: dict[Key, str] = {}
        self._owners: dict[str, str] = {}
        self._estimates: dict[Key, RecordedEstimate] = {}
        self._costs: dict[Key, Money] = {}
        for state in states:
            self.count += 1
            if state.unreadable:
                self.unreadable.append((state.name, state.problem or "it could not be read"))
            for owner in state.owners:
                self._owners.setdefault(owner, state.name)
            for key, resources in state.held.items():
                self._stacks.setdefault(key, state.name)
                for held in resources:
                    if (estimate := recorded_estimate(held.properties)) is not None:
                        self._estimates.setdefault(key, estimate)
                    if (cost := recorded_cost(held.properties)) is not None:
                        self._costs.setdefault(key, cost)

    def stack_of(self, kind: str, object_id: str, owner: str | None) -> str | None:
        """Return the stack that holds an object, or else the one that its stamp names; None when neither is known."""
        return self._stacks.get((kind, object_id)) or (None if owner is None else self._owners.get(owner))

    def estimate_of(self, job_id: str) -> RecordedEstimate | None:
        """Return what a state says that this job was estimated to cost."""
        return self._estimates.get(("job", job_id))

    def cost_of(self, job_id: str) -> Money | None:
        """Return what a state says that this job has cost."""
        return self._costs.get(("job", job_id))
