"""`dashscope-ft show`: everything about one job.

Before a person ends a job or takes it over, he needs to know what it is, whose it is, why it failed and what would
become of it. That takes three calls and a parsed stamp; here it is one answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pulumi_dashscope_ft.cli.account import Account, account_options
from pulumi_dashscope_ft.cli.output.ages import age_text
from pulumi_dashscope_ft.cli.output.rendering import (
    Column,
    json_option,
    one_line,
    print_fields,
    print_json,
    print_lines,
    print_table,
)
from pulumi_dashscope_ft.cli.output.runtime import clock

if TYPE_CHECKING:
    from pulumi_dashscope_ft.api import Checkpoint, Job
    from pulumi_dashscope_ft.lifecycle.base.connection import Connection

__all__ = ["show"]


@click.command(short_help="Everything about one job.")
@click.argument("job_id", metavar="JOB")
@json_option
@account_options
def show(account: Account, job_id: str, as_json: bool) -> None:
    """Show everything about one job.

    Its inputs, whose it is, its checkpoints, why it failed, and what `pulumi destroy` of a resource that holds it
    would do now.

    \b
      dashscope-ft show ft-202410291653-1c7f
      dashscope-ft show ft-202410291653-1c7f --json | jq -r .finetunedOutput
    """
    facts = _facts(account.connect(), job_id)
    if as_json:
        print_json(facts)
        return
    _print(facts)


def _facts(connection: Connection, job_id: str) -> dict[str, Any]:
    from pulumi_dashscope_ft.lifecycle.job.failure import failure_of
    from pulumi_dashscope_ft.lifecycle.job.view import facts

    job = connection.client.fine_tunes.get(job_id)
    return {
        **facts(job, clock().time()),
        **_inputs(job),
        "creator": job.creator,
        "failure": failure_of(connection, job) if job.status == "FAILED" else None,
        "checkpoints": _checkpoints(connection, job_id),
        "teardown": _teardown(job),
    }


def _inputs(job: Job) -> dict[str, Any]:
    from pulumi_dashscope_ft.lifecycle.training_data import sources as data_sources

    data: dict[str, list[Any]] = {}
    for purpose in data_sources.PURPOSES:
        ids_name, datasets_name = data_sources.property_names(purpose)
        data |= {ids_name: [], datasets_name: []}
        data |= data_sources.as_properties(data_sources.of_job(job, purpose), purpose)
    return {
        "baseModel": job.base_model,
        "trainingType": job.training_type,
        **data,
        "hyperParameters": dict(job.hyper_parameters),
        "modelName": job.model_name,
    }


def _checkpoints(connection: Connection, job_id: str) -> list[dict[str, Any]] | None:
    """Return the checkpoints, newest first; None when they can't be read: not every kind of job allows it."""
    from pulumi_dashscope_ft.api import ApiError

    try:
        checkpoints = connection.client.fine_tunes.checkpoints(job_id)
    except ApiError:
        return None
    return [_checkpoint(checkpoint) for checkpoint in checkpoints]


def _checkpoint(checkpoint: Checkpoint) -> dict[str, Any]:
    return {
        "checkpoint": checkpoint.checkpoint,
        "status": checkpoint.status,
        "modelName": checkpoint.model_name,
        "createTime": checkpoint.create_time,
        "expireTime": checkpoint.expire_time,
        "step": checkpoint.step,
    }


def _teardown(job: Job) -> str:
    from pulumi_dashscope_ft.lifecycle.base.ending.policy import DELETE
    from pulumi_dashscope_ft.lifecycle.base.ending.run import TeardownPolicy, plan
    from pulumi_dashscope_ft.lifecycle.job import timed

    planned = plan(job.status, TeardownPolicy(DELETE, "warn", 600.0))
    return timed.bill(planned, job.training_type, active=job.is_active)


def _print(facts: dict[str, Any]) -> None:
    whose = (
        f"stack with owner id {facts['owner']}" if facts["owner"] else "not stamped: no stack has started it by itself"
    )
    if facts["retained"]:
        whose += ", meant to outlive its stack"
    print_fields(
        [
            ("job", facts["jobId"]),
            ("name", facts["name"]),
            ("status", facts["status"]),
            ("model", facts["model"]),
            ("training type", facts["trainingType"]),
            ("produced model", facts["finetunedOutput"]),
            ("training files", ", ".join(facts["trainingFileIds"])),
            ("training data", _compact(facts["trainingDatasets"])),
            ("validation files", ", ".join(facts["validationFileIds"])),
            ("validation data", _compact(facts["validationDatasets"])),
            ("hyper-parameters", ", ".join(f"{key}={value}" for key, value in facts["hyperParameters"].items())),
            ("started", facts["createTime"] and f"{facts['createTime']} ({age_text(facts['ageSeconds'])} ago)"),
            ("ended", facts["endTime"]),
            ("tokens", facts["usage"]),
            ("workspace", facts["workspaceId"]),
            ("creator", facts["creator"]),
            ("owner", whose),
            ("expires", facts["expires"]),
            ("destroy would", facts["teardown"]),
        ]
    )
    failure = facts["failure"]
    if failure:
        print_lines("\nWhy it failed:")
        for key in ("code", "message"):
            if failure.get(key):
                print_lines(f"  {key}: {one_line(failure[key])}")
        for line in failure.get("logTail", ()):
            print_lines(f"  | {one_line(line)}")
    if facts["checkpoints"]:
        print_lines("\nCheckpoints:")
        print_table(
            [Column("checkpoint"), Column("status"), Column("model"), Column("saved"), Column("expires")],
            [
                [
                    checkpoint["checkpoint"],
                    checkpoint["status"],
                    checkpoint["modelName"],
                    checkpoint["createTime"],
                    checkpoint["expireTime"],
                ]
                for checkpoint in facts["checkpoints"]
            ],
        )


def _compact(datasets: list[dict[str, Any]]) -> str:
    import json

    return json.dumps(datasets, ensure_ascii=False) if datasets else ""
