"""What has to be written into a program so that it takes over something that exists.

Why it exists: `adopt_job_id` alone is not enough: the other arguments must be those of the live job, or the next `up`
sees a change and buys a new run. Nobody copies thirty hyper-parameters without a slip. So they are read from the
service, and what comes of them is checked with the provider's own rules before anybody types `pulumi up`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pulumi_dashscope_ft.cli.output.described import name_of

if TYPE_CHECKING:
    from pulumi_dashscope_ft.api import Deployment, File, Job
    from pulumi_dashscope_ft.schema import Violation

__all__ = ["Takeover", "of_deployment", "of_file", "of_job"]


@dataclass(frozen=True)
class Takeover:
    """One resource to be declared.

    :param resource: the class.
    :param name: for people; the resource's name is made of it. Empty where the service shows none.
    :param inputs: by the schema's names.
    :param notes: what the user should know before `up`.
    :param retained: whether Pulumi itself is to leave it when the stack is destroyed (`retain_on_delete`).
    """

    object_id: str
    resource: str
    name: str
    inputs: Mapping[str, Any]
    notes: tuple[str, ...]
    retained: bool = False


def of_job(job: Job, *, retain: bool) -> Takeover:
    """The `FineTuningJob` that takes this job over. Raises ValueError when the provider would not take it."""
    from pulumi_dashscope_ft.lifecycle.base.comparison import integral
    from pulumi_dashscope_ft.lifecycle.base.owner import stamp
    from pulumi_dashscope_ft.lifecycle.job import diff as job_diff
    from pulumi_dashscope_ft.lifecycle.job import request as job_request
    from pulumi_dashscope_ft.lifecycle.job import resource as fine_tuning_job
    from pulumi_dashscope_ft.lifecycle.job.teardown import TeardownPolicy, plan

    inputs: dict[str, Any] = {"adoptJobId": job.job_id}
    for name, value in job_request.inputs_shown(job).items():
        inputs[name] = integral(value)
    if retain:
        inputs["onDestroy"] = "retain"
    wrong = job_request.mismatches(inputs, job)
    drift = job_diff.compare(job.job_id, fine_tuning_job.outputs(inputs, job, None), inputs)
    if wrong or drift.replaces:
        raise ValueError(f"what the service shows of its {', '.join(wrong or drift.replaces)} can't be written down")
    notes = _refused("FineTuningJob", inputs)
    policy = TeardownPolicy("retain" if retain else "delete", "warn", 600.0)
    notes.append(f"once adopted, `pulumi destroy` would: {plan(job.status, policy)}")
    found = stamp.parse(job.job_name)
    if found is not None:
        notes.append(_other_owner("job", found.owner))
    if job.is_final and job.model_id is None:
        notes.append(f"the job is {job.status}: it has no model. Is there anything to keep?")
    return Takeover(job.job_id, "FineTuningJob", name_of(job.job_name, job.job_id) or "", inputs, tuple(notes))


def of_deployment(live: Deployment, *, retain: bool) -> Takeover:
    """The `ModelDeployment` that takes this deployment over. Raises ValueError when the provider would not take it."""
    from pulumi_dashscope_ft.lifecycle.base.owner import stamp
    from pulumi_dashscope_ft.lifecycle.deployment import diff as deployment_diff
    from pulumi_dashscope_ft.lifecycle.deployment import request as deployment_request
    from pulumi_dashscope_ft.lifecycle.deployment import resource as model_deployment
    from pulumi_dashscope_ft.lifecycle.deployment.status import is_lora
    from pulumi_dashscope_ft.lifecycle.deployment.teardown import TeardownPolicy, plan

    if live.status == "DELETING":
        raise ValueError("it is being deleted")
    found = stamp.parse(live.name)
    model = live.model_name or ""
    suffix = live.deployed_model.removeprefix(f"{model}-") if live.deployed_model.startswith(f"{model}-") else None
    shown = {
        "adoptDeployment": live.deployed_model,
        "modelName": live.model_name,
        "plan": live.plan,
        "capacity": None if is_lora(live.plan) else live.capacity,
        "deploySpec": live.model_unit_spec,
        "suffix": suffix if suffix and len(suffix) <= 8 else None,
        "name": live.name if found is None else None,
        "onDestroy": "retain" if retain else None,
    }
    inputs = {name: value for name, value in shown.items() if value not in (None, "")}
    wrong = deployment_request.mismatches(inputs, live)
    drift = deployment_diff.compare(live.deployed_model, model_deployment.outputs(inputs, live, None), inputs)
    if wrong or "modelName" not in inputs or (drift.replaces and drift.replaces != (deployment_diff.FAILED_FIELD,)):
        raise ValueError(f"what the service shows of its {', '.join(wrong or ['model'])} can't be written down")
    notes = _refused("ModelDeployment", inputs)
    if drift.replaces:
        notes.append("it has FAILED: the `up` after the one that adopts it deploys it anew")
    policy = TeardownPolicy("retain" if retain else "delete", 600.0)
    notes.append(f"once adopted, `pulumi destroy` would: {plan(live.status, policy)}")
    if found is not None:
        notes.append(_other_owner("deployment", found.owner))
    name = name_of(live.name, live.deployed_model) or ""
    return Takeover(live.deployed_model, "ModelDeployment", name, inputs, tuple(notes))


def of_file(file: File, path: str | None, *, retain: bool) -> Takeover:
    """The `TrainingFile` that takes this file over. Raises ValueError when the provider would not take it.

    :param path: where its content is on this machine, relative to the program; None to look for it by its name. What
        is there is compared; where there is nothing, that is a note.
    """
    from pulumi_dashscope_ft.lifecycle.file import description as file_description

    plain = file.name not in (None, "", "..") and Path(str(file.name)).name == file.name and "\0" not in file.name
    chosen = path or (file.name if plain else None)
    if chosen is None:
        raise ValueError("the service shows no file name of it; say with --path where its content is")
    words = file_description.words_in(file)
    inputs = {"adoptFileId": file.file_id, "path": chosen, **({"description": words} if words else {})}
    notes = _content_notes(file, chosen, given=path is not None)
    stays = "leave it on the service (retain_on_delete)" if retain else "delete it; jobs that have been given it go on"
    notes.append(f"once adopted, `pulumi destroy` would {stays}")
    found = file_description.stamp_in(file)
    if found is not None:
        notes.append(_other_owner("file", found.owner))
    name = (file.name or "").partition(".")[0]
    return Takeover(file.file_id, "TrainingFile", name, inputs, tuple(notes), retained=retain)


def _content_notes(file: File, path: str, *, given: bool) -> list[str]:
    """What is to be said of the content at `path`. Raises ValueError when it is another one."""
    from pulumi_dashscope_ft.lifecycle.base.ledger import Ledger
    from pulumi_dashscope_ft.lifecycle.file import adoption as file_adoption
    from pulumi_dashscope_ft.lifecycle.file import resource as training_file
    from pulumi_dashscope_ft.lifecycle.training_data.digest import digest

    try:
        here = digest(Path(path).expanduser())
    except OSError as error:
        if given:
            raise ValueError(f"{path} can't be read: {error.strerror or error}") from None
        shown = f" ({file.size} bytes, MD5 {file.md5})" if file.size is not None and file.md5 else ""
        return [
            f"its content is not here as {path}. Put it there before `pulumi up`, which compares it{shown}, or say "
            "with --path where it is"
        ]
    wrong = file_adoption.mismatches(file, md5=here.md5, size=here.size)
    if wrong:
        elsewhere = "" if given else "; say with --path where the content is that was uploaded"
        raise ValueError(f"{path} has another content: {'; '.join(wrong)}{elsewhere}")
    checked = training_file.check({}, {"path": path}, Ledger())
    return _told(checked.violations, checked.warnings)


def _other_owner(kind: str, owner: str) -> str:
    return (
        f"the stack with owner id {owner} has started it. If its state still holds this {kind}, two stacks would tear "
        "it down: take it out there first, with `pulumi state delete <urn>`"
    )


def _refused(resource: str, inputs: Mapping[str, Any]) -> list[str]:
    from pulumi_dashscope_ft import schema

    report = schema.validate(resource, inputs)
    return _told(report.violations, report.warnings)


def _told(violations: Iterable[Violation], warnings: Iterable[Violation]) -> list[str]:
    from pulumi_dashscope_ft.schema import to_snake_case

    told = [f"the provider refuses this: {one.message(to_snake_case)}" for one in violations]
    return told + [f"unusual: {one.message(to_snake_case)}" for one in warnings]
