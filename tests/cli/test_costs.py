"""`dashscope-ft costs`: what is added up, what is unknown, and what is never mixed."""

from __future__ import annotations

import csv
import io
import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from sweep_stage import STRANGER, Backend, Stage

from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.emulator.model.jobs import EmulatedJob

ESTIMATE = {"low": "1.50", "high": "2.00", "currency": "CNY", "per": "run"}
ROW = {
    "what": "training",
    "model": "qwen3-8b",
    "price": "0.05",
    "currency": "USD",
    "per": "1000 tokens",
    "region": "cn-beijing",
    "date": "2026-11-01",
    "sources": ["our contract"],
}
GROUP_KEYS = {"jobs", "running", "tokens", "costs", "unknown", "estimates", "estimated"}


@pytest.fixture(autouse=True)
def a_thousand_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each run uses a million tokens, so that amounts are round."""
    monkeypatch.setattr(EmulatedJob, "usage", lambda job: 1_000_000)


def groups(line: Any, *arguments: str, exit_code: int = 0) -> dict[Any, Any]:
    """The groups of the report by their names; one name where they have one."""
    shown = line.json("costs", *arguments, exit_code=exit_code)
    ways = shown["by"]
    named = {tuple(one[way] for way in ways): one for one in shown["groups"]}
    return {name[0] if len(ways) == 1 else name: one for name, one in named.items()}


def amounts(group: Any) -> dict[str, str]:
    return {one["currency"]: one["amount"] for one in group["costs"]}


def test_by_owner_with_what_runs_failed_and_is_unknown(line: Any) -> None:
    line.job("SUCCEEDED", "*")
    line.job("CANCELED", "*")
    line.job("FAILED", "*")
    line.job("RUNNING", "*")
    line.job("SUCCEEDED", model="qwen9-1b")
    found = groups(line)
    assert amounts(found[line.owner]) == {"CNY": "12"}
    assert (found[line.owner]["jobs"], found[line.owner]["running"]) == (4, 1)
    assert found[line.owner]["tokens"] == 2_000_000
    assert found[None]["costs"] == []
    assert found[None]["unknown"] == [{"reason": "no price of training qwen9-1b is known", "jobs": 1}]
    text = line.run("costs").stdout
    assert "5 jobs: 12.00 CNY, 1 unknown, 1 running" in text
    assert "unknown: 1 job: no price of training qwen9-1b is known" in text
    assert "it is no bill, and jobs whose records were deleted are not in it" in text


def test_by_model_and_month_of_beijing(line: Any) -> None:
    line.job("SUCCEEDED")
    line.job("SUCCEEDED", model="qwen3-14b")
    line.later(40 * 86400)
    line.job("SUCCEEDED")
    found = groups(line, "--by", "model", "--by", "month")
    months = sorted({month for _, month in found})
    assert set(found) == {("qwen3-8b", months[0]), ("qwen3-14b", months[0]), ("qwen3-8b", months[-1])}
    assert len(months) == 2
    assert amounts(found["qwen3-14b", months[0]]) == {"CNY": "30"}
    created = line.client.fine_tunes.get(next(iter(line.emulator.jobs))).end_time
    assert created.startswith(months[0])


def test_by_stack_with_what_was_estimated(stage: Stage) -> None:
    stage.job(status="SUCCEEDED", hold={"estimatedCost": ESTIMATE})
    stage.job(status="SUCCEEDED", hold={"estimatedCost": {**ESTIMATE, "high": None}})
    stage.job(status="SUCCEEDED", hold={})  # an old state has no estimate
    stage.job(status="SUCCEEDED")  # not held any more, but its stamp names the stack
    stage.job(STRANGER, status="SUCCEEDED")
    stage.later()
    found = groups(stage.line, str(stage.state))
    ours = found["previews/pr-7"]
    assert (ours["jobs"], ours["estimated"]) == (4, 2)
    assert ours["estimates"] == [{"low": "3", "high": None, "currency": "CNY"}]
    assert found[None]["jobs"] == 1
    text = stage.line.run("costs", "--state", str(stage.state)).stdout
    assert "at least 3.00 CNY (2 of 4)" in text
    assert "1 job names the owner of a stack that no given state has" in text


@pytest.mark.parametrize(
    "held",
    [
        {**ESTIMATE, "low": "-1"},
        {**ESTIMATE, "low": "1e9"},
        {**ESTIMATE, "low": 1.5},
        {**ESTIMATE, "low": "9" * 5000},
        {**ESTIMATE, "currency": "yuan"},
        {**ESTIMATE, "currency": ["CNY"]},
        {**ESTIMATE, "per": "hour"},
        {"unknown": "no price of training qwen9-1b is known", "per": "run"},
        {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "x"},
        ["1", "2"],
        "2 CNY",
        None,
    ],
    ids=repr,
)
def test_an_estimate_that_is_none_is_none(stage: Stage, held: Any) -> None:
    stage.job(status="SUCCEEDED", hold={"estimatedCost": held, "actualCost": held})
    stage.later()
    (ours,) = groups(stage.line, str(stage.state)).values()
    assert (ours["estimated"], ours["estimates"], amounts(ours)) == (0, [], {"CNY": "6"})


def test_what_a_state_has_recorded_outlives_a_change_of_prices_until_own_ones_are_given(
    stage: Stage, tmp_path: Path
) -> None:
    stage.job(status="SUCCEEDED", hold={"actualCost": {"amount": "5.5", "currency": "CNY", "per": "run"}})
    stage.later()
    assert [amounts(one) for one in groups(stage.line, str(stage.state)).values()] == [{"CNY": "5.5"}]
    prices = tmp_path / "prices.json"
    prices.write_text(json.dumps({"rows": [ROW]}))
    found = groups(stage.line, str(stage.state), "--prices", str(prices))
    assert [amounts(one) for one in found.values()] == [{"USD": "50"}]


def test_currencies_are_never_added(line: Any, tmp_path: Path) -> None:
    line.job("SUCCEEDED")
    line.job("SUCCEEDED", model="qwen3-14b")
    prices = tmp_path / "prices.json"
    prices.write_text(json.dumps({"rows": [ROW]}))
    (found,) = groups(line, "--prices", str(prices)).values()
    assert amounts(found) == {"CNY": "30", "USD": "50"}
    assert "2 jobs: 30.00 CNY, 50.00 USD" in line.run("costs", "--prices", str(prices)).stdout
    rows = list(csv.DictReader(io.StringIO(line.run("costs", "--prices", str(prices), "--format", "csv").stdout)))
    assert [(row["amount"], row["currency"], row["jobs"]) for row in rows] == [("30", "CNY", "2"), ("50", "USD", "")]


def test_deployments_that_are_billed_by_the_hour_now(line: Any) -> None:
    line.emulator.configure(deploying_seconds=60)
    running = line.deployment(capacity=2)
    line.deployment(plan="lora")
    line.later(120)
    pending = line.deployment()
    shown = line.json("costs", "--by", "model")
    (one,) = shown["deployments"]
    assert (one["deployedModel"], one["amount"], one["currency"], one["per"]) == (running, "108", "CNY", "hour")
    assert (one["model"], one["unknown"]) == ("qwen3-8b", None)
    assert shown["deploymentsPerHour"] == [{"amount": "108", "currency": "CNY"}]
    text = line.run("costs").stdout
    assert "1 deployment billed now: 108 CNY an hour" in text
    assert pending not in text


def test_a_window_of_time(line: Any) -> None:
    line.job("SUCCEEDED")
    line.later(10 * 86400)
    line.job("SUCCEEDED", model="qwen3-14b")
    line.job("RUNNING", model="qwen3-32b")
    today = line.client.fine_tunes.get(next(iter(line.emulator.jobs))).end_time[:10]

    def models(*arguments: str) -> set[str]:
        return set(groups(line, "--by", "model", *arguments))

    assert models("--since", "5d") == {"qwen3-14b", "qwen3-32b"}
    assert models("--until", "5d") == {"qwen3-8b"}
    assert models("--until", today) == models("--since", today, "--until", f"{today}T23:59:59") == {"qwen3-8b"}
    assert models("--since", today) == {"qwen3-8b", "qwen3-14b", "qwen3-32b"}
    assert models("--until", "2020-01") == set()
    shown = line.json("costs", "--since", today)
    assert (shown["since"], shown["until"]) == (today, None)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--since", "2026-02-31"), "there is no 2026-02-31"),
        (("--since", "2026-13"), "there is no 2026-13"),
        (("--until", "9999-12"), "there is no 9999-12"),
        (("--since", "0000-01"), "there is no 0000-01"),
        (("--until", "yesterday"), "'yesterday' is no point in time"),
        (("--since", "2026-11T10:00"), "is no point in time"),
        (("--since", "2026-11", "--until", "2026-10"), "--since is not before --until"),
        (("--by", "project"), "'project' is not one of"),
        (("--format", "xml"), "'xml' is not one of"),
        (("--state", ""), "it is empty; is a variable not set?"),
    ],
)
def test_wrong_usage(line: Any, arguments: tuple[str, ...], said: str) -> None:
    result = line.run("costs", *arguments)
    assert result.exit_code == 2
    assert said in result.output
    assert line.emulator.count() == {}


def test_a_price_file_with_a_mistake_is_named_before_anybody_is_asked(line: Any, tmp_path: Path) -> None:
    prices = tmp_path / "prices.json"
    prices.write_text(json.dumps({"rows": [{**ROW, "currency": "yuan"}]}))
    result = line.run("costs", "--prices", str(prices))
    assert result.exit_code == 1
    assert "rows[0].currency" in result.output
    assert line.emulator.count() == {}


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(A1)", "＝1+1", '","=1'])
def test_a_cell_is_no_formula(line: Any, name: str) -> None:
    line.job("SUCCEEDED", model=name)
    text = line.run("costs", "--by", "model", "--format", "csv").stdout
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["model"] == (name if name.startswith('"') else f"'{name}")
    assert all(not cell.startswith(("=", "+", "-", "@", "＝")) for cell in row.values())


def test_text_of_the_service_in_each_form(line: Any) -> None:
    line.job("SUCCEEDED", model="\x1b[2J[red]|x| <b> sk-abcdefghijk")
    for form in ("table", "csv", "markdown", "json"):
        text = line.run("costs", "--by", "model", "--format", form).stdout
        assert "\x1b" not in text
        assert "sk-abcdefghijk" not in text
    assert "&#124;x&#124; &#60;b&#62;" in line.run("costs", "--by", "model", "--format", "markdown").stdout


@pytest.mark.parametrize("usage", [-5, 0, 10**18, "a lot", None, float("nan"), True, [1]], ids=repr)
def test_a_count_that_can_not_be_is_never_money(line: Any, usage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EmulatedJob, "usage", lambda job: usage)
    line.job("SUCCEEDED")
    (found,) = groups(line).values()
    assert (found["costs"], found["tokens"]) == ([], 0)
    assert sum(one["jobs"] for one in found["unknown"]) == 1


def test_the_json_is_a_promise(line: Any) -> None:
    line.job("SUCCEEDED")
    shown = line.json("costs")
    assert set(shown) == {
        *("by", "since", "until", "groups", "total", "deployments", "deploymentsPerHour", "states", "remarks")
    }
    assert set(shown["groups"][0]) == {"owner", *GROUP_KEYS}
    assert set(shown["total"]) == GROUP_KEYS
    assert line.json("costs", "--format", "table") == shown, "--json is --format json"


def test_nothing_to_add_up(line: Any) -> None:
    result = line.run("costs")
    assert result.exit_code == 0
    assert "0 jobs" in result.stdout
    assert line.run("costs", "--format", "csv").stdout.count("\n") == 1


def test_states_of_a_backend_and_one_that_can_not_be_read(stage: Stage, tmp_path: Path) -> None:
    job_id = stage.job(status="SUCCEEDED", hold={"estimatedCost": ESTIMATE})
    backend = Backend(stage, tmp_path / "backend")
    assert set(groups(stage.line, "--state-dir", str(backend.folder))) == {"previews/pr-7"}
    backend.put("stacks/other/broken.json", b"{")
    result = stage.line.run("costs", "--state-dir", str(backend.folder))
    assert result.exit_code == 1
    assert "could not be read, so its stack and its estimates are missing" in result.stdout
    assert "6.00 CNY" in result.stdout, "what is known is shown"
    result = stage.line.run("costs", "--state-dir", str(tmp_path / "none"))
    assert result.exit_code == 1
    assert "the stacks could not be listed" in result.output
    assert job_id in stage.line.emulator.jobs


def test_without_deployments_that_can_be_listed_jobs_are_shown(line: Any) -> None:
    line.job("SUCCEEDED")
    line.emulator.add_fault(FaultRule(operation="list_deployments", status=403, code="AccessDenied"))
    result = line.run("costs")
    assert result.exit_code == 3
    assert "1 job: 6.00 CNY" in result.stdout
    assert "error: the list of deployments could not be read: the answer was HTTP 403" in result.stdout


def test_without_the_list_of_jobs_there_is_nothing(line: Any) -> None:
    line.emulator.add_fault(FaultRule(operation="list", status=401, code="InvalidApiKey"))
    result = line.run("costs")
    assert result.exit_code == 3
    assert result.stdout == ""


def test_an_old_export_still_says_whose_a_job_was(stage: Stage) -> None:
    stage.job(status="SUCCEEDED", hold={})

    os.utime(stage.state, (time.time() - 1e7,) * 2)
    assert set(groups(stage.line, str(stage.state))) == {"previews/pr-7"}
