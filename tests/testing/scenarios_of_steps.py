"""Scenarios of the engine: what each step does, and what is left when it fails (see `test_engine_behaviour`)."""

from __future__ import annotations

from typing import Any

CHAIN = """
    a = Toy("a", r={r}, v={v}{more})
    b = Toy("b", r=a.made)
    c = Toy("c", v=b.made)
    pulumi.export("made", c.made)
"""


def chain(r: int = 1, v: int = 1, more: str = "") -> str:
    return CHAIN.format(r=r, v=v, more=more)


def life(world: Any) -> None:
    world.do("preview", chain())
    assert world.called() == ["check a", "check b", "check c"]
    assert world.stack.resources == []
    world.do("up")
    assert world.result.summary == {"create": 4}
    assert world.result.outputs == {"made": "made c-0"}
    world.do("preview", expect_no_changes=True)
    assert world.called("check", "diff") == []
    world.do("up", chain(v=2))
    assert world.ops() == [("update", "a")]
    world.do("destroy")
    assert world.called() == ["delete c-0", "delete b-made a-1", "delete a-1"]
    assert world.stack.resources == []


def replacement_creates_first(world: Any) -> None:
    world.do("up", chain())
    world.do("preview", chain(r=2))
    assert world.result.summary == {"replace": 2, "update": 1, "same": 1}
    assert world.called("diff")[:2] == ["check a", "check a"]
    world.do("up")
    made = "made a-2"
    assert world.called("check", "diff") == [
        "create a",
        "create b",
        "update c-0",
        "delete b-made a-1",
        "delete a-1",
    ]
    assert world.result.outputs == {"made": "made c-0"}
    assert made in str(world.stack.resources)


def replacement_deletes_first(world: Any) -> None:
    source = """
        a = Toy("a", r={r}, first=True)
        b = Toy("b", r=a.made)
        c = Toy("c", v=b.made)
        d = Toy("d", ResourceOptions(depends_on=[a, c]))
    """
    world.do("up", source.format(r=1))
    world.do("preview", source.format(r=2))
    world.do("up")
    assert world.called("check", "diff")[:4] == ["delete b-made a-1", "delete a-1", "create a", "create b"]
    assert "delete d-0" not in world.called()


def option_decides_the_order(world: Any) -> None:
    source = "a = Toy('a', ResourceOptions(delete_before_replace={}), r={}, first={})"
    world.do("up", source.format(True, 1, False))
    world.do("up", source.format(True, 2, False))
    assert world.called("check", "diff") == ["delete a-1", "create a"]
    world.do("up", source.format(False, 3, True))
    assert world.called("check", "diff") == ["create a", "delete a-2"]


def provider_that_can_not_tell(world: Any) -> None:
    source = "a = Toy('a', ResourceOptions({}), guess=True, v={}, w={})"
    world.do("up", source.format("", 1, 1))
    world.do("up", source.format("", 1, 1))
    assert world.result.summary == {"same": 2}
    world.do("up", source.format("", 2, 1))
    assert world.ops() == [("update", "a")]
    world.do("up", source.format("ignore_changes=['v']", 3, 1))
    assert world.result.summary == {"same": 2}
    world.do("up", source.format("replace_on_changes=['w']", 2, 2))
    assert world.ops() == [("create-replacement", "a"), ("replace", "a"), ("delete-replaced", "a")]


def failed_create(world: Any) -> None:
    world.control(create_b="no luck")
    world.do("up", chain())
    assert world.failed
    assert "ValueError: no luck" in str(world.result.diagnostics)
    assert [item["type"].split(":")[-1] for item in world.stack.resources] == ["Stack", "pulumi-python", "Toy"]
    world.control()
    world.do("up")
    assert world.ops() == [("create", "b"), ("create", "c")]


def half_made(world: Any) -> None:
    world.control(create_a="partial")
    world.do("up", "Toy('a', v=1)")
    assert world.failed
    assert "not well yet" in str(world.result.diagnostics)
    assert world.stack.resources[-1]["id"] == "a-0"
    assert world.stack.resources[-1]["initErrors"] == ["not well yet"]
    world.control(update_a="partial")
    world.do("up", "Toy('a', v=2)")
    assert world.failed
    assert world.stack.resources[-1]["inputs"]["v"] == 1
    world.control()
    world.do("up")
    assert world.called() == ["check a", "diff a-0", "update a-0"]
    assert "initErrors" not in world.stack.resources[-1]


def plain_message(world: Any) -> None:
    world.control(create_a="message")
    world.do("up", "Toy('a', v=1)")
    assert [item.message for item in world.result.errors] == ["two lines\nof message"]


def failed_delete_stays(world: Any) -> None:
    world.do("up", chain())
    world.control(delete_b="not now")
    world.do("destroy")
    assert world.failed
    assert world.called() == ["delete c-0", "delete b-made a-1"]
    world.control()
    world.do("destroy")
    assert world.called() == ["delete b-made a-1", "delete a-1"]


def failed_delete_of_the_replaced(world: Any) -> None:
    world.do("up", "Toy('a', r=1)")
    world.control(delete_a="not now")
    world.do("up", "Toy('a', r=2)")
    assert world.failed
    assert [item.get("delete", False) for item in world.stack.resources[2:]] == [False, True]
    world.control()
    world.do("refresh")
    world.do("up")
    assert world.called("check", "diff") == ["delete a-1"]
    assert world.ops() == [("delete-replaced", "a")]


