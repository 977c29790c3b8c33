"""Names go from camelCase to snake_case and back without loss, and keys that belong to others are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_dashscope_ft import schema

RESOURCES = ("ExportedCheckpoint", "FineTuningJob", "TrainingFile", "Provider")


@pytest.mark.parametrize("resource", RESOURCES)
def test_every_property_goes_there_and_back(resource: str) -> None:
    names = schema.python_names(resource)
    assert len(set(names.values())) == len(names), "no two properties share a name in Python"
    for name, python in names.items():
        assert python.isidentifier()
        assert python == python.lower()
        assert schema.schema_names(resource)[python] == name
        assert schema.to_camel_case(python) == name
        assert schema.to_snake_case(python) == python
        assert schema.to_camel_case(name) == name


@pytest.mark.parametrize(
    ("camel", "snake"),
    [("model", "model"), ("trainingFileIds", "training_file_ids"), ("sha256", "sha256"), ("apiKeyEnv", "api_key_env")],
)
def test_examples(camel: str, snake: str) -> None:
    assert schema.to_snake_case(camel) == snake
    assert schema.to_camel_case(snake) == camel


@given(st.lists(st.from_regex(r"[a-z][a-z0-9]*", fullmatch=True), min_size=1, max_size=5))
def test_any_snake_case_name_comes_back(words: list[str]) -> None:
    name = "_".join(words)
    assert schema.to_snake_case(schema.to_camel_case(name)) == name


def test_bags_are_respelled_at_the_top_and_in_typed_objects_only() -> None:
    bag = {
        "hyperParameters": {"learningRate": 1, "n_epochs": 2},
        "trainingDatasets": [{"data_source_type": "file_id", "jobId": "x"}],
        "failure": {"logTail": ["end"], "code": "1", "someThing": 1},
        "__provider": "x",
    }
    python = schema.to_python("FineTuningJob", bag)
    assert python == {
        "hyper_parameters": {"learningRate": 1, "n_epochs": 2},
        "training_datasets": [{"data_source_type": "file_id", "jobId": "x"}],
        "failure": {"log_tail": ["end"], "code": "1", "someThing": 1},
        "__provider": "x",
    }
    assert schema.to_schema("FineTuningJob", python) == bag


def test_an_unknown_object_is_passed_through() -> None:
    assert schema.to_python("FineTuningJob", {"failure": schema.UNKNOWN}) == {"failure": schema.UNKNOWN}
