"""What is uploaded is what was checked, whoever writes to the file, its path or its links meanwhile.

The attacks run over real sockets: between the client and the emulator stands a gate that takes a first part of an
upload, has the test change the file, and lets the rest through.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import socket
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from upload_gate import Gate
from verbs import training_file

from pulumi_dashscope_ft.api import SYSTEM_CLOCK, Client, FileChangedError, resolve_settings
from pulumi_dashscope_ft.bounded.files import open_regular
from pulumi_dashscope_ft.emulator import EmulatorServer, FaultRule, Settings
from pulumi_dashscope_ft.lifecycle.base.connection import Connection, connect
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.lifecycle.training_data import formats as data_formats
from pulumi_dashscope_ft.lifecycle.training_data.digest import DigestedFile, digest
from pulumi_dashscope_ft.lifecycle.training_data.formats import check_data_file
from pulumi_dashscope_ft.lifecycle.training_data.rows.looking import look_at
from pulumi_dashscope_ft.testing import StackOperationFailed, open_stack

KEY = "sk-swap-0123456789abcdef"
ROW = b'{"messages":[{"role":"user","content":"Where is it?"},{"role":"assistant","content":"%s"}]}\n'
LONG = ROW % (b"On its way. " * 5000)
ROWS = 400
"""Rows of some 60 KB: 24 MB, more than all buffers between the file and the gate hold."""


class Scene:
    """A checked file that is about to be uploaded through a gate."""

    def __init__(self, emulator: EmulatorServer, gate: Gate, folder: Path) -> None:
        self.emulator, self.gate = emulator, gate
        self.path = folder / "train.jsonl"
        self.path.write_bytes(LONG * ROWS)
        settings = resolve_settings(base_url=gate.base_url, api_key=KEY, environ={})
        self.lines: list[str] = []
        client = Client(settings)
        self.connection: Connection = connect(
            client, clock=SYSTEM_CLOCK, run_registry=RunRegistry(), report=self.lines.append
        )

    def checked(self, path: Path | None = None) -> dict[str, Any]:
        given = {"path": str(path or self.path), "__name": "data", "__owner": "0wner0wner"}
        found = training_file.check({}, given, RunRegistry())
        assert not found.violations
        return found.inputs

    def upload(self, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        return training_file.create(self.connection, inputs)

    def refused(self, inputs: dict[str, Any]) -> str:
        with pytest.raises(LifecycleError) as caught:
            self.upload(inputs)
        self.connection.client.close()
        self.gate.settle()
        assert self.emulator.files == {}, "nothing is stored"
        assert "pulumi up" in str(caught.value)
        return str(caught.value)

    def whole_uploads(self) -> int:
        return sum(announced == came for announced, came in self.gate.uploads)

    def patch(self, offset: int = -100) -> None:
        """Another letter in an answer: as many bytes, and still a row. By default in the last row."""
        with self.path.open("r+b") as file:
            file.seek(offset, os.SEEK_END if offset < 0 else os.SEEK_SET)
            file.write(b"X")


@pytest.fixture(scope="module")
def server() -> Iterator[EmulatorServer]:
    with EmulatorServer(settings=Settings(check_file_ids=False), speed=None) as emulator:
        yield emulator


@pytest.fixture
def scene(server: EmulatorServer, tmp_path: Path) -> Iterator[Scene]:
    server.reset()
    gate = Gate(("127.0.0.1", urlsplit(server.root_url).port or 0))
    try:
        yield Scene(server, gate, tmp_path)
    finally:
        gate.close()


def test_a_file_that_nobody_touches_is_uploaded(scene: Scene) -> None:
    inputs = scene.checked()
    file_id, outputs = scene.upload(inputs)
    assert scene.emulator.files[file_id].md5 == inputs["__md5"]
    assert outputs["sha256"] == hashlib.sha256(LONG * ROWS).hexdigest()
    assert scene.whole_uploads() == 1


@pytest.mark.parametrize("offset", [-100, len(LONG) * ROWS // 2])
def test_a_file_that_is_changed_in_place_while_it_is_uploaded(scene: Scene, offset: int) -> None:
    inputs = scene.checked()
    scene.gate.meanwhile = lambda: scene.patch(offset)
    told = scene.refused(inputs)
    assert "its content is not the one that was checked. Its end was not sent" in told
    assert len(scene.gate.uploads) == 1
    assert scene.whole_uploads() == 0


@pytest.mark.parametrize("change", ["truncated", "grown"])
def test_a_file_that_gets_another_size_while_it_is_uploaded(scene: Scene, change: str) -> None:
    inputs = scene.checked()

    def resize() -> None:
        if change == "truncated":
            os.truncate(scene.path, len(LONG) * (ROWS - 1))
        else:
            with scene.path.open("ab") as file:
                file.write(LONG)

    scene.gate.meanwhile = resize
    assert "its size changed while it was being sent" in scene.refused(inputs)
    assert scene.whole_uploads() == 0


@pytest.mark.parametrize("kind", ["file", "link"])
def test_a_path_that_leads_elsewhere_during_the_upload(scene: Scene, tmp_path: Path, kind: str) -> None:
    """What was opened is what is sent: the file that was checked goes on being uploaded."""
    other = tmp_path / "other.jsonl"
    other.write_bytes(ROW % b"Something else" * ROWS)
    path = scene.path
    if kind == "link":
        path = tmp_path / "link.jsonl"
        path.symlink_to(scene.path)
    inputs = scene.checked(path)

    def swap() -> None:
        if kind == "link":
            new = tmp_path / "new"
            new.symlink_to(other)
            os.replace(new, path)
        else:
            os.replace(other, path)

    scene.gate.meanwhile = swap
    file_id, _ = scene.upload(inputs)
    assert scene.emulator.files[file_id].md5 == inputs["__md5"]


@pytest.mark.parametrize("kind", ["in place", "file", "link"])
def test_another_file_of_the_same_size_between_check_and_upload(scene: Scene, tmp_path: Path, kind: str) -> None:
    other = tmp_path / "other.jsonl"
    other.write_bytes(scene.path.read_bytes().replace(b"On its way", b"No idea...", 1))
    assert other.stat().st_size == scene.path.stat().st_size
    path = scene.path
    if kind == "link":
        path = tmp_path / "link.jsonl"
        path.symlink_to(scene.path)
    inputs = scene.checked(path)
    if kind == "in place":
        scene.patch(len(LONG) // 2)
    elif kind == "file":
        os.replace(other, path)
    else:
        path.unlink()
        path.symlink_to(other)
    assert "is not the one that was checked" in scene.refused(inputs)
    assert scene.whole_uploads() == 0


def test_a_small_file_is_withheld_whole(scene: Scene) -> None:
    """It is one piece, and that piece is the last."""
    scene.path.write_bytes(ROW % b"On its way.")
    inputs = scene.checked()
    scene.patch(-10)
    scene.refused(inputs)
    [(announced, came)] = scene.gate.uploads
    assert came < announced - scene.path.stat().st_size


def test_a_second_try_compares_anew(scene: Scene) -> None:
    """The first try is refused as too fast after the file was sent whole; meanwhile the file is changed."""
    inputs = scene.checked()
    rule = FaultRule(operation="upload", kind="status", status=429, code="Throttling.RateQuota", count=1)
    scene.emulator.add_fault(rule)
    second = threading.Event()

    def meanwhile() -> None:
        if second.is_set():
            scene.patch()
        second.set()

    scene.gate.meanwhile = meanwhile
    assert "is not the one that was checked" in scene.refused(inputs)
    assert len(scene.gate.uploads) == 2
    assert scene.gate.uploads[1][0] > scene.gate.uploads[1][1]


@pytest.mark.parametrize("kind", ["pipe", "folder", "device", "gone"])
def test_what_is_no_file_any_more_is_refused_without_waiting(scene: Scene, kind: str) -> None:
    inputs = scene.checked()
    scene.path.unlink()
    if kind == "pipe":
        os.mkfifo(scene.path)
    elif kind == "folder":
        scene.path.mkdir()
    elif kind == "device":
        scene.path.symlink_to("/dev/zero")
    assert "can't be read any more" in scene.refused(inputs)
    assert scene.gate.uploads == []


@pytest.mark.parametrize("kind", ["pipe", "folder", "device", "socket", "sparse", "sparse after a row", "endless"])
def test_what_is_no_data_file_is_refused_without_waiting(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "train.jsonl"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as bound, contextlib.chdir(tmp_path):
            bound.bind(path.name)
    else:
        path.write_bytes(ROW % b"x" if kind == "sparse after a row" else b"")
        os.truncate(path, 2**42 if kind == "endless" else 2**33)
    words = {"folder": "is a folder", "endless": "no more than 16 GB are read"}
    [problem] = check_data_file(path).problems
    expected = words.get(kind, "is binary" if "sparse" in kind else "is not a regular file")
    assert expected in problem.reason


def test_the_check_digests_the_bytes_that_it_judges(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is changed between its first and its last row, while it is checked. Whatever the check has seen is what
    it calls checked: a second reading of the file is another content.
    """
    before = hashlib.sha256(scene.path.read_bytes()).hexdigest()
    seen: list[Any] = []

    def look(row: Any, **more: Any) -> Any:
        if not seen:
            scene.patch(len(LONG) // 2)  # in the row that was just read
        seen.append(row)
        return look_at(row, **more)

    monkeypatch.setattr(data_formats, "look_at", look)
    report = check_data_file(scene.path)
    assert report.digest is not None
    assert report.digest.sha256 == before
    assert digest(scene.path).sha256 != before
    assert len(seen) == ROWS
    assert b"X" not in json.dumps(seen).encode()


def test_an_archive_that_is_changed_while_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "train.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("data.jsonl", LONG * 4)
    with open_regular(path) as file:
        whole = DigestedFile(file)
        assert whole.digest == digest(path)
        with path.open("r+b") as writer:
            writer.seek(100_000)
            writer.write(b"X")
        assert whole.read_at(0, 4) == b"PK\x03\x04"
        with pytest.raises(OSError, match="writes to it"):
            whole.read_at(99_999, 3)


def test_the_client_alone_compares_too(scene: Scene) -> None:
    """`client.files.upload` without a digest sees a change of the size, with one every change."""
    with pytest.raises(FileChangedError, match="is not the one that was checked"):
        scene.connection.client.files.upload(scene.path, sha256="0" * 64)
    assert scene.emulator.files == {}


PROGRAM = """
import pulumi
from pulumi_dashscope_ft import TrainingFile
pulumi.export("file_id", TrainingFile("data", path="train.jsonl").file_id)
"""


def test_in_a_stack(engine: str, flavour: Any, scene: Scene, tmp_path: Path) -> None:
    """The plan is refused while the file changes, nothing of it is recorded, and the next `up` uploads the new rows."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "Pulumi.yaml").write_text(flavour.project("swaps"))
    (project / "__main__.py").write_text(flavour.program(PROGRAM))
    scene.path = scene.path.rename(project / "train.jsonl")
    environment = {"DASHSCOPE_HTTP_BASE_URL": scene.gate.base_url, "DASHSCOPE_API_KEY": KEY}
    lines: list[str] = []
    stack = open_stack(engine, project, env=environment, on_line=lines.append)
    scene.gate.meanwhile = scene.patch
    with pytest.raises(StackOperationFailed):
        stack.up()
    assert "its content is not the one that was checked" in "\n".join(lines)
    assert scene.emulator.files == {}
    assert not [one for one in stack.resources if one["type"].endswith(":TrainingFile")]
    scene.gate.meanwhile = lambda: None
    stack.up()
    [stored] = scene.emulator.files.values()
    assert stored.md5 == digest(scene.path).md5
    stack.destroy()
    assert scene.emulator.files == {}
