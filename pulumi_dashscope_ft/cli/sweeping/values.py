"""The values of the options of `sweep`.

A sweep is called from scripts, where an unset variable is an empty text. Taken literally, an empty value would name the
current folder, or no project at all, and the sweep would not compare what it should. So an empty value is wrong usage
for every option.
"""

from __future__ import annotations

import math

import click

from pulumi_dashscope_ft.cli.output.ages import duration
from pulumi_dashscope_ft.cli.output.rendering import one_line

__all__ = ["filled", "number", "owner_ids", "span"]

_HINTS = {"--state-dir": " `pulumi whoami --verbose` shows the URL of the backend that is logged in to."}


def filled(
    context: click.Context, option: click.Parameter, given: tuple[str, ...] | str | None
) -> tuple[str, ...] | str | None:
    """Accept a text, or texts, if none is empty."""
    for text in given if isinstance(given, tuple) else (given,):
        if text is not None and not text.strip():
            raise click.BadParameter(f"it is empty; is a variable not set?{_HINTS.get(option.opts[0], '')}")
    return given


def span(value: str | float) -> float:
    """Read a length of time, 0 included."""
    return 0.0 if str(value).strip() in ("0", "0s", "0.0") else duration(value)


def owner_ids(context: click.Context, option: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    """Accept texts that a stamp could contain as its owner id."""
    from pulumi_dashscope_ft.lifecycle.base.owner.stamp import is_owner_id

    for text in given:
        if not text.strip():
            raise click.BadParameter("an owner id is empty; is a variable not set?")
        if not is_owner_id(text):
            raise click.BadParameter(
                f"{one_line(text)!r} is no owner id; those have ten of a-z and 0-9 (see `dashscope-ft jobs`)"
            )
    return given


def number(context: click.Context, option: click.Parameter, given: float | None) -> float | None:
    """Refuse `nan`, which passes every range check."""
    if given is not None and not math.isfinite(given):
        raise click.BadParameter(f"{given} is no number of hours")
    return given
