"""A deployment that exists is taken over when the program names it, and only if it fits."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_dashscope_ft.lifecycle.errors import LifecycleError


def test_adopting(fleet: Any) -> None:
    theirs, _ = fleet.running(__owner="another000")
    fleet.world.restart()
    adopted, outputs = fleet.create(adoptDeployment=theirs)
    assert (adopted, fleet.calls) == (theirs, [])
    assert not fleet.diff(adopted, outputs, adoptDeployment=theirs).changes
    later = fleet.diff(adopted, outputs)
    assert later.changes
    assert not later.replaces
    assert fleet.update(adopted, outputs)["deployedModel"] == theirs
    assert fleet.calls == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"adoptDeployment": "nobody"}, "there is no deployment nobody"),
        ({"modelName": "qwen3-14b"}, "another modelName"),
        ({"plan": "lora"}, "another plan"),
    ],
)
def test_adopting_what_does_not_fit(fleet: Any, changes: dict[str, Any], reason: str) -> None:
    theirs, _ = fleet.running(__owner="another000")
    with pytest.raises(LifecycleError, match=reason):
        fleet.create(**{"adoptDeployment": theirs, **changes})
    assert fleet.calls == []


def test_one_that_was_adopted_is_deployed_anew_once_its_inputs_change(fleet: Any) -> None:
    theirs, _ = fleet.create(__name="theirs", suffix="blue")
    fleet.world.restart()
    adopted, outputs = fleet.create(adoptDeployment=theirs, suffix="blue")
    fleet.world.restart()
    changed = {"adoptDeployment": theirs, "suffix": "green"}
    assert fleet.diff(adopted, outputs, **changed).replaces == ("suffix",)
    anew, after = fleet.create(**changed)
    assert anew != adopted
    assert not fleet.diff(anew, after, **changed).changes


def test_adopting_what_is_being_deleted_or_held(fleet: Any) -> None:
    theirs, outputs = fleet.running(__owner="another000")
    fleet.world.restart()
    fleet.create(adoptDeployment=theirs)
    with pytest.raises(LifecycleError, match="another resource already"):
        fleet.create(adoptDeployment=theirs, __name="second")
    fleet.world.restart()
    fleet.forced(theirs, outputs, "DELETING")
    with pytest.raises(LifecycleError, match="is being deleted"):
        fleet.create(adoptDeployment=theirs)
