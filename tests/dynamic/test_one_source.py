"""What the schema says is said once. Where Python has to say it again, the two are held together here."""

from __future__ import annotations

import inspect

import pytest

import pulumi_dashscope_ft
from pulumi_dashscope_ft import native
from pulumi_dashscope_ft.api import JobStatus
from pulumi_dashscope_ft.dynamic.session import CONFIGURATION_KEYS, NAMESPACE
from pulumi_dashscope_ft.lifecycle.base.ending.policy import CANCEL, DELETE, RETAIN
from pulumi_dashscope_ft.lifecycle.checkpoint import resource as exported_checkpoint
from pulumi_dashscope_ft.lifecycle.file import resource as training_file
from pulumi_dashscope_ft.lifecycle.job import diff as job_diff
from pulumi_dashscope_ft.program.spelling import properties
from pulumi_dashscope_ft.schema import defaults, enum_values, input_names, load, output_names, to_snake_case

KINDS = (
    "FineTuningJob",
    "TrainingFile",
    "ExportedCheckpoint",
    "FineTunedModel",
    "ModelDeployment",
    "CompressedModel",
    "ImportedModel",
)


@pytest.mark.parametrize("kind", KINDS)
def test_the_properties_are_the_schemas(kind: str) -> None:
    # The argument `wait_until_running` shares its name with what a program calls; it is read back by nobody.
    declared = {to_snake_case(name) for name in (*input_names(kind), *output_names(kind))} - {"wait_until_running"}
    assert written(getattr(native, kind)) == declared
    if kind in pulumi_dashscope_ft.__all__:
        assert written(getattr(pulumi_dashscope_ft, kind)) == declared
    assert set(properties(kind, {})) == {to_snake_case(name) for name in output_names(kind)}


def written(resource: type) -> set[str]:
    """The properties that a class of ours declares, its bases included."""
    ours = [one for one in resource.__mro__ if one.__module__.startswith("pulumi_dashscope_ft")]
    return {name for one in ours for name in inspect.get_annotations(one)} - {"kind"}


def test_policies_are_the_schemas_enums() -> None:
    assert set(enum_values("OnDestroy")) == {DELETE, CANCEL, RETAIN}
    assert set(enum_values("OnUndeletable")) == {"warn", "error"}
    assert defaults("FineTuningJob") == {"onDestroy": "delete", "onUndeletable": "warn", "teardownTimeout": "10m"}


def test_the_configuration_keys_are_the_schemas() -> None:
    assert load()["name"] == NAMESPACE
    assert set(CONFIGURATION_KEYS) == set(load()["config"]["variables"])


def test_the_property_names_in_the_lifecycle_exist() -> None:
    assert set(job_diff.STEERING) <= set(input_names("FineTuningJob"))
    computed = set(output_names("ExportedCheckpoint")) - set(input_names("ExportedCheckpoint"))
    assert set(exported_checkpoint.COMPUTED) == computed
    assert set(training_file.COMPUTED) <= set(output_names("TrainingFile")) - set(input_names("TrainingFile"))


def test_the_description_of_status_names_every_status() -> None:
    (job,) = (spec for token, spec in load()["resources"].items() if token.endswith(":FineTuningJob"))
    text = job["properties"]["status"]["description"]
    assert [status for status in JobStatus.ACTIVE | JobStatus.FINAL if status not in text] == []
