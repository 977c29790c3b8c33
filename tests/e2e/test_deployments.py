"""From data to a served model and back, end to end: the deployment's whole life in a program."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from liked import other

from pulumi_dashscope_ft.emulator import EmulatorServer, FaultRule
from pulumi_dashscope_ft.testing import StackOperationFailed, open_stack

pytestmark = pytest.mark.rotated("flavour", among="tests")

KEY = "sk-e2e-0123456789abcdef"
ROW = '{"messages":[{"role":"user","content":"Where is order %d?"},{"role":"assistant","content":"On its way."}]}\n'
PROGRAM = """
import json
import pulumi
from pulumi_dashscope_ft import FineTuningJob, ModelDeployment, TrainingFile

settings = json.loads(pulumi.Config().require("settings"))
data = TrainingFile("data", path="train.jsonl")
job = FineTuningJob(
    "job", model="qwen3-8b", training_file_ids=[data.file_id], hyper_parameters={"n_epochs": 3},
    **settings.get("job", {})
)
for name, arguments in settings.get("served", {}).items():
    options = pulumi.ResourceOptions(**arguments.pop("options", {}))
    arguments = {"model_name": job.finetuned_output, "plan": "mu", "capacity": 1, "deploy_spec": "MU1", **arguments}
    served = ModelDeployment(name, opts=options, **arguments)
    for output in ("deployed_model", "status", "billing", "teardown", "name", "capacity", "model_name"):
        pulumi.export(f"{name}_{output}", getattr(served, output))
