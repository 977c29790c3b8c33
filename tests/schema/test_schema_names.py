"""Names go from camelCase to snake_case and back without loss."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_dashscope_ft import schema

RESOURCES = (
    *("CompressedModel", "ExportedCheckpoint", "FineTunedModel", "FineTuningJob", "ImportedModel"),
    *("ModelDeployment", "TrainingFile"),
    "Provider",
)


@pytest.mark.parametrize("resource", RESOURCES)
def test_every_property_goes_there_and_back(resource: str) -> None:
    for name in {*schema.input_names(resource), *schema.output_names(resource)}:
        python = schema.to_snake_case(name)
        assert python.isidentifier()
        assert python == python.lower()
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
