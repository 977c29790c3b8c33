"""`dashscope-ft cancel` and `delete`: end what runs, delete what is left.

Sometimes there is no stack any more, or there never was one. The teardown is that of the provider (one implementation
per kind, such as `lifecycle.job.teardown`), so it converges in the same way: it may be interrupted anywhere and run
again.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from pulumi_dashscope_ft.cli.account import Account, account_options, note
from pulumi_dashscope_ft.cli.output.ages import duration
from pulumi_dashscope_ft.cli.output.amounts import cost_text
from pulumi_dashscope_ft.cli.output.failing import INTERRUPTED, NO, UNREACHABLE, CommandError, exit_code_of
from pulumi_dashscope_ft.cli.output.progress_bar import steps
from pulumi_dashscope_ft.cli.output.rendering import Column, json_option, one_line, print_json, print_table
from pulumi_dashscope_ft.cli.output.runtime import clock, typed_line
from pulumi_dashscope_ft.cli.targets import Target, kind_option, runs_of, targets_of

if TYPE_CHECKING:
    from pulumi_dashscope_ft.lifecycle.base.connection import Connection
    from pulumi_dashscope_ft.lifecycle.base.report import TeardownRecord

__all__ = ["cancel", "delete"]

_AT_ONCE = 32

_YES = click.option("-y", "--yes", is_flag=True, help="Don't ask; for pipelines.")
_TIMEOUT = click.option(
    "--timeout", type=duration, default="10m", show_default=True, metavar="SPAN", help="Limit for each."
)


@click.command(short_help="End jobs and keep their records.")
@click.argument("job_ids", metavar="JOB...", nargs=-1, required=True)
@_YES
@_TIMEOUT
@json_option
@account_options
def cancel(account: Account, job_ids: tuple[str, ...], yes: bool, timeout: float, as_json: bool) -> None:
    """End fine-tuning and compression jobs, and wait until they have ended.

    Their records and logs stay. The training until then is billed. A job that has already ended is left as it is.

    Exit code 1 when a job could not be ended; the others are ended anyway.

    \b
      dashscope-ft cancel ft-202410291653-1c7f
      dashscope-ft cancel --yes $(dashscope-ft jobs --active --owner k7m2x9qd4t --json | jq -r '.jobs[].jobId')
    """
    _tear_down_all(account, runs_of(job_ids), "cancel", yes, as_json, _teardown("cancel", "error", timeout))


@click.command(short_help="End and delete jobs, deployments and files.")
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@kind_option
@click.option("--keep-record", is_flag=True, help="Only end jobs, as `cancel` does.")
@click.option(
    "--on-undeletable",
    type=click.Choice(["error", "warn"]),
    default="error",
    show_default=True,
    help="What it counts as when the service keeps the record of an ended job.",
)
@click.option("--ignore-use", is_flag=True, help="Delete files without checking whether an active job reads them.")
@_YES
@_TIMEOUT
@json_option
@account_options
def delete(
    account: Account,
    ids: tuple[str, ...],
    kind: str | None,
    keep_record: bool,
    on_undeletable: str,
    ignore_use: bool,
    yes: bool,
    timeout: float,
    as_json: bool,
) -> None:
    """Delete jobs (fine-tuning or compression), deployments and files.

    An active job is cancelled and awaited first, a deployment goes offline. Deployments go first, then jobs, then
    files. What is already gone counts as done. A file that an active job reads is not deleted, no matter who started
    the job.

    Use `pulumi destroy` for what a stack holds: this command does not know your states. (`dashscope-ft sweep`
    compares with them.) Exit code 1 when an object could not be deleted.

    \b
      dashscope-ft delete ft-202410291653-1c7f 976bd01a-f30b-4414-86fd-50c54486e3ef
      dashscope-ft delete --kind deployment qwen3-8b-blue --yes
    """
    policy = "cancel" if keep_record else "delete"
    tear_down = _teardown(policy, on_undeletable, timeout, ignore_use=ignore_use)
    _tear_down_all(account, targets_of(ids, kind), "delete", yes, as_json, tear_down)


TearDown = Callable[["Connection", Target], None]


def _teardown(on_destroy: str, on_undeletable: str, timeout: float, *, ignore_use: bool = False) -> TearDown:
    def tear_down(connection: Connection, target: Target) -> None:
        from pulumi_dashscope_ft.lifecycle.base.kind.teardown import TeardownOptions
        from pulumi_dashscope_ft.lifecycle.kinds import registry

        teardown = registry.of_noun(target.kind).teardown
        assert teardown is not None, "a target is of a kind that can be ended"
        options = TeardownOptions(on_destroy, on_undeletable, timeout, ignore_use)
        teardown.tear_down(connection, target.object_id, "", options)

    return tear_down


def _tear_down_all(
    account: Account, targets: Sequence[Target], verb: str, yes: bool, as_json: bool, tear_down: TearDown
) -> None:
    from pulumi_dashscope_ft.lifecycle.base.report import records_to_file
    from pulumi_dashscope_ft.lifecycle.kinds import registry

    records: list[TeardownRecord] = []
    connection = account.connect(_say, endings=records_to_file(clock(), note, also=records.append))
    if not yes:
        _confirm(targets, verb)
    failures: dict[str, Exception] = {}
    try:
        with steps(silent=as_json or len(targets) == 1) as at:
            at(verb, 0, len(targets))

            def end(target: Target) -> None:
                try:
                    tear_down(connection, target)
                except Exception as error:
                    failures[str(target)] = error
                at(verb, len(records), len(targets))

            for kind in registry.in_teardown_order():
                _in_parallel([target for target in targets if target.kind == kind.noun], end)
    except (KeyboardInterrupt, click.Abort):
        _summary(records, as_json)
        raise CommandError(
            f"interrupted: what was asked for goes on at the service. Run the same {verb} again: it goes on from here.",
            INTERRUPTED,
        ) from None
    _summary(records, as_json)
    _hint(targets, records)
    if failures:
        raise _failure(failures, verb)


def _confirm(targets: Sequence[Target], verb: str) -> None:
    """Continue only after the user has typed the id, or the number of objects."""
    for target in targets:
        note(f"  {target}")
    expected = targets[0].object_id if len(targets) == 1 else str(len(targets))
    what = "the id" if len(targets) == 1 else "their number"
    them = "it" if len(targets) == 1 else "them"
    if typed_line(f"To {verb} {them}, type {what} ({expected}); without a terminal use --yes: ") != expected:
        raise CommandError("not confirmed; nothing was done.", NO)


def _in_parallel(targets: Sequence[Target], end: Callable[[Target], None]) -> None:
    """End them in parallel: fifty cancels take as long as one. This thread waits, so Ctrl-C still works."""
    waiting = list(reversed(targets))

    def work() -> None:
        while True:
            try:
                target = waiting.pop()
            except IndexError:
                return
            end(target)

    workers = [threading.Thread(target=work, name="teardown", daemon=True) for _ in targets[:_AT_ONCE]]
    for worker in workers:
        worker.start()
    try:
        for worker in workers:
            worker.join()
    except BaseException:
        waiting.clear()
        raise


def _summary(records: Sequence[TeardownRecord], as_json: bool) -> None:
    if as_json:
        now = clock().time()
        print_json({"endings": [record.to_json(now) for record in records]})
        return
    print_table(
        [Column("kind"), Column("id"), Column("was"), Column("now"), Column("cost", True), Column("what stays")],
        [
            [
                *(record.kind, record.object_id, record.status_before, record.outcome),
                *(cost_text(record.cost), record.stays),
            ]
            for record in records
        ],
    )


def _hint(targets: Sequence[Target], records: Sequence[TeardownRecord]) -> None:
    """Name the other kinds for ids that were not found, where only the form of the id has decided."""
    from pulumi_dashscope_ft.lifecycle.base.report import GONE

    gone = {record.object_id for record in records if record.outcome == GONE}
    for target in targets:
        if target.others and target.object_id in gone:
            kinds = " or ".join(f"--kind {noun}" for noun in target.others)
            note(f"there is no {target}. Ids of other objects have the same form: try {kinds}.")


def _failure(failures: dict[str, Exception], verb: str) -> Exception:
    from pulumi_dashscope_ft.api import ApiError, DashScopeError
    from pulumi_dashscope_ft.lifecycle.advice import advice
    from pulumi_dashscope_ft.lifecycle.errors import InUseError, LifecycleError, TeardownTimeoutError
    from pulumi_dashscope_ft.lifecycle.file.guard import FileUseUnknownError

    lines = [f"{len(failures)} could not be dealt with:"]
    codes = set()
    command = click.get_current_context().command_path
    for error in failures.values():
        if not isinstance(error, (LifecycleError, DashScopeError)):
            return error
        cause = error.__cause__ if isinstance(error.__cause__, ApiError) else None
        what = error.what if isinstance(error, LifecycleError) else str(error)
        lines.append(f"- {one_line(_ABOUT_STACKS.sub('', what))}")
        if isinstance(error, LifecycleError) and error.state:
            lines.append(f"  state: {one_line(error.state)}")
        if cause is not None:
            lines.append(f"  next:  {one_line(advice(cause, command))}")
            if isinstance(error, FileUseUnknownError):
                lines[-1] += " If you know that no active job reads the file: --ignore-use."
        elif isinstance(error, InUseError):
            lines.append(f"  next:  {one_line(str(error.next_step))}")
        elif isinstance(error, TeardownTimeoutError):
            lines.append(f"  next:  run the same {verb} again: it goes on from here; --timeout gives it more time.")
        elif verb == "delete" and "service keeps the records" in str(error):
            lines.append("  next:  nothing to do; --on-undeletable warn makes this no failure.")
        elif isinstance(error, LifecycleError):
            lines.append(f"  next:  stop it in the Model Studio console, then run the same {verb} again.")
        codes.add(exit_code_of(error))
    return CommandError("\n".join(lines), UNREACHABLE if codes == {UNREACHABLE} else NO)


_ABOUT_STACKS = re.compile(r" \(on[A-Z]\w+: \w+\)| \(teardownTimeout\)|; it is dropped from the state")


def _say(text: str) -> None:
    """Print a line of the lifecycle, without what it says about stacks, because there is none here."""
    note(_ABOUT_STACKS.sub("", text))
