"""`dashscope-ft jobs`, `files` and `deployments`: what there is, whose it is, what it costs.

What nobody looks at is what leaks. The console does not show these facts in one place: the age, the stack that owns a
job, the tokens, and how much of the quota is left.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click

from pulumi_dashscope_ft.cli.account import Account, account_options
from pulumi_dashscope_ft.cli.output.ages import age_text, duration
from pulumi_dashscope_ft.cli.output.amounts import cost_text
from pulumi_dashscope_ft.cli.output.rendering import Column, json_option, print_json, print_table

__all__ = ["deployments", "files", "jobs", "of_noun"]

_OLDER = click.option(
    "--older-than", type=duration, metavar="AGE", help="Only those older than this: 90m, 12h, 7d, 2w."
)
_OWNER = click.option("--owner", help="Only those whose stamp has this owner id; `none` for those without a stamp.")
_STATUS = click.option(
    "--status", multiple=True, help="Only those in this status; may be given several times, case does not matter."
)


@click.command(short_help="List the fine-tuning jobs.")
@_STATUS
@click.option("--active", is_flag=True, help="Only those that run, or may still run.")
@click.option("--model", help="Only those of this base model.")
@_OWNER
@_OLDER
@json_option
@account_options
def jobs(
    account: Account,
    status: tuple[str, ...],
    active: bool,
    model: str | None,
    owner: str | None,
    older_than: float | None,
    as_json: bool,
) -> None:
    """List the fine-tuning jobs, newest first, and how much of the quota they use.

    OWNER is the id of the stack that started a job: `pulumi stack export` has it as the id of the resource
    StackIdentity; of a stack that uses the plugin, `dashscope-ft sweep --json` has it (states, owners). AGE is since
    the job was created, by the service's clock; TOKENS is what was trained (and billed) so far, COST what that comes to
    by a price of this package, once the job has ended. `dashscope-ft costs` adds it up.

    \b
      dashscope-ft jobs --active
      dashscope-ft jobs --status SUCCEEDED --older-than 30d
      dashscope-ft jobs --json | jq -r '.jobs[] | select(.owner == null) | .jobId'
    """
    from pulumi_dashscope_ft.lifecycle.job.quota import counting as job_quota

    live = _facts(account, "job")
    chosen = [
        facts
        for facts in live
        if _fits(facts, status, owner, older_than)
        and (not active or facts["active"])
        and (model is None or facts["model"] == model)
    ]
    used = sum(job_quota.counts(status=facts["status"], active=facts["active"]) for facts in live)
    limit = job_quota.LIMIT
    if as_json:
        print_json({"jobs": chosen, "quota": {"used": used, "limit": limit}})
        return
    columns = [Column("id"), Column("name"), Column("status"), Column("model"), Column("owner"), Column("age", True)]
    print_table(
        [*columns, Column("tokens", True), Column("cost", True)],
        _rows(chosen, "jobId", "name", "status", "model", "owner", "ageSeconds", "usage", "actualCost"),
        footer=f"{_count(len(chosen), 'job')}; {used} of {limit} of the quota used (active and succeeded)",
    )


@click.command(short_help="List the uploaded files.")
@_OWNER
@_OLDER
@json_option
@account_options
def files(account: Account, owner: str | None, older_than: float | None, as_json: bool) -> None:
    """List the uploaded files: what jobs are trained on, and everything else that is stored.

    \b
      dashscope-ft files --older-than 90d
      dashscope-ft files --owner none --json
    """
    chosen = [facts for facts in _facts(account, "file") if _fits(facts, (), owner, older_than)]
    if as_json:
        print_json({"files": chosen})
        return
    print_table(
        [Column("id"), Column("name"), Column("bytes", True), Column("owner"), Column("age", True)],
        _rows(chosen, "fileId", "name", "size", "owner", "ageSeconds"),
        footer=f"{_count(len(chosen), 'file')}, {sum(file['size'] or 0 for file in chosen):,} bytes",
    )


@click.command(short_help="List the deployed models.")
@_STATUS
@_OWNER
@_OLDER
@json_option
@account_options
def deployments(
    account: Account, status: tuple[str, ...], owner: str | None, older_than: float | None, as_json: bool
) -> None:
    """List the deployed models, and what is billed for each: most are billed for as long as they exist.

    \b
      dashscope-ft deployments --status RUNNING
      dashscope-ft deployments --older-than 7d --json
    """
    chosen = [facts for facts in _facts(account, "deployment") if _fits(facts, status, owner, older_than)]
    if as_json:
        print_json({"deployments": chosen})
        return
    titles = [Column("id"), Column("name"), Column("status"), Column("model"), Column("owner"), Column("age", True)]
    print_table(
        [*titles, Column("billed")],
        _rows(chosen, "deployedModel", "name", "status", "modelName", "owner", "ageSeconds", "billing"),
        footer=_count(len(chosen), "deployment"),
    )


def of_noun(noun: str, epilog: str) -> click.Command:
    """Return the command that lists the objects with this noun, for a kind without a command of its own."""

    @click.command(f"{noun}s", short_help=f"List the {noun}s.", help=f"List the {noun}s.", epilog=epilog)
    @_OWNER
    @_OLDER
    @json_option
    @account_options
    def listing(account: Account, owner: str | None, older_than: float | None, as_json: bool) -> None:
        chosen = [facts for facts in _facts(account, noun) if _fits(facts, (), owner, older_than)]
        if as_json:
            print_json({f"{noun}s": chosen})
            return
        # Facts begin with the id and the name. What runs has a status, too.
        known = [name for name in ("status", "model") if chosen and name in chosen[0]]
        print_table(
            [Column("id"), Column("name"), *map(Column, known), Column("owner"), Column("age", True)],
            _rows(chosen, *list(chosen[0])[:2], *known, "owner", "ageSeconds") if chosen else [],
            footer=_count(len(chosen), noun),
        )

    return listing


def _rows(chosen: Sequence[dict[str, Any]], *names: str) -> list[list[Any]]:
    """Return a row for each object, with the cells that these names say; the age in words, the cost as an amount."""
    shown: dict[str, Callable[[Any], Any]] = {"ageSeconds": age_text, "actualCost": cost_text}
    return [[shown.get(name, lambda value: value)(facts[name]) for name in names] for facts in chosen]


def _facts(account: Account, noun: str) -> Sequence[dict[str, Any]]:
    """All objects with this noun, as their kind describes them."""
    from pulumi_dashscope_ft.lifecycle.kinds import registry

    objects = registry.of_noun(noun).objects
    assert objects is not None, "there is a command only for what the service lists"
    return objects.facts(account.connect())


def _fits(facts: dict[str, Any], status: Sequence[str], owner: str | None, older_than: float | None) -> bool:
    conditions: list[Callable[[], bool]] = [
        lambda: not status or str(facts["status"]).upper() in {name.upper() for name in status},
        lambda: owner is None or (facts["owner"] or "none") == owner.lower(),
        # An object without a readable age is not known to be old.
        lambda: older_than is None or (facts["ageSeconds"] is not None and facts["ageSeconds"] > older_than),
    ]
    return all(condition() for condition in conditions)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
