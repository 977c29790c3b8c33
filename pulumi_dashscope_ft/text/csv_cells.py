"""Text for a spreadsheet: a cell that somebody else wrote stays text there, and is no formula.

A spreadsheet runs a cell that begins with `=`, `+`, `-` or `@`, in some languages also their full-width forms (OWASP,
CSV injection). An apostrophe before it makes it text. Every cell is in quotes, so no separator of another country's
spreadsheet begins a cell of its own.
"""

from __future__ import annotations

__all__ = ["csv_line"]

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def csv_line(cells: list[str]) -> str:
    """Return one line of a file of comma-separated values, without its end.

    :param cells: texts on one line each.
    """
    return ",".join(f'"{_text(cell)}"' for cell in cells)


def _text(cell: str) -> str:
    safe = f"'{cell}" if cell.lstrip().startswith(_FORMULA) else cell
    return safe.replace('"', '""')
