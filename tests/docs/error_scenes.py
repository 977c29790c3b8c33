"""Why this exists: each message on the page of errors comes out of a scene, a few lines that bring the failure about.

A scene gets a fresh stage (and, for a code of the service, the catalogue's row) and returns what the user is told.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from error_stage import Stage
from verbs import fine_tuning_job, training_file

from pulumi_dashscope_ft.api.http.catalogue import Entry as Row
from pulumi_dashscope_ft.lifecycle.base.connection import Connection, connect
from pulumi_dashscope_ft.lifecycle.job.model_wait import wait_for_model
from pulumi_dashscope_ft.plugin.cancelling import CancelToken, InterruptibleClock


@dataclass(frozen=True)
class Scene:
    """How a message is brought about.

    :param command: what the user had typed.
    :param run: plays it; the row is None but for codes of the service.
    """

    command: str
    run: Callable[[Stage, Row | None], str]


_COMMANDS = {"create": "up", "upload": "up", "list": "up"}
"""What the user types for an operation to be called; all others belong to a destroy of a running job."""


def answered(operation: str, status: int | None = None) -> Scene:
    """The service answers `operation` with the row's code, each time it is asked."""

    def run(stage: Stage, row: Row | None) -> str:
        assert row is not None
        http = status or row.statuses[0]
        rule = {"kind": "status", "status": http, "code": row.code, "message": row.example or "No right."}
        return asked(stage, operation, rule)

    return Scene(_COMMANDS.get(operation, "destroy"), run)


def faulty(operation: str, **rule: Any) -> Scene:
    """The emulator's fault `rule` hits `operation`."""
    return Scene(_COMMANDS.get(operation, "destroy"), lambda stage, _: asked(stage, operation, rule))


def asked(stage: Stage, operation: str, rule: dict[str, Any]) -> str:
    if operation in ("create", "list"):
        stage.fault(operation, **rule)
        return stage.up()
    if operation == "upload":
        stage.fault(operation, **rule)
        return stage.upload()
    job = stage.job()
    stage.fault(operation, **rule)
    return stage.destroy(job)


def local(command: str) -> Callable[[Callable[[Stage], str]], Scene]:
    """Makes a scene of a function; for what is not a code of the service."""
    return lambda run: Scene(command, lambda stage, _: run(stage))


# Wait


@local("destroy")
def paused(stage: Stage) -> str:
    job = stage.job()
    limiter, sleep = stage.limiter, stage.clock.sleep

    def meanwhile(seconds: float) -> None:
        sleep(seconds)
        limiter.penalize(25.0)

    stage.clock.sleep = meanwhile  # type: ignore[method-assign]
    limiter.penalize(25.0)
    return stage.destroy(job)


# Nothing to do


@local("destroy")
def gone(stage: Stage) -> str:
    job = stage.job()
    stage.emulator.remove_job(job[0])
    return stage.destroy(job)


@local("destroy")
def gone_at_cancel(stage: Stage) -> str:
    return _gone_at(stage, "cancel")


@local("destroy")
def gone_at_delete(stage: Stage) -> str:
    return _gone_at(stage, "delete")


def _gone_at(stage: Stage, operation: str) -> str:
    """The job is deleted by somebody else just before `operation` gets there."""
    job = stage.job()
    original = getattr(stage.client.fine_tunes, operation)

    def too_late(job_id: str) -> Any:
        stage.emulator.remove_job(job_id)
        return original(job_id)

    setattr(stage.client.fine_tunes, operation, too_late)
    return stage.destroy(job)


@local("destroy")
def file_gone(stage: Stage) -> str:
    inputs = stage.file_inputs(stage.data())
    file = training_file.create(stage.connection, inputs)
    stage.emulator.configure(missing_file_status=400)
    stage.client.files.delete(file[0])
    return stage.destroy_file(file)


@local("destroy")
def ended_before_cancel(stage: Stage) -> str:
    stage.emulator.configure(ends_before_cancel=True)
    return stage.destroy(stage.job())


