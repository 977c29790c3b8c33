"""The prices: a file in the package, and rows of a user's own that come first.

Each row has its region, its date and the page that showed it. Nothing here goes to the network. Prices change, and
large customers have contracts: a user gives a file with the rows that differ, in the same form.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from pulumi_dashscope_ft.bounded.files import read_file
from pulumi_dashscope_ft.bounded.json_text import JsonBounds, decode_bytes

from .money import exact_text

LARGEST_FILE = 2**20
"""Bytes of a user's price file that are read at most."""
STALE_AFTER_DAYS = 180
_BOUNDS = JsonBounds(depth=8, values=200_000)

TRAINING, TRAINING_TIME = "training", "training time"
DEPLOYMENT_TIME, DEPLOYMENT_USE = "deployment time", "deployment use"

PER_UNIT_AND_HOUR = "unit and hour"


class PriceFileError(ValueError):
    """A user's price file can't be used; the text says why, as a whole sentence without its full stop."""


@dataclass(frozen=True, slots=True)
class Price:
    """One row.

    :param per: what `amount` buys, such as `1000 tokens` or `unit and hour`.
    :param units: how many units a model needs at once, for prices of units.
    :param longest_clip: seconds of a clip that count at most, for video.
    """

    what: str
    amount: Decimal
    currency: str
    per: str
    region: str
    date: str
    sources: tuple[str, ...]
    model: str | None = None
    training_type: str | None = None
    unit: str | None = None
    units: int | None = None
    longest_clip: int | None = None
    note: str | None = None

    @property
    def key(self) -> tuple[str | None, ...]:
        """What two rows about the same thing have in common."""
        return self.what, self.model, self.training_type, self.unit, self.per, self.region, self.note

    def days_old(self, today: datetime.date) -> int:
        """Return how many days ago the price was read."""
        year, month, *day = map(int, self.date.split("-"))
        return (today - datetime.date(year, month, *day or [1])).days

    def __str__(self) -> str:
        return f"{exact_text(self.amount)} {self.currency} per {self.per}"


@dataclass(frozen=True, slots=True)
class ImageSteps:
    """Tokens of a training step on images: as they are documented now, and ten times as many as once documented."""

    generation_type: str
    max_pixels: str
    tokens: int
    tokens_before: int


class PriceList:
    """Rows of prices. The first row that fits counts."""

    def __init__(self, rows: Iterable[Price], image_steps: Iterable[ImageSteps] = ()) -> None:
        self.rows = tuple(rows)
        self.image_steps = tuple(image_steps)

    def find(self, what: str, *, region: str, **wanted: str) -> Price | None:
        """Return the row of this kind and region whose fields have these values; None when there is none."""
        fitting = (row for row in self.rows if row.what == what and row.region == region)
        return next((row for row in fitting if all(getattr(row, name) == one for name, one in wanted.items())), None)

    def of_unit(self, unit: str, region: str) -> Price | None:
        """Return what a unit of a deployment costs per hour; None when no row has a price by the hour."""
        return self.find(DEPLOYMENT_TIME, region=region, unit=unit, per=PER_UNIT_AND_HOUR)

    def overridden(self, rows: Iterable[Price]) -> PriceList:
        """Return this list with rows that come before its own."""
        first = tuple(rows)
        keys = {row.key for row in first}
        return PriceList([*first, *(row for row in self.rows if row.key not in keys)], self.image_steps)


@cache
def shipped() -> PriceList:
    """Return the prices of this release."""
    document = _document()
    steps = (
        ImageSteps(row["generationType"], row["maxPixels"], row["tokens"], row["tokensBefore"])
        for row in document["imageSteps"]["rows"]
    )
    return PriceList(map(_price, document["rows"]), steps)


def shipped_after(path: Path | None) -> PriceList:
    """Return the prices of this release, and before them those of a user's file, if there is one.

    :raises PriceFileError: it can't be read, or a row has another form.
    """
    return shipped() if path is None else shipped().overridden(of_file(path))


def page_of(source: str) -> str:
    """Return the page that a source of this release's prices stands for; a source of a user's own as it is."""
    page: str = _document()["sources"].get(source, source)
    return page


def of_file(path: Path) -> list[Price]:
    """Read a user's price file.

    :raises PriceFileError: it can't be read, or a row has another form.
    """
    try:
        document = decode_bytes(read_file(path, LARGEST_FILE), _BOUNDS)
    except (OSError, ValueError) as error:
        raise PriceFileError(f"{path} can't be read: {getattr(error, 'strerror', None) or error}") from None
    problems = sorted(_validator().iter_errors(document), key=lambda one: one.validator != "additionalProperties")
    for problem in problems:  # a misspelled name first, and not the one that is missing for that reason
        place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in problem.absolute_path)
        raise PriceFileError(f"{path}: {place.lstrip('.') or 'the document'}: {problem.message[:200]}")
    rows = [_price(row) for row in document["rows"]]
    for number, row in enumerate(rows):
        try:
            row.days_old(datetime.date.min)
        except ValueError:
            raise PriceFileError(f"{path}: rows[{number}].date: there is no day {row.date}") from None
    return rows


@cache
def _document() -> Any:
    return json.loads(files(__package__).joinpath("prices.json").read_text(encoding="utf-8"))


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads(files(__package__).joinpath("prices.schema.json").read_text("utf-8")))


def _price(row: Mapping[str, Any]) -> Price:
    return Price(
        what=row["what"],
        amount=Decimal(row["price"]),
        currency=row["currency"],
        per=row["per"],
        region=row["region"],
        date=row["date"],
        sources=tuple(row["sources"]),
        model=row.get("model"),
        training_type=row.get("trainingType"),
        unit=row.get("unit"),
        units=row.get("units"),
        longest_clip=row.get("longestClipSeconds"),
        note=row.get("note"),
    )
