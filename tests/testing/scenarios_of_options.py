"""Scenarios of the engine: what options of a resource and of an operation change (see `test_engine_behaviour`)."""

from __future__ import annotations

from typing import Any

import pytest
from scenarios_of_steps import chain


def refused_by_check(world: Any) -> None:
    for operation in ("preview", "up"):
        world.do(operation, "Toy('a', v='bad')")
        assert world.failed
        assert "must not be bad" in str(world.result.errors)
        assert world.called() == ["check a"]


def no_longer_in_the_program(world: Any) -> None:
    world.do("up", chain())
    world.do("preview", "a = Toy('a', r=1, v=1)")
    assert world.ops() == [("delete", "c"), ("delete", "b")]
    world.do("up")
    assert world.called("check", "diff") == ["delete c-0", "delete b-made a-1"]
    assert world.result.outputs == {}


def asked_for_by_urn(world: Any) -> None:
    world.do("up", chain())
    urn = world.urn("b")
    world.do("up", replace=[urn])
    assert world.called("check", "diff") == ["create b", "delete b-made a-1"]
    assert [call["olds"] for call in world.calls() if call["call"] == "check" and call["news"]["name"] == "b"] == [{}]
    world.do("up", chain(v=2), target=[urn])
    assert world.called("check", "diff") == []


def replaced_with_another(world: Any) -> None:
    source = """
        a = Toy("a", r={r}, first={first})
        b = Toy("b", ResourceOptions(replace_with=[a]), v=1)
        c = Toy("c", v=b.made)
    """
    world.do("up", source.format(r=1, first=False))
    world.do("preview", source.format(r=2, first=False))
    world.do("up")
    assert world.called("check", "diff") == ["create a", "create b", "delete b-0", "delete a-1"]
    assert "diff b-0" not in world.called()
    world.do("up", source.format(r=3, first=True))
    world.do("up", source.format(r=4, first=True))
    assert world.called("check", "diff")[:4] == ["delete b-0", "delete a-3", "create a", "create b"]


def triggered(world: Any) -> None:
    source = "a = Toy('a', ResourceOptions(replacement_trigger={}, delete_before_replace={}), v=1)"
    world.do("up", source.format(None, None))
    world.do("up", source.format("'one'", None))
    assert world.result.summary == {"same": 2}
    world.do("preview", source.format("'two'", None))
    assert world.called() == ["check a", "check a"]
    world.do("up")
    assert world.called("check") == ["create a", "delete a-0"]
    world.do("up", source.format("{'three': [3, True]}", True))
    assert world.called("check") == ["delete a-0", "create a"]
    world.do("up", source.format("pulumi.Output.secret({'three': [3, True]})", True))
    assert world.result.summary == {"same": 2}
    world.do("up", source.format(None, True))
    assert world.result.summary == {"same": 2}


def triggered_by_another(world: Any) -> None:
    source = "a = Toy('a', r={})\nb = Toy('b', ResourceOptions(replacement_trigger=a.made), v=1)"
    world.do("up", source.format(1))
    world.do("preview", source.format(2))
    assert ("replace", "b") in world.ops()
    world.do("up")
    assert sorted(world.called("check", "diff")) == ["create a", "create b", "delete a-1", "delete b-0"]
    for part in ("calls", "steps"):  # the two are deleted side by side, so either may be the first, in a plan as well
        for traced in world.trace[-2:]:
            traced[part][-2:] = sorted(traced[part][-2:], key=str)


def lost_with_a_replaced_one(world: Any) -> None:
    source = "a = Toy('a', r={r}, first={first})\nb = Toy('b', ResourceOptions(deleted_with=a), v=1)"
    world.do("up", source.format(r=1, first=False))
    world.do("up", source.format(r=2, first=False))
    assert world.called("check", "diff") == ["create a", "create b", "delete a-1"]
    world.do("up", source.format(r=3, first=True))
    world.do("up", source.format(r=4, first=True))
    assert world.called("check", "diff") == ["delete a-3", "create a", "create b"]
    world.do("up", "a = Toy('a', r=4, first=True)")
    assert world.called("check", "diff") == ["delete b-0"]


def kept_when_replaced(world: Any) -> None:
    """What counts is the option that the old one was registered with."""
    source = "Toy('a', ResourceOptions(retain_on_delete={}), r={})"
    world.do("up", source.format(True, 1))
    world.do("up", source.format(True, 2))
    assert world.called("check", "diff") == ["create a"]
    world.do("up", source.format(False, 3))
    assert world.called("check", "diff") == ["create a"]
    world.do("up", source.format(True, 4))
    assert world.called("check", "diff") == ["create a", "delete a-3"]