@local("destroy")
def undeletable(stage: Stage) -> str:
    stage.emulator.configure(literal_reading=True)
    return stage.destroy(stage.job("SUCCEEDED"))


@local("destroy")
def undeletable_error(stage: Stage) -> str:
    stage.emulator.configure(literal_reading=True)
    return stage.destroy(stage.job("SUCCEEDED", onUndeletable="error"))


@local("destroy")
def deleted_while_active(stage: Stage) -> str:
    job = stage.job()
    # The read shows a finished job, and the service knows better when it comes to deleting.
    stage.fault("get", kind="unknown_status", shown_status="FAILED", count=1)
    return stage.destroy(job)


@local("up")
def lost_and_found(stage: Stage) -> str:
    stage.fault("create", kind="lost", count=1)
    return stage.up()


@local("up")
def killed(stage: Stage) -> str:
    stage.job()
    stage.restart()
    return stage.up(__nonce="n0nce3")


# Wait


@local("destroy")
def no_answer(stage: Stage) -> str:
    job = stage.job()
    stage.restart(impatient=True)
    stage.fault("get", kind="hang")
    return stage.destroy(job)


@local("up")
def interrupted(stage: Stage) -> str:
    token = CancelToken()
    token.cancel()
    told = stage.told(lambda: fine_tuning_job.create(_interruptible(stage, token), stage.inputs()))
    return f"triage: {told}"  # as the plugin's servicer puts it


@local("up")
def model_interrupted(stage: Stage) -> str:
    job_id, _ = stage.job("RUNNING")
    pressed = replace(stage.connection, interrupted=lambda: stage.emulator.count("logs") > 0)
    return stage.told(lambda: wait_for_model(pressed, job_id, 3600.0, stage.lines.append))


@local("destroy")
def teardown_interrupted(stage: Stage) -> str:
    stage.emulator.configure(canceling_seconds=3600)
    job_id, outputs = stage.job()
    token = CancelToken()

    def pressed() -> None:
        if stage.emulator.count("cancel"):
            token.cancel()

    return stage.told(lambda: fine_tuning_job.delete(_interruptible(stage, token, pressed), job_id, outputs))


@local("destroy")
def interruption_awaited(stage: Stage) -> str:
    """What the dynamic classes say, whose teardown goes on."""
    stage.emulator.configure(canceling_seconds=300)
    job_id, outputs = stage.job()
    connection = replace(stage.connection, interrupted=lambda: stage.emulator.count("cancel") > 0)
    stage.told(lambda: fine_tuning_job.delete(connection, job_id, outputs))
    return stage.renamed(next(line for line in stage.lines if "Ctrl-C" in line))


def _interruptible(stage: Stage, token: CancelToken, during: Callable[[], None] = lambda: None) -> Connection:
    """The plugin's connection, whose waits a cancelled token ends. It waits by the stage's clock."""

    def pause(event: threading.Event, seconds: float) -> bool:
        stage.clock.sleep(seconds)
        during()
        return event.is_set()

    clock = InterruptibleClock(token, stage.clock, pause)
    return connect(stage.client, clock=clock, run_registry=stage.run_registry, report=stage.lines.append)


@local("up")
def in_doubt(stage: Stage) -> str:
    original = stage.client.fine_tunes.create

    def create_then_outage(body: Any) -> Any:
        stage.fault("list", kind="html", status=502)
        return original(body)

    stage.fault("create", kind="lost", count=1)
    client: Any = stage.client
    client.fine_tunes.create = create_then_outage
    return stage.up()


@local("destroy")
def slow_cancel(stage: Stage) -> str:
    stage.emulator.configure(canceling_seconds=3600)
    return stage.destroy(stage.job())


# Room and money


@local("up")
def storage_full(stage: Stage) -> str:
    stage.emulator.configure(max_total_bytes=100)
    return stage.upload()


@local("up")
def too_many_files(stage: Stage) -> str:
    stage.emulator.configure(max_files=0)
    return stage.upload()
