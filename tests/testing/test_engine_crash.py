"""An engine that is killed leaves a state that says what was under way; the next run deals with it."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize("engine", ["local", "command"])
def test_a_creation_that_was_cut_off_stays_on_record(engine: str, make_world: Any) -> None:
    world = make_world(engine, config={})
    world.program("a = Toy('a')\nb = Toy('b', v=a.made)")
    world.control(create_b="sleep")
    world.crash("create b")
    pending = world.stack.export()["deployment"]["pending_operations"]
    assert [(item["type"], item["resource"]["urn"].split("::")[-1]) for item in pending] == [("creating", "b")]
    assert [item["id"] for item in world.stack.resources if item["type"].endswith("Toy")] == ["a-0"]

    world.control()
    world.do("up")
    assert [item.severity for item in world.result.diagnostics] == ["warning"]
    assert "::b" in world.result.diagnostics[0].message
    assert world.ops() == [("create", "b")]
    assert len(world.state()["pending"]) == 1

    world.do("refresh")
    assert len(world.state()["pending"]) == 1
    world.do("refresh", clear_pending_creates=True)
    assert world.state()["pending"] == []


def test_a_deletion_that_was_cut_off_is_simply_done_again(make_world: Any) -> None:
    world = make_world("local", config={})
    world.do("up", "Toy('a')\nToy('b')")
    world.program("Toy('b')")
    world.control(delete_a="sleep")
    world.crash("delete a-0")
    assert world.state()["pending"][0][0] == "deleting"
    world.control()
    world.do("up")
    assert "::a" in world.result.diagnostics[0].message
    assert world.ops() == [("delete", "a")]
    assert world.state()["pending"] == []
