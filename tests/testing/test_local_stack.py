"""The local engine's own promises: parallel steps, locks, clean process, inline programs, secrets on disk."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime import settings

from pulumi_dashscope_ft.testing import LocalStack, Secret, StackInUse, StackOperationFailed, UnsupportedByLocalEngine


def test_independent_steps_run_side_by_side(make_world: Any) -> None:
    world = make_world("local", parallel=4)
    names = ["a", "b", "c", "d"]
    world.control(**{f"create_{name}": "short" for name in names}, **{f"delete_{name}": "short" for name in names})
    world.program("".join(f"Toy('{name}')\n" for name in names))
    for operation, call in (("up", "create"), ("destroy", "delete")):
        world.do(operation)
        assert not world.failed
        began = world.times(call)
        assert len(began) == 4
        assert max(began) - min(began) < 3 * 1.5, "one after the other, the last would begin after three have slept"


def test_a_program_runs_as_it_is_now_however_soon_it_was_edited(
    make_world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python tells compiled files apart by the size and the whole second of their source."""
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    world = make_world("local")
    for number in (1, 2):
        world.program(f"Toy('a', v={number})\n")
        os.utime(world.directory / "__main__.py", (1_700_000_000, 1_700_000_000))
        world.do("up")
    assert world.ops() == [("update", "a")]


def test_interrupted_destroy_begins_no_further_deletion(world: Any) -> None:
    world.do("up", "for name in 'abc':\n    Toy(name)")
    world.control(**{f"delete_{name}": "short" for name in "abc"})
    first = next(state for state in world.stack.resources if state["type"].endswith("Toy"))["id"]
    world.do_until("destroy", f"delete {first}", world.stack.interrupt)
    assert world.called() == [f"delete {first}"]
    assert "interrupted" in world.failure
    world.control()
    world.do("destroy")
    assert world.stack.resources == []


def test_who_gives_a_destroy_up_waits_for_no_provider(world: Any) -> None:
    """What a test's time limit does: an exception out of nowhere in the thread that waits."""

    class TimeIsUp(BaseException):
        pass

    def ring(_signal: int, _frame: object) -> None:
        raise TimeIsUp

    world.do("up", "for name in 'abc':\n    Toy(name)")
    world.control(**{f"delete_{name}": "sleep" for name in "abc"})
    before = signal.signal(signal.SIGUSR1, ring)
    main, started = threading.main_thread().ident, time.monotonic()
    assert main is not None
    waiting = threading.Timer(1.0, signal.pthread_kill, (main, signal.SIGUSR1))
    waiting.start()
    try:
        with pytest.raises(TimeIsUp):
            world.stack.destroy()
    finally:
        waiting.join()
        signal.signal(signal.SIGUSR1, before)
    assert time.monotonic() - started < 30, "it waited for the provider, which takes a minute"


def test_one_operation_at_a_time(world: Any) -> None:
    world.program("Toy('a')")
    world.control(create_a="short")
    seen: list[str] = []

    def second() -> None:
        with pytest.raises(StackInUse, match=r"delete .*test\.lock") as refusal:
            world.stack.destroy()
        seen.append(str(refusal.value))

    world.do_until("up", "create a", second)
    assert len(seen) == 1
    assert str(os.getpid()) in seen[0]
    assert not world.failed


def test_lock_of_a_dead_process_is_taken_over(world: Any) -> None:
    world.program("Toy('a')")
    lock = world.directory / ".local-engine" / "test.lock"
    lock.parent.mkdir()
    lock.write_text("999999999")
    world.do("up")
    assert not world.failed
    assert not lock.exists()


def test_nothing_is_left_behind_in_the_process(world: Any, capsys: pytest.CaptureFixture[str]) -> None:
    before = (os.getcwd(), sys.argv[:], sys.path[:], dict(os.environ), threading.active_count())
    main, project = sys.modules["__main__"], settings.SETTINGS.project
    (world.directory / "beside.py").write_text("VALUE = 1")
    world.stack.env["ONLY_HERE"] = "1"
    world.do("up", "import os, beside\nassert os.environ['ONLY_HERE']\nprint('shown')\nToy('a', v=beside.VALUE)")
    assert (os.getcwd(), sys.argv, sys.path, dict(os.environ), threading.active_count()) == before
    assert sys.modules["__main__"] is main
    assert "beside" not in sys.modules
    assert settings.SETTINGS.project == project
    assert settings.get_root_resource() is None
    assert "shown" in world.result.output
    assert capsys.readouterr().out == ""


def test_works_from_any_thread_and_again(world: Any) -> None:
    world.program("Toy('a')")
    for _ in range(2):
        thread = threading.Thread(target=lambda: world.do("up"))
        thread.start()
        thread.join()
        assert not world.failed


