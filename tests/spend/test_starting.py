"""What a provider process does with estimates and budgets: at a check, and where something is started."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from pulumi_dashscope_ft.api import region_of
from pulumi_dashscope_ft.frontend.accounts import Accounts
from pulumi_dashscope_ft.lifecycle.base.creating.init_failed import ResourceInitFailedError
from pulumi_dashscope_ft.lifecycle.base.outcomes import CheckResult
from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.base.state import State
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.schema import UNKNOWN

NOW = 1_790_000_000.0
JOB = "FineTuningJob"
NOTHING: Any = Request.of({})


@dataclass
class Still:
    """A clock that stands still."""

    def time(self) -> float:
        return NOW

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        raise AssertionError("nothing waits")


@dataclass
class Line:
    """As much of a connection as a start needs."""

    run_registry: RunRegistry = field(default_factory=RunRegistry)
    said: list[str] = field(default_factory=list)

    def report(self, text: str) -> None:
        self.said.append(text)


@pytest.fixture
def connection() -> Any:
    return Line()


def spending(**configuration: str) -> Any:
    accounts = Accounts(print, Still())
    accounts.configure({"apiKey": "sk-spend-0123456789", **configuration})
    return accounts.spending


def request(name: str = "job", tokens: Any = 1_000_000, **inputs: Any) -> Any:
    """A run that costs six yuan for a million tokens."""
    count = {"rows": 1, "repeated": 0, "uncounted": 0, "exact": True, "lengths": [[tokens, 1, tokens]]}
    given = {"model": "qwen3-8b", "trainingFileIds": ["f"], "hyperParameters": {"n_epochs": 1}, **inputs}
    known = [{"path": ["trainingFileIds", 0], "format": "chat", "tokens": None if tokens is None else count}]
    return Request.of({**given, "__name": name, "__formats": known})


def checked(control: Any, wanted: Any, before: Any = NOTHING, kind: str = JOB) -> tuple[list[str], list[str]]:
    """What is wrong, and what is shown."""
    said: list[str] = []
    result = control.check(kind, before, CheckResult(wanted, (), ()), said.append)
    return [str(violation) for violation in result.violations], said


def test_what_is_to_be_started_is_estimated_and_what_exists_is_not() -> None:
    assert checked(spending(), request()) == (
        [],
        ["job: 1 M tokens × 1 epoch, about 6 CNY (qwen3-8b, prices of 2026-08)"],
    )
    wrong, _ = checked(spending(), request(maxCost="5 CNY"))
    assert "more than 5.00 CNY" in wrong[0]
    assert checked(spending(), request(maxCost="5 CNY"), before=request()) == ([], [])
    assert checked(spending(maxCost="5 CNY"), request(), before=request()) == ([], [])


def test_what_is_adopted_costs_nothing_more(connection: Any) -> None:
    wanted = request(adoptJobId="ft-1", maxCost="1 CNY")
    control = spending(maxCostPerUp="1 CNY")
    assert checked(control, wanted) == ([], [])
    with control.starting(JOB, wanted, connection) as start:
        assert "estimatedCost" in start.recorded(State.of({})).outputs
    assert connection.said == []


def test_a_secret_is_not_told_by_its_figures() -> None:
    wanted = request(maxCost="5 CNY").knowing(secrets={"hyperParameters": {"n_epochs": True}})
    assert checked(spending(), wanted) == (["maxCost: is less than the run may cost"], [])
    assert checked(spending(), wanted.with_inputs({**wanted.inputs, "maxCost": "9 CNY"})) == ([], [])


def test_what_is_not_known_yet_is_refused_before_the_create(connection: Any) -> None:
    wanted = request(trainingFileIds=[UNKNOWN], maxCost="5 CNY")
    later = wanted.without("formats")
    control = spending()
    assert checked(control, later) == ([], [])
    start = control.starting(JOB, request(maxCost="5 CNY"), connection)
    with pytest.raises(LifecycleError, match=r"more than 5\.00 CNY") as caught:
        start.__enter__()
    assert caught.value.done == "nothing was started."
    assert connection.said == []


def test_parallel_starts_of_one_up_stay_within_its_budget(connection: Any) -> None:
    control, at_once = spending(maxCostPerUp="60 CNY"), 32
    gate, started, refused = threading.Barrier(at_once), [], []

    def up(number: int) -> None:
        gate.wait()
        try:
            with control.starting(JOB, request(f"job{number}"), connection) as start:
                start.recorded(State.of({}))
                started.append(number)
        except LifecycleError as error:
            refused.append(error.what)

    threads = [threading.Thread(target=up, args=(number,)) for number in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(started), len(refused)) == (10, at_once - 10)
    assert all("dashscope-ft:maxCostPerUp: " in one and "60 CNY of other runs" in one for one in refused)


def test_what_the_check_has_taken_is_not_taken_twice(connection: Any) -> None:
    control = spending(maxCostPerUp="12 CNY")
    for name in ("a", "b"):
        assert checked(control, request(name))[0] == []
    assert "nothing is left of it" in checked(control, request("c"))[0][0]
    for name in ("a", "b"):
        with control.starting(JOB, request(name), connection) as start:
            start.recorded(State.of({}))
    assert connection.said == ["this run of Pulumi has started 2 runs, about 12 CNY, by estimate"]


def test_what_failed_after_it_was_started_keeps_its_estimate_and_counts(connection: Any) -> None:
    with spending().starting(JOB, request(), connection) as start:
        failed = start.failed(ResourceInitFailedError("ft-1", State.of({"status": "RUNNING"}), "no model yet"))
    assert failed.state.outputs["estimatedCost"]["low"] == "6.00"
    assert connection.said == ["this run of Pulumi has started 1 run, about 6 CNY, by estimate"]


def test_what_was_never_made_does_not_count(connection: Any) -> None:
    with pytest.raises(LifecycleError, match="refused"), spending().starting(JOB, request(), connection):
        raise LifecycleError("the service refused it.")
    assert connection.said == []


def test_a_deployment_has_no_budget_and_is_estimated_anew_when_it_is_scaled(connection: Any) -> None:
    control = spending(maxCost="1 CNY", maxCostPerUp="1 CNY")
    inputs = {"modelName": "qwen3-8b-ft-1", "plan": "mu", "deploySpec": "MU1", "capacity": 1, "__name": "served"}
    wanted: Any = Request.of(inputs)
    line = "served: 54 CNY an hour (qwen3-8b-ft-1, prices of 2026-09)"
    assert checked(control, wanted, kind="ModelDeployment") == ([], [line])
    with control.starting("ModelDeployment", wanted, connection) as start:
        state = start.recorded(State.of({}))
    assert state.outputs["estimatedCost"]["per"] == "hour"
    scaled: Any = Request.of({**inputs, "capacity": 2.0})
    fresh = control.changed("ModelDeployment", scaled, State.of({}))
    assert fresh.outputs["estimatedCost"]["high"] == "108.00"
    assert control.changed("ModelDeployment", scaled, state) is state
    assert control.changed(JOB, request(), State.of({})).outputs == {}


def test_another_kind_costs_nothing_here(connection: Any) -> None:
    assert checked(spending(maxCost="1 CNY"), request(), kind="TrainingFile") == ([], [])
    with spending(maxCost="1 CNY").starting("TrainingFile", request(), connection) as start:
        assert start.recorded(State.of({})).outputs == {}


@pytest.mark.parametrize("kind", ["TrainingFile", JOB])
def test_a_setting_that_can_not_be_used_is_named_at_every_kind(kind: str, connection: Any) -> None:
    control = spending(maxCost="NaN CNY")
    wrong, _ = checked(control, request(), kind=kind)
    assert wrong == ['dashscope-ft:maxCost is no amount: write a number and its currency, such as "50 CNY".']
    with pytest.raises(LifecycleError, match="dashscope-ft:maxCost is no amount"):
        control.starting(JOB, request(), connection).__enter__()


def test_an_old_price_is_said_once_by_a_process(tmp_path: Path) -> None:
    row = {"what": "training", "model": "qwen3-8b", "price": "1", "currency": "CNY", "per": "1000 tokens"}
    row |= {"region": "cn-beijing", "date": "2025-01"}
    file = tmp_path / "prices.json"
    file.write_text(json.dumps({"rows": [{**row, "sources": ["contract"]}]}))
    control = spending(prices=str(file))
    _, first = checked(control, request("a"))
    file.write_text("{")  # it is read once
    _, second = checked(control, request("b"))
    assert first[1].startswith("warning: prices of 2025-01 are 62")
    assert second == ["b: 1 M tokens × 1 epoch, about 1,000 CNY (qwen3-8b, prices of 2025-01)"]


@pytest.mark.parametrize(
    ("configuration", "known"),
    [
        ({}, True),
        ({"region": "ap-southeast-1"}, False),
        ({"baseUrl": "https://dashscope-intl.aliyuncs.com/api/v1"}, False),
        ({"baseUrl": "https://llm-1.eu-central-1.maas.aliyuncs.com/api/v1"}, False),
        ({"baseUrl": "https://dashscope.aliyuncs.com/api/v1", "region": "us-east-1"}, True),
        ({"baseUrl": "http://127.0.0.1:8100/api/v1"}, True),
        ({"baseUrl": "http://127.0.0.1:8100/api/v1", "region": "us-east-1"}, False),
    ],
)
def test_a_price_holds_for_its_region(configuration: dict[str, str], known: bool) -> None:
    _, [line] = checked(spending(**configuration), request())
    assert ("cost unknown: no price of training" not in line) is known


def test_the_region_of_an_address() -> None:
    assert region_of("https://llm-1.eu-central-1.maas.aliyuncs.com/api/v1") == "eu-central-1"
    assert region_of("https://proxy.example.com/api/v1") is None
