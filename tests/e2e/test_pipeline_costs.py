"""Previews for each change say what they cost, and nothing is started that may cost more than the budget."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml


def test_a_preview_above_the_budget_is_refused_on_github(local: Any) -> None:
    refused = local.github("preview", "up", vars__PREVIEW_BUDGET="0.01 CNY")
    assert refused.failed
    said = local.called()
    assert "gh pr comment 7" in said
    assert "**Nothing was started.** A preview may cost `0.01 CNY`, and this one:" in said
    assert "cost:   about 0.03 CNY" in said
    assert "it costs up to 0.03 CNY, more than 0.01 CNY: fewer epochs or rows" in said
    assert local.changing() == {}
    assert "pr-7" not in local.pulumi("stack", "ls", "--json")


def test_a_preview_above_the_budget_is_refused_on_gitlab(local: Any) -> None:
    refused = local.gitlab("preview up", PREVIEW_BUDGET="0.01 CNY", GITLAB_NOTE_TOKEN="glpat-e2e-token")
    assert refused.failed
    assert "**Nothing was started.**" in local.called()
    assert local.changing() == {}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"model": "qwen9-8b"}, "qwen9-8b"),
        ({"hyper_parameters": {"n_epochs": 100}}, "it costs up to 2.80 CNY, more than 1.00 CNY"),
        ({"model": ["no", "text"]}, ""),
    ],
)
def test_what_is_refused_is_what_the_program_would_start(local: Any, change: Any, reason: str) -> None:
    file = local.project / "run.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **change}))
    assert local.github("preview", "up").failed
    said = local.called()
    assert "**Nothing was started.** A preview may cost `1 CNY`" in said
    assert reason in said
    assert local.changing() == {}


def test_the_provider_holds_the_budget_as_well(local: Any) -> None:
    opened = local.github("preview", "up", vars__PREVIEW_BUDGET="5 CNY")
    assert not opened.failed, opened.output
    configuration = yaml.safe_load((local.project / "Pulumi.pr-7.yaml").read_text())["config"]
    assert configuration == {"dashscope-ft:maxCostPerUp": "5 CNY"}
    assert "A new run costs (budget: `5 CNY`):" in local.called()
