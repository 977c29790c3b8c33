"""`dashscope-ft costs`: what the account's jobs have cost, and what the deployments that run now cost per hour.

The service shows a count for each job, and its bill shows amounts without stacks. Here the two are one report: the
count of each job times a dated price, for the stack that its stamp names, beside what its state says was estimated.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pulumi_dashscope_ft.cli.account import Account, account_options, note
from pulumi_dashscope_ft.cli.costing.report import FORMATS, CostReport
from pulumi_dashscope_ft.cli.costing.ways import OWNER, STACK, WAYS
from pulumi_dashscope_ft.cli.costing.window import Edge, Window, since, until
from pulumi_dashscope_ft.cli.output.failing import NO, UNREACHABLE, CommandError
from pulumi_dashscope_ft.cli.output.progress_bar import At, steps
from pulumi_dashscope_ft.cli.output.runtime import clock
from pulumi_dashscope_ft.cli.prices import price_list_of, prices_option
from pulumi_dashscope_ft.cli.sweeping.options import state_options

if TYPE_CHECKING:
    from pulumi_dashscope_ft.cli.costing.holdings import Holdings
    from pulumi_dashscope_ft.cli.costing.reckoning import Reckoning
    from pulumi_dashscope_ft.lifecycle.base.connection import Connection

__all__ = ["costs"]


@click.command(short_help="What jobs have cost.")
@state_options
@click.option(
    "--by",
    multiple=True,
    type=click.Choice(WAYS),
    help="Group by it; may be given several times.  [default: stack if a state is given, owner otherwise]",
)
@click.option(
    "--since", metavar="TIME", callback=since, help="Only jobs that ended from then on: 2026-11, 2026-11-05, 30d."
)
@click.option(
    "--until", metavar="TIME", callback=until, help="Only jobs that ended by then, that day or month included."
)
@prices_option
@click.option(
    "--format",
    "--output",
    "form",
    type=click.Choice(FORMATS),
    default="table",
    show_default=True,
    help="Form of the report.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json; the page below has its shape.")
@account_options
def costs(
    account: Account,
    exports: tuple[str, ...],
    state_files: tuple[str, ...],
    backends: tuple[str, ...],
    project: str | None,
    by: tuple[str, ...],
    since: Edge | None,
    until: Edge | None,
    prices: Path | None,
    form: str,
    as_json: bool,
) -> None:
    """Add up what the fine-tuning jobs of the account have cost, and what its deployments cost per hour now.

    The amount is the service's own count of each job times a price that comes with the package. It is no bill. What is
    unknown is counted, with the reason, and is never zero; amounts in different currencies are never added. Jobs whose
    records were deleted are not in it.

    States, as for `sweep`, say which stack a job belongs to, and what it was estimated to cost. Days and months are
    those of Beijing.

    Exit code 1 when a state could not be read, 3 when the service could not be asked; what is known is shown.

    \b
      dashscope-ft costs --by model --since 2026-11
      dashscope-ft costs --state-dir s3://my-states --by stack --by month
      dashscope-ft costs --project previews --since 30d --format csv > costs.csv
    """
    from pulumi_dashscope_ft.cli.costing.reckoning import Reckoning

    price_list = price_list_of(prices)
    if Window(since, until, clock().time()).is_empty:
        raise click.UsageError("--since is not before --until, so no job can be between them.")
    connection = account.connect(note)
    silent = as_json or form == "json"
    with steps(silent=silent) as at:
        holdings = _holdings([*exports, *state_files], [*backends], project, connection, at)
        has_states = bool(exports or state_files or backends or project is not None)
        reckoning = Reckoning(
            tuple(dict.fromkeys(by)) or ((STACK,) if has_states else (OWNER,)),
            holdings,
            connection.client.settings.region,
            price_list,
            own_prices=prices is not None,
        )
        moved = _jobs(connection, reckoning, lambda now: Window(since, until, now), at)
        failures = _deployments(connection, reckoning, at)
    typed = {"since": since.typed if since else None, "until": until.typed if until else None}
    CostReport(reckoning, holdings, typed, failures, moved).show("json" if as_json else form)
    if failures:
        raise click.exceptions.Exit(UNREACHABLE)
    if holdings.unreadable:
        raise click.exceptions.Exit(NO)


def _holdings(files: list[str], backends: list[str], project: str | None, connection: Connection, at: At) -> Holdings:
    """Read the states. Raises `CommandError` when the stacks can't be listed."""
    from pulumi_dashscope_ft.cli.costing.holdings import Holdings
    from pulumi_dashscope_ft.cli.sweeping.backends.opening import backends_of
    from pulumi_dashscope_ft.cli.sweeping.backends.stack import UnreadableBackendError
    from pulumi_dashscope_ft.cli.sweeping.states import States

    given = backends_of(backends, project, note)
    if not files and not given:
        return Holdings(())
    # An old export proves nothing about what is lost, but who held a job, it still says.
    states = States(
        files,
        given,
        float("inf"),
        clock().time,
        lambda done, total: at("reading the states", done, total),
    )
    try:
        return Holdings(states())
    except UnreadableBackendError as error:
        raise CommandError(f"the stacks could not be listed: {error}.\n  done:  nothing.", NO) from None


def _jobs(connection: Connection, reckoning: Reckoning, window_at: Callable[[float], Window], at: At) -> bool:
    """Add all jobs, and say whether the list has changed meanwhile. Raises `ApiError`."""
    from pulumi_dashscope_ft.lifecycle.base.sources import JOBS
    from pulumi_dashscope_ft.lifecycle.waiting.listing import walk

    window: Window | None = None
    totals: set[int | None] = set()
    for page in walk(lambda number: JOBS.page(connection.client, number), JOBS.operation):
        now = connection.client.service_time()
        window = window or window_at(now)
        for job in page.items.values():
            reckoning.add(job, window, now)
        totals.add(page.total)
        at("reading the list of jobs", reckoning.seen, page.total)
    return bool(totals - {None, reckoning.seen})


def _deployments(connection: Connection, reckoning: Reckoning, at: At) -> list[str]:
    """Add the deployments that run, and say why they could not be read."""
    from pulumi_dashscope_ft.api import ApiError
    from pulumi_dashscope_ft.lifecycle.advice import fact
    from pulumi_dashscope_ft.lifecycle.base.sources import DEPLOYMENTS
    from pulumi_dashscope_ft.lifecycle.waiting.listing import walk

    at("reading the list of deployments", None, None)
    try:
        for page in walk(lambda number: DEPLOYMENTS.page(connection.client, number), DEPLOYMENTS.operation):
            for live in page.items.values():
                reckoning.add_deployment(live)
    except ApiError as error:
        return [f"the list of deployments could not be read: {fact(error)}"]
    return []
