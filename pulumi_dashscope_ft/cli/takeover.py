"""What has to be written into a program so that it takes over something that exists.

Why it exists: `adopt_job_id` alone is not enough: the other arguments must be those of the live job, or the next `up`
sees a change and buys a new run. Nobody copies thirty hyper-parameters without a slip. So they are read from the
service, and what comes of them is checked with the provider's own rules before anybody types `pulumi up`.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .described import name_of

if TYPE_CHECKING:
    from pulumi_dashscope_ft.api import Deployment, File, Job

__all__ = ["Takeover", "of_deployment", "of_file", "of_job"]


@dataclass(frozen=True)
class Takeover:
    """One resource to be declared.

    :param resource: the class; None where there is no resource for it, then `inputs` is empty.
    :param name: for people; the resource's name is made of it.
    :param inputs: by the schema's names.
    :param notes: what the user should know before `up`.
    """

    object_id: str
    resource: str | None
    name: str
    inputs: Mapping[str, Any]
    notes: tuple[str, ...]


def of_job(job: Job, *, retain: bool) -> Takeover:
    """The `FineTuningJob` that takes this job over. Raises ValueError when the provider would not take it."""
    from pulumi_dashscope_ft.lifecycle import fine_tuning_job, job_diff, job_request, stamp
    from pulumi_dashscope_ft.lifecycle.comparison import integral
    from pulumi_dashscope_ft.lifecycle.teardown import TeardownPolicy, plan

    inputs: dict[str, Any] = {"adoptJobId": job.job_id}
    for name, field in job_request.SUBMITTED.items():
        value = getattr(job, field, None)
        if isinstance(value, tuple):
            value = [dict(one) if isinstance(one, Mapping) else one for one in value]
        if value not in (None, [], {}):
            inputs[name] = integral(value)
    # A data set is shown both as an id and as a data set by some answers; the resource takes one.
    if "trainingFileIds" in inputs:
        inputs.pop("trainingDatasets", None)
    if "validationFileIds" in inputs:
        inputs.pop("validationDatasets", None)
    if retain:
        inputs["onDestroy"] = "retain"
    wrong = job_request.mismatches(inputs, job)
    drift = job_diff.compare(job.job_id, fine_tuning_job.outputs(inputs, job), inputs)
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
    return Takeover(job.job_id, "FineTuningJob", name_of(job.job_name, job.job_id) or "job", inputs, tuple(notes))


def of_deployment(live: Deployment, *, retain: bool) -> Takeover:
    """The `ModelDeployment` that takes this deployment over. Raises ValueError when the provider would not take it."""
    from pulumi_dashscope_ft.lifecycle import deployment_diff, deployment_request, model_deployment, stamp
    from pulumi_dashscope_ft.lifecycle.deployment_status import is_lora
    from pulumi_dashscope_ft.lifecycle.deployment_teardown import TeardownPolicy, plan

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
    drift = deployment_diff.compare(live.deployed_model, model_deployment.outputs(inputs, live), inputs)
    if wrong or "modelName" not in inputs or (drift.replaces and drift.replaces != (deployment_diff.FAILED_FIELD,)):
        raise ValueError(f"what the service shows of its {', '.join(wrong or ['model'])} can't be written down")
    notes = _refused("ModelDeployment", inputs)
    if drift.replaces:
        notes.append("it has FAILED: the `up` after the one that adopts it deploys it anew")
    policy = TeardownPolicy("retain" if retain else "delete", 600.0)
    notes.append(f"once adopted, `pulumi destroy` would: {plan(live.status, policy)}")
    if found is not None:
        notes.append(_other_owner("deployment", found.owner))
    fallback = name_of(live.name, live.deployed_model) or "deployment"
    return Takeover(live.deployed_model, "ModelDeployment", fallback, inputs, tuple(notes))


def of_file(file: File) -> Takeover:
    """A file can't be taken over; how to do without."""
    from .described import file_stamp

    notes = [
        "a TrainingFile can't take over a file that is on the service: use its id in `training_file_ids`. It then "
        "stays when the stack is destroyed; to delete it: dashscope-ft delete " + file.file_id,
        "with the data at hand, write TrainingFile(path=…) instead: that uploads it once more, and a job that is "
        "given the new id is a new, paid run",
    ]
    found = file_stamp(file)
    if found is not None:
        notes.append(
            f"the stack with owner id {found.owner} has uploaded it, and takes it back by itself if its state has lost "
            "it: `pulumi up` with the same TrainingFile and the same data"
        )
    return Takeover(file.file_id, None, (file.name or "data").partition(".")[0], {}, tuple(notes))


def _other_owner(kind: str, owner: str) -> str:
    return (
        f"the stack with owner id {owner} has started it. If its state still holds this {kind}, two stacks would tear "
        "it down: take it out there first, with `pulumi state delete <urn>`"
    )


def _refused(resource: str, inputs: Mapping[str, Any]) -> list[str]:
    from pulumi_dashscope_ft import schema

    report = schema.validate(resource, inputs)
    told = [f"the provider refuses this: {one.told(schema.to_snake_case)}" for one in report.violations]
    return told + [f"unusual: {one.told(schema.to_snake_case)}" for one in report.warnings]


def program(takeovers: list[Takeover], account: Mapping[str, str]) -> str:
    """The text of a Python program that declares all of these.

    :param account: further inputs (by the schema's names) that say which account it is.
    """
    classes = sorted({one.resource for one in takeovers if one.resource})
    lines = [f"from pulumi_dashscope_ft import {', '.join(classes)}", ""] if classes else []
    taken: set[str] = set()
    for one in takeovers:
        name = _unique(_resource_name(one.name), taken)
        lines += _declared(one, name, account) if one.resource else [f"{_variable(name)}_file_id = {one.object_id!r}"]
    return "\n".join(lines)


def _declared(one: Takeover, name: str, account: Mapping[str, str]) -> list[str]:
    from pulumi_dashscope_ft.schema import to_snake_case

    arguments = {**one.inputs, **account}
    body = [f"    {to_snake_case(key)}={_literal(value)}," for key, value in arguments.items()]
    return [f"{_variable(name)} = {one.resource}(", f"    {_literal(name)},", *body, ")"]


def _literal(value: Any) -> str:
    """A Python literal on lines of its own where it is long; what the service wrote can't get out of it."""
    if isinstance(value, str):
        text = ascii(value) if not value.isprintable() else repr(value)
        return f'"{text[1:-1]}"' if text[0] == "'" and '"' not in text else text
    if isinstance(value, Mapping):
        parts = [f"{_literal(str(key))}: {_literal(item)}" for key, item in value.items()]
        opening, closing = "{", "}"
    elif isinstance(value, (list, tuple)):
        parts, opening, closing = [_literal(item) for item in value], "[", "]"
    else:
        return repr(value)
    flat = f"{opening}{', '.join(parts)}{closing}"
    if len(flat) <= 80 and "\n" not in flat:
        return flat
    inner = "".join(f"        {part},\n" for part in parts)
    return f"{opening}\n{inner}    {closing}"


def _resource_name(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "-", text).strip("-")[:40] or "job"


def _variable(name: str) -> str:
    plain = re.sub(r"\W", "_", name.lower())
    if plain[0].isdigit():
        return f"_{plain}"
    return f"{plain}_" if keyword.iskeyword(plain) else plain


def _unique(name: str, taken: set[str]) -> str:
    found, number = name, 1
    while _variable(found) in taken:
        number += 1
        found = f"{name}-{number}"
    taken.add(_variable(found))
    return found
