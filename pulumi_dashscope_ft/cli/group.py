"""The command's top level: one group with all commands.

Each command is in a module of its own, which is loaded when the command is run or asked for help. The list of commands
is a table, so `--help`, `--version` and completion stay quick, no matter how many there are.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from pulumi_dashscope_ft._version import __version__
from pulumi_dashscope_ft.pages import page

from .output.failing import report_errors

__all__ = ["COMMANDS", "cli"]

COMMANDS: Mapping[str, tuple[str, str]] = {
    "jobs": ("listings:jobs", "List the fine-tuning jobs, and how much of the quota they use."),
    "show": ("show:show", "Everything about one job, and what destroy would do to it."),
    "logs": ("logs:logs", "The log of a job; with -f as it grows, with progress and loss."),
    "wait": ("waiting:wait", "Wait until a job has a model."),
    "files": ("listings:files", "List the uploaded files."),
    "deployments": ("listings:deployments", "List the deployed models, and what is billed for them."),
    "adopt": ("adopt:adopt", "Print the program that brings something existing under management."),
    "cancel": ("cancel_and_delete:cancel", "End jobs and keep their records."),
    "delete": ("cancel_and_delete:delete", "End and delete jobs, deployments and files."),
    "sweep": ("sweep:sweep", "Find what leaked and what has expired; end it with --execute."),
    "report": ("reporting:report", "Show what a destroy did, from its report file."),
    "costs": ("costs:costs", "What jobs have cost, by stack, owner, model or month."),
    "estimate": ("estimate:estimate", "What training on a file would cost; without key, account or Pulumi."),
    "doctor": ("doctor:doctor", "Check key, region, network, Pulumi and Python, and say what to do."),
    "verify": ("verify:verify", "Find out with small experiments what the service really does."),
    "emulator": ("emulator:emulator", "Run a local DashScope fine-tuning API."),
}
"""Name → `module:attribute` in the folder `commands`, and the line in the list of commands."""


def _table() -> Mapping[str, str]:
    """Name → the line in the list of commands. A kind without a command for its list gets a plain one."""
    from pulumi_dashscope_ft.lifecycle.kinds.registry import listed_nouns

    table = {name: help_ for name, (_, help_) in COMMANDS.items()}
    for noun in listed_nouns():
        table.setdefault(f"{noun}s", f"List the {noun}s.")
    return table


def _page_about(name: str) -> str:
    return page(name) if name in ("sweep", "emulator") else page("cli", name)


class _LazyGroup(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        # Here, once, so that no command can forget it.
        with report_errors(lambda: f"{ctx.command_path} {ctx.invoked_subcommand}"):
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_table())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _table():
            return None
        if cmd_name not in COMMANDS:
            from .commands.listings import of_noun

            return of_noun(cmd_name.removesuffix("s"), f"\b\nMore: {page('cli')}")
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(f".commands.{module}", __package__), attribute)
        command.epilog = f"\b\nMore: {_page_about(cmd_name)}"
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        import difflib

        if args and args[0] not in _table() and not args[0].startswith("-"):
            near = difflib.get_close_matches(args[0], _table(), n=1)
            hint = f" Did you mean {near[0]}?" if near else " See dashscope-ft --help."
            ctx.fail(f"There is no command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_table().items()))


@click.group(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=f"""\b
Exit codes: 0 done, 1 the answer is no (a failed job, something that was refused),
2 wrong usage, 3 the service could not be asked, 4 the time was up, 130 interrupted.

\b
Completion: a line in the file that your shell reads when it starts.
  ~/.bashrc   eval "$(_DASHSCOPE_FT_COMPLETE=bash_source dashscope-ft)"
  ~/.zshrc    eval "$(_DASHSCOPE_FT_COMPLETE=zsh_source dashscope-ft)"    (after compinit)
  config.fish _DASHSCOPE_FT_COMPLETE=fish_source dashscope-ft | source

\b
More: {page("cli")}""",
)
@click.version_option(__version__, prog_name="dashscope-ft")
def cli() -> None:
    """Look at DashScope fine-tuning jobs, and deal with those that Pulumi does not hold (yet, or no longer).

    \b
    It uses the same variables as the provider: DASHSCOPE_API_KEY, DASHSCOPE_HTTP_BASE_URL, …
      dashscope-ft doctor              is everything set up?
      dashscope-ft jobs                what is there, whose is it, how much of the quota is used?
      dashscope-ft logs -f ft-…        how does it go?
      dashscope-ft adopt ft-…          how do I bring it into my program?
    """
