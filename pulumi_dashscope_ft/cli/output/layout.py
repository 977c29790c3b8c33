"""How wide the columns of a table are on a terminal.

Left to itself, a table that is too wide shrinks its widest column first, which is the one with the ids, and breaks
words to do so. A broken id can't be copied. So the widths are worked out here: cells wrap between words and nowhere
else, and where that is not enough there is no table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

__all__ = ["column_widths"]

READABLE = 24
"""The least width, in characters, of a last column that has sentences."""


def column_widths(
    rows: Sequence[Sequence[str]],
    available: int,
    gap: int,
    measure: Callable[[str], int],
    *,
    ends_in_sentences: bool = True,
) -> list[int] | None:
    """Return the width of each column; None when the table does not fit.

    :param rows: the cells, with the titles as the first row.
    :param available: characters in a line.
    :param gap: characters between two columns.
    :param measure: returns the width of a text in characters of the terminal.
    :param ends_in_sentences: whether the last column has sentences, which need room to be read.
    """
    columns = list(zip(*rows, strict=True))
    widest = [max(map(measure, cells)) for cells in columns]
    least = [max(measure(word) for cell in cells for word in cell.split() or [""]) for cells in columns]
    if ends_in_sentences:
        least[-1] = max(least[-1], min(widest[-1], READABLE))
    room = available - gap * (len(columns) - 1)
    if sum(least) > room:
        return None
    widths = widest
    for _ in range(sum(widest) - room):
        # The widest of those that can still give way.
        at = max(range(len(widths)), key=lambda at: widths[at] if widths[at] > least[at] else -1)
        widths[at] -= 1
    return widths
