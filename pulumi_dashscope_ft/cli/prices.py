"""The option for prices of the user's own, which commands about costs have."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pulumi_dashscope_ft.cli.output.failing import NO, CommandError

if TYPE_CHECKING:
    from pulumi_dashscope_ft.lifecycle.spend.price_list import PriceList

__all__ = ["price_list_of", "prices_option"]

prices_option = click.option(
    "--prices", type=click.Path(path_type=Path), help="A file with rows of prices that come first."
)
"""Adds `--prices`, a path or None."""


def price_list_of(path: Path | None) -> PriceList:
    """Return the prices of this release after those of the file. Raises `CommandError` if it can't be used."""
    from pulumi_dashscope_ft.lifecycle.spend import price_list

    try:
        return price_list.shipped_after(path)
    except price_list.PriceFileError as error:
        raise CommandError(f"--prices: {error}.", NO) from None
