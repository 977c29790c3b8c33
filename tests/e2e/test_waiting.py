"""A program that trains, waits and deploys: in one `up`, on both engines."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from liked import liked

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings
from pulumi_dashscope_ft.testing import StackOperationFailed, open_stack

pytestmark = pytest.mark.rotated("flavour", among="tests")

KEY = "sk-e2e-0123456789abcdef"
ROW = '{"messages":[{"role":"user","content":"Where is order %d?"},{"role":"assistant","content":"On its way."}]}\n'
PROGRAM = """
import pulumi
from pulumi_dashscope_ft import FineTuningJob, ModelDeployment, TrainingFile

config = pulumi.Config()
data = TrainingFile("data", path="train.jsonl")
jobs = [
    FineTuningJob(f"job{number}", model="qwen3-8b", training_file_ids=[data.file_id], hyper_parameters={"n_epochs": 3})
    for number in range(config.get_int("jobs") or 1)
]
models = [job.wait_for_model(timeout=config.get("timeout") or "1h") for job in jobs]
pulumi.export("models", models)
if config.get_bool("deploy"):
    deployment = ModelDeployment("chat", model_name=models[0], plan="lora")
    pulumi.export("running", deployment.wait_until_running())
if config.get_bool("broken"):
    FineTuningJob("broken", model="qwen3-8b", training_file_ids=["no-such-file"])
"""


class Waiting:
    def __init__(self, engine: str, flavour: Any, directory: Path, emulator: EmulatorServer) -> None:
        self.flavour = flavour
        self.emulator = emulator
        directory.mkdir()
        (directory / "Pulumi.yaml").write_text(flavour.project("shop"))
        (directory / "__main__.py").write_text(flavour.program(PROGRAM))
        (directory / "train.jsonl").write_text("".join(ROW % number for number in range(40)))
        env = {"DASHSCOPE_HTTP_BASE_URL": emulator.base_url, "DASHSCOPE_API_KEY": KEY}
        self.stack = open_stack(engine, directory, env=env)

    def calls(self, operation: Callable[[], Any]) -> dict[str, int]:
        before = self.emulator.count()
        operation()
        return {name: n - before.get(name, 0) for name, n in self.emulator.count().items() if n > before.get(name, 0)}


@pytest.fixture
def waiting(engine: str, flavour: Any, tmp_path: Path) -> Any:
    settings = Settings(pending_seconds=5, queuing_seconds=5, running_seconds=120, runners=10, deploying_seconds=60)
    with EmulatorServer(settings=liked(settings), speed=60.0) as emulator:
        yield Waiting(engine, flavour, tmp_path / "project", emulator)


@pytest.mark.rotated  # here the flavours differ
def test_from_data_to_a_served_model_and_back(waiting: Waiting) -> None:
    stack = waiting.stack
    stack.set_config("deploy", "true")
    preview = stack.preview()
    assert preview.summary["create"] == 4 + waiting.flavour.identities  # the stack, file, job and deployment
    up = stack.up()
    (job_id,) = waiting.emulator.jobs
    (model,) = up.outputs["models"]
    assert job_id in model
    assert up.outputs["running"] in waiting.emulator.deployments
    said = "\n".join(up.output)
    assert f"{job_id} SUCCEEDED after" in said
    assert "Traceback" not in said
    # What `up` has recorded of the job is old by now: one look finds the model, and the plan is clean.
    cost = waiting.calls(lambda: stack.preview(expect_no_changes=True))
    # The program looks through the list, the plugin reads the job before the plan.
    looks = ("get", "list") if waiting.flavour.is_plugin else ("list", "get")
    assert [cost.pop(name, 0) for name in looks] == [1, 0]
    stack.refresh()
    cost = waiting.calls(lambda: stack.preview(expect_no_changes=True))
    assert "get" not in cost
    assert "list" not in cost
    stack.destroy()
    order = [
        record.operation
        for record in waiting.emulator.requests
        if record.operation in ("delete_deployment", "delete", "delete_file") and record.status == 200
    ]
    assert order == ["delete_deployment", "delete", "delete_file"]
    assert not waiting.emulator.jobs
    assert not waiting.emulator.deployments
    assert not stack.resources


def test_a_preview_of_many_waits_costs_one_look(waiting: Waiting) -> None:
    waiting.stack.set_config("jobs", "6")
    up = waiting.stack.up()
    assert len(set(up.outputs["models"])) == 6
    cost = waiting.calls(lambda: waiting.stack.preview(expect_no_changes=True))
    assert cost == {"list": 1}
    waiting.stack.destroy()


def test_a_failed_run_fails_the_up_with_its_reason_and_is_seen_after_a_refresh(waiting: Waiting) -> None:
    waiting.emulator.configure(outcome="FAILED")
    with pytest.raises(StackOperationFailed) as caught:
        waiting.stack.up()
    said = str(caught.value)
    assert "has ended without a model" in said
    assert "the log ends with:" in said
    assert "rerun_on" in said  # said by the program, which is Python
    assert "Traceback" not in said
    # The next `up` is known to fail: so does a preview, and it plans no deployment of a model that never comes.
    waiting.stack.set_config("deploy", "true")
    with pytest.raises(StackOperationFailed, match="has ended without a model") as planned:
        waiting.stack.preview()
    assert "create" not in planned.value.result.summary
    waiting.stack.refresh()
    (job,) = (r for r in waiting.stack.resources if r["type"].endswith(":FineTuningJob"))
    assert job["outputs"]["status"] == "FAILED"
    assert job["outputs"]["failure"]["logTail"]
    waiting.stack.destroy()
    assert not waiting.emulator.jobs


def test_the_time_limit_leaves_the_job_and_the_next_up_goes_on(waiting: Waiting) -> None:
    waiting.emulator.configure(running_seconds=100_000)
    waiting.stack.set_config("timeout", "1s")
    with pytest.raises(StackOperationFailed, match="the job goes on"):
        waiting.stack.up()
    (job_id,) = waiting.emulator.jobs
    waiting.emulator.force(job_id, "SUCCEEDED")
    waiting.stack.up()
    assert waiting.emulator.count("create") == 1
    waiting.stack.destroy()


def test_ctrl_c_ends_the_waiting_only_and_says_so(waiting: Waiting) -> None:
    waiting.emulator.configure(running_seconds=100_000)
    said: list[str] = []

    def interrupted() -> None:
        try:
            waiting.stack.up()
        except StackOperationFailed as error:
            said.extend(error.result.output)

    thread = threading.Thread(target=interrupted)
    thread.start()
    end = time.monotonic() + 40
    while not waiting.emulator.count("logs"):
        assert time.monotonic() < end
        time.sleep(0.05)
    waiting.stack.interrupt()
    thread.join(40)
    assert not thread.is_alive()
    (job_id,) = waiting.emulator.jobs
    text = "\n".join(said)
    assert f"interrupted while waiting for the model of {job_id}" in text
    assert "goes on, and is billed" in text
    assert "Traceback" not in text
    assert waiting.emulator.jobs[job_id].status == "RUNNING"
    waiting.stack.destroy()
    assert not waiting.emulator.jobs


def test_a_failure_elsewhere_does_not_have_to_wait_for_hours(waiting: Waiting) -> None:
    waiting.emulator.configure(running_seconds=100_000)
    waiting.stack.set_config("broken", "true")
    began = time.monotonic()
    with pytest.raises(StackOperationFailed, match="no-such-file"):
        waiting.stack.up()
    assert time.monotonic() - began < 240
    waiting.stack.destroy()
    assert not waiting.emulator.jobs