def passed_on_by_a_parent(world: Any) -> None:
    source = """
        class Box(pulumi.ComponentResource):
            def __init__(self, name, opts):
                super().__init__("toys:index:Box", name, {}, opts)
                inner = Toy("in-" + name, ResourceOptions(parent=self))
                self.last = Toy("not-" + name, ResourceOptions(parent=self, retain_on_delete=False, depends_on=[inner]))
                self.register_outputs({})
        a = Toy("a")
        kept = Box("kept", ResourceOptions(retain_on_delete=True, depends_on=[a]))
        Box("lost", ResourceOptions(deleted_with=a, depends_on=[kept.last]))
    """
    world.do("up", source)
    world.do("destroy")
    assert world.called() == ["delete not-kept-0", "delete a-0"]


def left_out(world: Any) -> None:
    world.do("up", chain())
    a, b, c = (world.urn(name) for name in "abc")
    world.do("up", chain(v=2), exclude=[a])
    assert world.ops() == []
    world.do("up", chain(v=2), target=[a])
    assert world.ops() == [("update", "a")]
    world.do("destroy", target=[b])
    assert world.failed
    assert world.called() == ["diff c-0"]
    world.do("destroy", target=[b], target_dependents=True)
    assert world.called("diff") == ["delete c-0", "delete b-made a-1"]
    world.do("up", target=[c])
    assert world.failed
    world.trace[-1]["calls"] = []  # the real engine checks `c` before it refuses; the local one does not begin
    world.do("up")
    world.do("destroy", exclude=[b])
    assert world.called() == ["delete c-0"]
    world.do("destroy", exclude=[world.urn("a")])
    assert world.called() == ["delete b-made a-1"]


def taken_out_of_the_state(world: Any) -> None:
    world.do("up", chain())
    with pytest.raises(ValueError, match="can't be safely deleted"):
        world.stack.state_delete([world.urn("a")])
    world.stack.state_delete([world.urn("b"), world.urn("c")])
    world.do("refresh")
    world.do("up")
    assert world.called("check", "diff") == ["create b", "create c"]


def moved(world: Any) -> None:
    world.do("up", chain())
    other = world.beside("other")
    world.stack.state_move([world.urn("b")], other.stack)
    world.do("refresh")
    other.do("refresh")
    assert [item["id"] for item in other.stack.resources[2:]] == ["b-made a-1"]
    with pytest.raises(ValueError, match="no resources found"):
        world.stack.state_move(["urn:pulumi:test::toys::no::such"], other.stack)
    other.do("destroy")
    assert other.called() == ["delete b-made a-1"]
    # Neither depends on the other any more, so one after the other: Pulumi deletes such two in either order.
    world.do("destroy", target=[world.urn("c")])
    assert world.called() == ["delete c-0"]
    world.do("destroy")
    assert world.called() == ["delete a-1"]


def refresh_of_some(world: Any) -> None:
    world.do("up", chain())
    world.do("refresh", target=[world.urn("b")])
    assert world.called("diff") == ["read b-made a-1"]
    world.do("refresh", exclude=[world.urn("b")])
    assert world.called("diff") == ["read a-1", "read c-0"]


def program_errors(world: Any) -> None:
    world.do("up", "a = Toy('a')\na.made.apply(lambda made: 1 / 0)")
    assert world.failed
    assert "ZeroDivisionError" in str(world.result.errors)
    world.do("up", "raise pulumi.RunError('give me a b')")
    assert "give me a b" in [item.message for item in world.result.errors]
    assert world.called() == []


def waiting_in_the_program(world: Any) -> None:
    world.do(
        "up",
        """
        import asyncio
        async def wait(made):
            await asyncio.sleep(0.01)
            pulumi.log.info("waited for " + made, a)
            return made.upper()
        a = Toy("a")
        pulumi.export("loud", a.made.apply(wait))
        pulumi.export("dry", pulumi.runtime.is_dry_run())
        """,
    )
    assert world.result.outputs == {"loud": "MADE A-0", "dry": False}
    assert "waited for made a-0" in world.result.output


def interrupted(world: Any) -> None:
    world.program(chain())
    world.control(create_a="short")
    world.do_until("up", "create a", world.stack.interrupt)
    assert world.failed
    assert [item["id"] for item in world.stack.resources[2:]] == ["a-1"]
    world.control()
    world.do("up")
    assert world.ops() == [("create", "b"), ("create", "c")]


def host_killed(world: Any) -> None:
    world.program(chain())
    world.control(create_b="sleep")
    world.do_until("up", "create b", world.stack.kill_host)
    assert world.failed
    assert [item["id"] for item in world.stack.resources[2:]] == ["a-1"]
    assert "pending_operations" not in world.stack.export()["deployment"]


SCENARIOS = [
    refused_by_check,
    no_longer_in_the_program,
    asked_for_by_urn,
    replaced_with_another,
    triggered,
    triggered_by_another,
    lost_with_a_replaced_one,
    kept_when_replaced,
    passed_on_by_a_parent,
    left_out,
    taken_out_of_the_state,
    moved,
    refresh_of_some,
    program_errors,
    waiting_in_the_program,
    interrupted,
    host_killed,
]
