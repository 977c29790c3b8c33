"""Reinforcement and distillation jobs are billed by the minute; their end costs the same calls as that of others."""

from __future__ import annotations

from typing import Any

import pytest
from counted import Counted
from counted_front_ends import FrontEnd
from lockstep import Lockstep
from test_counted_calls import LOOKS

from pulumi_dashscope_ft.emulator import EmulatorServer

pytestmark = pytest.mark.rotated("front_end")

UNITS = {"charge_type": "mtu_postpaid", "mtu_spec_code": "MTU4", "mtu_capacity": 24}
TIMED: dict[str, dict[str, Any]] = {
    "reinforcement": {"trainingType": "reinforcement", "rewards": [{"reward_id": "rw-1"}]},
    "pg_opd": {"trainingType": "pg_opd", "teacherModel": "qwen3.5-27b"},
}


@pytest.fixture(params=[1, 4, 20])
def counted(request: pytest.FixtureRequest, front_end: FrontEnd, emulator: EmulatorServer, clock: Lockstep) -> Counted:
    return Counted(front_end, emulator, clock, request.param)


@pytest.mark.parametrize("timed", TIMED.values(), ids=TIMED)
def test_teardown_of_what_is_billed_by_the_minute(counted: Counted, timed: dict[str, Any]) -> None:
    number = counted.number
    given = {"model": "qwen3.5-9b", "resourceConfig": UNITS, "expiresIn": "1d", **timed}
    counted.front_end.data.update({f"job{position}": given for position in range(number)})
    assert counted.up() == {"list": 1, "create": number}
    assert counted.operation(counted.front_end.plan, counted.jobs) == {}
    assert counted.outcomes == [False] * number
    counted.force("RUNNING")
    assert counted.destroy() == {"cancel": number, "delete": number, **LOOKS[4.0, number]}
