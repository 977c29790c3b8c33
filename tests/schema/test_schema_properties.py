"""Whatever a program hands in, validation answers and never raises; what is generated good is accepted."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_dashscope_ft.schema import UNKNOWN, defaults, enum_values, input_names, validate
from pulumi_dashscope_ft.schema.convert import to_json_schema

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "100"))
"""Of each property; `make soak` tries more."""

KNOWN = list(to_json_schema("FineTuningJob")["properties"]["hyperParameters"]["properties"])

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just(UNKNOWN)
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KNOWN) | st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
names = st.sampled_from(input_names("FineTuningJob")) | st.text(max_size=8)


@given(st.dictionaries(names, anything, max_size=8))
@settings(max_examples=EXAMPLES, deadline=None)
def test_nothing_makes_it_raise(inputs: dict[str, Any]) -> None:
    for resource in ("ExportedCheckpoint", "FineTuningJob", "TrainingFile", "Provider"):
        report = validate(resource, inputs)
        for found in (*report.violations, *report.warnings):
            assert found.message().isprintable()
            assert len(found.reason) < 600


@given(st.dictionaries(st.sampled_from(KNOWN), anything, max_size=6))
@settings(max_examples=EXAMPLES, deadline=None)
def test_nothing_unknown_is_ever_blamed(hyper: dict[str, Any]) -> None:
    report = validate("FineTuningJob", {"model": "m", "trainingFileIds": ["a"], "hyperParameters": hyper})
    for violation in report.violations:
        value: Any = {"hyperParameters": hyper}
        for step in violation.path:
            value = value[step]
        assert value is not UNKNOWN


ids = st.from_regex(r"[A-Za-z0-9-]{1,36}", fullmatch=True)
positive = st.integers(1, 10_000)
rate = st.floats(1e-9, 1, allow_nan=False)
good = st.fixed_dictionaries(
    {"model": ids, "trainingFileIds": st.lists(ids, min_size=1, max_size=4)},
    optional={
        "trainingType": st.text(min_size=1, max_size=10),
        "hyperParameters": st.fixed_dictionaries(
            {},
            optional={
                "n_epochs": positive | positive.map(str),
                "batch_size": positive | positive.map(float),
                "learning_rate": rate | rate.map(repr),
                "lr_scheduler_type": st.text(max_size=10),
                "freeze_vit": st.booleans(),
            },
        ),
        "triggers": st.lists(
            st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8), max_size=3
        ),
        "onDestroy": st.sampled_from(enum_values("OnDestroy")),
        "teardownTimeout": st.integers(1, 10**6) | st.integers(1, 500).map("{}m".format),
    },
)


@given(good)
@settings(max_examples=EXAMPLES, deadline=None)
def test_good_inputs_are_accepted_and_left_alone(inputs: dict[str, Any]) -> None:
    before = repr(inputs)
    report = validate("FineTuningJob", {**defaults("FineTuningJob"), **inputs})
    assert report.ok, [str(v) for v in report.violations]
    assert repr(inputs) == before


@given(good, st.sampled_from(["model", "trainingFileIds"]))
@settings(max_examples=50, deadline=None)
def test_what_is_required_is_missed(inputs: dict[str, Any], name: str) -> None:
    del inputs[name]
    report = validate("FineTuningJob", inputs)
    assert name in {violation.property for violation in report.violations}
