"""The service of a report, for the tests: `LIKE=report.json` makes their emulators behave as it says.

What the report contradicts wins over what a test sets, so that the promises are tried on the service as it really is. A
test that is about the usual answer of a fact says so: `@pytest.mark.usual("cancel_running")`. It is left out when the
report has another. `usual("data_form=neither")` is left out for this answer alone.

`LIKE=list_order=oldest_first,list_lag=within_5s` is a report of these answers and no others.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings, read_report
from pulumi_dashscope_ft.emulator.likeness.reading import SCHEMA, likeness
from pulumi_dashscope_ft.emulator.model.facts.likeness import Likeness
from pulumi_dashscope_ft.verify.facts import facts


@cache
def report() -> Likeness | None:
    """The report that this run is about; None in a usual run."""
    given = os.environ.get("LIKE", "")
    if not given:
        return None
    if "=" not in given:
        return read_report(Path(given))
    answers = (part.split("=", 1) for part in given.split(","))
    entries = [{"fact": fact, "verdict": "contradicted", "answer": answer} for fact, answer in answers]
    return likeness({"schema": SCHEMA, "facts": entries})


def other(*names: str) -> dict[str, str]:
    """Of these facts (default: of all) those that have another answer than the provider relies on."""
    seen = {} if (like := report()) is None else like.answers
    usual = {name: fact.assumed for name, fact in facts().items()}
    return {name: answer for name, answer in seen.items() if answer != usual[name] and (not names or name in names)}


def liked(settings: Settings) -> Settings:
    """The settings of a test, with the answers of the report that contradict what the provider relies on."""
    return settings.changed(liked_changes())


def let_lists_show(emulator: EmulatorServer) -> None:
    """Let time pass until the lists show what has been made so far, on a service whose lists lag."""
    emulator.clock.advance(emulator.settings.list_lag_seconds)


@cache
def _changes() -> dict[str, object]:
    entries = [{"fact": fact, "verdict": "contradicted", "answer": answer} for fact, answer in other().items()]
    return dict(likeness({"schema": SCHEMA, "facts": entries}).settings)


def liked_changes() -> dict[str, object]:
    """The settings of these answers."""
    return dict(_changes())


def _named(names: tuple[str, ...]) -> dict[str, str]:
    """Return the other answers that a mark is about: to a fact, or this one, `data_form=neither`."""
    found = other(*(name.partition("=")[0] for name in names))
    return {fact: answer for fact, answer in found.items() if not names or fact in names or f"{fact}={answer}" in names}


def leave_out(items: list[pytest.Item]) -> None:
    """Skip the tests that are about an answer which the report contradicts."""
    for item in items:
        for mark in item.iter_markers("usual"):
            if found := _named(mark.args):
                said = ", ".join(f"{fact} is {answer}" for fact, answer in found.items())
                item.add_marker(pytest.mark.skip(reason=f"about another answer: {said}"))
