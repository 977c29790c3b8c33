"""Reads a report of `dashscope-ft verify`.

A report comes from somebody else's account, often through an issue, so it is checked to the letter: a fact with a typo
would silently leave the emulator as it was, and a test on it would prove nothing.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from pathlib import Path

from pulumi_dashscope_ft.emulator import checks, strict_json
from pulumi_dashscope_ft.emulator.model.facts.likeness import Likeness

from .table import LARGEST_PAGE, LIMITS, RULES, STAND_INS, VAGUE, changes_for

SCHEMA = "dashscope-ft/verify-report/1"
MOST_BYTES = 1_000_000
"""The longest report. One of all facts has less than a tenth of that."""
_DEPTH = 16
_SHOWN = 40
_MEMBERS = ("schema", "version", "date", "region", "emulator", "scope", "calls", "facts", "trouble", "left")
_ENTRY = ("fact", "verdict", "answer", "why", "evidence", "follows")
_VERDICTS = ("confirmed", "contradicted", "not seen")
_NOT_SEEN = "not seen"


def read_report(path: Path) -> Likeness:
    """Return what a report says, as settings.

    :raises ValueError: it can't be read, or is no report; the message names the place.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as trouble:
        raise ValueError(f"can't read {path}: {trouble.strerror or trouble}") from None
    if len(raw) > MOST_BYTES:
        raise ValueError(f"{path} is longer than a report can be ({MOST_BYTES} bytes)")
    try:
        return likeness(strict_json.loads(raw, depth=_DEPTH))
    except ValueError as wrong:
        raise ValueError(f"{path} is no report of `dashscope-ft verify`: {wrong}") from None


def likeness(report: object) -> Likeness:
    """Return what a report says, as settings.

    :param report: the value of its JSON.
    :raises ValueError: it is no report.
    """
    if not isinstance(report, dict):
        raise ValueError("it is no JSON object")
    if report.get("schema") != SCHEMA:
        raise ValueError(f"its schema is {checks.quoted(report.get('schema'))}, not {SCHEMA}")
    _known("the report", report, _MEMBERS)
    for name in ("version", "date", "region"):
        checks.text(name, report.get(name, ""))
    facts = report.get("facts")
    if not isinstance(facts, list):
        raise ValueError("facts must be a list")
    settings: dict[str, object] = {}
    answers: dict[str, str] = {}
    unseen: list[str] = []
    contradicted = 0
    for number, entry in enumerate(facts):
        fact, verdict, answer = _entry(number, entry)
        if fact in answers or fact in unseen:
            raise ValueError(f"it has the fact {fact} twice")
        if verdict == _NOT_SEEN:
            unseen.append(fact)
            continue
        settings |= changes_for(fact, answer)
        answers[fact] = str(answer)
        contradicted += verdict == "contradicted"
    date = str(report.get("date", ""))[:_SHOWN]
    return Likeness(date, settings, answers, contradicted, tuple(unseen), tuple(_notes(answers)))


def _entry(number: int, entry: object) -> tuple[str, str, object]:
    """Return fact, verdict and answer."""
    if not isinstance(entry, dict):
        raise ValueError(f"facts[{number}] is no JSON object")
    _known(f"facts[{number}]", entry, _ENTRY)
    fact, verdict, answer = entry.get("fact"), entry.get("verdict"), entry.get("answer")
    if not isinstance(fact, str) or fact not in RULES:
        raise ValueError(f"there is no fact {checks.quoted(fact)}{_near(fact, RULES)}")
    if verdict not in _VERDICTS:
        raise ValueError(f"the verdict of {fact} must be one of {', '.join(_VERDICTS)}, not {checks.quoted(verdict)}")
    return fact, str(verdict), answer


def _known(where: str, members: Mapping[str, object], names: Collection[str]) -> None:
    unknown = next((name for name in members if name not in names), None)
    if unknown is not None:
        raise ValueError(f"{where} has {checks.quoted(unknown)}, which no report has{_near(unknown, names)}")


def _near(name: object, names: Collection[str]) -> str:
    near = difflib.get_close_matches(name[:_SHOWN], names, n=1) if isinstance(name, str) else ()
    return f"; did you mean {near[0]}?" if near else ""


def _notes(answers: Mapping[str, str]) -> list[str]:
    """Return a line for each answer that the emulator can't give exactly."""
    page = answers.get("list_page_limit", "0")
    fits = len(page) < _SHOWN and int(page) <= LARGEST_PAGE
    return ([] if fits else [f"list_page_limit: {LIMITS['list_page_limit']}"]) + [
        f"{fact} is reported as {answers[fact]!r}, which is no form: {stand_in}"
        for fact, stand_in in STAND_INS.items()
        if answers.get(fact) in VAGUE
    ]
