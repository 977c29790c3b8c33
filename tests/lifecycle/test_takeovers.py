"""Programs that take over a deployment or a compression: they make nothing new, and say what `destroy` does."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_dashscope_ft.api import Compression, Deployment
from pulumi_dashscope_ft.lifecycle.base.kind.takeover import TakeoverOptions
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.base.product import takeover as products
from pulumi_dashscope_ft.lifecycle.compression.kind import VERBS
from pulumi_dashscope_ft.lifecycle.deployment import takeover as deployments

OWNER = "k7m2x9qd4t"
NAME = str(stamp.make("served", OWNER, "nonce6", {}))


def deployment(**shown: Any) -> Deployment:
    given = {"deployed_model": "m-1-blue", "status": "RUNNING", "model_name": "m-1", "plan": "mu", "capacity": 2}
    return Deployment.from_json({**given, **shown})


def compression(**shown: Any) -> Compression:
    given = {"job_id": "quant-20261101-1c7f", "status": "RUNNING", "model": "m-1", "template_id": "quant-w8a8"}
    return Compression.from_json({**given, **shown})


def notes(live: Deployment | Compression, *, retain: bool = False) -> list[str]:
    options = TakeoverOptions(retain=retain)
    if isinstance(live, Deployment):
        return list(deployments.takeover(live, options).notes)
    return list(products.takeover(VERBS, live, options).notes)


@pytest.mark.parametrize(
    ("live", "retain", "said"),
    [
        (compression(), False, "`pulumi destroy` would: cancel, then delete"),
        (compression(), True, "`pulumi destroy` would: keep"),
        (compression(status="SUCCEEDED", quantized_output="m-1-w8"), False, "`pulumi destroy` would: delete"),
        (compression(job_name=NAME), False, f"the stack with owner id {OWNER} has started it"),
        (compression(status="FAILED"), False, "the job is FAILED: it has no model, so the `up` that adopts it fails"),
        (deployment(), False, "`pulumi destroy` would: delete"),
        (deployment(), True, "`pulumi destroy` would: keep"),
        (deployment(name=NAME), False, f"the stack with owner id {OWNER} has started it"),
        (deployment(status="FAILED"), False, "it has FAILED: the `up` after the one that adopts it deploys it anew"),
    ],
)
def test_what_is_said_before_it_is_taken_over(live: Deployment | Compression, retain: bool, said: str) -> None:
    assert any(said in note for note in notes(live, retain=retain))


@pytest.mark.parametrize("live", [deployment(model_name=None), compression(model=None), compression(template_id=None)])
def test_what_the_program_would_not_fit_is_not_written_down(live: Deployment | Compression) -> None:
    with pytest.raises(ValueError, match="what the service shows of its"):
        notes(live)
