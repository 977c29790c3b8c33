"""What a service (or whoever answers in its place) may send that no documentation has: nothing of it reaches a terminal
raw, nothing makes a wait read without end, and nothing of it is taken for proof.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from dynamic_process import DynamicProcess
from engine import TOLD
from hostile_service import HOUR, NASTY, another, begun, create, is_printable
from processes import InvalidInputsError, ProviderProcess, RefusedError
from records import CHECKPOINT, DEPLOYMENT, MODEL, Made, Record
from serving_story import TUNED, ServingStory
from simulation import KEY

from pulumi_dashscope_ft.api import Checkpoint, Compression, Deployment, Import, Job, KeySource
from pulumi_dashscope_ft.api.models.jobs import LogPage
from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.checkpoint import resource as exported_checkpoint
from pulumi_dashscope_ft.lifecycle.compression.kind import VERBS as COMPRESSED_MODEL
from pulumi_dashscope_ft.lifecycle.deployment import resource as model_deployment
from pulumi_dashscope_ft.lifecycle.deployment.wait import wait_until_running
from pulumi_dashscope_ft.lifecycle.imported.kind import VERBS as IMPORTED_MODEL
from pulumi_dashscope_ft.lifecycle.job import resource as fine_tuning_job
from pulumi_dashscope_ft.lifecycle.job.failure import failure_of
from pulumi_dashscope_ft.lifecycle.job.model_wait import wait_for_model
from pulumi_dashscope_ft.program.terminal import sanitize_for_python

DEPLOYED = {"modelName": "qwen3-8b", "plan": "lora"}


@pytest.fixture
def process(front: str) -> ProviderProcess:
    return begun(front)


class Wait:
    """The wait for a job's model: in the program, as Python has it, or by a resource of the plugin's that has adopted
    the job."""

    def __init__(self, process: ProviderProcess, job_id: str) -> None:
        self._process = process
        self._job_id = job_id
        self._record: Record | None = None

    def __call__(self, seconds: float, say: Callable[[str], None]) -> str | None:
        """The model's id."""
        if isinstance(self._process, DynamicProcess):
            return wait_for_model(self._process.connection, self._job_id, seconds, say).model_id
        of_the_wait = f"{self._job_id} "
        self._process.say = lambda line: say(line) if line.startswith(of_the_wait) and ": adopted" not in line else None
        return str(self._resource(seconds).outputs["modelId"])

    def _resource(self, seconds: float) -> Made:
        process, record = self._process, self._record
        if record is not None:
            return process.update(record, record.inputs, seconds)
        written = {"model": "qwen3-8b", "trainingFileIds": ["file-1"], "adoptJobId": self._job_id}
        inputs = process.check(MODEL, "m", {}, written, b"")
        try:
            return process.create(MODEL, "m", inputs, seconds)
        except RefusedError as refused:
            if refused.made is not None:
                self._record = Record(MODEL, "m", refused.made.id, inputs, refused.made.outputs)
            raise


def submitted(process: ProviderProcess) -> str:
    return process.cloud.submitted_past_the_faults({"model": "qwen3-8b", "training_file_ids": ["file-1"]})


class ScriptedLog:
    """A log of any kind, in the place of the service's; counts what is asked for."""

    def __init__(
        self, process: ProviderProcess, lines: list[Any], total: Callable[[int], int] = lambda count: count
    ) -> None:
        self.lines = lines
        self.asked: list[tuple[int, int]] = []
        self._total = total
        client: Any = process.client
        client.fine_tunes.logs = self.page

    def page(self, job_id: str, offset: int = 0, line: int = 1000) -> LogPage:
        self.asked.append((offset, line))
        return LogPage.from_json({"total": self._total(len(self.lines)), "logs": self.lines[offset : offset + line]})


def figures(number: int) -> str:
    return str({"loss": 2.0 - number / 200_000, "epoch": 3 * number / 200_000})


def test_of_a_huge_log_a_wait_reads_the_end_and_then_what_is_new(process: ProviderProcess) -> None:
    job_id = submitted(process)
    process.cloud.emulator.force(job_id, "RUNNING")
    log = ScriptedLog(process, [figures(number) for number in range(100_000)])
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        log.lines += [figures(len(log.lines)) for _ in range(10)]  # it goes on while we look

    Wait(process, job_id)(2 * HOUR, say)
    assert "epoch 1.50" in said[0]
    assert log.asked[:2] == [(0, 1000), (99_000, 1000)]
    assert all(offset >= 100_000 for offset, _ in log.asked[2:])
    assert len(log.asked) <= len(said) + 1


