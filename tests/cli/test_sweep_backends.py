"""`dashscope-ft sweep` with the states of a backend, through the `pulumi` command, and with that of a real stack."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from sweep_stage import FakePulumi, Stage

from pulumi_dashscope_ft.testing import LocalStack


def test_where_nothing_shows_the_zone_a_day_is_added(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulumi = FakePulumi(tmp_path, monkeypatch)
    stage.job()
    stage.later(20 * 3600)
    pulumi.write(stage)

    def found(*arguments: str, code: int) -> Any:
        result = stage.line.run("sweep", "--project", "previews", "--json", *arguments)
        assert result.exit_code == code, result.output
        facts = json.loads(result.stdout)
        return facts["objects"][0], facts["remarks"]

    one, remarks = found(code=0)
    assert one["verdict"] == "not checked"
    assert "--utc-offset 8" in remarks[0]
    one, remarks = found("--utc-offset", "8", code=2)
    assert (one["verdict"], remarks) == ("orphan", [])
    one, remarks = found("--utc-offset", "0", code=2)
    assert remarks == []
    assert 11 * 3600 < one["ageSeconds"] < 13 * 3600


def test_all_stacks_of_a_backend_through_the_pulumi_command(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulumi = FakePulumi(tmp_path, monkeypatch)
    lost = stage.job()
    stage.job(hold={})
    stage.later()
    pulumi.write(stage)

    def run(*arguments: str) -> Any:
        return stage.line.run("sweep", *arguments)

    assert run("--state-dir", "https://states.example").exit_code == 2
    assert "https://states.example stack ls" in pulumi.calls.read_text()
    assert run("--project", "previews").exit_code == 2
    assert run("--project", "other").exit_code == 0
    pulumi.stacks[0]["updateInProgress"] = True  # type: ignore[assignment]
    pulumi.write(stage)
    assert "an update of it is under way" in run("--state-dir", "s3://bucket").output
    del pulumi.stacks[0]["updateInProgress"]
    pulumi.stacks.append({"name": "organization/previews/pr-8"})  # which can't be exported
    pulumi.write(stage)
    refused = run("--state-dir", "s3://bucket", "--execute", "--yes")
    assert refused.exit_code == 1
    assert "error: no such stack" in refused.output
    assert lost in stage.live
    pulumi.stacks.pop()
    pulumi.write(stage)
    assert run("--state-dir", "s3://bucket", "--execute", "--yes").exit_code == 0
    assert lost not in stage.live


def test_without_the_pulumi_command(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    result = stage.line.run("sweep", "--state-dir", "https://states.example")
    assert result.exit_code == 1
    assert "not on PATH" in result.output


PROGRAM = """
from pulumi_dashscope_ft import FineTuningJob

FineTuningJob("job", model="qwen3-8b", training_file_ids=["file-1"], expires_in="3h")
"""


def test_a_real_stack_whose_environment_has_expired(line: Any, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: previews\nruntime: python\n")
    (tmp_path / "__main__.py").write_text(PROGRAM)
    variables = {name: os.environ[name] for name in ("DASHSCOPE_API_KEY", "DASHSCOPE_HTTP_BASE_URL")}
    stack = LocalStack(tmp_path, stack="pr-7", env=variables)
    stack.up()
    [job_id] = line.emulator.jobs
    state = str(tmp_path / ".local-engine" / "pr-7.json")
    assert line.run("sweep", "--state", state).exit_code == 0
    line.later(3 * 3600 + 120)
    assert "it expired at" in line.run("sweep", "--state", state).output
    done = line.run("sweep", "--state", state, "--execute", "--yes")
    assert done.exit_code == 0, done.output
    assert job_id not in line.emulator.jobs
    stack.destroy()
    assert stack.resources == []
