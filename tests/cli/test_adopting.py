"""`adopt`: the printed program takes the thing over, and nothing is bought and nothing drifts."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings
from pulumi_dashscope_ft.emulator.model.settings import DATA_FORMS
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.testing import open_stack


def arguments(program: str) -> dict[str, Any]:
    """The keyword arguments of the program's only resource."""
    calls = [node for node in ast.walk(ast.parse(program)) if isinstance(node, ast.Call)]
    assert len(calls) == 1
    return {str(one.arg): ast.literal_eval(one.value) for one in calls[0].keywords}


HYPER = {"n_epochs": 3, "learning_rate": "1.6e-5", "batch_size": 16, "max_length": 2048, "split": 0.9, "flag": True}


@pytest.mark.parametrize("data_form", DATA_FORMS)
def test_a_job_is_written_down_as_it_is(line: Any, data_form: str) -> None:
    line.emulator.configure(data_form=data_form)
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
    refused = line.run("adopt", job_id, "--api-key-env", "TEAM_B")
    assert refused.exit_code != 0
    assert "export DASHSCOPE_FT_API_KEY_ENVS=TEAM_B" in refused.stderr
    assert "adopt_job_id" not in refused.stdout
    monkeypatch.setenv("DASHSCOPE_FT_API_KEY_ENVS", "TEAM_B,TEAM_C")
    said = line.run("adopt", job_id, "--api-key-env", "TEAM_B").stderr
    assert "let the stack read this variable: pulumi config set dashscope-ft:apiKeyEnvs TEAM_B,TEAM_C" in said
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


@pytest.mark.parametrize("name", [None, "数据"])
def test_what_has_no_name_gets_one_that_no_other_call_gives(line: Any, name: str | None) -> None:
    """As with `adopt A >> __main__.py; adopt B >> __main__.py`."""
    jobs = [line.job("RUNNING", name), line.job("RUNNING", name)]
    texts = [line.run("adopt", job_id).stdout for job_id in jobs]
    names = [ast.parse(text).body[-1].value.args[0].value for text in texts]
    assert names == [f"job-{job_id.removeprefix('ft-')}" for job_id in jobs]
    assert line.run("adopt", jobs[0], "--name", "数据").stdout == texts[0]


