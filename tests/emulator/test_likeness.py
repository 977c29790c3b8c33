"""An emulator that behaves as a report of the real service says: what is read, what is refused, what shows."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import requests

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings, read_report
from pulumi_dashscope_ft.emulator.likeness.reading import MOST_BYTES, likeness
from pulumi_dashscope_ft.emulator.likeness.table import LIMITS, RULES, STAND_INS, VAGUE, changes_for
from pulumi_dashscope_ft.verify.facts import CODE, NUMBER, facts

SCHEMA = "dashscope-ft/verify-report/1"
SAMPLE = Path(__file__).parents[1] / "reports" / "several-deviations.json"
CODES = ("NotFound", "409_Conflict", "404_NotFound", "200_DELETED", "taken", "Throttling.RateQuota")


def report(*entries: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "version": "0.1.0",
        "date": "2026-11-30",
        "region": "cn-beijing",
        "emulator": False,
        "scope": ["base"],
        "calls": 40,
        "facts": [*entries],
        "left": [],
        **more,
    }


def entry(fact: str, answer: Any, verdict: str = "contradicted", **more: Any) -> dict[str, Any]:
    return {"fact": fact, "verdict": verdict, "answer": answer, "why": "", "evidence": [], **more}


def answers_of(fact: str) -> list[Any]:
    answers = facts()[fact].answers
    if answers == NUMBER:
        return [1, 20, "100", 1000]
    return [*CODES] if answers == CODE else [*answers]


def test_every_fact_of_the_command_can_be_set_and_no_other() -> None:
    assert list(RULES) == sorted(RULES, key=[*facts()].index), "in the order of the report"
    assert set(RULES) == set(facts())


@pytest.mark.parametrize("fact", RULES)
def test_every_answer_of_a_fact_gives_other_settings(fact: str) -> None:
    changes = [Settings().changed(changes_for(fact, answer)) for answer in answers_of(fact)]
    assert len({repr(one) for one in changes}) == len(changes), "two answers are one"


@pytest.mark.parametrize("fact", RULES)
def test_an_answer_that_a_fact_does_not_have_is_refused_by_its_name(fact: str) -> None:
    for wrong in ("no such answer!", None, True, ["taken"], {"code": "x"}, -1, "²"):
        with pytest.raises(ValueError, match=fact):
            likeness(report(entry(fact, wrong)))


@pytest.mark.parametrize("fact", [name for name in RULES if set(answers_of(name)) & set(VAGUE)])
def test_an_answer_that_names_no_form_says_what_stands_in_for_it(fact: str) -> None:
    (vague,) = set(answers_of(fact)) & set(VAGUE)
    (note,) = likeness(report(entry(fact, vague))).notes
    assert note.startswith(f"{fact} is reported as")
    assert STAND_INS[fact] in note


def test_a_larger_page_than_the_emulator_has_is_said(tmp_path: Path) -> None:
    for number in (1001, "10" * 100):
        like = likeness(report(entry("list_page_limit", number)))
        assert like.settings == {"list_page_limit": 1000}
        assert like.notes == (f"list_page_limit: {LIMITS['list_page_limit']}",)
    assert likeness(report(entry("list_page_limit", 1000))).notes == ()


def test_what_was_not_seen_keeps_the_default() -> None:
    like = likeness(report(entry("list_order", None, "not seen"), entry("time_zone", "utc+8", "confirmed")))
    assert like.unseen == ("list_order",)
    assert Settings().changed(like.settings) == Settings()
    assert like.summary == "as a report of 2026-11-30 says: 1 facts, 0 of them contradicted, 1 not seen"


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ([], "it is no JSON object"),
        (report(schema="dashscope-ft/verify-report/2"), "its schema is"),
        (report(fatcs=[]), "did you mean facts?"),
        (report(date=5), "date must be a string"),
        ({**report(), "facts": {}}, "facts must be a list"),
        (report(entry("list_odrer", "other")), "did you mean list_order?"),
        (report(entry("list_order", "other", verdict="maybe")), "the verdict of list_order"),
        (report(entry("list_order", "other", anwser="x")), "did you mean answer?"),
        (report(entry("list_order", "other"), entry("list_order", "other")), "twice"),
        ({**report(), "facts": [5]}, "facts[0] is no JSON object"),
        (report(entry("\ud800", "x")), "there is no fact"),
    ],
)
def test_what_is_no_report_is_refused(broken: Any, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)) as refused:
        likeness(broken)
    assert len(str(refused.value)) < 400


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"{", "Expecting"),
        (b"\xff", "not UTF-8"),
        (b"[" * 100_000, "levels deep"),
        (b" " * (MOST_BYTES + 1), "longer than a report"),
        (b"", "no JSON object"),
        (b'{"schema": NaN}', "not JSON"),
    ],
)
def test_a_file_that_is_no_report_is_named(tmp_path: Path, raw: bytes, said: str) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(raw)
    with pytest.raises(ValueError, match=r"report\.json") as refused:
        read_report(path)
    assert said in str(refused.value)
    with pytest.raises(ValueError, match=r"missing\.json"):
        read_report(tmp_path / "missing.json")


def test_the_sample_shows_on_the_page_and_in_the_settings() -> None:
    like = read_report(SAMPLE)
    assert like.contradicted >= 5
    with EmulatorServer(like=like, speed=None) as emulator:
        settings = requests.get(f"{emulator.root_url}/_emulator/settings", timeout=20).json()
        assert settings["like"]["answers"]["list_order"] == "oldest_first"
        assert settings["list_order"] == "oldest_first"
        assert f"It behaves {like.summary}." in requests.get(emulator.root_url, timeout=20).text
        changed = requests.patch(f"{emulator.root_url}/_emulator/settings", json={"quota": 3}, timeout=20).json()
        assert changed["like"]["summary"] == like.summary
    with EmulatorServer(speed=None) as emulator:
        assert "like" not in requests.get(f"{emulator.root_url}/_emulator/settings", timeout=20).json()
        assert "It behaves" not in requests.get(emulator.root_url, timeout=20).text


def test_the_sample_is_a_report_of_all_facts() -> None:
    assert [one["fact"] for one in json.loads(SAMPLE.read_text())["facts"]] == [*facts()]
