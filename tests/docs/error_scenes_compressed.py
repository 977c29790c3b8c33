"""Why this exists: the scenes of the page of errors that are about compressed models (see `error_scenes`)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from error_scenes import Scene, local
from error_stage import Stage
from verbs import compressed_model

from pulumi_dashscope_ft.lifecycle.base.connection import Connection

_IDS = ["quant-202604111200-a1b2", "quant-202604111203-c3d4"]


def _inputs(stage: Stage, **changes: Any) -> dict[str, Any]:
    """Inputs of a compressed model, as `check` hands them on; the model that it is made of exists."""
    given = {
        "templateId": "quant-w8a8",
        "__name": "smaller",
        "__owner": "0wner0wner",
        "__nonce": "n0nce6",
    }
    if "model" not in changes:
        job_id, _ = stage.job("SUCCEEDED", model="qwen3.5-flash-2026-02-23", trainingType="sft")
        given["model"] = str(stage.client.fine_tunes.get(job_id).model_id)
        stage.emulator.next_ids(compressions=_IDS)
        stage.emulator.configure(compressing_seconds=90.0)
    return {**given, **changes}


def _up(stage: Stage, inputs: dict[str, Any], connection: Connection | None = None) -> str:
    return stage.told(lambda: compressed_model.create(connection or stage.connection, inputs))


def _made(stage: Stage, status: str = "SUCCEEDED", **changes: Any) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """A job in this status, its state, and the inputs that it was made with."""
    inputs = _inputs(stage, **changes)
    job_id, outputs = compressed_model.create(stage.connection, inputs)
    stage.emulator.force_compression(job_id, status)
    stage.clock.sleep(3)  # what was read before is too old now
    stage.restart()
    return job_id, {**outputs, "status": status}, inputs


def refused_by(code: str) -> Scene:
    """The service refuses to start a compression with the row's code."""

    def run(stage: Stage, row: Any) -> str:
        stage.fault("create_compression", kind="status", status=row.statuses[0], code=code, message=row.example)
        return _up(stage, _inputs(stage))

    return Scene("up", run)


@local("up")
def lost(stage: Stage) -> str:
    inputs = _inputs(stage)
    stage.fault("create_compression", kind="lost", count=1)
    return _up(stage, inputs)


@local("up")
def killed(stage: Stage) -> str:
    _, _, inputs = _made(stage, "RUNNING")
    return _up(stage, {**inputs, "__nonce": "n0nce7"})


@local("up")
def in_doubt(stage: Stage) -> str:
    inputs = _inputs(stage)
    stage.fault("create_compression", kind="lost", count=1)
    stage.fault("list_compressions", kind="html", status=502, nth=2)
    stage.fault("list_compressions", kind="html", status=403, nth=3)
    return _up(stage, inputs)


@local("up")
def name_taken(stage: Stage) -> str:
    _, _, inputs = _made(stage, jobName="nightly")
    return _up(stage, inputs)


@local("up")
def not_compressible(stage: Stage) -> str:
    return _up(stage, _inputs(stage, model="qwen3.5-flash-2026-02-23"))


@local("up")
def none_to_adopt(stage: Stage) -> str:
    return _up(stage, _inputs(stage, adoptJobId="quant-202604111200-ffff"))


@local("up")
def another_to_adopt(stage: Stage) -> str:
    job_id, _, inputs = _made(stage)
    return _up(stage, {**inputs, "adoptJobId": job_id, "templateId": "quant-w4a16"})


@local("up")
def too_slow(stage: Stage) -> str:
    return _up(stage, _inputs(stage, waitTimeout="1m"))


@local("up")
def interrupted(stage: Stage) -> str:
    return _up(stage, _inputs(stage), replace(stage.connection, interrupted=lambda: True))


@local("up")
def failed(stage: Stage) -> str:
    stage.emulator.plan_next_compression(outcome="FAILED", failure_reason="The model can't be quantized.")
    return _up(stage, _inputs(stage))


@local("up")
def vanished(stage: Stage) -> str:
    stage.fault("get_compression", kind="status", status=404, code="ResourceNotFound", message="Resource not found.")
    return _up(stage, _inputs(stage))


def gone() -> Scene:
    """The job of the state does not exist any more, in the row's words."""

    def run(stage: Stage, row: Any) -> str:
        job_id, outputs, _ = _made(stage)
        stage.emulator.configure(missing_compression_code=row.code)
        stage.emulator.remove_compression(job_id)
        return stage.told(lambda: compressed_model.delete(stage.connection, job_id, outputs))

    return Scene("destroy", run)


@local("destroy")
def kept_by_the_service(stage: Stage) -> str:
    job_id, outputs, _ = _made(stage, onUndeletable="error")
    stage.fault("delete_compression", kind="status", error="unsupported")
    return stage.told(lambda: compressed_model.delete(stage.connection, job_id, outputs))


@local("destroy")
def too_slow_an_end(stage: Stage) -> str:
    job_id, outputs, _ = _made(stage, "RUNNING", teardownTimeout="2s")
    return stage.told(lambda: compressed_model.delete(stage.connection, job_id, outputs))
