"""``python -m pulumi_dashscope_ft.testing`` and the names the package offers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import pulumi_dashscope_ft.testing as testing
from pulumi_dashscope_ft.testing import __main__ as command
from pulumi_dashscope_ft.testing import open_stack


def run(world: Any, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = command.main([*arguments, "--cwd", str(world.directory)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_a_life_by_hand(world: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for key, value in world.env.items():
        monkeypatch.setenv(key, value)
    monkeypatch.syspath_prepend(world.env["PYTHONPATH"])
    world.program("a = Toy('a', r=1)\npulumi.export('made', a.made)")
    code, out, _ = run(world, capsys, "preview")
    assert (code, out.splitlines()[0]) == (0, command.NOTICE)
    assert "Planned: 2 create" in out
    code, out, _ = run(world, capsys, "up")
    assert "+  pulumi-python:dynamic/toy:Toy a create a-1" in out
    assert 'made: "made a-1"' in out
    _, out, _ = run(world, capsys, "export")
    assert json.loads(out)["version"] == 3
    code, out, _ = run(world, capsys, "refresh")
    assert "Done: 2 same" in out
    world.control(delete_a="not now")
    code, _, err = run(world, capsys, "destroy")
    assert (code, err) == (1, "destroy failed\n")
    world.control()
    code, out, _ = run(world, capsys, "destroy")
    assert code == 0
    assert "    deleting a-1" in out.splitlines()


def test_not_a_project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["up", "--cwd", str(tmp_path)]) == 2
    assert "no Pulumi.yaml" in capsys.readouterr().err


def test_names_are_all_there_and_load_late() -> None:
    assert all(getattr(testing, name) for name in testing.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = testing.nothing
    code = (
        "import sys, pulumi_dashscope_ft; before = set(sys.modules); import pulumi_dashscope_ft.testing.plugin; "
        "new = {name.partition('.')[0] for name in set(sys.modules) - before}; "
        "assert not new & {'starlette', 'uvicorn', 'click', 'grpc', 'yaml'} - before, new"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env=dict(os.environ))


def test_an_unknown_engine(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="local, command"):
        open_stack("other", tmp_path)


def test_no_command_says_what_to_use_instead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert testing.pulumi_command() is None
    with pytest.raises(FileNotFoundError, match="LocalStack"):
        open_stack("command", tmp_path)