def cut_off_between_the_halves(world: Any) -> None:
    world.do("up", "Toy('a', r=1, first=True)")
    world.control(create_a="no luck")
    world.do("up", "Toy('a', r=2, first=True)")
    assert world.stack.resources[-1]["pendingReplacement"] is True
    world.control()
    world.do("up")
    assert world.called("check", "diff") == ["create a"]
    world.control(create_a="no luck")
    world.do("up", "Toy('a', r=3, first=True)")
    world.do("up", "pulumi.export('nothing', 1)")
    assert world.called() == []


def refreshed(world: Any) -> None:
    world.do("up", chain())
    world.control(outs_a={"made": "otherwise"})
    world.do("refresh")
    assert world.result.summary["same"] == 4
    world.control(outs_a={"v": 7, "made": "otherwise"})
    world.do("refresh")
    assert world.result.summary == {"update": 1, "same": 3}


def refreshed_inputs(world: Any) -> None:
    world.do("up", "Toy('a', v=1)")
    world.control(outs_a={"v": 7}, inputs_a={"name": "a", "v": 7})
    world.do("refresh")
    assert world.stack.resources[-1]["inputs"]["v"] == 7
    world.do("preview", "Toy('a', v=7)", expect_no_changes=True)


def vanished(world: Any) -> None:
    world.do("up", chain())
    world.control(gone_a=True)
    world.do("refresh")
    assert world.result.summary == {"delete": 1, "same": 3}
    world.control()
    world.do("up")
    assert ("create", "a") in world.ops()


def protected(world: Any) -> None:
    source = "a = Toy('a', ResourceOptions(protect={}), r={})\nb = Toy('b', ResourceOptions(depends_on=[a]))"
    world.do("up", source.format(True, 1))
    world.do("up", source.format(True, 2))
    assert world.failed
    assert world.called("check", "diff") == []
    world.do("destroy")
    assert world.failed
    assert any(item.urn.endswith("::a") and item.urn in item.message for item in world.result.errors)
    world.do("up", source.format(False, 1))
    world.do("destroy")
    assert not world.failed


def kept_and_lost_with_another(world: Any) -> None:
    world.do(
        "up",
        """
        a = Toy("a")
        b = Toy("b", ResourceOptions(deleted_with=a, depends_on=[a]))
        Toy("c", ResourceOptions(retain_on_delete=True, depends_on=[b]))
        """,
    )
    world.do("destroy")
    assert world.called() == ["delete a-0"]
    assert world.stack.resources == []


def renamed(world: Any) -> None:
    world.do("up", "Toy('a', v=1)")
    world.do(
        "up",
        """
        from pulumi import Alias
        z = Toy("z", ResourceOptions(aliases=[Alias(name="a")]))
        """,
    )
    assert world.result.summary == {"update": 1, "same": 1}


def in_a_component(world: Any) -> None:
    source = """
        class Box(pulumi.ComponentResource):
            def __init__(self, name):
                super().__init__("toys:index:Box", name, {{"size": {}}})
                self.inner = Toy("inner", ResourceOptions(parent=self), v={})
                self.register_outputs({{"made": self.inner.made}})
        box = Box("box")
        Toy("after", ResourceOptions(depends_on=[box]))
    """
    world.do("up", source.format(1, 1))
    assert world.urn("inner").split("::")[2] == "toys:index:Box$pulumi-python:dynamic/toy:Toy"
    world.do("up", source.format(2, 1))
    world.do("destroy")
    assert world.called() == ["delete after-0", "delete inner-0"]


def hidden(world: Any) -> None:
    world.do(
        "up",
        """
        config = pulumi.Config("toy")
        a = Toy("a", ResourceOptions(additional_secret_outputs=["made"]), v=config.require_secret("hidden"))
        pulumi.export("v", a.v)
        pulumi.export("made", a.made)
        pulumi.log.info("plain is " + config.require("plain"))
        print("not for all: hush-hush")
        """,
    )
    assert {"call": "configure", "plain": "5", "hidden": "hush-hush"} in world.calls()
    assert "hush-hush" in str(world.calls())
    text = str(world.stack.export()) + str(world.result.output) + str(world.result.outputs)
    assert "hush-hush" not in text
    assert "made a-0" not in text
    world.do("refresh")
    world.do("destroy")
    assert world.calls()[0] == {"call": "configure", "plain": "5", "hidden": "hush-hush"}


def looked_up(world: Any) -> None:
    source = "a = Toy('a', ResourceOptions(id='{}'))\nToy('b', v=a.made)"
    world.control(outs_a={"made": "elsewhere"})
    world.do("up", source.format("x-1"))
    assert world.called("check", "diff") == ["read x-1", "create b"]
    world.do("up")
    world.do("up", source.format("x-2"))
    world.do("destroy")
    assert world.called() == ["delete b-0"]


SCENARIOS = [
    life,
    replacement_creates_first,
    replacement_deletes_first,
    option_decides_the_order,
    provider_that_can_not_tell,
    failed_create,
    half_made,
    plain_message,
    failed_delete_stays,
    failed_delete_of_the_replaced,
    cut_off_between_the_halves,
    refreshed,
    refreshed_inputs,
    vanished,
    protected,
    kept_and_lost_with_another,
    renamed,
    in_a_component,
    hidden,
    looked_up,
]
