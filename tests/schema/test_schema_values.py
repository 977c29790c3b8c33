"""Lengths of time, numbers in strings, unknown values, and values as messages quote them."""

from __future__ import annotations

import contextlib
import copy
import math
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_dashscope_ft.schema import UNKNOWN, Unknown, contains_unknown, parse_duration
from pulumi_dashscope_ft.schema.numbers import spelled_number
from pulumi_dashscope_ft.schema.quoting import one_of, quote_text, quote_value


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("10m", 600),
        ("1h30m", 5400),
        ("1.5h", 5400),
        ("250ms", 0.25),
        (".5s", 0.5),
        (600, 600),
        (0.5, 0.5),
        ("3d", 259200),
        ("1d12h", 129600),
        ("1.5d", 129600),
        ("2w", 1209600),
        ("2w3d", 1468800),
        ("1d1h1m1s", 90061),
    ],
)
def test_lengths_of_time(text: Any, seconds: float) -> None:
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "wrong",
    ["", "10", "10 m", "-5s", "m", "d", "1 d", "1D", "1mo", "1y", "10min", "1h 30m", "٣s", 0, -1,
     "0s", True, None, [], {}, math.nan, math.inf,
     10**400, UNKNOWN],
)  # fmt: skip
def test_what_is_no_length_of_time_is_refused_with_what_to_write(wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"^must be a length of time"):
        parse_duration(wrong)


def test_a_bare_number_in_a_string_is_told_its_unit() -> None:
    with pytest.raises(ValueError, match='write "90s"'):
        parse_duration("90")


@given(st.integers(0, 999), st.integers(0, 99), st.integers(0, 59), st.integers(1, 59))
def test_parts_add_up(days: int, hours: int, minutes: int, seconds: int) -> None:
    expected = days * 86400 + hours * 3600 + minutes * 60 + seconds
    assert parse_duration(f"{days}d{hours}h{minutes}m{seconds}s") == expected


@given(st.text(max_size=20))
def test_any_text_is_a_time_or_a_value_error(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert 0 < parse_duration(text) < math.inf


@pytest.mark.parametrize(
    ("text", "number"), [("3", 3), ("1.6e-5", 1.6e-5), ("+.5", 0.5), ("-1", -1), ("2.", 2), ("1e3", 1000)]
)
def test_strings_that_spell_numbers(text: str, number: float) -> None:
    assert spelled_number(text) == number


@pytest.mark.parametrize(
    "text", ["", "abc", "nan", "inf", "-Infinity", "1_000", " 3", "3 ", "٣", "0x10", "1e999", "1,5", "."]
)
def test_strings_that_spell_none(text: str) -> None:
    assert spelled_number(text) is None


def test_unknown_is_one_true_thing() -> None:
    assert Unknown() is UNKNOWN
    assert copy.deepcopy([UNKNOWN])[0] is UNKNOWN
    assert pickle.loads(pickle.dumps(UNKNOWN)) is UNKNOWN  # noqa: S301 (made on this very line)
    assert bool(UNKNOWN)
    assert repr(UNKNOWN) == "UNKNOWN"


def test_unknown_is_found_at_any_depth() -> None:
    assert contains_unknown({"a": [{"b": (1, UNKNOWN)}]})
    assert not contains_unknown({"a": [{"b": (1, None)}]})
    cycle: list[Any] = []
    cycle.append(cycle)
    assert not contains_unknown(cycle)


def test_values_in_messages_are_short_harmless_and_keyless() -> None:
    assert quote_value("a\x1b[2J\nb") == '"a\\x1b[2J\\nb"'
    assert "\u202e" not in quote_value("\u202egnp.exe")
    assert len(quote_value("x" * 10_000)) < 80
    assert quote_value("my key is sk-0123456789abcdef") == '"my key is sk-***"'
    assert quote_value(10**10_000) == "a huge number"
    assert [quote_value(value) for value in (True, None, 1.5, [], {"a": 1}, [1, 2])] == [
        "true", "null", "1.5", "an empty list", "an object with 1 key", "a list of 2 values"]  # fmt: skip
    assert one_of(["a"]) == "a"
    assert one_of(["a", "b", "c"]) == "a, b or c"


@given(st.text())
def test_any_quoted_text_is_one_printable_line(text: str) -> None:
    assert quote_text(text).isprintable()
