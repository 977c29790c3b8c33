"""What may be shown, and what may go into a path."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_dashscope_ft.api.path_segments import path_segment
from pulumi_dashscope_ft.text import escape, redact, sanitize


@pytest.mark.parametrize(
    ("text", "key", "shown"),
    [
        ("key my-own-secret-1 is wrong", "my-own-secret-1", "key sk-*** is wrong"),  # a key of any shape
        ("key sk-0123456789 is wrong", None, "key sk-*** is wrong"),  # somebody's key, whoever's
        ("key sk-0123456789 is wrong", "another-secret", "key sk-*** is wrong"),
        ("Authorization: bearer abc.def", None, "Authorization: Bearer ***"),
        ("a test of the task-scheduler and disk-usage1", "test", "a test of the task-scheduler and disk-usage1"),
        ("api_key_id sk-x", None, "api_key_id sk-x"),
    ],
)
def test_redact(text: str, key: str | None, shown: str) -> None:
    assert redact(text, key) == shown


@given(st.text(), st.integers(1, 50))
def test_clean_text_is_one_short_printable_line(text: str, limit: Any) -> None:
    shown = sanitize(text, limit)
    assert len(shown) <= limit
    assert shown.isprintable()


@given(st.text())
def test_escaped_text_says_the_same_and_moves_no_cursor(text: str) -> None:
    shown = escape(text)
    assert not any(unicodedata.category(char).startswith("C") for char in shown)
    if text.isprintable():
        assert shown == text


@given(st.text())
def test_an_id_is_one_segment_or_refused(text: str) -> None:
    try:
        segment = path_segment(text)
    except ValueError:
        return
    assert segment.isascii()
    assert segment not in {"", ".", ".."}
    assert not set(segment) & set("/?#\\ \r\n")
