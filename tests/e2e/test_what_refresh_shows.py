"""What the user reads when a job or deployment has moved on by itself: the line of the refresh, and which command
brings the stack's outputs up to date.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from liked import liked

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings
from pulumi_dashscope_ft.testing import open_stack

pytestmark = pytest.mark.rotated("flavour", among="tests")

KEY = "sk-e2e-0123456789abcdef"
DEPLOYED = """
import pulumi
from pulumi_dashscope_ft import ModelDeployment

settings = {"plan": "mu", "capacity": 1, "deploy_spec": "MU1", "wait_until_running": False}
served = ModelDeployment("served", model_name="qwen3-8b", **settings)
pulumi.export("status", served.status)
"""


def changes(result: Any) -> list[str]:
    """The lines about a changed status. The command repeats a line in its table and its diagnostics."""
    return [line.strip() for line in result.output if "→" in line]


def test_a_job_that_succeeded_shows_in_the_refresh_and_in_the_outputs_of_the_next_up(stage: Any) -> None:
    up = stage.stack.up()
    job_id, model = up.outputs["job_id"], f"qwen3-8b-{up.outputs['job_id']}"
    assert changes(up) == []
    stage.emulator.force(job_id, "RUNNING")
    stage.stack.refresh()

    stage.emulator.force(job_id, "SUCCEEDED")
    refreshed = stage.stack.refresh()
    assert changes(refreshed) == [f"{job_id}: RUNNING → SUCCEEDED, model {model}"]
    assert stage.job["outputs"]["status"] == "SUCCEEDED"
    assert refreshed.outputs["status"] == "PENDING", "Pulumi takes outputs from the program, which did not run"
    assert "finetuned_output" not in refreshed.outputs
    assert changes(stage.stack.refresh()) == [], "once per change"

    up = stage.stack.up()
    assert changes(up) == []
    assert (up.outputs["status"], up.outputs["finetuned_output"]) == ("SUCCEEDED", model)
    assert stage.counts() == {"upload": 1, "create": 1}


def test_a_refresh_that_runs_the_program_brings_the_outputs_up_to_date(stage: Any) -> None:
    job_id = stage.stack.up().outputs["job_id"]
    stage.emulator.force(job_id, "RUNNING")
    refreshed = stage.stack.refresh(run_program=True)
    assert changes(refreshed) == [f"{job_id}: PENDING → RUNNING"]
    assert refreshed.outputs["status"] == "RUNNING"
    assert stage.stack.export()["deployment"]["resources"][0]["outputs"]["status"] == "RUNNING"
    assert refreshed.summary.get("create", 0) == refreshed.summary.get("delete", 0) == 0
    assert stage.counts() == {"upload": 1, "create": 1}
    stage.stack.preview(expect_no_changes=True)
    stage.stack.destroy()
    assert stage.nothing_left()


def test_a_refresh_that_runs_the_program_makes_nothing_that_is_new_in_it(stage: Any) -> None:
    stage.program(job=False)
    stage.stack.up()
    stage.program()
    before = [one["urn"] for one in stage.stack.resources]
    stage.stack.refresh(run_program=True)
    assert stage.counts() == {"upload": 1}
    assert [one["urn"] for one in stage.stack.resources] == before


@pytest.fixture
def served(engine: str, flavour: Any, tmp_path: Path) -> Any:
    """A deployment on one engine, and the service that it runs on."""
    (tmp_path / "Pulumi.yaml").write_text(flavour.project("shop"))
    (tmp_path / "__main__.py").write_text(flavour.program(DEPLOYED))
    with EmulatorServer(settings=liked(Settings(deploying_seconds=100_000)), speed=20.0) as emulator:
        environment = {"DASHSCOPE_HTTP_BASE_URL": emulator.base_url, "DASHSCOPE_API_KEY": KEY}
        yield emulator, open_stack(engine, tmp_path, env=environment)


def test_a_deployment_that_runs_shows_in_the_refresh(served: Any) -> None:
    emulator, stack = served
    stack.up()
    (deployed_model,) = emulator.deployments
    assert changes(stack.refresh()) == []
    emulator.force_deployment(deployed_model, "RUNNING")
    refreshed = stack.refresh()
    assert changes(refreshed) == [f"{deployed_model}: PENDING → RUNNING"]
    assert refreshed.outputs["status"] == "PENDING"
    assert changes(stack.refresh()) == []
    stack.destroy()
