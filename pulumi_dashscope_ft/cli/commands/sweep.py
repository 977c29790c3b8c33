"""`dashscope-ft sweep`: find what leaked, end what expired.

Previews and nightly environments leave things behind, and nobody looks until the bill comes. This command looks on a
schedule. By default it only reports; it ends only what is proven to be over. `lifecycle.sweep.ownership` judges,
`lifecycle.sweep.verdicts` ends.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from pulumi_dashscope_ft.cli.account import Account, account_options, note
from pulumi_dashscope_ft.cli.output.ages import duration
from pulumi_dashscope_ft.cli.output.failing import INTERRUPTED, NO, UNREACHABLE, CommandError, lines_of
from pulumi_dashscope_ft.cli.output.progress_bar import steps
from pulumi_dashscope_ft.cli.output.rendering import one_line
from pulumi_dashscope_ft.cli.output.runtime import clock, typed_line
from pulumi_dashscope_ft.cli.sweeping.bills import Bills
from pulumi_dashscope_ft.cli.sweeping.options import state_options
from pulumi_dashscope_ft.cli.sweeping.progress import ObservedAccount, SweepProgress
from pulumi_dashscope_ft.cli.sweeping.remarks import before_the_end
from pulumi_dashscope_ft.cli.sweeping.report import FORMATS, SweepReport
from pulumi_dashscope_ft.cli.sweeping.values import filled, number, owner_ids, span
from pulumi_dashscope_ft.cli.targets import KindChoice
from pulumi_dashscope_ft.frontend.stopping import StopRequest

if TYPE_CHECKING:
    from pulumi_dashscope_ft.lifecycle.base.kind.live_object import Key
    from pulumi_dashscope_ft.lifecycle.base.report import TeardownRecord
    from pulumi_dashscope_ft.lifecycle.sweep.verdicts import Finding, Outcome, Survey, Sweep

__all__ = ["sweep"]

SOMETHING_TO_DO, WRONG_USAGE = 2, 64


class _Sweep(click.Command):
    """A command with its own exit code for wrong usage, because 2 means here that there is something to do."""

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        try:
            return super().make_context(*args, **more)
        except click.UsageError as wrong:
            raise _Misused(wrong) from None


class _Misused(click.UsageError):
    exit_code = WRONG_USAGE

    def __init__(self, wrong: click.UsageError) -> None:
        super().__init__(wrong.format_message(), wrong.ctx)


@dataclass(frozen=True)
class SweepRequest:
    execute: bool
    yes: bool
    form: str


@click.command(cls=_Sweep, short_help="Find what leaked, end what expired.")
@state_options
@click.option("--execute", is_flag=True, help="End what is over. Without it nothing is changed.")
@click.option("--yes", is_flag=True, help="Don't ask; for pipelines.")
@click.option("--kind", "kinds", multiple=True, type=KindChoice(), help="Only these.")
@click.option(
    "--status", "statuses", multiple=True, callback=filled, metavar="PATTERN", help="Only those in this status."
)
@click.option(
    "--stack", "stacks", multiple=True, callback=filled, metavar="PATTERN", help="Only objects of these stacks: pr-*."
)
@click.option(
    "--name", "names", multiple=True, callback=filled, metavar="PATTERN", help="Only those with this name or id."
)
@click.option("--older-than", type=duration, metavar="AGE", help="Only those that are certainly older: 12h, 7d.")
@click.option(
    "--min-age",
    type=span,
    default="1h",
    show_default=True,
    metavar="AGE",
    help="Nothing younger is an orphan: an `up` may be running.",
)
@click.option("--finished", is_flag=True, help="Also delete finished jobs that no state holds.")
@click.option(
    "--lost-state",
    "lost",
    multiple=True,
    callback=owner_ids,
    metavar="OWNER",
    help="The state with this owner id no longer exists: objects with the id are orphans.",
)
@click.option(
    "--max-state-age",
    type=duration,
    default="1d",
    show_default=True,
    metavar="AGE",
    help="Oldest usable exported file.",
)
@click.option(
    "--utc-offset",
    type=click.FloatRange(-12, 14),
    callback=number,
    metavar="HOURS",
    help="How far the service's times are ahead of UTC (Beijing: 8).  [default: worked out]",
)
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="table", show_default=True, help="Form of the report."
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json; the page below has its shape.")
@account_options
def sweep(
    account: Account,
    exports: tuple[str, ...],
    state_files: tuple[str, ...],
    backends: tuple[str, ...],
    project: str | None,
    execute: bool,
    yes: bool,
    kinds: tuple[str, ...],
    statuses: tuple[str, ...],
    stacks: tuple[str, ...],
    names: tuple[str, ...],
    older_than: float | None,
    min_age: float,
    finished: bool,
    lost: tuple[str, ...],
    max_state_age: float,
    utc_offset: float | None,
    form: str,
    as_json: bool,
) -> None:
    """Compare live jobs, deployments and files with Pulumi states and expiry times, and end what is over.

    An object is an orphan only when its stamp names the owner of a state that you passed, and no state that you passed
    holds it: so pass all states of the account. What has expired is ended too (`expires_in`, `max_runtime`).
    Everything else is left alone. A STATE is a file that `pulumi stack export` has written; - is the standard input.

    \b
      pulumi stack export | dashscope-ft sweep -
      dashscope-ft sweep main.json pr-7.json
      dashscope-ft sweep --state-dir s3://my-states --format markdown
      dashscope-ft sweep --project previews --stack 'pr-*' --execute --yes

    \b
    Exit codes: 0 nothing to do, or all done; 2 something to do (without --execute);
    1 a state could not be read, or something could not be ended; 3 the service could not be asked;
    64 wrong usage; 130 interrupted (the current object is finished first; a second Ctrl-C stops at once).
    """
    from pulumi_dashscope_ft.cli.sweeping.backends.opening import backends_of
    from pulumi_dashscope_ft.cli.sweeping.backends.stack import UnreadableBackendError
    from pulumi_dashscope_ft.cli.sweeping.clock import service_clock
    from pulumi_dashscope_ft.cli.sweeping.states import States
    from pulumi_dashscope_ft.lifecycle.base.report import records_to_file
    from pulumi_dashscope_ft.lifecycle.sweep.account import ServiceAccount
    from pulumi_dashscope_ft.lifecycle.sweep.verdicts import Filters, Options, Sweep

    files = [*exports, *state_files]
    if "-" in files and execute and not yes:
        raise CommandError("with the state on standard input nobody can be asked: add --yes.", WRONG_USAGE)
    request = SweepRequest(execute, yes, "json" if as_json else form)
    records: list[TeardownRecord] = []
    connection = account.connect(note, endings=records_to_file(clock(), note, also=records.append))
    progress = SweepProgress()
    now, ahead = service_clock(connection.client.settings.base_url, clock())
    states = States(files, backends_of(backends, project, note), max_state_age, now, progress.reading)
    sweep = Sweep(
        ObservedAccount(ServiceAccount(connection), progress),
        states,
        now,
        Options(min_age, frozenset(lost), finished, None if utc_offset is None else utc_offset * 3600),
        Filters(kinds, statuses, stacks, names, older_than),
    )
    try:
        _run(sweep, request, _Reporting(connection.client.settings.region, ahead, records), progress)
    except UnreadableBackendError as error:
        raise CommandError(f"the stacks could not be listed: {error}.\n  done:  nothing.", NO) from None


@dataclass(frozen=True)
class _Reporting:
    """What a report says besides the survey and its outcomes.

    :param region: where the account is, for prices; None where that is not known.
    :param ahead: seconds by which this machine's clock is ahead of the service's; None when unknown.
    :param records: what teardowns have recorded so far.
    """

    region: str | None
    ahead: float | None
    records: Sequence[TeardownRecord]

    def report(self, survey: Survey, outcomes: Mapping[Key, Outcome] | None) -> SweepReport:
        records = {(record.kind, record.object_id): record for record in self.records}
        return SweepReport(survey, Bills(survey.states, self.region), outcomes, self.ahead, records)


def _run(sweep: Sweep, request: SweepRequest, reporting: _Reporting, progress: SweepProgress) -> None:
    from pulumi_dashscope_ft.cli.sweeping.backends.stack import UnreadableBackendError

    silent = request.form == "json"
    with steps(silent=silent) as at:
        progress.report_to(at)
        survey = sweep.survey()
    if not request.execute or not survey.due:
        reporting.report(survey, {} if request.execute else None).print(request.form)
        raise click.exceptions.Exit(_code(survey) or (SOMETHING_TO_DO if survey.due else 0))
    if not request.yes:
        # On the standard error, like the question; the standard output is for the report of what was done.
        _ask(survey)
    outcomes: list[Outcome] = []

    def tell(outcome: Outcome) -> None:
        progress.ended()
        _tell(outcome, outcomes)

    lost: Exception | None = None
    with _interruptible() as stop, steps(silent=silent) as at:
        progress.report_to(at, len(survey.due))
        try:
            sweep.execute(survey.due, stop=lambda: stop.is_asked, report=tell)
        except UnreadableBackendError as error:
            lost = error
        interrupted = stop.is_asked
    reporting.report(survey, {outcome.finding.live.key: outcome for outcome in outcomes}).print(request.form)
    if lost is not None:
        raise CommandError(
            f"the stacks could not be listed any more: {lost}.\n  done:  {len(outcomes)} of {len(survey.due)}.", NO
        )
    failed = any(outcome.result == "failed" for outcome in outcomes)
    raise click.exceptions.Exit(INTERRUPTED if interrupted else _code(survey) or (NO if failed else 0))


def _code(survey: Survey) -> int:
    if survey.failures:
        return UNREACHABLE
    return NO if any(state.unreadable for state in survey.states) else 0


def _ask(survey: Survey) -> None:
    for finding in survey.due:
        note(f"{_line(finding)}: {finding.verdict.action} ({finding.verdict.label}: {finding.verdict.reason})")
    for remark in before_the_end(survey):
        note(remark)
    count = len(survey.due)
    typed = typed_line(f"Type {count} to end {'this' if count == 1 else 'these'}: ")
    if not typed:
        raise CommandError("nobody has confirmed, so nothing was done. In a pipeline, add --yes.", NO)
    if typed != str(count):
        raise CommandError("not confirmed, so nothing was done.", NO)


def _tell(outcome: Outcome, outcomes: list[Outcome]) -> None:
    outcomes.append(outcome)
    lines = [outcome.detail] if outcome.error is None else lines_of(outcome.error, "dashscope-ft sweep")
    note(": ".join(filter(None, [f"{_line(outcome.finding)} {outcome.result}", "\n".join(lines)])))


def _line(finding: Finding) -> str:
    live = finding.live
    status = f", {live.status}" if live.status else ""
    return one_line(f"{live.kind} {live.object_id} ({live.name or 'without a name'}{status})")


@contextlib.contextmanager
def _interruptible() -> Iterator[StopRequest]:
    """Until the end of the block, the first Ctrl-C or SIGTERM only asks to stop; the second one interrupts."""
    stop = StopRequest()

    def asked(number: int, frame: object) -> None:
        if stop.is_asked:
            raise KeyboardInterrupt
        stop.ask()
        note("stopping after the current object; once more stops at once (nothing is lost: a sweep can be repeated)")

    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {number: signal.signal(number, asked) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
