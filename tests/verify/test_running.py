"""A run as a whole: what it finds with the emulator as it is, what it costs, and that it cleans up."""

from __future__ import annotations

from decimal import Decimal

import pytest
from verify_stage import Stage, answers

from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.verify import plan
from pulumi_dashscope_ft.verify.calls import TRIES
from pulumi_dashscope_ft.verify.facts import facts

AS_ASSUMED_BUT = {"wrong_model": "taken", "wrong_suffix": "taken"}
"""The emulator takes models and suffixes that no table knows, because the tables change."""
NOT_IN_A_HEALTHY_ACCOUNT = {"delete_failed", "failure_reason", "rate_limit_headers"}


def test_the_emulator_does_what_the_provider_relies_on(stage: Stage) -> None:
    verification = stage.run("train", "deploy")
    relied_on = {fact_id: fact.assumed for fact_id, fact in facts().items()}
    expected = {**relied_on, **AS_ASSUMED_BUT, **dict.fromkeys(NOT_IN_A_HEALTHY_ACCOUNT)}
    assert answers(verification) == expected
    assert stage.nothing_is_left()
    assert [what for what, _ in verification.left] == [
        "a model that was trained or exported: no call deletes models"
    ] * 2
    assert not verification.must_end


def test_without_options_nothing_is_trained_to_its_end(stage: Stage) -> None:
    verification = stage.run()
    assert {job.status for job in stage.emulator.gone_jobs.values()} == {"CANCELED"}
    assert not verification.left
    assert stage.nothing_is_left()
    assert answers(verification)["train_end"] is None


@pytest.mark.parametrize("groups", [(), ("train",), ("train", "deploy")], ids="-".join)
def test_calls_and_jobs_are_within_what_is_said(stage: Stage, groups: tuple[str, ...]) -> None:
    verification = stage.run(*groups)
    bound = plan.most_calls(frozenset({"base", *groups}), burst=False)
    assert verification.calls.made == stage.calls_received() <= bound
    assert stage.emulator.count("create") <= sum(plan.MOST_JOBS[group] for group in ("base", *groups))


def test_the_most_that_it_costs_is_small() -> None:
    assert sum(part.amount for part in plan.costs(frozenset({"base"}))) <= plan.MOST_COST == Decimal("0.1")
    assert sum(part.amount for part in plan.costs(frozenset({"base", "train", "deploy"}))) < 1


def test_an_early_end_of_the_calls_leaves_nothing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(plan.EXPERIMENT_CALLS, "base", 20)
    verification = stage.run()
    assert verification.stopped == "as many calls were made as are allowed"
    assert stage.nothing_is_left()


def test_a_list_that_cannot_be_read_is_no_late_list(stage: Stage) -> None:
    verification = stage.verification()
    account = verification.look()
    stage.emulator.add_fault(FaultRule(operation="list", kind="html", count=TRIES))
    verification.run(account)
    found = {finding.fact.fact_id: finding for finding in verification.found()}
    assert (found["list_lag"].answer, found["list_lag"].why) == (None, "the list could not be read")
    assert found["list_order"].answer == "newest_first"
    assert stage.nothing_is_left()
