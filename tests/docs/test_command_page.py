"""The page of the command's errors is what the command says, and each entry says what to type."""

from __future__ import annotations

import re

import pytest
from command_entry import CommandEntry
from command_page import PAGE, entries, page, played
from command_stage import KEY, Told


@pytest.fixture(scope="module")
def told() -> dict[str, Told]:
    return played()


def test_the_page_is_up_to_date(told: dict[str, Told]) -> None:
    made = page(told)
    assert made == PAGE.read_text(encoding="utf-8"), "out of date: run `python tests/docs/command_page.py`"


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.title)
def test_an_entry_is_of_use(told: dict[str, Told], entry: CommandEntry) -> None:
    said = told[entry.title]
    assert said.text.strip()
    for never in ("Traceback", KEY, "None", "/tmp/", "\x1b"):
        assert never not in said.text
    assert "pulumi destroy` again" not in said.text, "there is no stack to destroy here"
    assert entry.when.endswith(".")
    assert entry.next_step.endswith(".")
    assert re.search(r"`|The |What |Nothing", entry.next_step)


def test_every_exit_code_is_shown(told: dict[str, Told]) -> None:
    assert {0, 1, 2, 3, 4, 64} <= {one.exit_code for one in told.values()}
    assert len({entry.title for entry in entries()}) == len(entries())
