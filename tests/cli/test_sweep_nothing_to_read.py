"""A source of states that yields none is not an account without states: it is probably another one that was meant."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sweep_stage import STRANGER, FakePulumi, Stage

EXECUTE = ("--lost-state", STRANGER, "--utc-offset", "8", "--execute", "--yes")


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakePulumi:
    return FakePulumi(tmp_path, monkeypatch)


@pytest.fixture
def adopted(stage: Stage) -> str:
    """A job of a lost state, which another stack has adopted."""
    job_id = stage.job(STRANGER, hold={})
    stage.later()
    return job_id


@pytest.mark.parametrize("option", ["--state-dir", "--project", "--state", "--stack", "--name", "--status"])
@pytest.mark.parametrize("value", ["", " "])
def test_an_empty_value_is_wrong_usage(line: Any, option: str, value: str) -> None:
    result = line.run("sweep", option, value)
    assert result.exit_code == 64
    assert "is empty; is a variable not set?" in result.stderr
    assert ("pulumi whoami --verbose" in result.stderr) == (option == "--state-dir")
    assert line.emulator.count("list") == 0


def test_an_empty_name_of_an_export_is_wrong_usage(line: Any) -> None:
    assert line.run("sweep", "").exit_code == 64


def test_a_project_that_is_not_there_ends_nothing(stage: Stage, pulumi: FakePulumi, adopted: str) -> None:
    pulumi.write(stage)
    told = stage.line.run("sweep", "--project", "preview", *EXECUTE)
    assert told.exit_code == 1
    assert "it has no stack of the project 'preview', but of other, previews" in told.stdout
    assert adopted in stage.live
    assert stage.line.run("sweep", "--project", "preview").exit_code == 1
    assert stage.line.run("sweep", "--project", "previews", *EXECUTE).exit_code == 0
    assert adopted in stage.live


@pytest.mark.parametrize("backend", [".", "b", "file://.", None])
def test_a_folder_of_a_directory_that_is_gone(
    stage: Stage, pulumi: FakePulumi, adopted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backend: str | None
) -> None:
    pulumi.write(stage)
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    monkeypatch.setenv("PULUMI_BACKEND_URL", "file://./states")
    given = ["--project", "previews"] if backend is None else ["--state-dir", backend]
    told = stage.line.run("sweep", *given, *EXECUTE)
    assert told.exit_code == 1
    assert "the directory you are in is gone" in told.stderr
    assert "`cd`" in told.stderr
    assert adopted in stage.live


def test_a_home_of_nobody_is_no_folder(stage: Stage, pulumi: FakePulumi) -> None:
    pulumi.write(stage)
    told = stage.line.run("sweep", "--state-dir", "~no-such-user/states")
    assert told.exit_code == 1
    assert "~no-such-user/states" in told.stderr


def test_a_backend_without_a_stack_ends_nothing(stage: Stage, pulumi: FakePulumi, adopted: str) -> None:
    pulumi.stacks = []
    pulumi.write(stage)
    url = "postgres://me:secret@host/states?sslmode=off"
    told = stage.line.run("sweep", "--state-dir", url, *EXECUTE)
    assert told.exit_code == 1
    assert "the state of the backend postgres://host/states proves nothing" in told.stdout
    assert "it has no stack" in told.stdout
    assert "secret" not in told.output
    assert adopted in stage.live
    # Nor do the states that can be read help: the job may be of a stack of that backend.
    assert stage.line.run("sweep", str(stage.state), "--state-dir", url, *EXECUTE).exit_code == 1


def test_a_backend_whose_last_stack_goes_while_it_is_swept_ends_nothing_more(stage: Stage, pulumi: FakePulumi) -> None:
    lost = {stage.job(), stage.job()}
    stage.job(hold={})
    stage.later()
    pulumi.write(stage)

    def empty() -> None:
        if "cancel" in stage.line.counts():
            (pulumi.folder / "stacks.json").write_text(json.dumps([]))
        else:
            stage.line.clock.before_sleep.append(empty)

    stage.line.emulator.configure(canceling_seconds=10)
    stage.line.clock.before_sleep.append(empty)
    told = stage.line.run("sweep", "--state-dir", "s3://bucket", "--utc-offset", "8", "--execute", "--yes")
    assert "1 done, 1 failed" in told.stdout, told.output
    assert told.exit_code == 1
    assert len(stage.live & lost) == 1
