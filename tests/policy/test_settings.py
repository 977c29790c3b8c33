"""What can be set about the pack: in code, in its configuration, by schema; what is wrong is named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
from policy_host import PolicyHost
from pulumi.runtime.proto import analyzer_pb2

from pulumi_dashscope_ft.policy import RULES, policies, policy_pack

JOB = "dashscope-ft:index:FineTuningJob"
INPUTS: dict[str, Any] = {"model": "qwen3-8b", "maxCost": "20 CNY", "hyperParameters": {"n_epochs": 7}}


def test_a_pack_sets_rules_in_code_and_adds_rules_of_its_own(start: Callable[..., PolicyHost]) -> None:
    own = "ResourceValidationPolicy('ours', 'Ours.', lambda args, report: report('no'))"
    host = start(f"config={{'epochs-within-limit': {{'most': 5}}}}, also=[__import__('pulumi_policy').{own}]")
    info = host.info()
    assert info.name == "dashscope-ft"
    assert [policy.name for policy in info.policies] == [*(rule.name for rule in RULES), "ours"]
    config = info.initialConfig
    assert dict(config["epochs-within-limit"].properties) == {"most": 5.0}
    # Without a level, the engine takes a rule with settings for advisory.
    assert config["epochs-within-limit"].enforcementLevel == analyzer_pb2.MANDATORY
    assert config["allowed-models"].enforcementLevel == analyzer_pb2.ADVISORY


def test_what_the_schema_of_a_rule_says(start: Callable[..., PolicyHost]) -> None:
    described = {policy.name: policy for policy in start().info().policies}
    expire = described["preview-jobs-expire"].configSchema.properties
    assert expire["longest"]["default"] == "7d"
    assert list(expire["previewStacks"]["default"]) == ["pr-*", "preview-*", "*-preview"]
    assert all(policy.description.endswith(".") for policy in described.values())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_options_of_a_rule_are_described_and_their_defaults_fit(rule: Any) -> None:
    for option in rule.options.values():
        jsonschema.Draft202012Validator.check_schema(option)
        assert option["description"].endswith(".")
        if "default" in option:
            jsonschema.validate(option["default"], option)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"epochs": {"most": 1}}, "there is no policy 'epochs': there are preview-jobs-expire, "),
        (
            {"no-plain-key": {"enforcementLevel": "mandatry"}},
            "has enforcementLevel 'mandatry': it can be mandatory, advisory, disabled",
        ),
        ({"epochs-within-limit": {"max": 1}}, "has no setting 'max': it has most, enforcementLevel"),
    ],
)
def test_a_misspelled_setting_in_code_is_named(config: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        policy_pack(config=config)


def test_a_setting_that_can_not_be_used_is_named(start: Callable[..., PolicyHost]) -> None:
    host = start(stack="pr-1")
    host.configure(jobs_have_a_budget={"most": "30"})
    (found,) = host.analyze(JOB, {**INPUTS, "expiresIn": "1d"})
    assert found.policy == "jobs-have-a-budget"
    assert "can't be used: its setting most, '30', has no currency" in found.message
    host.configure(preview_jobs_expire={"longest": "a week"})
    (found,) = host.analyze(JOB, {**INPUTS, "expiresIn": "1d"})
    assert "its setting longest must be a length of time" in found.message
    host.configure(cost_within_limit={"run": "-3 CNY"})
    (found,) = host.analyze_stack((JOB, "triage", {}))
    assert "its setting run, '-3 CNY', is negative" in found.message


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pulumi_policy", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'pulumi-dashscope-ft\[policy\]'"):
        policies()
