"""What the plugin gives a Python program beyond the default classes, on both engines."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from liked import liked

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings
from pulumi_dashscope_ft.testing import StackOperationFailed, open_stack

ONE, TWO = "sk-one-0123456789abcdef", "sk-two-0123456789abcdef"
ROW = '{"messages":[{"role":"user","content":"Where is order %d?"},{"role":"assistant","content":"On its way."}]}\n'
TUNING = '"model": "qwen3-8b", "training_file_ids": ["file-1"], "hyper_parameters": {"n_epochs": 3}'

ACCOUNTS = """
import json
import pulumi
from pulumi import InvokeOptions, Output, ResourceOptions
from pulumi_dashscope_ft.native import FineTuningJob, Provider, TrainingFile, get_job_output, get_logs_output, list_jobs

config = pulumi.Config()
listed = [config.get("listed")] if config.get("listed") else None
team = Provider("team", api_key=config.require("team"), base_url=config.get("url"), api_key_envs=listed)
data = TrainingFile("data", path="train.jsonl")
TUNING = {"model": "qwen3-8b", "hyper_parameters": {"n_epochs": 3}}
mine = FineTuningJob("mine", training_file_ids=[data.file_id], **TUNING)
theirs_data = TrainingFile("theirs", path="train.jsonl", opts=ResourceOptions(provider=team))
theirs = FineTuningJob(
    "theirs", training_file_ids=[theirs_data.file_id], opts=ResourceOptions(provider=team), **TUNING
)
pulumi.export("mine", mine.job_id)
pulumi.export("theirs", theirs.job_id)
pulumi.export("status", get_job_output(theirs.job_id, opts=InvokeOptions(provider=team)).apply(lambda job: job.status))
pulumi.export("log", get_logs_output(mine.job_id, lines=2))
pulumi.export("before", [job.job_id for job in list_jobs()])
if config.get_bool("wait"):
    theirs.wait_for_model()
"""

TUNED = """
import json
import pulumi
from pulumi import CustomTimeouts, ResourceOptions
from pulumi_dashscope_ft.native import FineTunedModel

