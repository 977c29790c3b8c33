"""The reference of the command on the site: every command with its arguments and options, from click's own tree."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click

from pulumi_dashscope_ft.cli.group import cli


def page() -> str:
    """Return the page's text."""
    context = click.Context(cli, info_name="dashscope-ft")
    commands = [(name, cli.get_command(context, name)) for name in cli.list_commands(context)]
    parts = [
        "# Commands and options\n",
        "Made from the command itself: what `dashscope-ft COMMAND --help` shows. [The command](cli.md) says what each "
        "command does, with its JSON and exit codes; [its errors](errors-command.md) are on a page of their own.\n",
    ]
    parts += [part for name, command in commands if command is not None for part in _command(name, command, context)]
    return "\n".join(parts)


def _command(name: str, command: click.Command, parent: click.Context) -> Iterator[str]:
    context = click.Context(command, info_name=name, parent=parent)
    yield f"## {name}\n"
    yield f"```text\n{command.get_usage(context).removeprefix('Usage: ')}\n```\n"
    yield _prose(inspect.cleandoc(command.help or ""))
    options = [one for one in command.get_params(context) if isinstance(one, click.Option) and not one.hidden]
    rows = [f"| {_names(option, context)} | {_text(option, context)} |\n" for option in options]
    yield "| option | what it does |\n| --- | --- |\n" + "".join(rows)


def _prose(text: str) -> str:
    """Return the help as Markdown: paragraphs whose lines are kept become blocks of text."""
    parts = []
    for paragraph in re.split(r"\n\s*\n", text):
        if paragraph.startswith("\b"):
            parts.append("```text\n" + paragraph.removeprefix("\b").strip("\n") + "\n```")
        else:
            parts.append(_escaped(paragraph).replace("*", "\\*"))
    return "\n\n".join(parts) + "\n"


def _names(option: click.Option, context: click.Context) -> str:
    names = "`, `".join([*option.opts, *option.secondary_opts])
    metavar = "" if option.is_flag or isinstance(option.type, click.Choice) else f" {option.make_metavar(context)}"
    return f"`{names}{metavar}`"


def _text(option: click.Option, context: click.Context) -> str:
    values = [f"`{value}`" for value in option.type.choices] if isinstance(option.type, click.Choice) else []
    default = option.get_help_extra(context).get("default")
    text = _escaped(option.help or "")
    text += f" One of {', '.join(values)}." if values else ""
    return text + (f" Default: {_escaped(default)}." if default else "")


def _escaped(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().replace("|", "\\|").replace("<", "&lt;")
