"""The examples as they are shipped: each runs from nothing to nothing, on both engines."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from liked import liked

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings
from pulumi_dashscope_ft.testing import StackOperationFailed, open_stack

EXAMPLES = Path(__file__).parents[2] / "examples"
KEY = "sk-e2e-0123456789abcdef"
BUYING = ("upload", "create", "cancel", "create_deployment", "scale_deployment", "update_deployment", "export")
ENDING = ("delete_deployment", "delete", "delete_file")


class Example:
    """A copy of an example on one engine, and an account of its own."""

    def __init__(self, name: str, engine: str, directory: Path, emulator: EmulatorServer) -> None:
        self.emulator = emulator
        ignored = shutil.ignore_patterns("Pulumi.*.yaml", ".*", "__pycache__")
        project = Path(shutil.copytree(EXAMPLES / name, directory / name, ignore=ignored))
        environment = {"DASHSCOPE_HTTP_BASE_URL": emulator.base_url, "DASHSCOPE_API_KEY": KEY}
        self.stack = open_stack(engine, project, env=environment)

    def bought(self, operation: Callable[[], Any]) -> dict[str, int]:
        """The calls that make, change or end something, and that the operation sends."""
        before = self.emulator.count()
        operation()
        counts = {name: n - before.get(name, 0) for name, n in self.emulator.count().items() if name in BUYING}
        return {name: n for name, n in counts.items() if n}

    def torn_down_in_order(self) -> None:
        """Destroy: each thing goes when what is made of it has gone, and nothing stays."""
        sent = len(self.emulator.requests)
        self.stack.destroy()
        deleting = [one for one in self.emulator.requests[sent:] if one.method == "DELETE"]
        order = [one.operation for one in deleting]
        assert order == sorted(order, key=ENDING.index)
        first_job = next(one for one in deleting if one.operation == "delete")
        for deployment in self.emulator.gone_deployments.values():
            assert deployment.transitions[-1].at <= first_job.time
        emulator = self.emulator
        left = [*emulator.deployments, *emulator.jobs, *emulator.files, *self.stack.resources]
        assert left == []


Opening = Callable[..., Example]


@pytest.fixture
def example(tmp_path: Path) -> Any:
    """Opens an example by name."""
    # A minute a second: whatever is waited for has come by the first look.
    settings = Settings(pending_seconds=1, queuing_seconds=1, running_seconds=20, deploying_seconds=60)
    with EmulatorServer(settings=liked(settings), speed=60.0) as emulator:
        yield lambda name, engine="local": Example(name, engine, tmp_path, emulator)


def refused(operation: Callable[[], Any]) -> str:
    with pytest.raises(StackOperationFailed) as caught:
        operation()
    assert "Traceback" not in str(caught.value)
    return str(caught.value)


def test_reinforcement(example: Opening, engine: str) -> None:
    shop = example("reinforcement", engine)
    assert shop.bought(shop.stack.preview) == {}
    up = shop.stack.up()
    (job,) = shop.emulator.jobs.values()
    assert up.outputs["job_id"] == job.job_id
    assert up.outputs["teardown"].startswith(
        "cancel, then delete; billed by the minute until it ends; may be active for"
    )
    assert "is billed by the minute until the job ends" not in "\n".join(up.output)  # it has an end
    assert shop.bought(lambda: shop.stack.up()) == {}
    assert shop.bought(shop.stack.destroy) == {"cancel": 1}
    assert [*shop.emulator.jobs, *shop.emulator.files, *shop.stack.resources] == []


def test_compress_and_serve(example: Opening, engine: str) -> None:
    shop = example("compress-and-serve", engine)
    shop.emulator.configure(compressing_seconds=20)
    assert shop.bought(shop.stack.preview) == {}
    up = shop.stack.up()
    (deployment,) = shop.emulator.deployments.values()
    (compression,) = shop.emulator.compressions.values()
    assert up.outputs["compressed"] == compression.quantized_output == deployment.model_name
    assert up.outputs["model"] == deployment.deployed_model
    assert shop.bought(shop.stack.up) == {}
    shop.stack.destroy()
    emulator = shop.emulator
    assert [*emulator.deployments, *emulator.compressions, *emulator.jobs, *emulator.files, *shop.stack.resources] == []


def test_serve(example: Opening, engine: str) -> None:
    shop = example("serve", engine)
    assert shop.bought(shop.stack.preview) == {}
    up = shop.stack.up()
    (deployment,) = shop.emulator.deployments.values()
    assert up.outputs["model"] == deployment.deployed_model
    assert deployment.status == "RUNNING"
    assert (deployment.plan, up.outputs["billing"]) == ("lora", "by token")
    (job,) = shop.emulator.jobs.values()
    assert (job.status, up.outputs["job_id"]) == ("SUCCEEDED", job.job_id)

    shop.stack.preview(expect_no_changes=True)
    shop.stack.refresh()
    shop.stack.preview(expect_no_changes=True)
    assert shop.bought(shop.stack.up) == {}
    shop.torn_down_in_order()


def test_serve_scales_in_place(example: Opening) -> None:
    shop = example("serve")
    shop.stack.set_config("plan", "mu")
    up = shop.stack.up()
    assert up.outputs["billing"] == "for 1 model unit, until it is stopped or deleted"
    shop.stack.set_config("capacity", "3")
    assert shop.stack.preview().summary["update"] == 1
    assert shop.bought(shop.stack.up) == {"scale_deployment": 1}
    (deployment,) = shop.emulator.deployments.values()
    assert deployment.capacity == 3
    shop.torn_down_in_order()


def test_serve_starts_a_run_again(example: Opening) -> None:
    shop = example("serve")
    shop.emulator.plan_next_job(outcome="FAILED", failure_reason="data process failed: no usable row")
    message = refused(shop.stack.up)
    assert "has ended without a model" in message
    assert "no usable row" in message
    assert "triggers" in message
    assert shop.emulator.deployments == {}
    (failed,) = shop.emulator.jobs

    shop.stack.set_config("run", "2")
    assert shop.bought(shop.stack.up) == {"create": 1, "create_deployment": 1}
    assert failed not in shop.emulator.jobs

    # Once more after a success: the old model serves until the new one does.
    sent = len(shop.emulator.requests)
    shop.stack.set_config("run", "3")
    shop.stack.up()
    order = [one.operation for one in shop.emulator.requests[sent:] if one.operation in (*BUYING, *ENDING)]
    assert order == ["create", "create_deployment", "delete_deployment", "delete"]
    shop.torn_down_in_order()


def test_sweep(example: Opening, engine: str) -> None:
    shop = example("hyperparameter-sweep", engine)
    assert shop.bought(shop.stack.preview) == {}
    up = shop.stack.up()
    jobs = shop.emulator.jobs
    table = up.outputs["results"]
    assert {one["job_id"] for one in table} == set(jobs)
    assert {(one["learning_rate"], one["lora_rank"]) for one in table} == {
        (rate, rank) for rate in ("5e-5", "2e-4") for rank in (16, 64)
    }
    for one in table:
        sent = jobs[one["job_id"]].hyper_parameters
        assert (sent["learning_rate"], sent["lora_rank"]) == (one["learning_rate"], one["lora_rank"])
        assert one["measure"] == "eval_loss"
    losses = {one["job_id"]: one["loss"] for one in table}
    assert [*losses.values()] == sorted(losses.values())
    (deployment,) = shop.emulator.deployments.values()
    assert deployment.model_name == table[0]["model"] == jobs[min(losses, key=losses.__getitem__)].finetuned_output
    assert up.outputs["model"] == deployment.deployed_model

    shop.stack.preview(expect_no_changes=True)
    assert shop.bought(shop.stack.up) == {}
    shop.torn_down_in_order()


def test_sweep_grows_and_shrinks(example: Opening) -> None:
    shop = example("hyperparameter-sweep")
    shop.stack.set_config("learningRates", '["1e-4"]')
    shop.stack.set_config("loraRanks", "[8, 16]")
    first = shop.stack.up().outputs["results"]
    shop.stack.set_config("loraRanks", "[8, 16, 32]")
    grown = shop.stack.up().outputs["results"]
    assert shop.emulator.count("create") == 3
    assert len(grown) == 3
    assert [one for one in grown if one in first] == first
    assert [one.model_name for one in shop.emulator.deployments.values()] == [grown[0]["model"]]

    shop.stack.set_config("loraRanks", f"[{grown[0]['lora_rank']}]")
    assert shop.bought(shop.stack.up) == {}
    assert [*shop.emulator.jobs] == [grown[0]["job_id"]]
    assert [one.model_name for one in shop.emulator.deployments.values()] == [grown[0]["model"]]
    shop.torn_down_in_order()


def test_sweep_runs_a_failed_job_once_more(example: Opening) -> None:
    shop = example("hyperparameter-sweep")
    shop.stack.set_config("learningRates", '["1e-4"]')
    shop.emulator.plan_next_job(outcome="FAILED")
    message = refused(shop.stack.up)
    assert "has ended without a model" in message
    assert shop.emulator.deployments == {}
    shop.stack.refresh()
    bought = shop.bought(shop.stack.up)
    assert bought == {"create": 1, "create_deployment": 1}
    shop.torn_down_in_order()


@pytest.mark.parametrize("ranks", [[], [*range(1, 12)]])
def test_sweep_asks_for_no_more_than_the_quota(example: Opening, ranks: list[int]) -> None:
    shop = example("hyperparameter-sweep")
    shop.stack.set_config("loraRanks", str(ranks))
    assert f"the grid has {2 * len(ranks)} pairs; it must have 1 to 20" in refused(shop.stack.up)
    assert shop.emulator.requests == []
