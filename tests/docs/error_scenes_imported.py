"""Why this exists: the scenes of the page of errors that are about imported models (see `error_scenes`)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from error_scenes import local
from error_stage import Stage
from verbs import imported_model

from pulumi_dashscope_ft.lifecycle.base.connection import Connection

_NO_IMPORT = "00000000-0000-4000-8000-000000000000"


def _inputs(**changes: Any) -> dict[str, Any]:
    """Inputs of an imported model, as `check` hands them on."""
    return {
        "baseModel": "qwen3-8b",
        "weightType": "lora",
        "bucketName": "weights",
        "objectKey": "triage/",
        "__name": "brought",
        "__owner": "0wner0wner",
        "__nonce": "n0nce6",
        **changes,
    }


def _up(stage: Stage, inputs: dict[str, Any], connection: Connection | None = None) -> str:
    return stage.told(lambda: imported_model.create(connection or stage.connection, inputs))


def _made(stage: Stage, status: str = "SUCCESSED", **changes: Any) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """An import in this status, its state, and the inputs that it was made with."""
    inputs = _inputs(**changes)
    job_id, outputs = imported_model.create(stage.connection, inputs)
    stage.emulator.force_import(job_id, status)
    stage.clock.sleep(3)  # what was read before is too old now
    stage.restart()
    return job_id, {**outputs, "status": status}, inputs


def _down(stage: Stage, job_id: str, outputs: dict[str, Any]) -> str:
    return stage.told(lambda: imported_model.delete(stage.connection, job_id, outputs))


@local("up")
def lost(stage: Stage) -> str:
    stage.fault("create_import", kind="lost", count=1)
    return _up(stage, _inputs())


@local("up")
def killed(stage: Stage) -> str:
    _, _, inputs = _made(stage, "RUNNING")
    return _up(stage, {**inputs, "__nonce": "n0nce7"})


@local("up")
def copied(stage: Stage) -> str:
    job_id, _, inputs = _made(stage, "RUNNING")
    ours = stage.client.imports.get(job_id)
    storage = {"bucket_name": inputs["bucketName"], "object_key": inputs["objectKey"]}
    named = {"model_name": inputs["baseModel"], "display_name": ours.display_name}
    stage.client.imports.create({**named, "source": "oss", "weight_type": "lora", "storage_info": storage})
    return _up(stage, {**inputs, "__nonce": "n0nce7"})


@local("up")
def in_doubt(stage: Stage) -> str:
    stage.fault("create_import", kind="lost", count=1)
    stage.fault("list_imports", kind="html", status=502, nth=2)
    stage.fault("list_imports", kind="html", status=403, nth=3)
    return _up(stage, _inputs())


@local("up")
def name_taken(stage: Stage) -> str:
    _, _, inputs = _made(stage, displayName="Our triage")
    return _up(stage, inputs)


@local("up")
def unknown_base(stage: Stage) -> str:
    return _up(stage, _inputs(baseModel="no-such-model"))


@local("up")
def none_to_adopt(stage: Stage) -> str:
    return _up(stage, _inputs(adoptImportId=_NO_IMPORT))


@local("up")
def another_to_adopt(stage: Stage) -> str:
    job_id, _, inputs = _made(stage)
    return _up(stage, {**inputs, "adoptImportId": job_id, "objectKey": "another/"})


@local("up")
def no_type(stage: Stage) -> str:
    job_id, _, inputs = _made(stage)
    stage.connection.run_registry.note_superseded(job_id, inputs["__name"])  # as the plan does
    return _up(stage, {**inputs, "adoptImportId": job_id, "weightType": None, "objectKey": "another/"})


@local("up")
def too_slow(stage: Stage) -> str:
    return _up(stage, _inputs(waitTimeout="1m"))


@local("up")
def interrupted(stage: Stage) -> str:
    return _up(stage, _inputs(), replace(stage.connection, interrupted=lambda: True))


@local("up")
def no_weights(stage: Stage) -> str:
    stage.emulator.plan_next_import(import_outcome="FAILED")
    return _up(stage, _inputs())


@local("up")
def failed(stage: Stage) -> str:
    stage.emulator.plan_next_import(import_outcome="FAILED", import_error="InternalError")
    return _up(stage, _inputs())


@local("up")
def vanished(stage: Stage) -> str:
    stage.fault("get_import", kind="status", status=404, code="NotFound", message="Not found!")
    return _up(stage, _inputs())


@local("destroy")
def gone(stage: Stage) -> str:
    job_id, outputs, _ = _made(stage)
    stage.emulator.remove_import(job_id)
    return _down(stage, job_id, outputs)


@local("destroy")
def deployed(stage: Stage) -> str:
    job_id, outputs, _ = _made(stage)
    stage.emulator.next_ids(deployments=["qwen3-8b-8e7f0a1b"])
    live = stage.client.deployments.create({"model_name": outputs["modelId"], "plan": "lora", "capacity": 1})
    stage.emulator.force_deployment(live.deployed_model, "RUNNING")
    return _down(stage, job_id, outputs)


@local("destroy")
def still_refused(stage: Stage) -> str:
    job_id, outputs, _ = _made(stage)
    message = "The model is in use and cannot be deleted."
    stage.fault("delete_import", kind="status", status=400, code="OperationDenied", message=message)
    return _down(stage, job_id, outputs)


@local("destroy")
def too_slow_an_end(stage: Stage) -> str:
    job_id, outputs, _ = _made(stage, teardownTimeout="2s")
    stage.emulator.replan_import(job_id, importing_seconds=900)
    stage.emulator.force_import(job_id, "RUNNING")
    return _down(stage, job_id, outputs)
