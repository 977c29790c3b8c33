"""The options that say which states to read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from pulumi_dashscope_ft.cli.sweeping.values import filled

__all__ = ["state_options"]

C = TypeVar("C", bound=Callable[..., Any])

_OPTIONS = (
    click.argument("exports", metavar="[STATE]...", nargs=-1, callback=filled),
    click.option("--state", "state_files", multiple=True, callback=filled, metavar="FILE", help="The same as a STATE."),
    click.option(
        "--state-dir",
        "backends",
        multiple=True,
        callback=filled,
        metavar="URL",
        help="All stacks of a backend: a folder, s3://…, or another URL that `pulumi login` takes.",
    ),
    click.option(
        "--project",
        callback=filled,
        help="All stacks of this project, in --state-dir or the backend that you are logged in to.",
    ),
)


def state_options(command: C) -> C:
    """Add the arguments `exports`, `state_files`, `backends` and `project`."""
    for add in reversed(_OPTIONS):
        command = add(command)
    return command
