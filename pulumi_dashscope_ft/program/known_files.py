"""What a program knows of the files that it uploads, for the checks of the jobs that use them.

A preview does not know the id of a file that is yet to be uploaded, so a provider can't tell which file a job names.
The program can: it passes the file's own outputs.
"""

from __future__ import annotations

import weakref
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from pulumi_dashscope_ft.program.properties.training_file import TrainingFileProperties

HIDDEN_INPUT = "__formats"

_FILE_OF_ID: weakref.WeakKeyDictionary[Any, TrainingFileProperties] = weakref.WeakKeyDictionary()


def note(file: TrainingFileProperties) -> None:
    """Remember which file this output is the id of."""
    _FILE_OF_ID[file.file_id] = file


def of_job(arguments: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """Return what this program knows of a job's files that it uploads itself; it is compared with the job."""
    known: list[dict[str, Any]] = []
    for purpose in ("training", "validation"):
        ids, datasets = arguments.get(f"{purpose}_file_ids"), arguments.get(f"{purpose}_datasets")
        named = [(f"{purpose}FileIds", at, item) for at, item in enumerate(_items(ids))]
        named += [
            (f"{purpose}Datasets", at, item.get("file_id"))
            for at, item in enumerate(_items(datasets))
            if isinstance(item, Mapping)
        ]
        for name, at, item in named:
            file = _FILE_OF_ID.get(item) if isinstance(item, pulumi.Output) else None
            if file is not None:
                counted = {"rows": file.rows, "longestRow": file.longest_row, "tokens": file.tokens}
                facts = {fact: _UnlessSecret(output) for fact, output in counted.items()}
                known.append({"path": [name, at], "format": file.format, **facts})
    return known or None


def _items(value: Any) -> Sequence[Any]:
    return value if isinstance(value, (list, tuple)) else ()


@dataclass(frozen=True, slots=True)
class _UnlessSecret:
    """The value of an output, or None where it is secret: a message about the job may repeat it.

    It is computed when it is awaited. Unlike a coroutine, this object may be dropped.
    """

    output: pulumi.Output[Any]

    def __await__(self) -> Generator[Any, None, Any]:
        return self._value().__await__()

    async def _value(self) -> Any:
        return None if await self.output.is_secret() else await self.output.future(with_unknowns=True)
