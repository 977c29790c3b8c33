"""The command's top level.

Why it exists: one group that the single commands hang on. Each command sits in a module of its own and
imports what is heavy only when it runs, so ``--help`` and ``--version`` stay quick.
"""

from __future__ import annotations

import click

from pulumi_dashscope_ft._version import __version__

from .emulator import emulator


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="dashscope-ft")
def cli() -> None:
    """Tools around DashScope fine-tuning jobs managed with Pulumi."""


cli.add_command(emulator)
