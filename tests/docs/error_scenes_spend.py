"""Why this exists: the scenes of runs that cost more than they may, and of budgets and prices that can't be used."""

from __future__ import annotations

import json
from typing import Any

from error_scenes import local
from error_stage import Stage

from pulumi_dashscope_ft.frontend.accounts import Accounts
from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.job import resource
from pulumi_dashscope_ft.program.terminal import sanitize_for_python
from pulumi_dashscope_ft.schema import to_snake_case

_COUNT = {"rows": 1000, "repeated": 0, "uncounted": 0, "exact": True, "lengths": [[1210, 1000, 1_210_000]]}


def _said(stage: Stage, configuration: dict[str, str], *runs: dict[str, Any]) -> str:
    """What the check of a program with these runs says, the last of them."""
    accounts = Accounts(stage.lines.append, stage.clock)
    accounts.configure({"baseUrl": stage.emulator.base_url, **configuration})
    said: list[str] = []
    for number, changes in enumerate(runs):
        known = [{"path": ["trainingFileIds", 0], "format": "chat", "tokens": changes.pop("tokens", _COUNT)}]
        inputs = stage.inputs(hyperParameters={"n_epochs": 3}, __formats=known, **changes)
        request = Request.of({**inputs, "model": "qwen3-8b", "__name": f"triage{number or ''}"})
        checked = resource.check(Request.of({}), request, accounts.run_registry)
        said = []
        found = accounts.spending.check("FineTuningJob", Request.of({}), checked, said.append)
        said += [violation.message(to_snake_case) for violation in found.violations]
    return stage.renamed(sanitize_for_python("\n".join(said)))


@local("preview")
def estimated(stage: Stage) -> str:
    return _said(stage, {}, {})


@local("preview")
def over_budget(stage: Stage) -> str:
    return _said(stage, {}, {"maxCost": "15 CNY"})


@local("preview")
def too_many_tokens(stage: Stage) -> str:
    return _said(stage, {}, {"maxTokens": 2_500_000})


@local("preview")
def over_configured_budget(stage: Stage) -> str:
    return _said(stage, {"maxCost": "15 CNY"}, {})


@local("preview")
def used_up(stage: Stage) -> str:
    return _said(stage, {"maxCostPerUp": "40 CNY"}, {}, {})


@local("preview")
def unknown(stage: Stage) -> str:
    return _said(stage, {}, {"maxCost": "15 CNY", "tokens": None})


@local("up")
def found_at_create(stage: Stage) -> str:
    accounts = Accounts(stage.lines.append, stage.clock)
    accounts.configure({"baseUrl": stage.emulator.base_url})
    known = [{"path": ["trainingFileIds", 0], "format": "chat", "tokens": _COUNT}]
    request = Request.of(
        stage.inputs(model="qwen3-8b", maxCost="15 CNY", hyperParameters={"n_epochs": 3}, __formats=known)
    )

    def start() -> None:
        with accounts.spending.starting("FineTuningJob", request, stage.connection):
            raise AssertionError("it was started")

    return stage.told(start)


@local("preview")
def no_currency(stage: Stage) -> str:
    return _said(stage, {}, {"maxCost": "15"})


@local("preview")
def other_currency(stage: Stage) -> str:
    return _said(stage, {}, {"maxCost": "15 USD"})


@local("preview")
def no_amount(stage: Stage) -> str:
    return _said(stage, {"maxCostPerUp": "-40 CNY"}, {})


@local("preview")
def misspelled_price(stage: Stage) -> str:
    file = stage.folder / "prices.json"
    file.write_text(json.dumps({"rows": [{"what": "training", "modle": "qwen3-8b"}]}), encoding="utf-8")
    return _said(stage, {"prices": str(file)}, {})


@local("preview")
def old_price(stage: Stage) -> str:
    row = {"what": "training", "model": "qwen3-8b", "price": "0.004", "currency": "CNY", "per": "1000 tokens"}
    row |= {"region": "cn-beijing", "date": "2026-01"}
    file = stage.folder / "prices.json"
    file.write_text(json.dumps({"rows": [{**row, "sources": ["our contract"]}]}), encoding="utf-8")
    return _said(stage, {"prices": str(file)}, {})
