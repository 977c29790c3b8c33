"""A world in which models are made by jobs, and the verbs of the resource: what `press` and `bucket` share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest
from verbs import Verbs

from pulumi_dashscope_ft.lifecycle.base.creating.init_failed import ResourceInitFailedError
from pulumi_dashscope_ft.lifecycle.base.owner import stamp

OWNER = "0wner0wner"


class Products:
    """A world, and the verbs of one kind of resource.

    :param given: the inputs of a resource, where a test says nothing else.
    """

    verbs: ClassVar[Verbs]
    noun: ClassVar[str]
    """What the emulator and its operations call a job of the kind."""

    def __init__(self, world: Any, given: Mapping[str, Any]) -> None:
        self.world = world
        self.emulator = world.emulator
        self._given = given
        self.begin()

    def begin(self) -> None:
        self._before = len(self.emulator.requests)

    @property
    def calls(self) -> list[str]:
        """The changing calls since `begin`."""
        changing = {f"{verb}_{self.noun}" for verb in ("create", "cancel", "delete")}
        made = [record.operation for record in self.emulator.requests[self._before :]]
        return [name for name in made if name in changing]

    @property
    def made(self) -> int:
        jobs = (getattr(self.emulator, name) for name in (f"{self.noun}s", f"gone_{self.noun}s"))
        return sum(map(len, jobs))

    def inputs(self, **changes: Any) -> dict[str, Any]:
        hidden = {"__owner": OWNER, "__nonce": stamp.new_nonce()}
        return {name: value for name, value in {**self._given, **hidden, **changes}.items() if value is not None}

    def create(self, **changes: Any) -> tuple[str, dict[str, Any]]:
        return self.verbs.create(self.world.connection, self.inputs(**changes))

    def refused(self, **changes: Any) -> ResourceInitFailedError:
        with pytest.raises(ResourceInitFailedError) as caught:
            self.create(**changes)
        return caught.value

    def under_way(self, status: str = "RUNNING", **changes: Any) -> tuple[str, dict[str, Any]]:
        """A job in this status, and its state."""
        error = self.refused(waitTimeout="1s", **changes)
        getattr(self.emulator, f"force_{self.noun}")(error.resource_id, status)
        self.world.clock.sleep(3)
        self.begin()
        return error.resource_id, error.state.properties()

    def read(self, job_id: str, outputs: dict[str, Any]) -> Any:
        return self.verbs.read(self.world.connection, job_id, outputs)

    def delete(self, job_id: str, outputs: dict[str, Any]) -> None:
        self.verbs.delete(self.world.connection, job_id, outputs)

    def diff(self, job_id: str, outputs: dict[str, Any], **changes: Any) -> Any:
        return self.verbs.diff(self.world.connection, job_id, outputs, self.inputs(**changes))
