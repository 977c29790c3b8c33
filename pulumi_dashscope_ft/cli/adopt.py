"""``dashscope-ft adopt``: bring something that exists under management.

Why it exists: `pulumi import` does not work with dynamic providers, and a job that was started in the console, or whose
state was lost, is still worth its money. What is printed can be pasted into a program; the next `up` takes the thing
over without a call that changes it, and the one after that shows no difference.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from .account import Account, account_options, note
from .failing import NO, Failed
from .rendering import json_option, print_json
from .targets import Target, kind_option, targets_of

if TYPE_CHECKING:
    from pulumi_dashscope_ft.api import Client

    from .takeover import Takeover

__all__ = ["adopt"]


@click.command(short_help="Print the program that brings something under management.")
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@kind_option
@click.option("--name", help="Name of the resource.  [default: from the display name]")
@click.option("--retain", is_flag=True, help='With on_destroy="retain": destroying the stack leaves it alone.')
@json_option
@account_options
def adopt(
    account: Account, ids: tuple[str, ...], kind: str | None, name: str | None, retain: bool, as_json: bool
) -> None:
    """Print the text of a Python program that takes over jobs and deployments, checked against how they are now.
    Nothing is changed. What you should know before `pulumi up` is told on the standard error.

    Files can't be taken over; for them it says what to do instead.

    \b
      dashscope-ft adopt ft-202410291653-1c7f >> __main__.py
      pulumi up                            # adopts it: no run is bought
      pulumi preview --expect-no-changes
    """
    from .takeover import program

    client = account.client()
    targets = targets_of(ids, kind)
    if name is not None and len(targets) > 1:
        raise click.UsageError("--name is for a single id.")
    found = [_takeover(client, target, retain) for target in targets]
    if name is not None:
        found = [replace(one, name=name) for one in found]
    which = {"workspaceId": account.workspace_id, "apiKeyEnv": account.api_key_env}
    text = program(found, {key: value for key, value in which.items() if value})
    if as_json:
        print_json(
            {
                "program": text,
                "adopted": [
                    {"id": one.object_id, "resource": one.resource, "inputs": one.inputs, "notes": list(one.notes)}
                    for one in found
                ],
            }
        )
        return
    for one in found:
        for words in one.notes:
            note(f"{one.object_id}: {words}.")
    # Not cleaned once more: every string in it is a Python literal of printable characters.
    click.echo(text)


def _takeover(client: Client, target: Target, retain: bool) -> Takeover:
    from .takeover import of_deployment, of_file, of_job

    try:
        if target.kind == "job":
            return of_job(client.fine_tunes.get(target.object_id), retain=retain)
        if target.kind == "deployment":
            return of_deployment(client.deployments.get(target.object_id), retain=retain)
        return of_file(client.files.get(target.object_id))
    except ValueError as reason:
        raise Failed(f"{target.object_id} can't be adopted: {reason}.", NO) from None
