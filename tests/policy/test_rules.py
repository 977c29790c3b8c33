"""Each rule, in both flavours, asked through the real host of policy packs: what it refuses, and what it lets pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from policy_host import SECRET, UNKNOWN, PolicyHost, Violation

DYNAMIC, PLUGIN = "pulumi-python:dynamic/dashscope-ft:", "dashscope-ft:index:"
JOB = {"model": "qwen3-8b", "trainingFileIds": ["file-1"], "maxCost": "20 CNY", "expiresIn": "3d"}
DEPLOYMENT = {"modelName": "qwen3-8b-ft-1", "plan": "lora", "suffix": "v1"}


@pytest.fixture(scope="module")
def preview(start: Callable[..., PolicyHost]) -> PolicyHost:
    return start(stack="pr-7")


@pytest.fixture(scope="module")
def prod(start: Callable[..., PolicyHost]) -> PolicyHost:
    return start(stack="prod")


@pytest.fixture(autouse=True)
def unset(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    for name in ("preview", "prod"):
        if name in request.fixturenames:
            request.getfixturevalue(name).configure()


@pytest.fixture(params=[DYNAMIC, PLUGIN], ids=["dynamic", "plugin"])
def prefix(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def only(found: list[Violation], policy: str) -> str:
    """What one policy said, and no other."""
    (violation,) = found
    assert violation.policy == policy
    assert violation.mandatory
    return violation.message


def test_what_is_as_it_should_be_passes(preview: PolicyHost, prefix: str) -> None:
    assert preview.analyze(f"{prefix}FineTuningJob", JOB) == []
    assert preview.analyze(f"{prefix}FineTunedModel", JOB) == []
    assert preview.analyze(f"{prefix}ModelDeployment", DEPLOYMENT) == []


def test_resources_of_others_are_none_of_its_business(preview: PolicyHost) -> None:
    wrong = {"onDestroy": "retain", "hyperParameters": {"n_epochs": 99}}
    for token in ("aws:s3/bucket:Bucket", "dashscope-ft:other:FineTuningJob", "pulumi-python:dynamic:Resource"):
        assert preview.analyze(token, wrong) == []


@pytest.mark.parametrize("kind", ["FineTuningJob", "FineTunedModel"])
def test_a_job_of_a_preview_stack_expires(preview: PolicyHost, prod: PolicyHost, prefix: str, kind: str) -> None:
    forever = {**JOB, "expiresIn": None}
    said = only(preview.analyze(f"{prefix}{kind}", forever), "preview-jobs-expire")
    name = "expires_in" if prefix == DYNAMIC else "expiresIn"
    assert f"triage has no {name}, and pr-7 is a preview stack: set {name} to 7d or less" in said
    long = only(preview.analyze(f"{prefix}{kind}", {**JOB, "expiresIn": "8d"}), "preview-jobs-expire")
    assert "8d, more than the 7d of a preview stack" in long
    assert preview.analyze(f"{prefix}{kind}", {**JOB, "expiresIn": 3600}) == []
    assert prod.analyze(f"{prefix}{kind}", forever) == []


def test_which_stacks_are_previews_and_for_how_long_can_be_set(prod: PolicyHost, preview: PolicyHost) -> None:
    prod.configure(preview_jobs_expire={"previewStacks": ["p*d"], "longest": "1d"})
    assert "set 1d or less" in only(prod.analyze(f"{DYNAMIC}FineTuningJob", JOB), "preview-jobs-expire")
    preview.configure(preview_jobs_expire={"previewStacks": []})
    assert preview.analyze(f"{DYNAMIC}FineTuningJob", {**JOB, "expiresIn": None}) == []


@pytest.mark.parametrize("name", ["n_epochs", "lm_max_epoch", "fm_max_epoch"])
@pytest.mark.parametrize("number", [11, "11"])
def test_epochs_are_few(preview: PolicyHost, prefix: str, name: str, number: Any) -> None:
    said = only(
        preview.analyze(f"{prefix}FineTuningJob", {**JOB, "hyperParameters": {name: number}}), "epochs-within-limit"
    )
    assert f"triage has {name} 11, and at most 10 are allowed" in said
    assert f"Set {name} to 10 or less." in said
    assert preview.analyze(f"{prefix}FineTuningJob", {**JOB, "hyperParameters": {name: 10}}) == []
    preview.configure(epochs_within_limit={"most": 3})
    assert preview.analyze(f"{prefix}FineTuningJob", {**JOB, "hyperParameters": {name: "4"}})


def test_models_are_those_that_are_allowed(preview: PolicyHost, prefix: str) -> None:
    preview.configure(allowed_models={"allowed": ["qwen3-8b", "qwen3-vl-*"]})
    for model in ("qwen3-8b", "qwen3-vl-4b-instruct", UNKNOWN):
        assert preview.analyze(f"{prefix}FineTuningJob", {**JOB, "model": model}) == []
    said = only(preview.analyze(f"{prefix}FineTuningJob", {**JOB, "model": "qwen3-32b"}), "allowed-models")
    assert "triage trains qwen3-32b" in said
    assert "set model to one of qwen3-8b, qwen3-vl-*" in said


def test_training_types_are_those_that_are_allowed(preview: PolicyHost, prefix: str) -> None:
    preview.configure(allowed_training_types={"allowed": ["efficient_sft"]})
    for given in ("efficient_sft", UNKNOWN):
        assert preview.analyze(f"{prefix}FineTuningJob", {**JOB, "trainingType": given}) == []
    name = "training_type" if prefix == DYNAMIC else "trainingType"
    said = only(preview.analyze(f"{prefix}FineTuningJob", {**JOB, "trainingType": "cpt"}), "allowed-training-types")
    assert f"triage has {name} cpt, and that is not allowed: set {name} to efficient_sft." in said
    unset = only(preview.analyze(f"{prefix}FineTuningJob", JOB), "allowed-training-types")
    assert f"has no {name}, which is sft" in unset


def test_each_job_has_a_budget(preview: PolicyHost, prefix: str) -> None:
    without = {name: value for name, value in JOB.items() if name != "maxCost"}
    name = "max_cost" if prefix == DYNAMIC else "maxCost"
    said = only(preview.analyze(f"{prefix}FineTuningJob", without), "jobs-have-a-budget")
    assert f'triage has no budget: set {name}, such as "30 CNY"' in said
    assert 'pulumi config set dashscope-ft:maxCost "30 CNY"' in said
    assert preview.analyze(f"{prefix}FineTuningJob", {**without, "adoptJobId": "ft-1"}) == []
    assert preview.analyze(f"{prefix}FineTuningJob", {**without, "maxCost": UNKNOWN}) == []
    assert preview.analyze(f"{prefix}FineTuningJob", without, provider={"maxCost": "5 CNY"}) == []


def test_a_budget_has_a_limit_of_its_own(preview: PolicyHost, prefix: str) -> None:
    preview.configure(jobs_have_a_budget={"most": "19.99 CNY"})
    said = only(preview.analyze(f"{prefix}FineTuningJob", JOB), "jobs-have-a-budget")
    assert "triage has a budget of 20.00 CNY, and at most 19.99 CNY are allowed" in said
    other = only(preview.analyze(f"{prefix}FineTuningJob", {**JOB, "maxCost": "1 USD"}), "jobs-have-a-budget")
    assert "1.00 USD" in other
    assert preview.analyze(f"{prefix}FineTuningJob", {**JOB, "maxCost": "19.99 CNY"}) == []
    assert preview.analyze(f"{prefix}FineTuningJob", JOB, provider={"maxCost": "5 CNY"}) == []
    # What is no amount at all is refused by the provider, which says what is wrong with it.
    assert preview.analyze(f"{prefix}FineTuningJob", {**JOB, "maxCost": "12"}) == []


def test_a_budget_of_the_whole_stack_will_do(start: Callable[..., PolicyHost]) -> None:
    host = start(stack="dev", configuration={"dashscope-ft:maxCost": "25 CNY"})
    without = {name: value for name, value in JOB.items() if name != "maxCost"}
    assert host.analyze(f"{DYNAMIC}FineTuningJob", without) == []
    host.configure(jobs_have_a_budget={"most": "24 CNY"})
    assert host.analyze(f"{DYNAMIC}FineTuningJob", without)
    assert host.analyze(f"{DYNAMIC}FineTuningJob", JOB) == []


def test_an_unknown_cost_is_not_allowed_in_passing(preview: PolicyHost, prefix: str) -> None:
    asking = {**JOB, "allowUnknownCost": True}
    name = "allow_unknown_cost" if prefix == DYNAMIC else "allowUnknownCost"
    assert f"remove {name}" in only(preview.analyze(f"{prefix}FineTuningJob", asking), "jobs-have-a-budget")
    preview.configure(jobs_have_a_budget={"allowUnknownCost": True})
    assert preview.analyze(f"{prefix}FineTuningJob", asking) == []


def test_deployments_are_billed_by_allowed_plans(preview: PolicyHost, prefix: str) -> None:
    preview.configure(deployment_plans={"allowed": ["lora"], "mostCapacity": 2})
    assert preview.analyze(f"{prefix}ModelDeployment", {**DEPLOYMENT, "capacity": 9}) == []
    said = only(preview.analyze(f"{prefix}ModelDeployment", {**DEPLOYMENT, "plan": "mu"}), "deployment-plans")
    assert "triage is billed by the plan mu, and that is not allowed: set plan to lora." in said
    unset = only(preview.analyze(f"{prefix}ModelDeployment", {**DEPLOYMENT, "plan": None}), "deployment-plans")
    assert "has no plan, so the service takes compute units (cu)" in unset
    preview.configure(deployment_plans={"mostCapacity": 2})
    large = only(
        preview.analyze(f"{prefix}ModelDeployment", {**DEPLOYMENT, "plan": "mu", "capacity": 3}), "deployment-plans"
    )
    assert "triage has capacity 3, and at most 2 is allowed: set 2 or less." in large


def test_deployments_have_a_suffix(preview: PolicyHost, prefix: str) -> None:
    without = {**DEPLOYMENT, "suffix": None}
    said = only(preview.analyze(f"{prefix}ModelDeployment", without), "deployments-have-a-suffix")
    assert 'Set suffix, such as "v1"' in said
    assert preview.analyze(f"{prefix}ModelDeployment", {**without, "adoptDeployment": "d-1"}) == []
    assert preview.analyze(f"{prefix}ModelDeployment", {**without, "suffix": UNKNOWN}) == []


@pytest.mark.parametrize(
    "kind", ["FineTuningJob", "FineTunedModel", "ModelDeployment", "CompressedModel", "ImportedModel"]
)
def test_only_some_stacks_may_retain(preview: PolicyHost, prod: PolicyHost, prefix: str, kind: str) -> None:
    kept = {**JOB, **DEPLOYMENT, "onDestroy": "retain"}
    said = only(preview.analyze(f"{prefix}{kind}", kept), "retain-only-where-allowed")
    name = "on_destroy" if prefix == DYNAMIC else "onDestroy"
    assert f'after the stack pr-7 is destroyed: remove {name}="retain". Only stacks named prod, prod-*, *-prod' in said
    assert prod.analyze(f"{prefix}{kind}", kept) == []
    assert preview.analyze(f"{prefix}{kind}", {**kept, "onDestroy": "delete"}) == []


def cost(high: str | None, per: str = "run", currency: str = "CNY", **more: Any) -> dict[str, Any]:
    return {"estimatedCost": {"low": high, "high": high, "per": per, "currency": currency, **more}}


def test_runs_cost_no_more_than_is_allowed(preview: PolicyHost, prefix: str) -> None:
    token = f"{prefix}FineTuningJob"
    dear = (token, "dear", cost("50.01"))
    assert preview.analyze_stack(dear) == []
    preview.configure(cost_within_limit={"run": "50 CNY"})
    (found,) = preview.analyze_stack((token, "cheap", cost("50.00")), dear, (token, "unplanned", {}))
    assert "dear may cost 50.01 CNY, and at most 50.00 CNY are allowed for a run" in found.message
    assert found.urn.endswith("::dear")
    assert preview.analyze_stack((token, "paid", {**cost("60.00"), "status": "SUCCEEDED"})) == []
    assert preview.analyze_stack((token, "foreign", cost("1.00", currency="USD")))
    assert preview.analyze_stack((token, "planned", {"estimatedCost": UNKNOWN})) == []


def test_an_unknown_cost_is_named_with_its_reason(preview: PolicyHost) -> None:
    token = f"{PLUGIN}FineTuningJob"
    preview.configure(cost_within_limit={"run": "50 CNY"})
    (found,) = preview.analyze_stack((token, "odd", cost(None, unknown="no price of qwen9 is known")))
    assert "What odd costs is not known: no price of qwen9 is known." in found.message
    preview.configure(cost_within_limit={"run": "50 CNY", "allowUnknown": True})
    assert preview.analyze_stack((token, "odd", cost(None, unknown="no price of qwen9 is known"))) == []


def test_what_is_billed_by_the_hour_counts_together(preview: PolicyHost, prefix: str) -> None:
    preview.configure(cost_within_limit={"hour": "100 CNY"})
    small = (f"{prefix}ModelDeployment", "small", cost("42.00", "hour"))
    large = (f"{prefix}ModelDeployment", "large", cost("63.00", "hour"))
    by_token = (f"{prefix}ModelDeployment", "lora", cost("5.00", "1000000 tokens"))
    assert preview.analyze_stack(small, by_token) == []
    (found,) = preview.analyze_stack(small, large, by_token)
    assert "costs 105 CNY an hour, and at most 100 CNY are allowed" in found.message
    assert found.urn.endswith("::large")


def test_a_secret_input_is_looked_at_as_any_other(preview: PolicyHost) -> None:
    hidden = {**SECRET, "value": "qwen3-32b"}
    preview.configure(allowed_models={"allowed": ["qwen3-8b"]})
    assert preview.analyze(f"{PLUGIN}FineTuningJob", {**JOB, "model": hidden})