def test_programs_of_two_stacks_do_not_mix(make_world: Any, tmp_path: Path) -> None:
    results: dict[str, Any] = {}

    def run(name: str) -> None:
        def program() -> None:
            pulumi.export("stack", pulumi.get_stack())
            pulumi.export("value", pulumi.Config("p").require("value"))

        directory = tmp_path / name
        directory.mkdir()
        stack = LocalStack.inline(program, work_dir=directory, project="p", stack=name, config={"p:value": name})
        results[name] = stack.up().outputs

    threads = [threading.Thread(target=run, args=(name,)) for name in ("one", "two", "three")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {name: {"stack": name, "value": name} for name in ("one", "two", "three")}


def test_configuration_comes_from_the_project_too(world: Any) -> None:
    (world.directory / "Pulumi.yaml").write_text(
        "name: toys\nruntime: python\nconfig:\n  a: {default: from project}\n  b: 2\n"
    )
    (world.directory / "Pulumi.test.yaml").write_text("config:\n  toys:b: from stack\n  toys:c: here\n")
    world.stack.set_config("c", "given")
    world.do("up", "config = pulumi.Config()\nfor key in 'abc':\n    pulumi.export(key, config.require(key))")
    assert world.result.outputs == {"a": "from project", "b": "from stack", "c": "given"}


def test_encrypted_configuration_is_refused_with_what_to_do(world: Any) -> None:
    (world.directory / "Pulumi.test.yaml").write_text("config:\n  toys:k:\n    secure: v1:abc\n")
    with pytest.raises(UnsupportedByLocalEngine, match="Pass it to the stack"):
        world.stack.up()
    world.stack.set_config("k", "opened", secret=True)
    world.do("up", "pulumi.export('k', pulumi.Config().require_secret('k'))")
    assert world.result.outputs == {"k": "[secret]"}


def test_secrets_are_never_in_the_clear_on_disk(world: Any) -> None:
    world.do("up", "Toy('a', v=Output.secret({'deep': ['very-secret-text']}))")
    state = (world.directory / ".local-engine" / "test.json").read_text()
    assert "very-secret-text" not in state
    assert "hush-hush" not in state
    key = world.directory / ".local-engine" / "test.key"
    assert key.stat().st_mode & 0o077 == 0
    world.do("destroy")
    assert not world.failed


def test_state_moves_between_stacks_when_secrets_are_shown(world: Any, tmp_path: Path) -> None:
    world.do("up", "Toy('a', v=Output.secret('tell'))")
    exported = world.stack.export()
    exported["deployment"]["resources"][2]["inputs"]["v"] = {
        "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
        "plaintext": '"tell"',
    }
    world.stack.import_state(exported)
    assert "plaintext" not in str(world.stack.export())
    world.do("preview", expect_no_changes=True)
    assert not world.failed


@pytest.mark.parametrize(
    ("program", "what"),
    [
        ("pulumi.StackReference('org/p/s')", "stack references"),
        ("pulumi.CustomResource('aws:s3/bucket:Bucket', 'b')", "no pulumi-resource-aws on PATH"),
        ("Toy('a', ResourceOptions(import_='x'))", "import"),
        ("pulumi.runtime.invoke('aws:x:y', {})", "no pulumi-resource-aws on PATH"),
    ],
)
def test_what_it_can_not_do_it_says(world: Any, program: str, what: str) -> None:
    world.do("preview", program)
    assert world.failed
    assert what in str(world.result.errors)
    assert "pulumi command" in str(world.result.errors)


def test_expecting_no_changes_fails_with_the_counts(world: Any) -> None:
    world.program("Toy('a')")
    with pytest.raises(StackOperationFailed, match="2 to create"):
        world.stack.preview(expect_no_changes=True)


def test_two_of_a_name_are_refused(world: Any) -> None:
    world.do("up", "Toy('a')\nToy('a')")
    assert "two resources" in str(world.result.errors)


def test_no_project_and_no_program_say_so(tmp_path: Path, world: Any) -> None:
    with pytest.raises(FileNotFoundError, match=r"no Pulumi\.yaml"):
        LocalStack(tmp_path / "nowhere").up()
    world.do("up")
    assert "__main__" in str(world.result.errors)


def test_lines_are_shown_as_they_come_without_secrets(make_world: Any) -> None:
    lines: list[str] = []
    world = make_world("local", on_line=lines.append, config={"toy:k": Secret("hush-hush")})
    world.do("up", "Toy('a')\nprint('k is hush-hush')\npulumi.log.warn('mind hush-hush')")
    assert "k is [secret]" in lines
    assert "warning: mind [secret]" in lines
    world.do("destroy")
    assert "deleting a-0" in lines
