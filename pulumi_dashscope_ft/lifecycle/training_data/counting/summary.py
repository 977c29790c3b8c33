"""The count of a file in a small form that a state can hold, and from which any `max_length` can be reckoned later.

Different lengths are put together until each bucket has a fiftieth of the file's tokens, so their number is bounded.
The sum of tokens stays exact. Where a `max_length` falls inside a bucket it is not known which of its sequences are
longer: what is left after dropping or cutting them is known to within 1 % of the file's tokens either way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from pulumi_dashscope_ft.schema.numbers import whole

from .meter import TokenCount
from .pictures import PictureCount, pictures_of_property
from .seconds import SecondsCount, seconds_of_property

_FEW = 64
"""Different lengths that are all kept."""
_SHARES = 50
"""A bucket of several lengths has at most this part of all tokens. Two neighbours together have more than that."""
MOST_BUCKETS = 2 * _SHARES + 1


class Bucket(NamedTuple):
    """Sequences that are about equally long."""

    longest: int
    """Tokens of the longest of them."""
    sequences: int
    tokens: int
    """Tokens of all of them together."""

    @property
    def is_even(self) -> bool:
        """Whether all of them are equally long."""
        return self.longest * self.sequences == self.tokens


@dataclass(frozen=True, slots=True)
class TokenSummary:
    """The tokens of a file; see `TokenCount` for what the fields mean.

    :param buckets: by length, the shortest first.
    """

    rows: int
    buckets: tuple[Bucket, ...]
    repeated: int
    uncounted: int
    exact: bool
    pictures: PictureCount | None = None
    seconds: SecondsCount | None = None

    @property
    def tokens(self) -> int:
        """All of them."""
        return sum(bucket.tokens for bucket in self.buckets)

    def to_property(self) -> dict[str, Any]:
        """Return the summary as the output `tokens` of a file."""
        return {
            "total": self.tokens,
            "rows": self.rows,
            "exact": self.exact,
            "repeated": self.repeated,
            "uncounted": self.uncounted,
            "lengths": [list(bucket) for bucket in self.buckets],
            **({} if self.pictures is None else {"pictures": self.pictures.to_property()}),
            **({} if self.seconds is None else {"seconds": self.seconds.to_property()}),
        }


def summarize(count: TokenCount) -> TokenSummary:
    """Return the count with at most `MOST_BUCKETS` buckets."""
    full = in_full(count)
    return full if len(full.buckets) <= _FEW else replace(full, buckets=_joined(full.buckets, full.tokens))


def in_full(count: TokenCount) -> TokenSummary:
    """Return the count with a bucket for each length."""
    buckets = (Bucket(length, number, length * number) for length, number in sorted(count.lengths.items()))
    return TokenSummary(
        count.rows, tuple(buckets), count.repeated, count.uncounted, count.exact, count.pictures, count.seconds
    )


def _joined(buckets: Sequence[Bucket], tokens: int) -> tuple[Bucket, ...]:
    most, joined = tokens / _SHARES, [buckets[0]]
    for bucket in buckets[1:]:
        last = joined[-1]
        if last.tokens + bucket.tokens > most:
            joined.append(bucket)
        else:
            joined[-1] = Bucket(bucket.longest, last.sequences + bucket.sequences, last.tokens + bucket.tokens)
    return tuple(joined)


def of_property(value: Any) -> TokenSummary | None:
    """Read the output `tokens` of a file; None when it is none, as in a state of an earlier release."""
    if not isinstance(value, Mapping) or not isinstance(value.get("lengths"), (list, tuple)):
        return None
    numbers = [whole(value.get(name)) for name in ("rows", "repeated", "uncounted")]
    buckets = [_bucket(entry) for entry in value["lengths"][: MOST_BUCKETS + _FEW]]
    rows, repeated, uncounted = numbers
    if rows is None or repeated is None or uncounted is None or None in buckets:
        return None
    known = tuple(bucket for bucket in buckets if bucket is not None)
    pictures, seconds = pictures_of_property(value.get("pictures")), seconds_of_property(value.get("seconds"))
    if (pictures is None) != (value.get("pictures") is None) or (seconds is None) != (value.get("seconds") is None):
        return None
    return TokenSummary(rows, known, repeated, uncounted, value.get("exact") is True, pictures, seconds)


def _bucket(entry: Any) -> Bucket | None:
    if not isinstance(entry, (list, tuple)) or len(entry) != 3:
        return None
    longest, sequences, tokens = map(whole, entry)
    if longest is None or sequences is None or tokens is None or not tokens <= longest * sequences:
        return None
    return Bucket(longest, sequences, tokens)
