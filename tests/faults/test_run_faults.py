"""What is done with a run × every fault, once and lasting: a checkpoint is exported once, and a wait ends with the
model or with what to do.
"""

from __future__ import annotations

from typing import Any

import pytest
from dynamic_process import DynamicProcess
from engine import State
from fault_table import EXPORT_FAULTS, EXPORT_OPERATIONS, FAULTS, Fault
from faulty_stack import FaultyStack
from front_ends import DYNAMIC
from processes import ProviderProcess

from pulumi_dashscope_ft.lifecycle.deployment.wait import wait_until_running
from pulumi_dashscope_ft.lifecycle.job.model_wait import model_at_a_glance, wait_for_model

JOB = {
    "model": "qwen3-8b",
    "training_file_ids": ["file-1"],
    "training_type": "sft",
    "hyper_parameters": {"n_epochs": 3, "save_total_limit": 3},
}

EXPORT_ROWS = [
    (operation, fault)
    for operation in EXPORT_OPERATIONS
    for fault in (EXPORT_FAULTS if operation == "export" else FAULTS)
]


def faulty(operation: str, fault: Fault, front: str = DYNAMIC, **settings: Any) -> tuple[FaultyStack, str]:
    """A stack, and a job that it can work with. What waits in the program is the dynamic flavour's."""
    stack = FaultyStack(front, operation, fault, {}, check_file_ids=False, **settings)
    job_id = stack.cloud.submitted_past_the_faults(dict(JOB))
    return stack, job_id


@pytest.mark.rotated("front", "lasting")
@pytest.mark.parametrize("lasting", [False, True], ids=["once", "lasting"])
@pytest.mark.parametrize(("operation", "fault"), EXPORT_ROWS)
def test_a_checkpoint_is_never_exported_twice(front: str, operation: str, fault: str, lasting: bool) -> None:
    stack, job_id = faulty(operation, EXPORT_FAULTS[fault], front, export_seconds=5.0)
    stack.cloud.emulator.force(job_id, "SUCCEEDED")
    job = stack.cloud.emulator.service.jobs()[job_id]
    inner = DynamicProcess(stack.cloud).client.fine_tunes.checkpoints(job_id)[1].checkpoint
    stack.program = {"model": {"jobId": job_id, "checkpoint": inner, "modelDisplayName": "tickets"}}
    stack.program["model"]["exportTimeout"] = "10m"

    told = stack.until_it_works(stack.up, lasting)
    hits = stack.hits
    stack.judge(told, lasting)
    assert job.export_calls == {inner: 1}, "exported more than once"
    held = stack.state.live("model")
    assert held is not None
    assert held.outputs["modelName"].endswith(f"-c{inner.split('-')[1]}")

    told = stack.until_it_works(lambda process: stack.engine.refresh(process), lasting)
    hits += stack.hits
    stack.judge(told, lasting)
    assert stack.state.live("model") is held, "what exists does not leave the state"

    stack.arm(lasting)
    assert stack.run(stack.engine.destroy) is None
    stack.clear()
    assert stack.state == State()
    assert job.export_calls == {inner: 1}
    assert hits, "the fault never struck: the row proves nothing"


@pytest.mark.rotated("lasting")
@pytest.mark.parametrize("lasting", [False, True], ids=["once", "lasting"])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
@pytest.mark.parametrize("operation", ["get", "list", "logs"])
def test_a_wait_ends_with_the_model_or_with_what_to_do(operation: str, fault: Fault, lasting: bool) -> None:
    stack, job_id = faulty(operation, fault, running_seconds=300.0)
    if operation == "get":
        stack.cloud.let_lists_show()
    found: list[str | None] = []
    lines: list[str] = []

    def wait(process: ProviderProcess) -> None:
        job = wait_for_model(process.connection, job_id, 600.0, lines.append)
        found.append(job.model_id)

    told = stack.until_it_works(wait, lasting)
    stack.judge(told, lasting)
    assert stack.hits, "the fault never struck: the row proves nothing"
    assert (told is None) or operation == "get", "a wait needs nothing but the job itself"
    assert found[-1]
    assert stack.cloud.status(job_id) == "SUCCEEDED"
    assert not stack.cloud.touched()
    assert len(lines) < 60
    if told is not None:
        assert "nothing was changed" in told


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "lasting"])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_failed_run_is_told_whatever_the_log_answers(fault: Fault, lasting: bool) -> None:
    stack, job_id = faulty("logs", fault)
    stack.cloud.emulator.force(job_id, "FAILED")
    stack.arm(lasting)
    told = stack.run(lambda process: wait_for_model(process.connection, job_id, 60.0, stack.cloud.lines.append))
    stack.clear()
    assert stack.hits
    assert told is not None
    assert "FAILED" in told
    assert "rerunOn" in told
    assert "the log ends with" in told or "the log could not be read" in told


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "lasting"])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_wait_for_a_deployment_ends(fault: Fault, lasting: bool) -> None:
    stack, _ = faulty("get_deployment", fault)
    made = DynamicProcess(stack.cloud).client.deployments.create(
        {"model_name": "qwen3-8b", "plan": "lora", "capacity": 1}
    )
    stack.cloud.let_lists_show()

    def wait(process: ProviderProcess) -> None:
        wait_until_running(process.connection, made.deployed_model, 1000.0)

    told = stack.until_it_works(wait, lasting)
    stack.judge(told, lasting)
    assert stack.hits
    assert stack.cloud.deployment_status(made.deployed_model) == "RUNNING"
    assert told is None or "nothing was changed" in told


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "lasting"])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_look_at_a_job_never_says_that_there_is_no_model(fault: Fault, lasting: bool) -> None:
    """What a preview asks. Where nothing could be seen, that is an error and not an answer."""
    stack, job_id = faulty("list", fault)
    stack.cloud.emulator.force(job_id, "SUCCEEDED")
    stack.cloud.let_lists_show()
    found: list[str | None] = []
    stack.arm(lasting)
    told = stack.run(lambda process: found.append(model_at_a_glance(process.connection, job_id, print)), readable=False)
    if fault is FAULTS["unknown status"]:
        assert found == [None]  # whoever is in such a status has not succeeded
    else:
        assert (told is None) == (len(found) == 1)
        assert found != [None]