ROWS = '{"messages":[{"role":"user","content":"Hello"},{"role":"assistant","content":"Good day"}]}\n' * 3


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of a program, with the data in it."""
    directory = tmp_path / "here"
    (directory / "data").mkdir(parents=True)
    (directory / "train.jsonl").write_text(ROWS)
    (directory / "data" / "kept.jsonl").write_text(ROWS)
    monkeypatch.chdir(directory)
    return directory


def uploaded(line: Any, here: Path, **more: Any) -> str:
    return str(line.client.files.upload(here / "train.jsonl", **more).file_id)


@pytest.mark.parametrize("description", ["support tickets", "None", ""])
def test_a_file_is_written_down_as_it_is(line: Any, here: Path, description: str) -> None:
    file_id = uploaded(line, here, description=description)
    result = line.run("adopt", file_id)
    assert result.exit_code == 0
    written = {"adopt_file_id": file_id, "path": "train.jsonl", "description": description}
    assert arguments(result.stdout) == {key: value for key, value in written.items() if value}
    assert 'train = TrainingFile(\n    "train",' in result.stdout
    assert "`pulumi destroy` would delete it" in result.stderr
    assert "MD5" not in result.stderr


def test_a_file_that_a_stack_has_uploaded_names_its_owner_and_not_its_stamp(line: Any, here: Path) -> None:
    stamped = stamp.make("tickets", line.owner, "h3v8wz", {})
    file_id = uploaded(line, here, description=f"tickets [{stamped}]")
    result = line.run("adopt", file_id, "--kind", "file")
    assert arguments(result.stdout)["description"] == "tickets"
    assert f"the stack with owner id {line.owner} has started it" in result.stderr
    assert "still holds this file" in result.stderr


def test_where_the_content_of_a_file_is(line: Any, here: Path) -> None:
    file_id = uploaded(line, here)
    result = line.run("adopt", file_id, "--path", "data/kept.jsonl")
    assert arguments(result.stdout)["path"] == "data/kept.jsonl"
    for path in here.rglob("*.jsonl"):
        path.unlink()
    result = line.run("adopt", file_id)
    assert (result.exit_code, arguments(result.stdout)["path"]) == (0, "train.jsonl")
    assert "its content is not here as train.jsonl. Put it there before `pulumi up`" in result.stderr
    assert f"({len(ROWS)} bytes, MD5 " in result.stderr
    result = line.run("adopt", file_id, "--path", "data/kept.jsonl")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "data/kept.jsonl can't be read: No such file" in result.stderr
    assert line.run("adopt", file_id, uploaded_again(line, here), "--path", "x").exit_code == 2
    assert line.run("adopt", line.job("FAILED"), "--path", "x").exit_code == 2


def uploaded_again(line: Any, here: Path) -> str:
    (here / "train.jsonl").write_text(ROWS)
    return uploaded(line, here)


@pytest.mark.parametrize("given", [[], ["--path", "train.jsonl"]])
def test_another_content_is_not_written_down(line: Any, here: Path, given: list[str]) -> None:
    file_id = uploaded(line, here)
    (here / "train.jsonl").write_text(ROWS * 2)
    result = line.run("adopt", file_id, *given)
    assert (result.exit_code, result.stdout) == (1, "")
    told = f"train.jsonl has another content: {len(ROWS)} bytes on the service, {len(ROWS) * 2} here; MD5 "
    assert told in result.stderr
    assert ("--path" in result.stderr) == (not given)


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "..", "a\0b", ""])
def test_a_file_of_a_strange_name_needs_to_be_told_where_its_content_is(line: Any, here: Path, name: str) -> None:
    file_id = uploaded(line, here)
    line.emulator.files[file_id].name = name
    result = line.run("adopt", file_id)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "say with --path where its content is" in result.stderr
    assert arguments(line.run("adopt", file_id, "--path", "train.jsonl").stdout)["path"] == "train.jsonl"


def test_data_that_the_provider_refuses_are_told(line: Any, here: Path) -> None:
    (here / "train.jsonl").write_text('{"prompt": "x"}\n')
    result = line.run("adopt", uploaded(line, here))
    assert "the provider refuses this: path: " in result.stderr


def test_a_file_to_be_left_alone(line: Any, here: Path) -> None:
    text = line.run("adopt", uploaded(line, here), "--retain").stdout
    assert text.startswith("import pulumi\n")
    assert "    opts=pulumi.ResourceOptions(retain_on_delete=True),\n" in text
    compile(text, "program", "exec")


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


def taken_over(line: Any, engine: str, project: Path, program: str) -> tuple[Any, set[str]]:
    """The program is run and its plans are empty, before and after a refresh: the stack, and what was called for."""
    (project / "__main__.py").write_text(program)
    environment = {"DASHSCOPE_HTTP_BASE_URL": line.emulator.base_url, "DASHSCOPE_API_KEY": line.key}
    stack = open_stack(engine, project, env=environment, on_line=lambda text: None)
    before = line.emulator.count()
    stack.up()
    stack.preview(expect_no_changes=True)
    stack.refresh()
    stack.preview(expect_no_changes=True)
    return stack, {name for name, n in line.emulator.count().items() if n != before.get(name, 0)}


@pytest.mark.parametrize("runs", [True, False])
def test_the_printed_program_takes_the_job_and_its_deployment_over(
    line: Any, engine: str, project: Path, request: pytest.FixtureRequest, runs: bool
) -> None:
    job_id = line.job("SUCCEEDED", "*", training_type="efficient_sft", hyper_parameters=HYPER)
    model = line.client.fine_tunes.get(job_id).model_id
    body = {"model_name": model, "plan": "mu", "capacity": 2, "deploy_spec": "MU1", "suffix": "blue"}
    deployed = line.client.deployments.create(body).deployed_model
    if runs:
        line.emulator.force_deployment(deployed, "RUNNING")
    else:
        request.addfinalizer(lambda: line.emulator.clock.set_speed(None))
        line.emulator.clock.set_speed(60.0)  # `up` waits until it runs
    printed = line.run("adopt", job_id, deployed)
    assert printed.exit_code == 0
    stack, called = taken_over(line, engine, project, printed.stdout)
    assert called <= {"get", "list", "get_deployment", "list_deployments"}
    held = {resource["id"] for resource in stack.resources if resource.get("id")}
    assert {job_id, deployed} <= held


@pytest.mark.parametrize("retain", [False, True])
def test_the_printed_program_takes_a_file_and_its_job_over(
    line: Any, engine: str, project: Path, monkeypatch: pytest.MonkeyPatch, retain: bool
) -> None:
    monkeypatch.chdir(project)
    (project / "train.jsonl").write_text(ROWS)
    file_id = str(line.client.files.upload(project / "train.jsonl", description="by hand").file_id)
    job_id = line.job("SUCCEEDED", training_file_ids=[file_id, "file-2"], hyper_parameters=HYPER)
    printed = line.run("adopt", job_id, file_id, *(["--retain"] if retain else []))
    assert "training_file_ids=[train.file_id, " in printed.stdout
    stack, called = taken_over(line, engine, project, printed.stdout)
    assert called <= {"get", "get_file", "list", "list_files"}
    (file,) = (one for one in stack.resources if one["type"].endswith(":TrainingFile"))
    assert (file["id"], file["outputs"]["description"]) == (file_id, "by hand")
    stack.destroy()
    left = {*line.emulator.jobs, *line.emulator.files}
    assert left == ({job_id, file_id} if retain else set())


def test_a_running_job_is_adopted_and_destroyed_with_a_report(engine: str, project: Path, tmp_path: Path) -> None:
    import json

    from click.testing import CliRunner

    from pulumi_dashscope_ft.api import Client, resolve_settings
    from pulumi_dashscope_ft.cli.group import cli

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
