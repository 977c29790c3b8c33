"""`dashscope-ft adopt`: bring something that exists under management.

`pulumi import` does not work with dynamic providers, and a job that was started in the console, or whose state was
lost, is still worth its money. The printed text can be pasted into a program; the next `up` takes the object over
without a call that changes it, and the one after that shows no difference.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from pulumi_dashscope_ft.cli.account import Account, account_options, note
from pulumi_dashscope_ft.cli.output.failing import NO, CommandError
from pulumi_dashscope_ft.cli.output.rendering import json_option, print_json, print_program
from pulumi_dashscope_ft.cli.targets import Target, kind_option, targets_of

if TYPE_CHECKING:
    from pulumi_dashscope_ft.api import Client, KeySource
    from pulumi_dashscope_ft.lifecycle.base.kind.takeover import Takeover

__all__ = ["adopt"]


@click.command(short_help="Print the program that brings something under management.")
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@kind_option
@click.option("--name", help="Name of the resource.  [default: from the display name, else the id]")
@click.option("--path", help="Where the content of a file is, relative to the program.  [default: by its name]")
@click.option("--retain", is_flag=True, help="Leave the object alone when the stack is destroyed.")
@json_option
@account_options
def adopt(
    account: Account,
    ids: tuple[str, ...],
    kind: str | None,
    name: str | None,
    path: str | None,
    retain: bool,
    as_json: bool,
) -> None:
    """Print a Python program that takes over jobs, deployments and files.

    Its arguments are checked against the objects as they are now. Nothing is changed. Notes for you to read before
    `pulumi up` go to the standard error.

    The content of a file has to be on this machine, because it is compared with what the service shows. Run this in
    the program's folder. A job whose file is in the same call refers to the file's resource.

    \b
      dashscope-ft adopt ft-202410291653-1c7f >> __main__.py
      dashscope-ft adopt 976bd01a-f30b-4414-86fd-50c54486e3ef --path data/train.jsonl >> __main__.py
      pulumi up                            # adopts it: no run is bought
      pulumi preview --expect-no-changes
    """
    from pulumi_dashscope_ft.api import LIST_VARIABLE, is_meant_for_keys, listed_names
    from pulumi_dashscope_ft.cli.adopting.program_text import program
    from pulumi_dashscope_ft.lifecycle.kinds import registry

    client = account.client()
    targets = targets_of(ids, kind)
    if name is not None and len(targets) > 1:
        raise click.UsageError("--name is for a single id.")
    if path is not None and sum(registry.of_noun(target.kind).is_data for target in targets) != 1:
        raise click.UsageError("--path is for a single file.")
    takeovers = [_takeover(client, target, path, retain) for target in targets]
    if name is not None:
        takeovers = [replace(takeover, name=name) for takeover in takeovers]
    which = {"workspaceId": account.workspace_id, "apiKeyEnv": account.api_key_env}
    text = program(takeovers, {key: value for key, value in which.items() if value})
    if as_json:
        print_json(
            {
                "program": text,
                "adopted": [
                    {
                        "id": takeover.object_id,
                        "resource": takeover.resource,
                        "inputs": takeover.inputs,
                        "notes": list(takeover.notes),
                    }
                    for takeover in takeovers
                ],
            }
        )
        return
    for takeover in takeovers:
        for words in takeover.notes:
            note(f"{takeover.object_id}: {words}.")
    if account.api_key_env is not None and not is_meant_for_keys(account.api_key_env):
        names = ",".join(sorted({*listed_names(os.environ.get(LIST_VARIABLE)), account.api_key_env}))
        note(f"before `pulumi up`, let the stack read this variable: pulumi config set dashscope-ft:apiKeyEnvs {names}")
    print_program(text)


def _takeover(client: Client, target: Target, path: str | None, retain: bool) -> Takeover:
    from pulumi_dashscope_ft.lifecycle.base.kind.takeover import TakeoverOptions
    from pulumi_dashscope_ft.lifecycle.kinds import registry

    objects = registry.of_noun(target.kind).objects
    assert objects is not None, "a target is of a kind that the service lists"
    try:
        takeover = objects.takeover(client, target.object_id, TakeoverOptions(retain, path))
        return _without_key(takeover, client.settings.key)
    except ValueError as reason:
        raise CommandError(f"{target.object_id} can't be adopted: {reason}.", NO) from None


def _without_key(takeover: Takeover, key: KeySource) -> Takeover:
    """Return it under a name that does not contain the key. Raises ValueError when an input does.

    With another value in that input, the next `up` would see a change.
    """
    texts = {name: str(value) for name, value in takeover.inputs.items()}
    hidden = key.redact_values(texts)
    held = [name for name in texts if hidden[name] != texts[name]]
    if held:
        raise ValueError(f"the API key is in what the service shows of its {', '.join(held)}, and is not written down")
    return replace(takeover, **key.redact_values({"name": takeover.name}))
