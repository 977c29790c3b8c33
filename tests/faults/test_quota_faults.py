"""A create that waits for a place in the quota × every fault, before the wait, in it and after it, on both front ends:
one job is bought, it is recorded, and every wait has an end.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from engine import State
from fault_table import FAULTS, Fault
from faulty_stack import FaultyStack

LIMIT = 1200.0
FREED_AFTER = 100.0


class FullStack(FaultyStack):
    """A stack of one job that waits, in an account whose only place somebody else's job has."""

    def __init__(self, front: str, operation: str, fault: Fault) -> None:
        job = {"model": "qwen3-8b", "trainingFileIds": ["file-1"], "waitForQuota": "20m"}
        service = {"check_file_ids": False, "running_seconds": 1e6, "quota": 1}
        super().__init__(front, operation, fault, {"job": job}, waits=LIMIT, **service)
        body = {"model": "qwen3-14b", "training_file_ids": ["file-9"]}
        self.other = self.cloud.submitted_past_the_faults(body)
        self.cloud.foreign.add(self.other)

    def after(self, seconds: float, *actions: Callable[[], None]) -> None:
        def all_of_them() -> None:
            for action in actions:
                action()

        self.cloud.clock.alarm(seconds, all_of_them)

    def free(self) -> None:
        self.cloud.remove(self.other)

    def require_one_job(self) -> None:
        (job_id,) = self.cloud.bought()
        assert self.state.ids() == {job_id}
        assert self.cloud.status(job_id) is not None
        assert self.run(self.engine.destroy) is None
        assert self.state == State()


@pytest.mark.rotated("front", "moment", "lasting")
@pytest.mark.parametrize("moment", ["before the wait", "in the wait", "after the wait"])
@pytest.mark.parametrize("lasting", [False, True], ids=["once", "lasting"])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
@pytest.mark.parametrize("operation", ["create", "list"])
def test_one_job_is_bought(front: str, operation: str, fault: Fault, lasting: bool, moment: str) -> None:
    stack = FullStack(front, operation, fault)
    if moment == "before the wait":
        stack.arm(lasting)
        stack.after(FREED_AFTER, stack.free)
    elif moment == "in the wait":
        stack.after(FREED_AFTER, lambda: stack.arm(lasting), lambda: stack.after(FREED_AFTER, stack.free))
    else:
        stack.after(FREED_AFTER, stack.free, lambda: stack.arm(lasting))
    told = stack.run(stack.up)
    stack.clear()
    if told is not None:
        assert "nothing" in told, "it says what it has done"
        assert stack.run(stack.up) is None
    stack.require_one_job()


def test_it_waits_no_longer_than_it_was_told(front: str) -> None:
    stack = FullStack(front, "create", FAULTS["job quota"])
    stack.arm(lasting=True)
    stack.free()  # the list shows room, and the service refuses all the same
    told = stack.run(stack.up)
    assert told is not None
    assert "no place in the quota of 20 jobs became free within 20m" in told
    assert LIMIT <= stack.took <= LIMIT + 5
    stack.clear()
    assert stack.cloud.bought() == {}
    assert stack.rule.fired <= 15
    assert stack.run(stack.up) is None
    stack.require_one_job()
