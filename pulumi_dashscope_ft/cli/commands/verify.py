"""`dashscope-ft verify`: find out what the service really does, with small experiments, and write a report.

The API can't be reached from where this package is made, so much of what it relies on is inferred. A person with a key
can settle that in minutes. `pulumi_dashscope_ft.verify` has the experiments; this is what a person sees of them.
"""

from __future__ import annotations

import contextlib
import json
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pulumi_dashscope_ft.cli.account import Account, account_options, note
from pulumi_dashscope_ft.cli.output.failing import INTERRUPTED, NO, UNREACHABLE, CommandError
from pulumi_dashscope_ft.cli.output.rendering import Column, print_json, print_lines, print_table
from pulumi_dashscope_ft.cli.output.runtime import clock, typed_line

if TYPE_CHECKING:
    from pulumi_dashscope_ft.verify.report import Report
    from pulumi_dashscope_ft.verify.running import Verification

__all__ = ["verify"]

FORMATS = ("table", "markdown", "json")
_YES = "verify"


@click.command(short_help="Find out what the service really does.")
@click.option("--train", is_flag=True, help="Also train one job to its end: checkpoints, export, log.")
@click.option("--deploy", is_flag=True, help="Also deploy the model, and delete the deployment; implies --train.")
@click.option("--burst", is_flag=True, help="Also send many reads at once, to see how the service slows them down.")
@click.option("--beside-others", is_flag=True, help="Start although other jobs of the account are active.")
@click.option("--after-kill", is_flag=True, help="End what a verification that was killed elsewhere has left.")
@click.option("--yes", is_flag=True, help="Don't ask; for pipelines.")
@click.option(
    "--report",
    "files",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the report here, too: as Markdown if the name ends in .md, else as JSON.",
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@account_options
def verify(
    account: Account,
    train: bool,
    deploy: bool,
    burst: bool,
    beside_others: bool,
    after_kill: bool,
    yes: bool,
    files: tuple[Path, ...],
    form: str,
    as_json: bool,
) -> None:
    """Run small experiments with this account, and report what the service does where no page says it.

    It says first what it will do and what that costs at most (less than 0.1 CNY without --train), and asks once. It
    ends everything that it makes, also after Ctrl-C; what a killed run has left, the next run finds and ends (on
    another machine: after twelve hours, or with --after-kill). It does not start when the quota is full, or another
    job or verification is active. The report has no key, no id and no name in it.

    \b
      dashscope-ft verify --report report.json --format markdown
      dashscope-ft verify --train --deploy --yes --json

    \b
    Exit codes: 0 nothing that the provider relies on was contradicted; 1 something was, or the account
    did not allow the experiments, or something is left; 2 wrong usage; 3 the service could not be asked;
    130 interrupted.
    """
    from pulumi_dashscope_ft.api import SettingsError
    from pulumi_dashscope_ft.verify.facts import BASE, DEPLOY, TRAIN
    from pulumi_dashscope_ft.verify.running import Scope, Verification

    groups = {BASE} | ({TRAIN} if train or deploy else set()) | ({DEPLOY} if deploy else set())
    for path in files:
        _require_writable(path)
    settings = account.settings()
    verification = Verification(settings, clock(), Scope(frozenset(groups), burst), note)
    with contextlib.closing(verification.calls), _terminable():
        try:
            settings.check()
        except SettingsError as error:
            verification.fail("there is no usable key", unreachable=True)
            _finish(verification, settings.base_url, "json" if as_json else form, files, quiet=True)
            raise CommandError(str(error), UNREACHABLE) from None
        _start(verification, settings.base_url, beside_others=beside_others, after_kill=after_kill, yes=yes)
    report = _finish(verification, settings.base_url, "json" if as_json else form, files)
    raise click.exceptions.Exit(_code(verification, report))


def _start(verification: Verification, base_url: str, *, beside_others: bool, after_kill: bool, yes: bool) -> None:
    """Look, ask and run. What ends it early is noted in the verification."""
    from pulumi_dashscope_ft.verify.account import require_room
    from pulumi_dashscope_ft.verify.announcing import announcement
    from pulumi_dashscope_ft.verify.report import region_of
    from pulumi_dashscope_ft.verify.workbench import TroubleError

    try:
        account = verification.look(after_kill=after_kill)
        require_room(account, beside_others=beside_others)
    except TroubleError as trouble:
        verification.fail(str(trouble), unreachable=not trouble.refused)
        return
    is_emulator = _is_emulator(verification, base_url)
    for line in announcement(verification.scope, account, region_of(base_url), is_emulator=is_emulator):
        note(line)
    if not yes:
        typed = typed_line(f"Type {_YES} to start: ")
        if typed != _YES:
            told = "not confirmed" if typed else "nobody has confirmed"
            more = "" if typed else " In a pipeline, add --yes."
            raise CommandError(f"{told}, so nothing was made.{more}", NO)
    verification.run(account)


def _finish(
    verification: Verification, base_url: str, form: str, files: tuple[Path, ...], *, quiet: bool = False
) -> Report:
    """Print the report and write it; return it.

    :param quiet: whether the reason why it ended is said elsewhere.
    """
    from pulumi_dashscope_ft.verify.report import Report

    left = verification.left
    report = Report(
        base_url,
        _is_emulator(verification, base_url),
        [group for group in ("base", "train", "deploy") if group in verification.scope.groups],
        verification.calls.made,
        verification.found(),
        verification.stopped,
        [what for what, _ in left],
        clock().time(),
    )
    for path in files:
        text = report.to_markdown() if path.suffix.lower() == ".md" else _json(report)
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            note(f"{path} could not be written: {error.strerror}")
    if form == "json":
        print_json(report.to_json())
    elif form == "markdown":
        click.echo(report.to_markdown(), nl=False)
    else:
        _print(report)
    for what, object_id in left:
        note(f"left: {what}{f' ({object_id})' if object_id else ''}")
    if verification.must_end:
        note("The next verification finds and ends what is left: dashscope-ft verify")
    if report.trouble and not quiet:
        note(f"dashscope-ft: {report.trouble}.")
    return report


def _print(report: Report) -> None:
    """Print a table; nothing but the count when the experiments did not start."""
    rows = [
        [finding.verdict, finding.fact.fact_id, finding.answer or "", finding.why or "; ".join(finding.evidence)]
        for finding in report.findings
    ]
    if any(finding.answer for finding in report.findings):
        print_table([Column("verdict"), Column("fact"), Column("answer"), Column("what was seen, or why not")], rows)
    for finding in report.findings:
        if finding.verdict == "contradicted":
            print_lines(f"{finding.fact.fact_id}: {finding.answer}, not {finding.fact.assumed}. {finding.fact.follows}")
    counts = ", ".join(f"{report.counts[verdict]} {verdict}" for verdict in ("confirmed", "contradicted", "not seen"))
    print_lines(f"{counts}; {report.calls} calls")


def _json(report: Report) -> str:
    return json.dumps(report.to_json(), indent=2, ensure_ascii=False) + "\n"


def _code(verification: Verification, report: Report) -> int:
    if verification.interrupted:
        return INTERRUPTED
    if verification.unreachable:
        return UNREACHABLE
    return NO if report.trouble or verification.must_end or report.counts["contradicted"] else 0


def _is_emulator(verification: Verification, base_url: str) -> bool:
    from pulumi_dashscope_ft.cli.checks.emulator import emulator_of

    return emulator_of(base_url, verification.calls.headers) is not None


def _require_writable(path: Path) -> None:
    """Refuse a report that can't be written before anything is paid for."""
    is_new = not path.exists()
    try:
        path.open("a", encoding="utf-8").close()
        if is_new:
            path.unlink()
    except OSError as error:
        raise CommandError(f"--report {path}: {error.strerror}. Nothing was done.", NO) from None


@contextlib.contextmanager
def _terminable() -> Iterator[None]:
    """Until the end of the block, SIGTERM ends the experiments as Ctrl-C does."""

    def interrupted(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, interrupted)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
