"""The proof: whatever the emulator is set to, the report says exactly that, and nothing stays.

The emulator has its own table of settings for each answer (`emulator.likeness`), so a fact that both sides misread in
the same way is no risk: they share no code.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping

import pytest
from verify_stage import Stage, answers

from pulumi_dashscope_ft.emulator.likeness.reading import likeness
from pulumi_dashscope_ft.emulator.likeness.table import RULES, changes_for
from pulumi_dashscope_ft.verify import plan
from pulumi_dashscope_ft.verify.experiments.mistakes import WRONG
from pulumi_dashscope_ft.verify.facts import CODE, NUMBER, facts
from pulumi_dashscope_ft.verify.report import MOST_CHARACTERS
from pulumi_dashscope_ft.verify.running import Verification

NUMBERS = ("7", "50", "100", "101", "340", "1000")
CODES: Mapping[str, tuple[str, ...]] = {
    "cancel_refusal": ("UnsupportedOperation", "OperationDenied", "Conflict", "taken"),
    "delete_refusal": ("UnsupportedOperation", "OperationDenied", "InvalidParameter"),
    "gone_job": ("404_NotFound", "400_InvalidParameter", "404_ResourceNotFound", "403_AccessDenied", "200_empty"),
    "deployment_gone": ("404_NotFound", "200_DELETED", "404_ModelNotFound", "400_InvalidParameter", "200_empty"),
}
ALWAYS_SEEN = {"rate_limit": 3}
"""Settings under which a 429 comes up in each run."""


def choices(fact_id: str) -> tuple[str, ...]:
    possible = facts()[fact_id].answers
    if possible == NUMBER:
        return NUMBERS
    return CODES[fact_id] if possible == CODE else tuple(possible)


DEVIATIONS = [
    (fact_id, answer) for fact_id, fact in facts().items() for answer in choices(fact_id) if answer != fact.assumed
]
BASE = [fact_id for fact_id, fact in facts().items() if fact.group == "base"]


def set_to(stage: Stage, wanted: Mapping[str, str]) -> None:
    """Set the emulator to these answers."""
    changes: dict[str, object] = {}
    for fact_id, answer in wanted.items():
        changes |= changes_for(fact_id, answer)
    if "rate_limit_headers" in wanted:
        changes |= ALWAYS_SEEN
    stage.configure(**changes)


def hidden(wanted: Mapping[str, str]) -> dict[str, str | None]:
    """Facts that can't be seen while others have these answers, or that then look otherwise.

    None: it is not seen.
    """

    def has(fact_id: str, *these: str) -> bool:
        return wanted.get(fact_id, facts()[fact_id].assumed) in these

    cancelled = has("cancel_pending", "taken") or has("cancel_queuing", "taken") or has("cancel_running", "taken")
    failed = any(has(name, "fails") for name in WRONG)
    looks: dict[str, str | None] = {}
    if has("cancel_running", "refused"):
        looks |= {"cancel_duration": None, "usage_after_cancel": None}
    if has("cancel_duration", "at_once") or not cancelled:
        looks |= {"cancel_again": None}
    if not cancelled:
        looks |= {"delete_cancelled": None}
    if not failed:
        looks |= {"failure_reason": None, "delete_failed": None}
    refused = (True, cancelled, failed, has("train_end", "with_output"))
    facts_of = ("delete_active", "delete_cancelled", "delete_failed", "delete_succeeded")
    if not any(happens and has(name, "refused") for name, happens in zip(facts_of, refused, strict=True)):
        looks |= {"delete_refusal": None}
    return looks


def test_both_tables_have_the_same_facts() -> None:
    assert set(RULES) == set(facts())


def check(stage: Stage, verification: Verification, wanted: Mapping[str, str]) -> None:
    found = answers(verification)
    expected = {**wanted, **{name: look for name, look in hidden(wanted).items() if name in wanted}}
    assert {name: found[name] for name in expected} == expected
    groups = verification.scope.groups
    assert verification.calls.made == stage.calls_received() <= plan.most_calls(groups, burst=False)
    report = stage.report(verification)
    assert max(len(report.to_markdown()), len(json.dumps(report.to_json()))) <= MOST_CHARACTERS
    left = {job.status for job in stage.emulator.jobs.values()}
    assert left <= {status for status, name in KEPT.items() if wanted.get(name) == "refused"}
    assert not stage.emulator.files
    assert not stage.emulator.deployments or wanted.get("deployment_delete_running") == "refused"
    likeness(json.loads(json.dumps(report.to_json())))


KEPT = {"CANCELED": "delete_cancelled", "FAILED": "delete_failed", "SUCCEEDED": "delete_succeeded"}


@pytest.mark.portion(most=20)
@pytest.mark.parametrize(("fact_id", "answer"), DEVIATIONS, ids=lambda text: str(text))
def test_each_single_deviation_is_found(stage: Stage, fact_id: str, answer: str) -> None:
    wanted = {fact_id: answer}
    if fact_id in ("failure_reason", "delete_failed"):
        wanted |= {"wrong_training_type": "fails"}
    set_to(stage, wanted)
    group = facts()[fact_id].group
    groups = {"base": (), "train": ("train",), "deploy": ("train", "deploy")}[group]
    check(stage, stage.run(*groups), wanted)


def random_answers(number: int) -> dict[str, str]:
    chance = random.Random(number)
    wanted = {fact_id: chance.choice(choices(fact_id)) for fact_id in BASE}
    return {name: answer for name, answer in wanted.items() if name != "rate_limit_headers" or chance.random() < 0.2}


@pytest.mark.portion(most=10)
@pytest.mark.parametrize("number", range(60))
def test_random_combinations_are_found(stage: Stage, number: int) -> None:
    wanted = random_answers(number)
    set_to(stage, wanted)
    check(stage, stage.run(), wanted)