"""
CHANGING = (
    *("upload", "create", "cancel", "delete", "delete_file"),
    *("create_deployment", "scale_deployment", "update_deployment", "delete_deployment"),
)


class Stage:
    """One project on one engine: a job that has succeeded, and deployments of its model."""

    def __init__(self, engine: str, flavour: Any, directory: Path, emulator: EmulatorServer) -> None:
        self.flavour = flavour
        self.emulator = emulator
        self.directory = directory
        directory.mkdir()
        (directory / "Pulumi.yaml").write_text(flavour.project("shop"))
        (directory / "__main__.py").write_text(flavour.program(PROGRAM))
        (directory / "train.jsonl").write_text("".join(ROW % number for number in range(10)))
        environment = {"DASHSCOPE_HTTP_BASE_URL": emulator.base_url, "DASHSCOPE_API_KEY": KEY}
        self.stack = open_stack(engine, directory, env=environment, on_line=lambda line: None)
        emulator.configure(deploying_seconds=10, updating_seconds=10)
        self.program()
        self.stack.up()
        (job_id,) = emulator.jobs
        emulator.force(job_id, "SUCCEEDED")
        self.stack.refresh()
        self.model = str(self.resource("FineTuningJob")["outputs"]["finetunedOutput"])
        self._before = len(emulator.requests)

    def program(self, job: dict[str, Any] | None = None, **served: dict[str, Any]) -> None:
        """What the program is to declare beside file and job: deployments, by resource name."""
        self.stack.set_config("settings", json.dumps({"served": served, "job": job or {}}))

    def up(self, **served: dict[str, Any]) -> Any:
        self.program(**served)
        return self.stack.up()

    def resource(self, kind: str) -> Any:
        return next((one for one in self.stack.resources if one["type"].endswith(f":{kind}")), None)

    @property
    def served(self) -> Any:
        return self.resource("ModelDeployment")

    @property
    def calls(self) -> list[str]:
        """The changing calls since the job has succeeded, in order."""
        return [one.operation for one in self.emulator.requests[self._before :] if one.operation in CHANGING]

    def status(self, deployed_model: str, status: str) -> None:
        self.emulator.force_deployment(deployed_model, status)
        self.stack.refresh()

    def nothing_left(self) -> bool:
        return not (self.emulator.deployments or self.emulator.jobs or self.emulator.files or self.stack.resources)


@pytest.fixture
def shop(engine: str, flavour: Any, tmp_path: Path, emulator: EmulatorServer) -> Stage:
    return Stage(engine, flavour, tmp_path / "project", emulator)


def text(result: Any) -> str:
    return "\n".join(result.output)


def refused(act: Any) -> str:
    with pytest.raises(StackOperationFailed) as caught:
        act()
    message = str(caught.value)
    assert "Traceback" not in message
    assert KEY not in message
    return message


def test_from_a_model_to_a_deployment_and_back(shop: Stage) -> None:
    shop.program(served={})
    assert shop.stack.preview().summary["create"] == 1
    assert shop.calls == []

    up = shop.stack.up()
    assert up.outputs["served_deployed_model"] == shop.model == shop.served["id"]
    assert up.outputs["served_status"] == "RUNNING"
    assert up.outputs["served_billing"] == "for 1 model unit, until it is stopped or deleted"
    assert "--p1-" in up.outputs["served_name"]

    shop.status(shop.model, "RUNNING")
    assert shop.served["outputs"]["status"] == "RUNNING"
    shop.stack.preview(expect_no_changes=True)

    shop.program(served={"capacity": 2, "rpm_limit": 60})
    told = f"{shop.model}, which is RUNNING: capacity 1 → 2: scaled in place, and billed for 2 model units from then on"
    assert told in text(shop.stack.preview())
    assert shop.stack.up().summary["update"] == 1
    assert shop.served["outputs"]["capacity"] == 2
    shop.stack.refresh()
    shop.stack.preview(expect_no_changes=True)

    destroyed = text(shop.stack.destroy())
    assert f"{shop.model} is gone" in destroyed
    order = [call for call in shop.calls if call != "update_deployment"]  # asked for again while it is being scaled
    assert order == ["create_deployment", "scale_deployment", "delete_deployment", "delete", "delete_file"]
    # The job goes only once the service no longer knows the deployment.
    records = [one for one in shop.emulator.requests if one.operation in ("get_deployment", "delete")]
    before_the_job = records[: [one.operation for one in records].index("delete")]
    assert before_the_job[-1].operation == "get_deployment"
    assert before_the_job[-1].status == 404 or other("deployment_gone")
    assert shop.nothing_left()


def test_names_make_the_round_trip(shop: Stage) -> None:
    arguments = {
        "name": "Shop assistant",
        "suffix": "blue",
        "max_context_length": 8192,
        "enable_thinking": False,
        "rpm_limit": 60,
        "tpm_limit": 1000,
        "triggers": ["a"],
        "teardown_timeout": "20m",
        "on_destroy": "delete",
    }
    up = shop.up(served=arguments)
    assert up.outputs["served_name"] == "Shop assistant"
    inputs = shop.served["inputs"]
    for name in ("name", "maxContextLength", "enableThinking", "rpmLimit", "tpmLimit", "teardownTimeout", "onDestroy"):
        assert name in inputs, name
    live = next(iter(shop.emulator.deployments.values()))
    assert (live.name, live.suffix, live.capacity) == ("Shop assistant", "blue", 1)
    shop.stack.refresh()
    shop.stack.preview(expect_no_changes=True)
    shop.stack.destroy()
    assert shop.nothing_left()


def test_a_change_that_replaces_says_so_and_takes_the_old_one_down_first(shop: Stage) -> None:
    shop.up(served={})
    shop.status(shop.model, "RUNNING")
    shop.program(served={"enable_thinking": True})
    told = shop.flavour.told("enable_thinking: replaces ")
    told += f"{shop.model}, which is RUNNING: it goes offline first, because both would have the same id"
    assert told in text(shop.stack.preview())
    assert told in text(shop.stack.up())
    assert shop.calls == ["create_deployment", "delete_deployment", "create_deployment"]
    shop.stack.destroy()
    assert shop.nothing_left()


def test_with_another_suffix_the_new_one_is_made_first(shop: Stage) -> None:
    shop.up(served={"suffix": "blue"})
    old = shop.served["id"]
    shop.up(served={"suffix": "green"})
    assert shop.calls == ["create_deployment", "create_deployment", "delete_deployment"]
    assert shop.served["id"] != old
    assert [*shop.emulator.deployments] == [shop.served["id"]]
    shop.stack.destroy()
    assert shop.nothing_left()


def test_a_replaced_job_takes_its_deployment_along(shop: Stage) -> None:
    shop.up(served={})
    shop.program(served={}, job={"triggers": ["again"]})
    # The new model is not there yet, so there is nothing to deploy: the program says so, and nothing is lost.
    refused(shop.stack.up)
    assert shop.model in shop.emulator.deployments
    shop.program(job={"triggers": ["again"]})
    shop.stack.up()
    assert shop.emulator.deployments == {}
    shop.stack.destroy()


def test_a_conflict_is_explained_and_both_ways_out_work(shop: Stage) -> None:
    shop.up(served={})
    message = refused(lambda: shop.up(served={}, second={}))
    assert "set a `suffix`" in message
    shop.up(served={}, second={"suffix": "two"})
    assert len(shop.emulator.deployments) == 2
    shop.stack.destroy()
    assert shop.nothing_left()


def test_adopting_one_that_exists(shop: Stage) -> None:
    # Left behind on purpose, so no longer in the state.
    shop.up(served={"on_destroy": "retain"})
    shop.up()
    assert not shop.served
    assert [*shop.emulator.deployments] == [shop.model]
    message = refused(lambda: shop.up(other={}))
    assert shop.flavour.told(f'adopt_deployment to "{shop.model}"') in message
    shop.up(other={"adopt_deployment": shop.model})
    assert shop.served["id"] == shop.model
    shop.program(other={})
    shop.stack.up()
    assert shop.calls == ["create_deployment", "create_deployment"]  # the second one is the refused one
    shop.stack.destroy()
    assert shop.nothing_left()


def test_retain_keeps_it_serving(shop: Stage) -> None:
    shop.up(served={"on_destroy": "retain"})
    shop.status(shop.model, "RUNNING")
    assert shop.served["outputs"]["teardown"] == "keep"
    assert "kept as it is, and billed as before" in text(shop.stack.destroy())
    assert shop.stack.resources == []
    assert shop.emulator.deployments[shop.model].status == "RUNNING"


def test_retain_on_delete_is_no_orphan(shop: Stage) -> None:
    shop.up(served={"options": {"retain_on_delete": True}})
    shop.stack.destroy()
    assert shop.stack.resources == []
    assert [*shop.emulator.deployments] == [shop.model]


def test_a_running_one_that_may_not_be_deleted(shop: Stage) -> None:
    shop.emulator.configure(running_deployment_undeletable=True)
    shop.up(served={})
    shop.status(shop.model, "RUNNING")
    message = refused(shop.stack.destroy)
    for needed in (shop.model, "while it is RUNNING", "set `capacity` to 0", "pulumi destroy"):
        assert needed in message
    assert shop.served is not None
    assert shop.emulator.jobs, "what it depends on stays as well"
    shop.status(shop.model, "STOPPED")
    shop.stack.destroy()
    assert shop.nothing_left()


def test_one_that_failed_is_deployed_anew_by_the_next_up(shop: Stage) -> None:
    shop.up(served={})
    shop.status(shop.model, "FAILED")
    told = f"status: replaces {shop.model}, which is FAILED and serves nothing"
    planned = shop.stack.preview()
    assert told in text(planned)
    assert planned.summary["replace"] == 1
    shop.stack.up()
    assert shop.calls == ["create_deployment", "delete_deployment", "create_deployment"]
    assert shop.served["outputs"]["status"] == "RUNNING"
    shop.stack.preview(expect_no_changes=True)
    shop.stack.destroy()
    assert shop.nothing_left()


def test_drift(shop: Stage) -> None:
    shop.up(served={})
    shop.emulator.remove_deployment(shop.model)
    shop.stack.refresh()
    assert shop.served is None
    assert shop.stack.preview().summary["create"] == 1
    shop.stack.up()
    shop.stack.destroy()
    assert shop.nothing_left()


def test_a_lost_answer_makes_one_deployment(shop: Stage) -> None:
    shop.emulator.add_fault(FaultRule(operation="create_deployment", kind="lost", count=1))
    assert "nothing is deployed twice" in text(shop.up(served={}))
    assert [*shop.emulator.deployments] == [shop.model]
    shop.stack.destroy()
    assert shop.nothing_left()


def test_a_failed_teardown_stays_in_the_state_and_the_next_one_goes_on(shop: Stage) -> None:
    shop.up(served={})
    fault = FaultRule(operation="delete_deployment", kind="status", status=403, code="AccessDenied")
    shop.emulator.add_fault(fault)
    message = refused(shop.stack.destroy)
    for needed in (shop.model, "AccessDenied", "model deployment - operate", "stays in the state"):
        assert needed in message
    assert shop.served is not None
    shop.emulator.clear_faults()
    shop.stack.destroy()
    assert shop.nothing_left()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"capacity": -1}, "capacity: must be a whole number from 0 to 999"),
        ({"capactiy": 2}, "did you mean capacity?"),
        ({"suffix": "much-too-long"}, "suffix: must be 1 to 8 characters"),
        ({"model_name": None}, "model_name: is required"),
        ({"on_destroy": "cancel"}, 'on_destroy: must be "delete" or "retain"'),
    ],
)
def test_bad_input_is_told_before_anything_is_done(shop: Stage, arguments: dict[str, Any], said: str) -> None:
    message = refused(lambda: shop.up(served=arguments))
    for part in shop.flavour.told(said).split(": "):  # where a plugin names the property, the engine adds its value
        assert part in message
    assert shop.calls == []


def test_what_is_unusual_is_sent_with_a_warning(shop: Stage) -> None:
    up = text(shop.up(served={"plan": "cu", "deploy_spec": "XL", "suffix": "Blue"}))
    assert "suffix: is unusual" in up
    shop.stack.destroy()
    assert shop.nothing_left()


def test_a_wait_that_ends_too_early_loses_nothing(shop: Stage) -> None:
    """Through the real host and the real plugin: the id is recorded, and the next `up` goes on with the same one."""
    shop.emulator.configure(deploying_seconds=1e6)
    message = refused(lambda: shop.up(served={"wait_timeout": 1}))
    for needed in (f"{shop.model} does not run yet after 1s", "recorded in the state", "nothing is deployed twice"):
        assert needed in message
    assert shop.served is not None
    assert shop.served["id"] == shop.model
    planned = shop.stack.preview()
    assert f"{shop.model} is PENDING: goes on waiting until it runs" in text(planned)
    refused(shop.stack.up)
    shop.emulator.force_deployment(shop.model, "RUNNING")
    assert shop.stack.up().outputs["served_status"] == "RUNNING"
    shop.stack.preview(expect_no_changes=True)
    assert shop.calls == ["create_deployment"]
    shop.stack.destroy()
    assert shop.nothing_left()


def test_one_that_fails_is_recorded_and_replaced(shop: Stage) -> None:
    shop.emulator.plan_next_deployment(deployment_outcome="FAILED")
    assert f"{shop.model} is FAILED" in refused(lambda: shop.up(served={}))
    assert shop.served["outputs"]["status"] == "FAILED"
    assert shop.stack.up().outputs["served_status"] == "RUNNING"
    shop.stack.destroy()
    assert shop.nothing_left()


def test_ctrl_c_ends_the_wait_and_leaves_the_deployment(shop: Stage, in_background: Any) -> None:
    shop.emulator.configure(deploying_seconds=1e6)
    shop.program(served={})
    thread, failures = in_background(shop.stack.up)
    while not shop.emulator.deployments:
        thread.join(0.1)
    thread.join(3)  # for the wait to begin
    shop.stack.interrupt()
    thread.join(60)
    assert not thread.is_alive(), "waits on after Ctrl-C"
    assert failures
    assert shop.served is not None, "the id is recorded"
    shop.emulator.force_deployment(shop.model, "RUNNING")
    assert shop.stack.up().outputs["served_status"] == "RUNNING"
    assert shop.calls == ["create_deployment"]
    shop.stack.destroy()
    assert shop.nothing_left()
