"""`dashscope-ft sweep` with the states of a folder that is laid out as Pulumi does it, and no `pulumi` command."""

from __future__ import annotations

import gzip
import json
import os
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sweep_stage import Backend, FakePulumi, Stage, checkpoint

from pulumi_dashscope_ft.lifecycle.sweep import checkpoint as checkpoints

EXECUTE = ("--utc-offset", "8", "--execute", "--yes")


@pytest.fixture
def leaked(stage: Stage) -> str:
    """A job that its stack has lost, beside one that it holds."""
    lost = stage.job()
    stage.job(hold={})
    stage.later()
    return lost


@pytest.fixture
def backend(stage: Stage, leaked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Backend:
    monkeypatch.setenv("PATH", str(tmp_path))  # there is no `pulumi` in it
    folder = tmp_path / "states"
    folder.mkdir()
    return Backend(stage, folder)


def sweep(backend: Backend, *more: str) -> Any:
    return backend.stage.line.run("sweep", "--state-dir", str(backend.folder), *(more or EXECUTE))


def report(backend: Backend) -> Any:
    return json.loads(sweep(backend, "--utc-offset", "8", "--json").stdout)


def test_what_no_state_holds_is_ended_and_what_one_holds_is_not(backend: Backend, leaked: str) -> None:
    facts = report(backend)
    assert [(state["name"], state["problem"], state["copied"]) for state in facts["states"]] == [
        ("of stack organization/other/main", None, None),
        ("previews/pr-7", None, None),
    ]
    assert {one["verdict"] for one in facts["objects"]} == {"orphan", "in use"}
    told = sweep(backend)
    assert told.exit_code == 0, told.output
    assert leaked not in backend.stage.live
    assert len(backend.stage.live) == 1


def test_only_the_stacks_of_a_project(backend: Backend, leaked: str) -> None:
    assert sweep(backend, "--project", "other", *EXECUTE).exit_code == 0
    assert leaked in backend.stage.live
    told = sweep(backend, "--project", "shop", *EXECUTE)
    assert told.exit_code == 1
    assert "it has no stack of the project 'shop', but of other, previews" in told.stdout
    assert sweep(backend, "--project", "previews", *EXECUTE).exit_code == 0
    assert leaked not in backend.stage.live


def test_the_backend_that_a_variable_names(backend: Backend, leaked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(backend.folder.parent)
    monkeypatch.setenv("PULUMI_BACKEND_URL", "file://./states?no_tmp_dir=true")
    assert backend.stage.line.run("sweep", "--project", "previews", *EXECUTE).exit_code == 0
    assert leaked not in backend.stage.live


def test_what_lies_beside_the_states_is_none(backend: Backend, leaked: str) -> None:
    torn = b"{"
    for name in ("pr-7.json.bak", "pr-7.json.attrs", "pr-7.json.1764500000", "p r.json", f"{'n' * 101}.json", "README"):
        backend.put(f"stacks/previews/{name}", torn)
    for key in ("stacks/previews/deep/pr-9.json", "stacks/.attrs", "history/previews/pr-7/pr-7-1.checkpoint.json"):
        backend.put(key, torn)
    backend.put("locks/organization/previews/pr-7/0f5b8c1e.json.attrs", b"{}")
    assert sweep(backend).exit_code == 0
    assert leaked not in backend.stage.live


def test_a_compressed_state(backend: Backend, leaked: str) -> None:
    content = backend.file.read_bytes()
    backend.file.unlink()
    middle = len(content) // 2  # two members make one file, too
    backend.put("stacks/previews/pr-7.json.gz", gzip.compress(content[:middle]) + gzip.compress(content[middle:]))
    assert sweep(backend).exit_code == 0
    assert leaked not in backend.stage.live


def test_of_two_files_of_one_stack_the_later_one_counts(backend: Backend, leaked: str) -> None:
    """Pulumi, too, has two for a moment, when the compression is switched on or off."""
    older = backend.put("stacks/previews/pr-7.json.gz", gzip.compress(b"{"))
    os.utime(older, (1, 1))
    assert sweep(backend).exit_code == 0
    assert leaked not in backend.stage.live


def test_the_older_layout(backend: Backend, leaked: str) -> None:
    (backend.folder / ".pulumi" / "meta.yaml").unlink()
    backend.file.rename(backend.folder / ".pulumi" / "stacks" / "pr-7.json")
    (backend.folder / ".pulumi" / "stacks" / "other" / "main.json").unlink()
    backend.lock("pr-7")
    assert "it has been locked since" in sweep(backend).stdout
    (backend.folder / ".pulumi" / "locks" / "pr-7" / "0f5b8c1e.json").unlink()
    assert sweep(backend).exit_code == 0
    assert leaked not in backend.stage.live


@pytest.mark.parametrize("meta", [b"version: 1\n", None], ids=["newer", "older"])
def test_what_lies_in_another_layout_counts_and_proves_nothing(
    backend: Backend, leaked: str, meta: bytes | None
) -> None:
    """What such a state holds is in use. But Pulumi no longer sees the state, so it may be old."""
    if meta is None:
        (backend.folder / ".pulumi" / "meta.yaml").unlink()
        backend.put("stacks/main.json", checkpoint({"version": 3, "deployment": None}))
    else:
        backend.file.rename(backend.folder / ".pulumi" / "stacks" / "pr-7.json")
    facts = report(backend)
    assert {one["id"]: one["verdict"] for one in facts["objects"]}[leaked] == "not checked"
    assert {one["verdict"] for one in facts["objects"]} == {"not checked", "in use"}
    assert any("`pulumi state upgrade`" in remark for remark in facts["remarks"])
    assert sweep(backend).exit_code == 0
    assert leaked in backend.stage.live


def test_a_lock_whether_an_update_is_under_way_or_was_killed(backend: Backend, leaked: str) -> None:
    lock = backend.lock()
    other = backend.lock("organization/other/main")
    told = sweep(backend)
    assert "`pulumi cancel --stack organization/previews/pr-7` unlocks it" in told.stdout
    assert leaked in backend.stage.live
    lock.unlink()
    sweep(backend)
    assert leaked not in backend.stage.live, "the lock of another stack says nothing about this one"
    assert other.exists(), "nothing is written"


def bomb() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    pieces = [packer.compress(b" " * 2**20) for _ in range(300)]
    return b"".join([*pieces, packer.flush()])


UNREADABLE: dict[str, tuple[str, Callable[[bytes], bytes], str]] = {
    "torn": ("pr-7.json", lambda content: content[:-20], "it is not a whole checkpoint"),
    "empty": ("pr-7.json", lambda content: b"", "it is not a whole checkpoint"),
    "no text": ("pr-7.json", lambda content: content.replace(b"previews", b"\xff\xfe"), "it is not a whole checkpoint"),
    "a list": ("pr-7.json", lambda content: b"[]", "it is not what Pulumi writes"),
    "no checkpoint": ("pr-7.json", lambda content: b'{"version":3}', "it is not what Pulumi writes"),
    "torn gzip": ("pr-7.json.gz", lambda content: gzip.compress(content)[:-20], "ends too early"),
    "damaged gzip": ("pr-7.json.gz", lambda content: gzip.compress(content)[:-8] + bytes(8), "is damaged"),
    "bomb": ("pr-7.json.gz", lambda content: bomb(), "larger than 256 MB"),
    "deep": ("pr-7.json", lambda content: b"[" * 100_000, "nested more than 200 levels deep"),
}


@pytest.mark.parametrize(("name", "damage", "words"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_damaged_state_is_no_empty_state(
    backend: Backend, leaked: str, name: str, damage: Callable[[bytes], bytes], words: str
) -> None:
    content = damage(backend.file.read_bytes())
    backend.file.unlink()
    backend.put(f"stacks/previews/{name}", content)
    told = sweep(backend)
    assert told.exit_code == 1
    assert words in told.stdout
    assert leaked in backend.stage.live


def test_a_file_that_is_not_to_be_read(backend: Backend, leaked: str) -> None:
    backend.file.unlink()
    os.mkfifo(backend.file)
    told = sweep(backend)
    assert told.exit_code == 1
    assert "it is a pipe, not a regular file" in told.stdout
    assert leaked in backend.stage.live


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_without_permission(backend: Backend, leaked: str) -> None:
    backend.file.chmod(0)
    assert "Permission denied" in sweep(backend).stdout
    backend.file.chmod(0o600)
    backend.file.parent.chmod(0)
    try:
        told = sweep(backend)
    finally:
        backend.file.parent.chmod(0o700)
    assert told.exit_code == 1
    assert "stacks/previews can't be listed: Permission denied" in told.stderr
    assert leaked in backend.stage.live


def test_a_folder_that_refuses(backend: Backend, leaked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pulumi skips what it may not list. Then a whole project would look as if it had no stack."""
    scandir = os.scandir

    def refused(path: Any) -> Any:
        if str(path).endswith("previews"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refused)
    told = sweep(backend)
    assert told.exit_code == 1
    assert "stacks/previews can't be listed: Permission denied" in told.stderr
    assert leaked in backend.stage.live


def test_a_folder_that_is_not_there(backend: Backend, leaked: str) -> None:
    told = backend.stage.line.run("sweep", "--state-dir", str(backend.folder / "nowhere"), *EXECUTE)
    assert told.exit_code == 1
    assert "nowhere is no folder that is there" in told.stderr
    empty = backend.folder / "empty"
    empty.mkdir()
    told = backend.stage.line.run("sweep", "--state-dir", str(empty), *EXECUTE)
    assert told.exit_code == 1
    assert "it has no stack" in told.stdout
    assert not [*empty.iterdir()], "nothing is written"
    assert leaked in backend.stage.live


class Interfering:
    """Does something to the backend after each time that a state of it was read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *deeds: Callable[[], object]) -> None:
        self.deeds = list(deeds)
        self.read = checkpoints.read
        monkeypatch.setattr(checkpoints, "read", self)

    def __call__(self, content: bytes, source: str, **more: Any) -> Any:
        state = self.read(content, source, **more)
        if source.endswith("pr-7") and self.deeds:
            self.deeds.pop(0)()
        return state


def test_a_state_that_changes_while_it_is_read_is_read_again(
    backend: Backend, leaked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stack has taken the leaked job over, right after its state was read."""

    def taken_over() -> None:
        backend.stage.hold("job", leaked)
        backend.write()

    Interfering(monkeypatch, taken_over)
    assert {one["verdict"] for one in report(backend)["objects"]} == {"in use"}


def test_a_state_that_never_rests_proves_nothing(
    backend: Backend, leaked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = iter(range(100))
    Interfering(monkeypatch, *[lambda: os.utime(backend.file, (1, next(turn)))] * 10)
    facts = report(backend)
    assert {one["id"]: one["verdict"] for one in facts["objects"]}[leaked] == "not checked"
    assert any("it kept changing while it was read" in remark for remark in facts["remarks"])


def test_an_update_that_begins_while_states_are_read(
    backend: Backend, leaked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Interfering(monkeypatch, backend.lock)
    facts = report(backend)
    assert {one["id"]: one["verdict"] for one in facts["objects"]}[leaked] == "not checked"
    assert any("it has been locked since" in remark for remark in facts["remarks"])


def test_a_stack_that_is_removed_while_states_are_read(
    backend: Backend, leaked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Interfering(monkeypatch, backend.file.unlink)
    facts = report(backend)
    assert {one["verdict"] for one in facts["objects"]} == {"not checked", "in use"}
    assert any("removed or renamed while it was read" in remark for remark in facts["remarks"])


def test_a_large_state_is_not_read_ahead(backend: Backend, leaked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pulumi_dashscope_ft.cli.sweeping.backends.direct._LARGE", 10)
    assert sweep(backend).exit_code == 0
    assert leaked not in backend.stage.live


def linked(backend: Backend) -> None:
    backend.file.rename(backend.folder / "elsewhere.json")
    backend.file.symlink_to(backend.folder / "elsewhere.json")


def linked_whole(backend: Backend) -> None:
    stacks = backend.folder / ".pulumi" / "stacks"
    stacks.rename(backend.folder / "elsewhere")
    stacks.symlink_to(backend.folder / "elsewhere")


UNKNOWN: dict[str, tuple[Callable[[Backend], object], str]] = {
    "a layout of the future": (lambda backend: backend.put("meta.yaml", b"version: 2\n"), "no version that this"),
    "no version": (lambda backend: backend.put("meta.yaml", b"{}"), "no version that this"),
    "a link": (linked, "pr-7.json is a symbolic link"),
    "a link to all": (linked_whole, ".pulumi/stacks is a symbolic link"),
    "YAML": (lambda backend: backend.put("stacks/previews/pr-8.yaml", b""), "is in a form that only the command reads"),
}


@pytest.mark.parametrize(("change", "words"), UNKNOWN.values(), ids=UNKNOWN)
def test_what_is_not_known_is_left_to_the_command(
    backend: Backend, leaked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Any, words: str
) -> None:
    change(backend)
    told = sweep(backend)
    assert told.exit_code == 1
    assert words in told.stderr
    assert "not on PATH" in told.stderr
    assert leaked in backend.stage.live
    pulumi = FakePulumi(tmp_path, monkeypatch)
    pulumi.write(backend.stage)
    told = sweep(backend)
    assert told.exit_code == 0
    assert "through the `pulumi` command, one process for each stack: " in told.stderr
    assert f"{backend.folder.as_uri()} stack ls" in pulumi.calls.read_text()
    assert leaked not in backend.stage.live


OLD = {
    "version 1": b'{"version":1,"checkpoint":{}}',
    "no version": b'{"stack":"pr-7"}',
    "zstd": b"\x28\xb5\x2f\xfd\x00",
    "features": b'{"version":4,"features":["teleport"],"checkpoint":{}}',
}


@pytest.mark.parametrize("content", OLD.values(), ids=OLD)
def test_a_checkpoint_that_only_the_command_can_read(
    backend: Backend, leaked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    backend.put("stacks/previews/pr-7.json", content)
    assert sweep(backend).exit_code == 1
    assert leaked in backend.stage.live
    pulumi = FakePulumi(tmp_path, monkeypatch)
    pulumi.write(backend.stage)
    assert sweep(backend).exit_code == 0
    exported = [line for line in pulumi.calls.read_text().splitlines() if "export" in line]
    assert exported
    assert all("organization/previews/pr-7" in line for line in exported), "no other stack is exported"
    assert leaked not in backend.stage.live


def test_the_features_of_version_4(backend: Backend, leaked: str) -> None:
    document = json.loads(backend.file.read_bytes())
    backend.file.write_text(json.dumps({**document, "version": 4, "features": ["hooks", "views"]}))
    assert sweep(backend).exit_code == 0
    assert leaked not in backend.stage.live


def test_the_backend_that_somebody_is_logged_in_to(
    backend: Backend, leaked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command says where that is; the states are read there without it."""
    monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)
    pulumi = FakePulumi(tmp_path, monkeypatch)
    pulumi.logged_in_to(backend.folder.as_uri())
    assert backend.stage.line.run("sweep", "--project", "previews", *EXECUTE).exit_code == 0
    assert [line.split()[:1] for line in pulumi.calls.read_text().splitlines()] == [["whoami"]]
    assert leaked not in backend.stage.live
