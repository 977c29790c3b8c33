"""`adopt`: the printed program takes the thing over, and nothing is bought and nothing drifts."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings
from pulumi_dashscope_ft.testing import open_stack


def arguments(program: str) -> dict[str, Any]:
    """The keyword arguments of the program's only resource."""
    calls = [node for node in ast.walk(ast.parse(program)) if isinstance(node, ast.Call)]
    assert len(calls) == 1
    return {one.arg: ast.literal_eval(one.value) for one in calls[0].keywords}


HYPER = {"n_epochs": 3, "learning_rate": "1.6e-5", "batch_size": 16, "max_length": 2048, "split": 0.9, "flag": True}


def test_a_job_is_written_down_as_it_is(line: Any) -> None:
    job_id = line.job("RUNNING", "*", training_type="efficient_sft", hyper_parameters=HYPER, validation_file_ids=["v"])
    result = line.run("adopt", job_id)
    assert result.exit_code == 0
    assert arguments(result.stdout) == {
        "adopt_job_id": job_id,
        "model": "qwen3-8b",
        "training_file_ids": ["file-1"],
        "validation_file_ids": ["v"],
        "training_type": "efficient_sft",
        "hyper_parameters": HYPER,
    }
    assert 'triage = FineTuningJob(\n    "triage",' in result.stdout
    assert "would: cancel, then delete" in result.stderr
    assert f"the stack with owner id {line.owner} has started it" in result.stderr
    assert line.counts() == {}


def test_options_that_steer_the_adoption(line: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = line.job("FAILED")
    monkeypatch.setenv("TEAM_B", line.key)
    shown = line.json("adopt", job_id, "--retain", "--name", "kept one", "--api-key-env", "TEAM_B")
    written = arguments(shown["program"])
    assert (written["on_destroy"], written["api_key_env"]) == ("retain", "TEAM_B")
    assert 'kept_one = FineTuningJob(\n    "kept-one"' in shown["program"]
    (one,) = shown["adopted"]
    assert one["resource"] == "FineTuningJob"
    assert any("it has no model" in note for note in one["notes"])
    assert line.run("adopt", job_id, line.job("FAILED"), "--name", "x").exit_code == 2


@pytest.mark.parametrize(
    "name", ["\"); import os; os.system('x') #", "\x1b]0;x\x07\nimport os", "class", "数据", "'''\\", "{x}", "1st"]
)
def test_what_the_service_shows_stays_in_its_literals(line: Any, name: str) -> None:
    hyper = {"n_epochs": 3, f"k{name}": f"v{name}"}
    text = line.run("adopt", line.job("RUNNING", name, hyper_parameters=hyper, model_name=name)).stdout
    written = arguments(text)
    assert written["hyper_parameters"] == hyper
    assert "\x1b" not in text
    assert [type(node).__name__ for node in ast.parse(text).body] == ["ImportFrom", "Assign"]


def test_several_at_once_get_names_of_their_own(line: Any) -> None:
    deployed = line.deployment(name="same")
    (first,) = line.emulator.jobs
    second = line.job("RUNNING", "same")
    text = line.run("adopt", first, second, deployed).stdout
    assert "from pulumi_dashscope_ft import FineTuningJob, ModelDeployment" in text
    assert "same = FineTuningJob" in text
    assert "same_2 = ModelDeployment" in text
    compile(text, "program", "exec")


def test_a_file_and_what_to_do_instead(line: Any, tmp_path: Path) -> None:
    data = tmp_path / "train.jsonl"
    data.write_text('{"messages": []}\n')
    file_id = line.client.files.upload(data).file_id
    result = line.run("adopt", file_id)
    assert result.exit_code == 0
    assert f"train_file_id = {file_id!r}" in result.stdout
    assert "can't take over a file" in result.stderr


def test_a_deployment_that_is_being_deleted(line: Any) -> None:
    deployed = line.deployment()
    line.client.deployments.delete(deployed)
    result = line.run("adopt", deployed)
    assert result.exit_code == 1
    assert "it is being deleted" in result.stderr


@pytest.fixture
def project(tmp_path: Path) -> Path:
    directory = tmp_path / "project"
    directory.mkdir()
    (directory / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    return directory


@pytest.mark.parametrize("status", ["RUNNING", "SUCCEEDED"])
def test_the_printed_program_takes_the_job_and_its_deployment_over(
    line: Any, engine: str, project: Path, status: str
) -> None:
    job_id = line.job("SUCCEEDED", "*", training_type="efficient_sft", hyper_parameters=HYPER)
    model = line.client.fine_tunes.get(job_id).model_id
    body = {"model_name": model, "plan": "mu", "capacity": 2, "deploy_spec": "MU1", "suffix": "blue"}
    deployed = line.client.deployments.create(body).deployed_model
    if status == "RUNNING":
        line.emulator.force_deployment(deployed, "RUNNING")
    printed = line.run("adopt", job_id, deployed)
    assert printed.exit_code == 0
    (project / "__main__.py").write_text(printed.stdout)
    environment = {"DASHSCOPE_HTTP_BASE_URL": line.emulator.base_url, "DASHSCOPE_API_KEY": line.key}
    stack = open_stack(engine, project, env=environment, on_line=lambda text: None)
    before = line.emulator.count()
    stack.up()
    stack.preview(expect_no_changes=True)
    stack.refresh()
    stack.preview(expect_no_changes=True)
    after = line.emulator.count()
    for operation in ("create", "create_deployment", "scale_deployment", "cancel", "delete", "delete_deployment"):
        assert after.get(operation, 0) == before.get(operation, 0), operation
    held = {resource["id"] for resource in stack.resources if resource.get("id")}
    assert {job_id, deployed} <= held


def test_a_running_job_is_adopted_and_destroyed_with_a_report(engine: str, project: Path, tmp_path: Path) -> None:
    import json

    from click.testing import CliRunner

    from pulumi_dashscope_ft.api import Client, resolve_settings
    from pulumi_dashscope_ft.cli.commands import cli

    settings = Settings(check_file_ids=False, running_seconds=100_000, canceling_seconds=10)
    with EmulatorServer(settings, speed=20.0) as emulator:
        client = Client(resolve_settings(base_url=emulator.base_url, api_key="sk-adopt-key-0123", environ={}))
        body = {"model": "qwen3-8b", "training_file_ids": ["f"], "hyper_parameters": {"n_epochs": 3}}
        job_id = client.fine_tunes.create(body).job_id
        report = tmp_path / "destroy.jsonl"
        environment = {
            "DASHSCOPE_HTTP_BASE_URL": emulator.base_url,
            "DASHSCOPE_API_KEY": "sk-adopt-key-0123",
            "DASHSCOPE_FT_REPORT": str(report),
        }
        printed = CliRunner().invoke(cli, ["adopt", job_id], env=environment)
        (project / "__main__.py").write_text(printed.stdout)
        stack = open_stack(engine, project, env=environment, on_line=lambda text: None)
        stack.up()
        stack.preview(expect_no_changes=True)
        stack.destroy()
        assert emulator.count("create") == 1
        assert not emulator.jobs
    told = [json.loads(words) for words in report.read_text().splitlines()]
    assert [(one["kind"], one["outcome"]) for one in told] == [("job", "deleted"), ("stack", "deleted")]
