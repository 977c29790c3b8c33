"""What is asked of the service, and what is known of its cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from pulumi_dashscope_ft.schema.numbers import is_number, number_or_same

from .money import Money
from .price_list import Price

BEIJING = "cn-beijing"
_POSITIVE = ("n_epochs", "max_length", "max_steps", "lm_max_epoch", "fm_max_epoch")
_LARGEST = 10**9
"""The largest of these numbers that is reckoned with."""
_MOST_MIXED_IN = 100


@dataclass(frozen=True, slots=True)
class Run:
    """What is asked of the service.

    :param training_type: as the API spells it; None is what the service takes then, `sft`.
    :param region: where it runs.
    """

    model: str
    training_type: str | None
    hyper_parameters: Mapping[str, Any]
    region: str = BEIJING

    def number(self, name: str) -> int | None:
        """Return a hyper-parameter that is a positive number; None when it is not."""
        value = number_or_same(self.hyper_parameters.get(name))
        return int(value) if is_number(value) and 1 <= value <= _LARGEST else None

    def mistake(self) -> str | None:
        """Say which hyper-parameter is given and can't be reckoned with; None when all can."""
        names = (*_POSITIVE, "max_pixels") if self.is_of_video else _POSITIVE
        wrong = [name for name in names if self.hyper_parameters.get(name) is not None and self.number(name) is None]
        if wrong:
            return f"{wrong[0]} is no number from 1 to {_LARGEST:,}"
        return None if self.mixed_in <= _MOST_MIXED_IN else f"augmentation_ratio is more than {_MOST_MIXED_IN}"

    @property
    def base(self) -> str:
        """The base model: a tuned model costs what it does."""
        return self.model.partition("-ft-")[0]

    @property
    def is_of_images(self) -> bool:
        """Whether steps are billed."""
        return self.model.startswith("wan") and "image" in self.base

    @property
    def is_of_video(self) -> bool:
        """Whether the seconds of clips are billed."""
        return self.model.startswith("wan") and not self.is_of_images

    @property
    def is_of_speech(self) -> bool:
        """Whether the seconds of recordings are billed."""
        return self.model.startswith("cosyvoice")

    @property
    def mixed_in(self) -> Decimal:
        """How many rows are mixed in for each row of the user's own."""
        wanted, ratios = (self.hyper_parameters.get(name) for name in ("data_augmentation", "augmentation_ratio"))
        if not wanted or str(wanted).lower() == "false":
            return Decimal(0)
        shares = [share.strip() for share in str(ratios or "").split(",")]
        return sum((Decimal(share) for share in shares if share.replace(".", "", 1).isdecimal()), Decimal(0))


class Seconds(NamedTuple):
    """Seconds of clips or recordings that an epoch counts.

    :param what: `clips` or `audio`.
    :param high: None where there is no bound.
    :param epochs_by: the hyper-parameters that give the number of epochs.
    """

    what: str
    low: Decimal
    high: Decimal | None
    epochs_by: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens that are trained on, all epochs together; `high` is None where there is no bound.

    :param rows: of which there are tokens or seconds; 0 where neither decides.
    :param seconds: of which the tokens are reckoned; None where they are counted.
    """

    low: int
    high: int | None
    rows: int
    dropped_rows: int
    epochs: tuple[int, int]
    exact: bool
    seconds: Seconds | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is known.

    :param tokens: of the run; None where it is billed by time.
    :param low: the least that it costs; None where the price is unknown.
    :param high: the most; None where there is no bound.
    :param per: `run` or `hour`.
    :param unknown: why there is no cost, or no bound of it, as a clause.
    :param remarks: what the figures rest on, each a clause.
    """

    tokens: Tokens | None = None
    low: Money | None = None
    high: Money | None = None
    price: Price | None = None
    per: str = "run"
    unknown: str | None = None
    remarks: tuple[str, ...] = ()


def no_price(run: Run, model: str) -> str:
    """Say that there is no price."""
    where = "" if run.region == BEIJING else f" in {run.region}"
    return f"no price of training {model}{where} is known"


def priced(tokens: Tokens, price: Price, unbounded: str | None, remarks: Sequence[str]) -> Estimate:
    """Return what tokens cost.

    :param unbounded: why there is no bound, where there is none.
    """
    each = price.amount / 1000
    return Estimate(
        tokens,
        Money(each * tokens.low, price.currency),
        None if tokens.high is None else Money(each * tokens.high, price.currency),
        price,
        unknown=unbounded,
        remarks=(*remarks, *([price.note] if price.note else [])),
    )
