"""The page of facts has what the package has, and counts the reports on the real service."""

from __future__ import annotations

from typing import Any

from facts_page import PAGE, page, reports

from pulumi_dashscope_ft.emulator.likeness.reading import likeness
from pulumi_dashscope_ft.verify.facts import CODE, NUMBER, facts
from pulumi_dashscope_ft.verify.report import SCHEMA


def test_the_page_is_up_to_date() -> None:
    assert page(reports()) == PAGE.read_text(encoding="utf-8"), "out of date: run `python tests/docs/facts_page.py`"


def test_the_reports_are_reports() -> None:
    for report in reports().values():
        likeness(report)


def test_who_has_seen_what_is_shown() -> None:
    def entry(fact: str, verdict: str, answer: str) -> dict[str, Any]:
        return {"fact": fact, "verdict": verdict, "answer": answer}

    facts_of = [entry("list_lag", "contradicted", "within_5s"), entry("list_order", "confirmed", "newest_first")]
    report = {"schema": SCHEMA, "date": "2026-12-01", "region": "cn-beijing", "emulator": False, "facts": facts_of}
    made = page({"2026-12-01-alice": report})
    lines = {line.split("|")[1].strip(): line for line in made.splitlines() if line.startswith("| `")}
    assert "2026-12-01-alice (within" in lines["`list_lag`"]
    assert lines["`list_order`"].endswith("| 2026-12-01-alice | – |")
    assert "nobody yet" in lines["`list_lag`"]
    assert "Nobody has contributed a report yet." not in made


def test_each_fact_says_all_that_is_needed() -> None:
    for fact in facts().values():
        assert fact.group in ("base", "train", "deploy")
        assert fact.title
        assert fact.source
        assert fact.follows.endswith(".")
        assert fact.answers in (NUMBER, CODE) or fact.assumed in fact.answers
