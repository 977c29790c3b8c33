"""What pipelines read of the command: exit codes, and keys of its JSON. A release may add keys and takes none away."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import pytest
from golden_files import lost, recorded
from golden_states import GOLDEN

from pulumi_dashscope_ft.cli import main

VARIABLES = ("DASHSCOPE_API_KEY_FILE_PATH", "DASHSCOPE_API_REGION", "DASHSCOPE_WORKSPACE_ID", "DASHSCOPE_FT_REPORT")

Run = Callable[..., "tuple[int, str]"]


@pytest.fixture
def world(stage: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Any:
    """The golden state of the default classes, and the variables of a shell."""
    found = stage(next(one for one in GOLDEN if one.folder.name == "dynamic-local"))
    found.emulator.configure(canceling_seconds=0, deleting_seconds=0)
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("DASHSCOPE_HTTP_BASE_URL", found.emulator.base_url)
    monkeypatch.setenv("DASHSCOPE_API_KEY", found.key)
    return found


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`run("jobs", "--json")`: exit code and standard output of the command's entry point."""

    def call(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["dashscope-ft", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0), capsys.readouterr().out

    return call


def test_json(world: Any, run: Run, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = {name.partition(" ")[2]: one for name, one in world.ids.items()}
    state, report = tmp_path / "export.json", tmp_path / "report.jsonl"
    state.write_text(json.dumps(world.golden.state))
    monkeypatch.setenv("DASHSCOPE_FT_REPORT", str(report))
    monkeypatch.chdir(world.directory)
    commands = {
        "jobs": ("jobs",),
        "files": ("files",),
        "deployments": ("deployments",),
        "show": ("show", ids["failed-delete"]),
        "logs": ("logs", ids["succeeded-delete"]),
        "logs --follow": ("logs", "--follow", ids["succeeded-delete"]),
        "wait": ("wait", ids["succeeded-delete"]),
        "adopt": ("adopt", ids["running-delete"], ids["tuned"], ids["data"]),
        "sweep": ("sweep", str(state), "--max-state-age", "99999d"),
        "costs": ("costs", str(state), "--by", "stack", "--by", "month"),
        "cancel": ("cancel", "--yes", ids["running-delete"]),
        # An active job reads the file. The release of the golden data deleted it all the same.
        "delete": ("delete", "--yes", "--ignore-use", ids["named"], ids["tuned"], ids["valid"]),
        "report": ("report", str(report)),
        "doctor": ("doctor", "--offline"),
    }
    found = {}
    for name, arguments in commands.items():
        code, out = run(*arguments, "--json")
        documents = [json.loads(line) for line in out.splitlines()] if "--follow" in name else [json.loads(out)]
        found[name] = {"exit code": "any" if name == "doctor" else code, "shape": _shape(documents)}
    assert lost(recorded("pins/command.json", found), found) == []


def _shape(value: Any) -> Any:
    """Keys, and types instead of values; of a list, what its items have between them."""
    if isinstance(value, dict):
        return {name: _shape(one) for name, one in value.items()}
    if not isinstance(value, list):
        return {bool: "boolean", type(None): "null", str: "text"}.get(type(value), "number")
    shapes = [_shape(one) for one in value]
    if shapes and all(isinstance(one, dict) for one in shapes):
        names = sorted({name for one in shapes for name in one})
        return {f"[].{name}": _together([one[name] for one in shapes if name in one]) for name in names}
    return _together(shapes)


def _together(shapes: list[Any]) -> Any:
    """One shape that says what all of them say: the largest, where they have keys."""
    keyed = [one for one in shapes if isinstance(one, dict)]
    return max(keyed, key=len) if keyed else sorted({str(one) for one in shapes})


def test_owners_are_read_from_old_stamps(world: Any, run: Run) -> None:
    owner = world.ids["StackIdentity dashscope-ft"]
    _, out = run("jobs", "--json")
    owners = {job["jobId"]: job["owner"] for job in json.loads(out)["jobs"]}
    named = {world.ids["FineTuningJob named"], world.ids["FineTuningJob adopted"]}
    for name, one in world.ids.items():
        if name.startswith("FineTuningJob"):
            assert owners[one] == (None if one in named else owner), name


def test_exit_codes(world: Any, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    state = tmp_path / "export.json"
    state.write_text(json.dumps(world.golden.state))
    ids = {name.partition(" ")[2]: one for name, one in world.ids.items()}
    assert run("--version")[0] == 0
    assert run("wait", ids["succeeded-delete"])[0] == 0
    assert run("wait", ids["failed-delete"])[0] == 1
    assert run("show", "ft-204903221226-ffff")[0] == 1
    assert run("jobs", "--nonsense")[0] == 2
    assert run("wait", ids["pending-delete"], "--timeout", "0.01s")[0] == 4
    assert run("sweep", "--nonsense")[0] == 64
    assert run("sweep", str(tmp_path / "none.json"))[0] in (1, 64)
    monkeypatch.delenv("DASHSCOPE_API_KEY")
    assert run("jobs")[0] == 3
