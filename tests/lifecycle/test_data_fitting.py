"""A job and its data: what doesn't fit is said in the plan, before anything is started."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_dashscope_ft.lifecycle.training_data.fitting import compare
from pulumi_dashscope_ft.schema import UNKNOWN, Violation, to_snake_case


def known(place: str = "trainingFileIds", position: int = 0, **facts: Any) -> dict[str, Any]:
    return {"path": [place, position], "format": "chat", **facts}


def job(**inputs: Any) -> dict[str, Any]:
    hyper = {name: inputs.pop(name) for name in [*inputs] if "_" in name or name == "split"}
    return {
        "model": "qwen3-8b",
        "trainingType": "sft",
        "trainingFileIds": ["a"],
        **({"hyperParameters": hyper} if hyper else {}),
        **inputs,
    }


def said(inputs: dict[str, Any], *data: Any, secrets: Any = False) -> list[str]:
    """What is unusual; nothing may be refused."""
    violations, warnings = compare(inputs, data, secrets)
    assert violations == []
    return [str(warning) for warning in warnings]


OWN = {"validationFileIds": ["v"]}


@pytest.mark.parametrize(
    ("inputs", "data", "words"),
    [
        (
            job(batch_size=16, **OWN),
            [known(rows=15)],
            "trainingFileIds[0]: has 15 rows, fewer than batch_size 16: such",
        ),
        (job(batch_size="16", **OWN), [known(rows=1.0)], "has 1 row, fewer than batch_size 16"),
        (job(batch_size=16, trainingType="cpt"), [known(rows=15, format="cpt")], "has 15 rows, fewer than"),
        (job(batch_size=16), [known(rows=15)], "such a job fails some ten minutes in"),
        (job(batch_size=16), [known(rows=159)], "sets 10% of them aside, and that part must fill a batch too: with"),
        (job(batch_size=16), [known(rows=159)], "batch_size 16 this takes 160 rows"),
        (job(batch_size=16, split=0.8), [known(rows=79)], "sets 20% of them aside"),
        (job(batch_size=16, split="0.8"), [known(rows=79)], "this takes 80 rows"),
        (
            job(batch_size=16, trainingFileIds=["a", "b"], **OWN),
            [known(rows=7), known(position=1, rows=8)],
            "trainingFileIds: has 15 rows",
        ),
        (
            job(batch_size=16, **OWN),
            [known(rows=16), known("validationFileIds", rows=15)],
            "validationFileIds[0]: has 15 rows, fewer than batch_size 16: validation data must fill a batch too",
        ),
        (
            job(batch_size=16, trainingType="reinforcement"),
            [known(rows=16, format="prompt")],
            "needs more than batch_size 16",
        ),
        (job(trainingType="rl"), [known(rows=64, format="prompt")], "needs more than the default batch_size of 64"),
        (
            job(trainingType="pg_opd", batch_size=4),
            [known(rows=4, format="prompt")],
            "has 4 rows, and a job of this training type needs more than batch_size 4",
        ),
        (
            job(trainingFileIds=None, trainingDatasets=[{"file_id": "a"}], batch_size=4, **OWN),
            [known("trainingDatasets", rows=3)],
            "trainingDatasets[0]: has 3 rows",
        ),
        (
            job(model="cosyvoice-v3-flash", trainingType="efficient_sft"),
            [known(rows=149, format="media")],
            "has 149 rows, and the guide of this model asks for 150 at least",
        ),
        (
            job(model="wan2.7-i2v", trainingType="efficient_sft", batch_size=1),
            [known(rows=9, format="media")],
            "asks for 10 at least",
        ),
        (
            job(model="wan2.7-image-pro", trainingType="efficient_sft"),
            [known(rows=24, format="media")],
            "asks for 25 at least",
        ),
    ],
)
def test_too_few_rows(inputs: dict[str, Any], data: list[Any], words: str) -> None:
    [warning] = said(inputs, *data)
    assert words in warning


@pytest.mark.parametrize(
    ("inputs", "data"),
    [
        (job(batch_size=16, **OWN), [known(rows=16), known("validationFileIds", rows=16)]),
        (job(batch_size=16), [known(rows=160)]),
        (job(batch_size=16, split=0.8), [known(rows=80)]),
        (job(batch_size=16, trainingType="cpt"), [known(rows=16, format="cpt")]),
        (job(batch_size=16, trainingType="reinforcement"), [known(rows=17, format="prompt")]),
        (job(trainingType="rl"), [known(rows=65, format="prompt")]),
        (job(trainingType="pg_opd"), [known(rows=1, format="prompt")]),
        (job(), [known(rows=1)]),
        (job(batch_size=16), []),
        (job(batch_size=16), ["chat"]),
        (job(batch_size=16), [known(rows=None)]),
        (job(batch_size=16), [known(rows=UNKNOWN)]),
        (job(batch_size=16, trainingFileIds=["a", "of another program"]), [known(rows=3)]),
        (job(batch_size=16, trainingDatasets=UNKNOWN), [known(rows=3)]),
        (job(batch_size=16, split=UNKNOWN), [known(rows=16)]),
        (job(batch_size=16, validationFileIds=UNKNOWN), [known(rows=16)]),
        (job(batch_size=UNKNOWN), [known(rows=3)]),
        (job(hyperParameters=UNKNOWN, trainingType="rl"), [known(rows=3, format="prompt")]),
        (job(batch_size="many"), [known(rows=3)]),
        (job(batch_size=True), [known(rows=3)]),
        (job(model=UNKNOWN, batch_size=2), [known(rows=20)]),
        (job(model="qwen-image-2.0", trainingType="efficient_sft", batch_size=8), [known(rows=8, format="media")]),
    ],
)
def test_enough_rows_or_not_known(inputs: dict[str, Any], data: list[Any]) -> None:
    assert said(inputs, *data) == []


LONG = {"line": 7, "tokens": 9300}


@pytest.mark.parametrize(
    ("inputs", "shape", "words"),
    [
        (job(max_length=8192), "chat", "line 7 of the file has at least 9,300 tokens, more than max_length 8,192: the"),
        (job(max_length=8192), "chat", "the service drops such a row"),
        (job(max_length="8192", trainingType=None), "chat", "the service drops such a row"),
        (job(max_length=8192, trainingType="dpo_lora"), "dpo", "the service cuts such a row"),
        (job(max_length=8192, trainingType="cpt"), "cpt", "what becomes of such a row is not documented"),
        (
            job(max_length=10_000, max_prompt_length=1024, trainingType="reinforcement"),
            "prompt",
            "more than max_prompt_length 1,024",
        ),
    ],
)
def test_a_row_that_is_too_long(inputs: dict[str, Any], shape: str, words: str) -> None:
    [warning] = said(inputs, known(format=shape, longestRow=LONG))
    assert words in warning
    assert "no tokenizer comes with this provider: the true number is higher" in warning


@pytest.mark.parametrize(
    ("inputs", "longest"),
    [
        (job(max_length=9300), LONG),
        (job(), LONG),
        (job(max_length=UNKNOWN), LONG),
        (job(max_length=1), None),
        (job(max_length=1), UNKNOWN),
        (job(max_length=1), {"line": 1, "tokens": UNKNOWN}),
        (job(max_length=1), {}),
    ],
)
def test_rows_that_are_not_certainly_too_long(inputs: dict[str, Any], longest: Any) -> None:
    assert said(inputs, known(longestRow=longest)) == []


@pytest.mark.parametrize(
    ("inputs", "shape", "words"),
    [
        (job(trainingType="efficient_sft"), "decision", 'only a decision-model trains on, and model is "qwen3-8b"'),
        (job(model="decision-model-preview-2026-09-24"), "chat", "the file holds chat rows, but model is"),
        (job(trainingType="reinforcement"), "chat", "the file holds chat rows, which have answers"),
        (job(trainingType="pg_opd"), "dpo", "the file holds dpo rows, which have answers"),
        (job(model="decision-model-x", trainingType=None), "decision", "trains on chat rows such as"),
    ],
)
def test_combinations_that_are_odd(inputs: dict[str, Any], shape: str, words: str) -> None:
    [warning] = said(inputs, known(format=shape))
    assert words in warning


@pytest.mark.parametrize(
    ("training_type", "shape"),
    [
        ("sft", "prompt"),
        (None, "prompt"),
        ("efficient_sft", "dpo"),
        ("reinforcement", "cpt"),
        ("rl", "decision"),
        ("pg_opd", "cpt"),
        ("sft", "decision"),
        ("cpt", "chat"),
    ],
)
@pytest.mark.parametrize("place", ["trainingFileIds", "trainingDatasets", "validationFileIds"])
def test_combinations_that_can_not_work(training_type: str | None, shape: str, place: str) -> None:
    inputs = job(trainingType=training_type, model="decision-model-x" if shape == "decision" else "qwen3-8b")
    [violation] = compare(inputs, [known(place, 1, format=shape)], False)[0]
    assert violation.path == (place, 1)
    assert f"the file holds {shape} rows, but training type" in violation.reason


@pytest.mark.parametrize("secrets", [True, {"hyperParameters": True, "model": True}])
def test_secret_values_are_not_repeated(secrets: Any) -> None:
    inputs = job(batch_size=4321, max_length=77, **OWN)
    warnings = said(inputs, known(rows=3, format="decision", longestRow=LONG) | {"format": "chat"}, secrets=secrets)
    assert len(warnings) == 2
    assert all("4321" not in warning and "4,321" not in warning and "77" not in warning for warning in warnings)
    [warning] = said(job(model="m-1", trainingType="efficient_sft"), known(format="decision"), secrets=secrets)
    assert "m-1" not in warning


@pytest.mark.parametrize(
    "junk",
    [None, 3, [], {}, {"path": []}, {"path": "x"}, {"path": None}, UNKNOWN, known(format=3, rows="3", longestRow=[1])],
)
def test_whatever_a_front_end_passes_on(junk: Any) -> None:
    assert said(job(batch_size=16, max_length=8), junk) == []


def test_names_are_spelled_as_the_program_spells_them() -> None:
    [warning] = compare(job(batch_size=16), [known(rows=100)], False)[1]
    assert isinstance(warning, Violation)
    assert "give validation_file_ids" in warning.message(to_snake_case)