@pytest.mark.parametrize("total", [lambda count: 0, lambda count: count // 2, lambda count: 10**12, lambda count: -5])
def test_a_total_that_is_wrong_does_not_hold_up_a_wait(process: ProviderProcess, total: Callable[[int], int]) -> None:
    job_id = submitted(process)
    process.cloud.emulator.force(job_id, "RUNNING")
    log = ScriptedLog(process, [figures(number) for number in range(3000)], total)
    said: list[str] = []
    assert Wait(process, job_id)(2 * HOUR, said.append)
    assert len(log.asked) <= 2 * len(said)


@pytest.mark.parametrize(
    "line",
    [None, 7, True, {"loss": 1}, ["x"], NASTY, "x" * 100_000, "{'loss': 1" * 500, "\ud800"],
    ids=["null", "number", "bool", "object", "list", "nasty", "long", "broken", "surrogate"],
)
def test_log_lines_that_are_no_lines(process: ProviderProcess, line: Any) -> None:
    job_id = submitted(process)
    process.cloud.emulator.force(job_id, "RUNNING")
    ScriptedLog(process, [line] * 50)
    said: list[str] = []
    wait = Wait(process, job_id)
    with pytest.raises(TOLD):
        wait(600.0, said.append)
    process.cloud.emulator.force(job_id, "FAILED")
    with pytest.raises(TOLD) as caught:
        wait(600.0, said.append)
    job = process.client.fine_tunes.get(job_id)
    tail = failure_of(process.connection, job)["logTail"]
    for text in (*said, str(caught.value), *tail):
        assert is_printable(text)
        assert len(text) < 5000


@pytest.mark.parametrize("kind", [Job, Deployment, Checkpoint, Compression])
def test_a_status_is_fit_to_be_printed_wherever_it_is_read(kind: Any) -> None:
    read = kind.from_json(
        {"job_id": "j", "deployed_model": "d", "checkpoint": "c", "status": f"\x1b[2J\x07{'A' * 500}"}
    )
    assert is_printable(read.status)
    assert len(read.status) <= 60
    for known in ("RUNNING", "SUCCEEDED", "ARREARS_DOWN", "a new one"):
        assert (
            kind.from_json({"job_id": "j", "deployed_model": "d", "checkpoint": "c", "status": known}).status == known
        )


def test_a_wait_outside_pulumi_prints_nothing_raw(process: ProviderProcess) -> None:
    job_id = submitted(process)
    process.cloud.emulator.add_fault(FaultRule(operation="get", kind="unknown_status", shown_status=NASTY, count=3))
    said: list[str] = []
    assert Wait(process, job_id)(2 * HOUR, said.append)
    assert all(is_printable(line) for line in said)


@pytest.mark.parametrize("field", ["name", "deployed_model", "model_name", "gmt_create", "plan", "base_model"])
def test_names_of_deployments_reach_no_terminal_raw(process: ProviderProcess, field: str) -> None:
    """Somebody else's deployment has such a name, and stands in the way of ours: it is in the message."""
    emulator = process.cloud.emulator
    process.cloud.deployed_past_the_faults({"model_name": "qwen3-8b", "plan": "lora", "capacity": 1})
    process.cloud.let_lists_show()
    page = process.client.deployments.list
    raw = dict(page().deployments[0].raw)

    def hostile(**more: Any) -> Any:
        found = page(**more)
        return type(found)((Deployment.from_json({**raw, field: f"{raw.get(field, '')}{NASTY}"}),), 1, 200, 1)

    client: Any = process.client
    client.deployments.list = hostile
    with pytest.raises(TOLD, match="exists already") as caught:
        create(process, DEPLOYMENT, DEPLOYED)
    text = str(caught.value)
    assert is_printable(sanitize_for_python(text) if isinstance(process, DynamicProcess) else text)
    assert emulator.count("delete_deployment") == 0


@pytest.mark.parametrize(
    "job_id", ["ft-1/logs", "ft-1/../../files", "ft-1%2Flogs", "ft 1?x=y#z", "../deployments", "."]
)
def test_a_job_id_that_is_none_ends_in_a_message(process: ProviderProcess, job_id: str) -> None:
    with pytest.raises((*TOLD, InvalidInputsError)) as waited:
        Wait(process, job_id)(60.0, process.cloud.lines.append)
    with pytest.raises((*TOLD, InvalidInputsError)) as exported:
        create(process, CHECKPOINT, {"jobId": job_id, "checkpoint": "checkpoint-1", "modelDisplayName": "x"})
    for caught in (waited, exported):
        assert "next:" in str(caught.value) or isinstance(caught.value, InvalidInputsError)
    asked = {record.operation for record in process.cloud.emulator.requests}
    assert asked <= {"get", "list", "checkpoints", "logs", "unknown"}


NAMED = ("job_name", "base_model", "create_time", "end_time", "creator", "workspace_id", "finetuned_output")


def test_no_output_moves_a_cursor() -> None:
    """`pulumi stack output` prints outputs as they are."""
    told = {name: f"x\x1b[31m{name}\x07\u202e" for name in (*NAMED, "name", "gmt_create", "charge_type", "plan")}
    job = Job.from_json({"job_id": "ft-1", "status": "SUCCEEDED", **told})
    deployment = Deployment.from_json({"deployed_model": "d", "status": "RUNNING", **told})
    compression = Compression.from_json(
        {"job_id": "quant-1", "status": "SUCCEEDED", "template_name": told["name"], **told}
    )
    imported = Import.from_json(
        {"job_id": "i", "status": "SUCCESSED", "display_name": told["name"], "error_code": told["name"], **told}
    )
    checkpoint = Checkpoint.from_json({"checkpoint": "c", "status": "SUCCEEDED", "full_name": told["name"], **told})
    for state in (
        fine_tuning_job.state_of(Request.of({}), {"model": "m"}, job, None),
        model_deployment.state_of(Request.of({}), {"modelName": "m"}, deployment, None),
        COMPRESSED_MODEL.state_of(Request.of({}), {"model": "m"}, compression, None),
        IMPORTED_MODEL.state_of(Request.of({}), {"baseModel": "m"}, imported, None),
        exported_checkpoint._state_of(Request.of({}), {"jobId": "ft-1"}, checkpoint, KeySource(literal=KEY)),
    ):
        texts = [value for value in state.outputs.values() if isinstance(value, str)]
        assert len(texts) > 2
        assert all(text.isprintable() for text in texts)
        assert any(r"\x1b[31m" in text for text in texts), "nothing of it is hidden"


@pytest.mark.usual("deployment_gone")  # the fault hides the status DELETED, too
def test_unknown_statuses_end_no_wait_and_are_never_final(process: ProviderProcess) -> None:
    emulator, clock = process.cloud.emulator, process.cloud.clock
    job_id = submitted(process)
    deployed = create(process, DEPLOYMENT, DEPLOYED)
    for operation in ("get", "list", "get_deployment", "list_deployments"):
        emulator.add_fault(FaultRule(operation=operation, kind="unknown_status"))
    with pytest.raises(TOLD, match="has no model yet"):
        Wait(process, job_id)(2 * HOUR, process.cloud.lines.append)
    with pytest.raises(TOLD, match="does not run yet"):
        wait_until_running(process.connection, deployed.id, HOUR)
    clock.sleep(10)
    process = another(process)
    fresh = process.read(deployed)
    assert fresh is not None
    assert fresh.outputs["status"] == "REBALANCING"
    assert "until it is stopped or deleted" in fresh.outputs["billing"] or "by token" in fresh.outputs["billing"]
    deployed.take(fresh)
    process.delete(deployed)
    assert emulator.deployments == {}


@pytest.mark.parametrize("step", [-5.0, -3600.0])
def test_a_clock_that_goes_backwards_ends_no_wait_early_and_hangs_none(process: ProviderProcess, step: float) -> None:
    """A suspended machine, a corrected clock: the wall clock may jump, and a bad monotonic one as well."""
    job_id = submitted(process)
    clock = process.cloud.clock
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        if len(said) == 3:
            clock._now += step

    assert Wait(process, job_id)(4 * HOUR, say)
    assert len(said) < 100
    assert not any("-" in line.split(job_id)[1].split(":")[0] for line in said)


def test_a_deployment_that_is_not_the_one_that_was_asked_for_is_no_answer(front: str) -> None:
    story = ServingStory(front)
    story.up()
    process = story.front(story.cloud)
    process.configure(str(story.state.owner))
    story.cloud.deployed_past_the_faults({"model_name": "qwen3-14b", "plan": "lora", "capacity": 1})
    story.cloud.let_lists_show()
    other = process.client.deployments.list().deployments[0]
    assert other.deployed_model != TUNED
    get = process.client.deployments._caller

    class Swapped:
        """Answers with another deployment than the one in the path."""

        def call(self, operation: str, resource_id: str | None = None, **more: Any) -> Any:
            return get.call(operation, other.deployed_model if resource_id == TUNED else resource_id, **more)

    client: Any = process.client
    client.deployments._caller = Swapped()
    with pytest.raises(TOLD):
        process.delete(story.state.records[0])
    assert story.cloud.deployment_status(TUNED) is not None
