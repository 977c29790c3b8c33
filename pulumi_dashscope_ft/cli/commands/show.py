"""`dashscope-ft show`: everything about one job.

Before a person ends a job or takes it over, he needs to know what it is, whose it is, why it failed and what would
become of it. That takes three calls and a parsed stamp; here it is one answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pulumi_dashscope_ft.cli.account import Account, account_options
from pulumi_dashscope_ft.cli.output.ages import age_text, zoned
from pulumi_dashscope_ft.cli.output.amounts import priced_cost
from pulumi_dashscope_ft.cli.output.rendering import (
    Column,
    json_option,
    one_line,
    print_fields,
    print_json,
    print_lines,
    print_table,
)
from pulumi_dashscope_ft.cli.targets import closeup_of

if TYPE_CHECKING:
    from pulumi_dashscope_ft.lifecycle.base.kind.closeup import CloseUp

__all__ = ["show"]


@click.command(short_help="Everything about one job.")
@click.argument("job_id", metavar="JOB")
@json_option
@account_options
def show(account: Account, job_id: str, as_json: bool) -> None:
    """Show everything about one job.

    Of a fine-tuning or compression job, or an import: its inputs, whose it is, its checkpoints, why it failed, and what
    `pulumi destroy` of a resource that holds it would do now.

    \b
      dashscope-ft show ft-202410291653-1c7f
      dashscope-ft show ft-202410291653-1c7f --json | jq -r .finetunedOutput
    """
    closeup, connection = closeup_of(job_id), account.connect()
    run = closeup.read(connection, job_id)
    facts = closeup.facts(connection, run, connection.client.service_time())
    if as_json:
        print_json(facts)
        return
    _print(facts, closeup)


def _print(facts: dict[str, Any], closeup: CloseUp) -> None:
    whose = (
        f"stack with owner id {facts['owner']}" if facts["owner"] else "not stamped: no stack has started it by itself"
    )
    if facts["retained"]:
        whose += ", meant to outlive its stack"
    cost = facts.get("actualCost")
    fields = [
        ("job", facts["jobId"]),
        ("name", facts["name"]),
        ("status", facts["status"]),
        ("model", facts.get("model") or facts.get("baseModel")),
        ("bucket", facts.get("bucketName")),
        ("folder", facts.get("objectKey")),
        ("training type", facts.get("trainingType")),
        ("template", facts.get("templateId")),
        ("description", facts.get("jobDescription")),
        ("produced model", facts[closeup.product]),
        ("training files", ", ".join(facts.get("trainingFileIds", ()))),
        ("training data", _compact(facts.get("trainingDatasets"))),
        ("validation files", ", ".join(facts.get("validationFileIds", ()))),
        ("validation data", _compact(facts.get("validationDatasets"))),
        ("calibration files", ", ".join(facts.get("customCalibrationFileIds", ()))),
        ("hyper-parameters", ", ".join(f"{key}={value}" for key, value in facts.get("hyperParameters", {}).items())),
        ("created", facts["createTime"] and f"{zoned(facts['createTime'])} ({age_text(facts['ageSeconds'])} ago)"),
        ("ended", zoned(facts.get("endTime"))),
        (closeup.unit, facts.get("usage")),
        ("cost", priced_cost(cost)),
        ("about the cost", "; ".join(cost["basis"]["remarks"]) if cost else None),
        ("workspace", facts.get("workspaceId")),
        ("creator", facts.get("creator")),
        ("owner", whose),
        ("expires", facts["expires"]),
        ("destroy would", facts["teardown"]),
    ]
    print_fields(fields)
    failure = facts["failure"]
    if failure:
        print_lines("\nWhy it failed:")
        for key in ("code", "message"):
            if failure.get(key):
                print_lines(f"  {key}: {one_line(failure[key])}")
        for line in failure.get("logTail", ()):
            print_lines(f"  | {one_line(line)}")
    if facts.get("checkpoints"):
        print_lines("\nCheckpoints:")
        print_table(
            [Column("checkpoint"), Column("status"), Column("model"), Column("saved"), Column("expires")],
            [
                [
                    checkpoint["checkpoint"],
                    checkpoint["status"],
                    checkpoint["modelName"],
                    zoned(checkpoint["createTime"]),
                    zoned(checkpoint["expireTime"]),
                ]
                for checkpoint in facts["checkpoints"]
            ],
        )


def _compact(datasets: list[dict[str, Any]] | None) -> str:
    import json

    return json.dumps(datasets, ensure_ascii=False) if datasets else ""
