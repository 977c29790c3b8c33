"""The class for a deployment: what it says again of the schema, and what it writes into users' states."""

from __future__ import annotations

import base64
import pickle
import sys
from pathlib import Path

from pulumi.dynamic.dynamic import serialize_provider

sys.path.insert(0, str(Path(__file__).parents[1]))

from pickles import in_protocol

import pulumi_dashscope_ft
from pulumi_dashscope_ft import ModelDeployment
from pulumi_dashscope_ft.api import DeploymentStatus
from pulumi_dashscope_ft.dynamic.provider import ModelDeploymentProvider
from pulumi_dashscope_ft.lifecycle.base.ending.policy import DELETE, RETAIN
from pulumi_dashscope_ft.lifecycle.deployment import diff as deployment_diff
from pulumi_dashscope_ft.lifecycle.deployment import request as deployment_request
from pulumi_dashscope_ft.lifecycle.deployment import teardown as deployment_teardown
from pulumi_dashscope_ft.lifecycle.kinds import registry
from pulumi_dashscope_ft.program.terminal import sanitize_for_python
from pulumi_dashscope_ft.schema import (
    defaults,
    enum_values,
    input_names,
    output_names,
    replacing,
    to_camel_case,
    to_snake_case,
)

KIND = "ModelDeployment"
PINNED = (
    "gASVRwAAAAAAAACMJHB1bHVtaV9kYXNoc2NvcGVfZnQuZHluYW1pYy5wcm92aWRlcpSMF01vZGVsRGVwbG95bWVudFByb3ZpZGVylJOUKYGULg=="
)


def test_every_property_name_survives_the_way_there_and_back() -> None:
    for name in (*input_names(KIND), *output_names(KIND)):
        assert to_camel_case(to_snake_case(name)) == name


def test_the_pickle_of_the_provider_is_a_reference_and_pinned() -> None:
    assert serialize_provider(ModelDeploymentProvider()) == in_protocol(PINNED, pickle.DEFAULT_PROTOCOL)
    assert isinstance(pickle.loads(base64.b64decode(PINNED)), ModelDeploymentProvider)  # noqa: S301 (our own constant)
    assert ModelDeployment._resource_type_name == "dynamic/dashscope-ft:ModelDeployment"
    assert registry.of_noun(ModelDeploymentProvider.kind).type_name == KIND


def test_it_is_public() -> None:
    assert "ModelDeployment" in pulumi_dashscope_ft.__all__
    assert "ModelDeployment" in dir(pulumi_dashscope_ft)


def test_the_lifecycle_and_the_schema_agree() -> None:
    in_place = {*deployment_diff.STEERING, *deployment_request.ADJUSTABLE}
    assert set(input_names(KIND)) - replacing(KIND) == in_place
    assert set(deployment_request.SUBMITTED) <= set(input_names(KIND))
    assert set(enum_values("DeploymentOnDestroy")) == {DELETE, RETAIN}
    assert defaults(KIND) == {
        "onDestroy": "delete",
        "teardownTimeout": "10m",
        "waitUntilRunning": True,
        "waitTimeout": "30m",
    }
    known = {value for name, value in vars(DeploymentStatus).items() if isinstance(value, str) and name.isupper()}
    assert set(enum_values("DeploymentStatus")) == known
    policy = deployment_teardown.TeardownPolicy("delete", 1.0)
    assert {deployment_teardown.plan(status, policy) for status in known} == {"delete", "wait until it is gone"}


def test_messages_name_its_properties_as_python_does() -> None:
    assert sanitize_for_python("set adoptDeployment, or `rpmLimit`") == "set adopt_deployment, or `rpm_limit`"
