"""`dashscope-ft doctor`: check that everything is set up.

A first `pulumi up` needs a key, a region, a workspace, a network, a clock, a quota, a command, a Python and a state
backend. When one of them is wrong, the error names another. This command checks each of them by itself and says what to
do.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pulumi_dashscope_ft.cli.account import Account, account_options
from pulumi_dashscope_ft.cli.output.failing import NO
from pulumi_dashscope_ft.cli.output.rendering import json_option, one_line, print_json, print_lines, print_marked
from pulumi_dashscope_ft.cli.output.runtime import clock

if TYPE_CHECKING:
    from pulumi_dashscope_ft.cli.checks.checkup import Finding

__all__ = ["doctor"]


@click.command(short_help="Check that everything is set up.")
@click.option("--offline", is_flag=True, help="Skip the checks that need the network.")
@click.option(
    "--project-dir",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    help="Pulumi project to check.  [default: where you are]",
)
@json_option
@account_options
def doctor(account: Account, offline: bool, project_dir: Path, as_json: bool) -> None:
    """Check that everything is set up, and say what to do.

    Checks key, endpoint, workspace, network, clock, quota, Pulumi, Python and state backend. The key is never shown.
    The stack's own configuration (Pulumi.<stack>.yaml) is not read.

    Exit code 1 when something will not work (✗); a warning (!) does not count.

    \b
      dashscope-ft doctor
      dashscope-ft doctor --offline --json | jq '.checks[] | select(.result != "ok")'
    """
    from pulumi_dashscope_ft.cli.checks.account import check_account, check_service
    from pulumi_dashscope_ft.cli.checks.pulumi_setup import check_pulumi

    findings, settings = check_account(account)
    if settings is not None and not offline:
        findings += check_service(settings, clock())
    findings += check_pulumi(project_dir)
    failed = sum(finding.mark == "✗" for finding in findings)
    if as_json:
        print_json({"checks": [_facts(finding) for finding in findings], "ok": not failed})
    else:
        _print(findings)
    if failed:
        raise click.exceptions.Exit(NO)


def _facts(finding: Finding) -> dict[str, str | None]:
    return {"check": finding.check, "result": finding.result, "told": finding.message, "advice": finding.advice}


def _print(findings: list[Finding]) -> None:
    width = max(len(finding.check) for finding in findings)
    for finding in findings:
        print_marked(finding.mark, f"{finding.check:<{width}}  ", finding.message)
        if finding.advice:
            print_lines(f"  {'':<{width}}  → {one_line(finding.advice)}")
    counts = [f"{sum(finding.mark == mark for finding in findings)} {mark}" for mark in "✓!✗"]
    print_lines(", ".join(counts))
