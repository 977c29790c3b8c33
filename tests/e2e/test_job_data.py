"""A job and data that its program uploads: what doesn't fit is said in the plan, before anything is started."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from pulumi_dashscope_ft.testing import StackOperationFailed

SAMPLES = Path(__file__).parent.parent / "lifecycle" / "cases" / "samples"

FEW = ("training_file_ids[0]", ": has 10 rows, fewer than batch_size 16: such a job fails some ten minutes in")
LONG = ("training_file_ids[0]", ": line 1 of the file has at least 7 tokens, more than max_length 6: the service drops")

VALIDATED = """
import pulumi
from pulumi_dashscope_ft import FineTuningJob, TrainingFile

data = TrainingFile("data", path=PATH)
held = TrainingFile("held", path="few.jsonl")
datasets = [{"data_source_type": "file_id", "file_id": data.file_id}]
FineTuningJob(
    "job",
    model="qwen3-8b",
    training_datasets=datasets,
    validation_file_ids=[held.file_id],
    training_type=TYPE,
    hyper_parameters={"n_epochs": 3, "batch_size": 8, "max_length": 8192},
)
pulumi.export("rows", data.rows)
pulumi.export("longest", data.longest_row)
"""


def said(stage: Any, operation: Any) -> str:
    stage.lines.clear()
    operation()
    return "\n".join(stage.lines)


def test_too_few_rows_and_too_long_ones_are_said_before_the_job_starts(stage: Any) -> None:
    stage.program(arguments={"hyper_parameters": {"n_epochs": 3, "batch_size": 16, "max_length": 6}})
    texts = [said(stage, stage.stack.preview), said(stage, stage.stack.up), said(stage, stage.stack.preview)]
    # A plugin can't tell in a preview which file an id will belong to.
    for text in texts[stage.flavour.is_plugin :]:
        for field, reason in (FEW, LONG):
            assert stage.flavour.told(field) + reason in text
    stage.stack.destroy()
    assert stage.nothing_left()


def test_all_data_of_the_job_counts_in_either_spelling(stage: Any) -> None:
    (stage.directory / "few.jsonl").write_text((SAMPLES / "sft.jsonl").read_text())
    stage.write(VALIDATED.replace("PATH", '"train.jsonl"').replace("TYPE", '"sft"'))
    text = said(stage, stage.stack.up)
    assert stage.flavour.told("validation_file_ids[0]") + ": has 2 rows, fewer than batch_size 8" in text
    assert "has 10 rows" not in text
    outputs = stage.stack.up().outputs
    assert outputs["rows"] == 10
    assert outputs["longest"] == {"line": 1, "tokens": 7}


def test_rows_of_another_shape_are_refused_wherever_the_job_names_them(stage: Any) -> None:
    shutil.copy(SAMPLES / "reinforcement.jsonl", stage.directory / "few.jsonl")
    stage.write(VALIDATED.replace("PATH", '"few.jsonl"').replace("TYPE", '"sft"'))
    with pytest.raises(StackOperationFailed) as caught:
        stage.stack.up()
    for place in ("training_datasets[0]", "validation_file_ids[0]"):
        assert stage.flavour.told(f'{place}: the file holds prompt rows, but training type "sft"') in str(caught.value)
    assert not stage.emulator.jobs


def test_what_is_known_of_a_secret_file_is_not_said(stage: Any) -> None:
    (stage.directory / "few.jsonl").write_text((SAMPLES / "sft.jsonl").read_text())
    stage.write(
        VALIDATED.replace("PATH", 'pulumi.Output.secret("train.jsonl")').replace("TYPE", '"sft"').replace("8192", "6")
    )
    text = said(stage, stage.stack.up)
    assert "at least 14 tokens" in text, "the file whose path is no secret"
    assert "at least 7 tokens" not in text
    assert "has 10 rows" not in text
