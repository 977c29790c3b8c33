"""Why this exists: `pulumi import` gives an id and nothing else, and the next preview has to be empty. So the inputs
are filled from the live object, as a user would have written them: what was submitted, and nothing that the service
chose.

What the service does not show can't be filled in: a job's `modelName`, `finetunedOutputSuffix` and `triggers`, a
deployment's `suffix` and most settings of its plan, a file's content.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pulumi_dashscope_ft.api import ApiError, Deployment, File, Job, NotFoundError
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.base.property_bag import MD5, NONCE, written
from pulumi_dashscope_ft.lifecycle.deployment.status import is_lora
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.lifecycle.explain import explained
from pulumi_dashscope_ft.lifecycle.file import description as file_description
from pulumi_dashscope_ft.lifecycle.file import resource as training_file
from pulumi_dashscope_ft.lifecycle.job import request as job_request

Inputs = dict[str, Any]


def inputs_of(kind: str, connection: Connection, object_id: str) -> Inputs | None:
    """The inputs of the live object, hidden ones included; None when there is no such object.

    :param kind: short name of the resource type.
    :raises LifecycleError: it can't be read, or can't be imported from here.
    """
    try:
        return _READERS[kind](connection, object_id)
    except NotFoundError:
        return None
    except ApiError as error:
        raise explained(error, object_id, "import", done="nothing was changed.", again="pulumi import") from error


def _job(connection: Connection, job_id: str) -> Inputs:
    job: Job = connection.jobs.read(job_id)
    return _named(job_request.inputs_shown(job), "jobName", job.job_name, job_id)


def _deployment(connection: Connection, deployed_model: str) -> Inputs:
    live: Deployment = connection.deployments.read(deployed_model)
    found: Inputs = {
        "modelName": live.model_name,
        "plan": live.plan,
        "capacity": None if is_lora(live.plan) else live.capacity,
        "deploySpec": live.model_unit_spec,
        "rpmLimit": live.rpm_limit,
        "tpmLimit": live.tpm_limit,
    }
    return _named(found, "name", live.name, deployed_model)


def _named(found: Inputs, field: str, name: str | None, object_id: str) -> Inputs:
    """With its name, if a person chose it; with the nonce, if it bears a stamp of ours."""
    ours = stamp.parse(name)
    if ours is not None:
        found[NONCE] = ours.nonce
    elif name and name != object_id:
        found[field] = name
    return written(found)


def _checkpoint(connection: Connection, id_: str) -> Inputs | None:
    job_id, _, name = id_.partition("/")
    if not name:
        raise LifecycleError(
            f"{id_} is not the id of an exported checkpoint.",
            done="nothing was changed.",
            next_step='write JOB/CHECKPOINT, such as "ft-202410291653-1c7f/checkpoint-180", and run `pulumi import` '
            "again.",
        )
    listed = connection.client.fine_tunes.checkpoints(job_id)
    found = next((one for one in listed if one.checkpoint == name), None)
    if found is None:
        return None
    # The service may show no name for it. The id then stands in: a name is never sent again.
    shown = found.model_display_name or found.model_name or name
    return {"jobId": job_id, "checkpoint": name, "modelDisplayName": shown}


def _file(connection: Connection, file_id: str) -> Inputs:
    """A file is its content, and the service shows only its MD5: that has to be found on this machine."""
    live: File = connection.files.read(file_id)
    path = Path(live.name or "")
    plain = bool(live.name) and path.name == live.name and path.is_file()
    checked = training_file.check({}, {"path": live.name}, connection.ledger) if plain else None
    if checked is None or (not checked.violations and checked.inputs[MD5] != live.md5):
        raise LifecycleError(
            f"file {file_id} can be imported only where its content is.",
            state=f"the service shows it as {live.name or 'a file without a name'}, MD5 {live.md5 or 'unknown'}.",
            done="nothing was changed.",
            next_step=f"put that content beside Pulumi.yaml as {live.name or 'the name it was uploaded by'} and run "
            "`pulumi import` again; or use the file's id as it is, without a resource.",
        )
    if checked.violations:
        raise LifecycleError(f"file {file_id} can't be imported: {checked.violations[0]}", done="nothing was changed.")
    found = dict(checked.inputs)
    label = file_description.stamp_in(live)
    if label is not None:
        found[NONCE] = label.nonce
    return written({**found, "description": file_description.words_in(live) or None})


_READERS: dict[str, Callable[[Connection, str], Inputs | None]] = {
    "ExportedCheckpoint": _checkpoint,
    "FineTunedModel": _job,
    "FineTuningJob": _job,
    "ModelDeployment": _deployment,
    "TrainingFile": _file,
}
