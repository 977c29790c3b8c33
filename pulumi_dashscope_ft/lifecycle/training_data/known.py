"""What the check of a file leaves for the check of the jobs that use it.

A file is checked before anybody knows which job will use it. Front ends pass on what was found, beside a job's inputs,
as objects with the keys `path` (such as `["trainingFileIds", 0]`), `format`, `rows`, `longestRow` (`line` and `tokens`)
and `tokens` (see `counting.summary`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_dashscope_ft.lifecycle.training_data.counting.summary import TokenSummary, of_property
from pulumi_dashscope_ft.lifecycle.training_data.sources import TRAINING, property_names
from pulumi_dashscope_ft.lifecycle.training_data.tokens import LongestRow
from pulumi_dashscope_ft.schema import UNKNOWN
from pulumi_dashscope_ft.schema.numbers import is_number

Steps = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class KnownData:
    """What is known of one file that a job uses; None for what is not.

    :param path: where the job's inputs name the file.
    :param format: shape of its rows.
    :param rows: number of its rows.
    :param count: the tokens of its rows.
    :param is_counted_later: whether its tokens are not known yet, but will be.
    """

    path: Steps
    format: str | None
    rows: int | None
    longest: LongestRow | None
    count: TokenSummary | None = None
    is_counted_later: bool = False

    @property
    def property(self) -> str:
        """The input that names the file."""
        return str(self.path[0])


def known_data(values: Iterable[Any]) -> list[KnownData]:
    """Read what a front end has passed on: such objects or, for training files in their order, the shape alone."""
    entries = (_entry(position, value) for position, value in enumerate(values))
    return [entry for entry in entries if entry is not None]


def _entry(position: int, value: Any) -> KnownData | None:
    if isinstance(value, str):
        return KnownData((property_names(TRAINING)[0], position), value, None, None)
    path = value.get("path") if isinstance(value, Mapping) else None
    if not isinstance(path, (list, tuple)) or not path:
        return None
    steps = tuple(step if isinstance(step, str) else int(step) for step in path)
    shape, longest = value.get("format"), value.get("longestRow")
    tokens = _whole(longest.get("tokens")) if isinstance(longest, Mapping) else None
    return KnownData(
        steps,
        shape if isinstance(shape, str) else None,
        _whole(value.get("rows")),
        LongestRow(_whole(longest.get("line")) or 0, tokens) if tokens else None,
        of_property(value.get("tokens")),
        value.get("tokens") is UNKNOWN,
    )


def _whole(value: Any) -> int | None:
    """Return a number, which Pulumi carries as a float, as an int."""
    return int(value) if is_number(value) else None
