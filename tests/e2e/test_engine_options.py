"""Every Pulumi option that skips or reorders a provider's calls, with a running job, a finished job and a deployment.

One stack for each option holds all three. After each run the truth is asked of the emulator: what exists is in the
state or was spoken of by its id, what was said about orders and ends is what has happened.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from liked import liked
from option_shop import Shop

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings

pytestmark = pytest.mark.rotated("flavour", among="tests")


@pytest.fixture
def emulator() -> Any:
    settings = Settings(
        pending_seconds=1, queuing_seconds=1, running_seconds=1e7, canceling_seconds=10, deploying_seconds=5
    )
    with EmulatorServer(settings=liked(settings), speed=20.0) as server:
        yield server


@pytest.fixture
def shop(engine: str, flavour: Any, tmp_path: Path, emulator: EmulatorServer) -> Shop:
    return Shop(engine, flavour, tmp_path / "project", emulator)


def test_retain_on_delete(shop: Shop) -> None:
    keep = {"retain_on_delete": True}
    shop.start(jobs=keep, served=keep)
    before = shop.alive()
    shop.change(jobs={}, served={})  # the old ones were registered with the option, and that is what counts
    for operation in ("preview", "up"):
        assert not shop.run(operation).errors
        assert (
            shop.told(f"{shop.ids['active']}, which is RUNNING: it is left running and billed (retainOnDelete)")
            in shop.said
        )
        assert shop.told(f"{shop.ids['done']}, which is SUCCEEDED: it is kept (retainOnDelete)") in shop.said
        assert (
            shop.told(f"{shop.ids['served']}, which is RUNNING: it is kept, and billed as before (retainOnDelete)")
            in shop.said
        )
        assert "cancelled" not in shop.said
        shop.check_truth()
    assert sorted(shop.calls()) == ["create", "create", "create_deployment"]
    assert before <= shop.alive()


@pytest.mark.rotated  # here the flavours differ
def test_retain_on_delete_and_destroy(shop: Shop) -> None:
    keep = {"retain_on_delete": True}
    shop.start(jobs=keep, served=keep)
    shop.run("destroy")
    assert shop.calls() == []
    if not shop.flavour.is_plugin:  # no provider is called that could say it: Pulumi shows `[retain]` beside the step
        shop.check_truth()


def test_deleted_with(shop: Shop) -> None:
    options = {"deleted_with": "other"}
    shop.program(jobs=options, served=options)
    shop.run("preview")
    assert shop.told("deletedWith is ignored, because deleting other does not end this job") in shop.said
    assert shop.told("deletedWith is ignored, because deleting other does not end this deployment") in shop.said
    shop.start(jobs=options, served=options)
    assert not [one for one in shop.stack.resources if one.get("deletedWith")]
    assert not shop.run("destroy").errors
    shop.check_truth()
    assert not shop.alive()
    assert not shop.emulator.jobs


@pytest.mark.rotated  # here the flavours differ
def test_deleted_with_of_a_parent(shop: Shop) -> None:
    """A child can't see what its parent passes on. The stack's identity misses what goes on."""
    if shop.flavour.is_plugin:
        pytest.skip("nothing of the plugin's is called for it: docs/engine-options.md says so")
    shop.start(box=True, served={})
    shop.run("destroy")
    assert shop.failed
    assert shop.ids["active"] in shop.said, "its file stays"
    shop.emulator.force(shop.ids["active"], "CANCELED")
    shop.run("destroy")
    assert shop.failed
    shop.check_truth()
    assert "deleted_with" in shop.said


@pytest.mark.parametrize("first", [True, False], ids=["before", "after"])
def test_delete_before_replace(shop: Shop, first: bool) -> None:
    options = {"delete_before_replace": first}
    shop.start(jobs=options, served=options)
    shop.change()
    shop.run("preview")
    when = "before the new run is started" if first else "after the new run was started"
    assert f"{shop.ids['done']}, which is SUCCEEDED: it will be deleted {when}" in shop.said
    cancelled = "it will be cancelled first" if first else "it will be cancelled after the new run was started"
    assert f"{shop.ids['active']}, which is RUNNING: {cancelled}" in shop.said
    offline = "it goes offline first" if first else "it serves until the new one runs"
    assert f"{shop.ids['served']}, which is RUNNING: {offline}" in shop.said

    assert not shop.run("up").errors
    shop.check_truth()
    calls = shop.calls()
    gone = [calls.index(call) for call in ("delete active", "delete done", "delete_deployment served")]
    made = [at for at, call in enumerate(calls) if call.startswith("create")]
    assert len(made) == 3
    if first:  # all three go side by side, so only the last of either kind is sure
        assert calls.index("delete_deployment served") < calls.index("create_deployment")
        assert gone[0] < max(made)
        assert gone[1] < max(made)
    else:
        assert max(made) < min(gone)


def test_ignore_changes(shop: Shop) -> None:
    shop.start(jobs={"ignore_changes": ["hyper_parameters"]}, served={"ignore_changes": ["suffix"]})
    shop.change()
    shop.stack.preview(expect_no_changes=True)
    shop.run("up")
    assert shop.calls() == []
    shop.check_truth()


@pytest.mark.rotated  # here the flavours differ
def test_replace_on_changes(shop: Shop) -> None:
    shop.start(jobs={"replace_on_changes": ["on_undeletable"]})
    shop.change(epochs=1, more={"on_undeletable": "error"})
    shop.run("preview")
    replaced = shop.flavour.is_plugin  # Pulumi's dynamic host does not say what has changed, so this replaces nothing
    told = f"replaces {shop.ids['active']}, which is RUNNING: it will be cancelled after the new run was started"
    assert (told in shop.said) == replaced
    assert not shop.run("up").errors
    assert shop.calls().count("create") == (2 if replaced else 0)
    shop.check_truth()


def test_replacement_trigger(shop: Shop) -> None:
    shop.start(
        jobs={"replacement_trigger": "one"}, served={"replacement_trigger": "one", "delete_before_replace": True}
    )
    trigger = {"replacement_trigger": "two"}
    shop.program(jobs=trigger, served={**trigger, "delete_before_replace": True})
    shop.run("preview")
    assert "Pulumi replaces this resource by itself" in shop.said
    assert "After the new run was started, the job that it has now is cancelled if it is still active" in shop.said
    assert "of the deployment that it has now: it goes offline first" in shop.said
    assert not shop.run("up").errors
    shop.check_truth()
    calls = shop.calls()
    assert calls.count("create") == 2
    assert max(at for at, call in enumerate(calls) if call == "create") < calls.index("cancel active")
    assert calls.index("delete_deployment served") < calls.index("create_deployment")
    assert not set(shop.ids.values()) - {shop.ids["served"]} & set(shop.emulator.jobs)


def test_replacement_trigger_of_a_deployment_that_has_to_go_first(shop: Shop) -> None:
    shop.start(served={"replacement_trigger": "one"})
    shop.program(served={"replacement_trigger": "two"})
    shop.run("preview")
    assert shop.told("it stays as it is, because the new one is made first, and refused") in shop.said
    shop.run("up")
    assert shop.failed
    assert shop.calls().count("delete_deployment served") == 0
    assert shop.ids["served"] in shop.alive()
    shop.check_truth()


def test_replace_with(shop: Shop) -> None:
    shop.start(jobs={"replace_with": "other", "retain_on_delete": True})
    shop.write_other("two")
    shop.run("preview")
    assert "Pulumi replaces this resource by itself" in shop.said
    assert shop.told("The job that it has now is kept, and goes on if it is active (retainOnDelete)") in shop.said
    assert not shop.run("up").errors
    assert shop.calls() == ["create", "create"]
    assert shop.ids["active"] in shop.alive()


def test_depends_on(shop: Shop) -> None:
    shop.start(jobs={"depends_on": "other"}, served={"depends_on": "other"})
    assert not shop.run("destroy").errors
    operations = [one.operation for one in shop.emulator.requests]
    assert operations.index("delete_deployment") < operations.index("delete_file")
    assert not shop.alive()


def test_protect(shop: Shop) -> None:
    protect = {"protect": True}
    shop.start(jobs=protect, served=protect)
    before = shop.alive()
    shop.change()
    shop.run("preview")
    assert "which is RUNNING: Pulumi refuses that, because the resource is protected" in shop.said
    assert "cancelled" not in shop.said
    shop.run("up")  # the first of the three that is refused ends it, whichever comes first
    assert "the resource is protected" in shop.said or "this resource is protected" in shop.said
    assert "cancelled" not in shop.said
    assert shop.failed
    shop.run("destroy")
    assert shop.failed
    assert shop.calls() == []
    assert shop.alive() == before
    shop.check_truth()


def test_target_and_exclude(shop: Shop) -> None:
    shop.start(served={})
    shop.change()
    active, done, served = (shop.urn(name) for name in ("active", "done", "served"))
    shop.run("up", exclude=[active, done, served])
    assert shop.calls() == []
    assert not shop.run("up", target=[done]).errors
    assert shop.calls() == ["create", "delete done"]
    assert shop.ids["active"] not in shop.said
    assert not shop.run("destroy", target=[active]).errors
    assert shop.calls() == ["cancel active", "delete active"]
    shop.check_truth()
    assert not shop.run("destroy", exclude=[served]).errors
    assert shop.ids["served"] in shop.alive()
    shop.check_truth()


def test_replace(shop: Shop) -> None:
    """`--replace` reaches a provider as a plain create: what runs is kept, what has succeeded is not bought again."""
    shop.start(served={})
    assert not shop.run("up", replace=[shop.urn("active"), shop.urn("served")]).errors
    assert shop.calls() == []
    for name in ("active", "served"):
        assert shop.id_of(name) == shop.ids[name]
        assert f"{shop.ids[name]}: left alone" in shop.said
    shop.run("up", replace=[shop.urn("done")])
    assert shop.failed
    assert f"{shop.ids['done']} has already trained this" in shop.said
    assert shop.calls() == []
    shop.check_truth()


def test_state_delete(shop: Shop) -> None:
    shop.start(served={})
    shop.stack.state_delete([shop.urn(name) for name in ("active", "done", "served")])
    shop.run("up")
    assert shop.failed  # for the succeeded one: only its owner knows whether it is to be bought again
    assert f"{shop.ids['done']} has already trained this" in shop.said
    assert shop.calls() == []
    assert shop.id_of("active") == shop.ids["active"]
    shop.check_truth()


def test_state_move(shop: Shop) -> None:
    """What was moved is the other stack's, and no `destroy` of its first one ends it."""
    shop.start()
    other = shop.open("other")
    other.set_config("settings", "{}")
    shop.stack.state_move([shop.urn("active")], other)
    shop.run("destroy")
    assert shop.failed
    assert shop.ids["active"] in shop.said
    assert "pulumi state move" in shop.said
    assert shop.ids["active"] in shop.alive()
    assert "cancel active" not in shop.calls()
    other.destroy()
    assert shop.ids["active"] not in shop.alive()