settings = json.loads(pulumi.Config().require("settings"))
options = ResourceOptions(custom_timeouts=CustomTimeouts(**settings.pop("timeouts", {})))
tuned = FineTunedModel("tuned", opts=options, **{TUNING, **settings})
pulumi.export("model", tuned.model_id)
""".replace("TUNING", TUNING)


class Project:
    def __init__(self, engine: str, directory: Path, emulator: EmulatorServer, program: str, project: str) -> None:
        self.emulator = emulator
        directory.mkdir()
        (directory / "Pulumi.yaml").write_text(project)
        (directory / "__main__.py").write_text(program)
        (directory / "train.jsonl").write_text("".join(ROW % number for number in range(10)))
        environment = {"DASHSCOPE_HTTP_BASE_URL": emulator.base_url, "DASHSCOPE_API_KEY": ONE}
        self.stack = open_stack(engine, directory, env=environment)

    def program(self, **settings: Any) -> None:
        self.stack.set_config("settings", json.dumps(settings))

    def resource(self, name: str) -> dict[str, Any] | None:
        return next((one for one in self.stack.resources if one["urn"].endswith(f"::{name}")), None)

    def failed(self, operation: str) -> str:
        with pytest.raises(StackOperationFailed) as caught:
            getattr(self.stack, operation)()
        assert "Traceback" not in str(caught.value)
        return str(caught.value)


@pytest.fixture
def project(engine: str, tmp_path: Path, flavours: Any) -> Any:
    settings = Settings(
        pending_seconds=1, queuing_seconds=1, running_seconds=60, canceling_seconds=10, deploying_seconds=20, runners=4
    )
    with EmulatorServer(settings=liked(settings), speed=60.0) as emulator:
        emulator.configure(check_file_ids=False)
        yamls = flavours["plugin"].project("shop")
        yield lambda program: Project(engine, tmp_path / "project", emulator, program, yamls)


def test_two_accounts_in_one_program(project: Any) -> None:
    two = project(ACCOUNTS)
    two.emulator.configure(keys={ONE: "llm-one", TWO: "llm-two"}, running_seconds=10_000)
    two.stack.set_config("team", TWO)
    outputs = two.stack.up().outputs
    states = {one["id"]: one for one in two.stack.resources if one["type"].endswith(":FineTuningJob")}
    assert states[outputs["mine"]]["outputs"]["workspaceId"] == "llm-one"
    assert states[outputs["theirs"]]["outputs"]["workspaceId"] == "llm-two"
    assert outputs["status"] in ("PENDING", "QUEUING", "RUNNING")
    assert outputs["before"] == []
    assert TWO not in json.dumps([one.get("outputs") for one in two.stack.resources]), "an instance's key is a secret"
    two.stack.preview(expect_no_changes=True)
    two.stack.set_config("wait", "true")
    with pytest.raises(StackOperationFailed, match="`FineTunedModel`, which waits in the plugin"):
        two.stack.preview()
    # A process takes one configuration: each instance has one, also when the settings of both change.
    two.stack.refresh()
    two.stack.set_config("wait", "false")
    two.stack.set_config("dashscope-ft:apiKeyEnvs", "TEAM_B")
    two.stack.set_config("listed", "TEAM_C")
    two.stack.up()
    listed = {one["id"]: one["inputs"].get("apiKeyEnvs") for one in two.stack.resources if ":providers:" in one["type"]}
    assert sorted(map(str, listed.values())) == ["TEAM_B", "['TEAM_C']"]
    two.stack.refresh()
    two.stack.destroy()
    assert not two.emulator.jobs
    assert not two.stack.resources


def test_settings_of_an_instance_are_checked_where_they_are_written(project: Any) -> None:
    two = project(ACCOUNTS)
    two.stack.set_config("team", TWO)
    two.stack.set_config("url", "https://me:hunter2@example.com/api/v1")
    message = two.failed("preview")
    assert "baseUrl" in message
    assert "without user name" in message
    assert "hunter2" not in message
    assert not two.emulator.jobs


@pytest.mark.parametrize("secret", [False, True])
def test_a_refused_key_is_not_shown(project: Any, secret: bool) -> None:
    two = project(ACCOUNTS)
    two.stack.set_config("team", f"Bearer {TWO}", secret=secret)
    message = two.failed("preview")
    assert "apiKey: must be the key alone" in message
    assert TWO not in message


def test_a_model_and_its_job_in_one_resource(project: Any) -> None:
    tuned = project(TUNED)
    tuned.program()
    assert tuned.stack.preview().summary["create"] == 2
    up = tuned.stack.up()
    (job_id,) = tuned.emulator.jobs
    assert job_id in up.outputs["model"]
    assert f"{job_id} SUCCEEDED after" in "\n".join(up.output)
    tuned.stack.preview(expect_no_changes=True)
    tuned.stack.destroy()
    assert not tuned.emulator.jobs
    assert not tuned.stack.resources


def test_a_wait_that_is_over_leaves_the_job_and_the_next_up_goes_on(project: Any) -> None:
    tuned = project(TUNED)
    tuned.emulator.configure(running_seconds=100_000)
    tuned.program(timeouts={"create": "1s"})
    assert "the job goes on" in tuned.failed("up")
    (job_id,) = tuned.emulator.jobs
    assert tuned.resource("tuned")["id"] == job_id
    assert tuned.resource("tuned")["initErrors"]
    tuned.emulator.force(job_id, "SUCCEEDED")
    tuned.program()
    up = tuned.stack.up()
    assert job_id in up.outputs["model"]
    assert not tuned.resource("tuned").get("initErrors")
    assert tuned.emulator.count("create") == 1
    tuned.stack.preview(expect_no_changes=True)
    tuned.stack.destroy()
    assert not tuned.emulator.jobs


def test_a_failed_run_fails_the_up_and_a_trigger_gives_a_new_one(project: Any) -> None:
    tuned = project(TUNED)
    tuned.emulator.configure(outcome="FAILED")
    tuned.program()
    message = tuned.failed("up")
    assert "has ended without a model" in message
    assert "the log ends with:" in message
    (failed,) = tuned.emulator.jobs
    assert tuned.failed("up")  # nothing has changed: nothing is bought, and nothing is well
    assert tuned.emulator.count("create") == 1
    tuned.emulator.configure(outcome="SUCCEEDED")
    tuned.program(triggers=["again"])
    tuned.stack.up()
    assert failed not in tuned.emulator.jobs
    assert tuned.emulator.count("create") == 2
    tuned.stack.destroy()
    assert not tuned.emulator.jobs


@pytest.mark.parametrize("operation", ["up", "destroy"])
def test_ctrl_c_ends_a_wait_at_once_and_nothing_else(project: Any, in_background: Any, operation: str) -> None:
    tuned = project(TUNED)
    tuned.program()
    if operation == "destroy":
        tuned.stack.up()
    tuned.emulator.configure(running_seconds=1e6, canceling_seconds=1e6)
    for job_id in tuned.emulator.jobs:
        tuned.emulator.force(job_id, "RUNNING")
    running, failures = in_background(getattr(tuned.stack, operation))
    end = time.monotonic() + 60
    awaited = "cancel" if operation == "destroy" else "logs"
    while not tuned.emulator.count(awaited):
        assert time.monotonic() < end
        time.sleep(0.02)
    pressed = time.monotonic()
    tuned.stack.interrupt()
    running.join(60)
    assert not running.is_alive()
    assert time.monotonic() - pressed < 60, "the wait itself would have taken hours"
    (job_id,) = tuned.emulator.jobs
    assert "interrupted" in str(failures[0]) + "\n".join(failures[0].result.output)
    assert tuned.resource("tuned")["id"] == job_id
    assert tuned.emulator.jobs[job_id].status == ("CANCELING" if operation == "destroy" else "RUNNING")
    tuned.emulator.configure(canceling_seconds=1)
    tuned.emulator.force(job_id, "CANCELED") if operation == "destroy" else None
    tuned.stack.destroy()
    assert tuned.emulator.count("cancel") == 1
    assert not tuned.emulator.jobs
    assert not tuned.stack.resources


def test_a_custom_timeout_bounds_a_teardown(project: Any) -> None:
    tuned = project(TUNED)
    tuned.program(timeouts={"delete": "1s"})
    tuned.stack.up()
    (job_id,) = tuned.emulator.jobs
    tuned.emulator.configure(running_seconds=1e6, canceling_seconds=1e6)
    tuned.emulator.force(job_id, "RUNNING")
    assert f"{job_id} was not torn down within 1s" in tuned.failed("destroy")
    tuned.emulator.force(job_id, "CANCELED")
    tuned.stack.destroy()
    assert not tuned.emulator.jobs


SERVED = f"""{TUNED}
from pulumi_dashscope_ft.native import ModelDeployment

live = ModelDeployment("live", model_name=tuned.model_id, plan="lora")
pulumi.export("live", live.deployed_model)
"""


@pytest.mark.parametrize(
    "change",
    [{"on_destroy": "cancel"}, {"teardown_timeout": "20m", "wait_timeout": "2h", "expires_in": "90d"}],
    ids=["policy", "times"],
)
def test_a_setting_of_a_finished_model_leaves_its_deployment_alone(project: Any, change: dict[str, Any]) -> None:
    served = project(SERVED)
    served.program()
    before = served.stack.up().outputs
    served.program(**change)
    planned = served.stack.preview().summary
    assert planned.pop("same") >= 2
    assert planned == {"update": 1}, "the model is known in the plan: what depends on it is not replaced"
    done = served.stack.up()
    assert done.outputs == before
    assert done.summary.get("update") == 1
    assert (served.emulator.count("create"), served.emulator.count("create_deployment")) == (1, 1)
    served.stack.preview(expect_no_changes=True)
    served.stack.destroy()
    assert not served.emulator.deployments
    assert not served.stack.resources
