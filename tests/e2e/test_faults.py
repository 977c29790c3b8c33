"""The rows of the fault matrix that matter most (tests/faults has all of them, on the lifecycle), end to end: what a
whole `up`, `refresh` and `destroy` make of them. Faults that pass fail nothing; what waiting can't mend fails at once,
says what to do, and changes nothing in the state.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.testing import StackOperationFailed

pytestmark = pytest.mark.rotated("flavour", among="tests")

LOST = {"kind": "lost"}
RESET = {"kind": "reset"}
LATE = {"kind": "effect_then_status", "status": 504}
LATE_PAGE = {"kind": "html", "status": 504, "after_effect": True}
GATEWAY = {"kind": "html", "status": 502}
DOWN = {"kind": "status", "status": 503}
RATE = {"kind": "status", "error": "rate", "headers": {"Retry-After": "0.1"}}
BUSY = {"kind": "status", "error": "busy"}
MALFORMED = {"kind": "malformed"}
NO_OUTPUT = {"kind": "no_output"}
NEW_STATUS = {"kind": "unknown_status"}

PASSING: dict[str, dict[str, dict[str, dict[str, Any]]]] = {
    "answers are lost": {
        "up": {"upload": LOST, "create": LATE},
        "refresh": {"get": RESET, "get_file": RESET},
        "destroy": {"get": RESET, "cancel": LOST, "delete": LATE, "delete_file": LOST},
    },
    "a gateway answers": {
        "up": {"upload": LATE_PAGE, "create": LATE_PAGE, "list": GATEWAY},
        "refresh": {"get": GATEWAY, "get_file": DOWN},
        "destroy": {"get": GATEWAY, "cancel": LATE_PAGE, "delete": LATE_PAGE, "delete_file": GATEWAY},
    },
    "the service is busy": {
        "up": {"upload": RATE, "list": RATE, "create": BUSY},
        "refresh": {"get": RATE, "get_file": RATE},
        "destroy": {"get": RATE, "cancel": RATE, "delete": RATE, "delete_file": RATE},
    },
    "answers are rubbish": {
        "up": {"upload": NO_OUTPUT, "list": MALFORMED, "create": MALFORMED},
        "refresh": {"get": NEW_STATUS, "get_file": NO_OUTPUT},
        "destroy": {"get": NEW_STATUS, "cancel": MALFORMED, "delete": NO_OUTPUT, "delete_file": MALFORMED},
    },
}


@pytest.mark.usual("delete_cancelled")
@pytest.mark.parametrize("faults", PASSING.values(), ids=PASSING.keys())
def test_what_passes_is_survived(stage: Any, faults: dict[str, dict[str, dict[str, Any]]]) -> None:
    def under(name: str) -> list[FaultRule]:
        rules = [FaultRule(operation=operation, count=1, **rule) for operation, rule in faults[name].items()]
        for rule in rules:
            stage.emulator.add_fault(rule)
        return rules

    struck = under("up")
    stage.stack.up()
    job_id = stage.job_id
    assert set(stage.emulator.jobs) == {job_id}, "one job is bought"
    assert len(stage.emulator.files) == 1
    assert all(rule.fired for rule in struck), "it never struck"
    under("refresh")
    stage.stack.refresh()
    assert stage.job_id == job_id
    stage.emulator.clear_faults()
    stage.stack.preview(expect_no_changes=True)
    stage.emulator.force(job_id, "RUNNING")
    struck = under("destroy")
    stage.stack.destroy()
    assert all(rule.fired for rule in struck), "it never struck"
    assert stage.nothing_left()
    assert set(stage.emulator.gone_jobs) == {job_id}


REFUSALS: list[tuple[str, str, dict[str, Any], str]] = [
    ("up", "upload", {"kind": "status", "status": 403}, "AccessDenied"),
    ("up", "create", {"kind": "status", "error": "quota"}, "running and succeeded jobs count"),
    ("up", "create", {"kind": "status", "error": "arrears"}, "the account is unpaid"),
    ("up", "create", {"kind": "status", "status": 401}, "A refused key never counts as"),
    ("refresh", "get", {"kind": "html", "status": 404}, "does not mean that anything is gone"),
    ("destroy", "cancel", {"kind": "status", "status": 403}, "AccessDenied"),
    ("destroy", "delete", {"kind": "html", "status": 404}, "does not mean that anything is gone"),
    ("destroy", "delete", {"kind": "code_in_200"}, "BailianGateway.Workspace.NotAuthorised"),
    ("destroy", "delete_file", {"kind": "status", "status": 401}, "A refused key never counts as"),
]


def test_what_waiting_cant_mend_fails_at_once_and_loses_nothing(stage: Any) -> None:
    operations: dict[str, Callable[[], Any]] = {
        "up": stage.stack.up,
        "refresh": stage.stack.refresh,
        "destroy": stage.stack.destroy,
    }
    before = "up"
    for name, operation, fault, said in REFUSALS:
        if name != before:
            operations[before]()  # without the fault, it works
            before = name
            stage.emulator.force(stage.job_id, "RUNNING")
        rule = stage.emulator.add_fault(FaultRule(operation=operation, **fault))
        with pytest.raises(StackOperationFailed) as caught:
            operations[name]()
        stage.emulator.clear_faults()
        message = str(caught.value)
        assert said in message
        assert "next:" in message
        assert "Traceback" not in message
        assert stage.key not in message
        assert rule.fired == 1, "asked again, though waiting does not help"
        if name != "up" and operation != "delete_file":
            assert stage.job_id in stage.emulator.jobs, "it is in the state, and on the service"
    stage.stack.destroy()
    assert stage.nothing_left()
    assert stage.counts()["cancel"] <= 2


@pytest.mark.rotated  # here the flavours differ
def test_a_refused_key_in_a_refresh_loses_nothing(stage: Any) -> None:
    """The plugin warns and leaves what is under way as it was: the engine reads it before every plan, still with the
    provider that the state holds, and a changed key could never be taken over if that failed.
    """
    stage.stack.up()
    before = stage.job_id
    stage.emulator.force(before, "RUNNING")
    rule = stage.emulator.add_fault(FaultRule(operation="get", kind="status", status=401))
    if stage.flavour.is_plugin:
        stage.stack.refresh()
        said = "\n".join(stage.lines)
    else:
        with pytest.raises(StackOperationFailed) as caught:
            stage.stack.refresh()
        said = str(caught.value)
    stage.emulator.clear_faults()
    assert "A refused key never counts as" in said
    assert "next:" in said
    assert stage.key not in said
    assert rule.fired == 1
    assert stage.job_id == before
    stage.stack.destroy()
    assert stage.nothing_left()
