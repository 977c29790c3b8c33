"""The scenes of the page of errors about data files and how they fit their job (see `error_scenes`)."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from error_scenes import local
from error_stage import Stage
from verbs import fine_tuning_job, training_file

from pulumi_dashscope_ft.schema import Violation, to_snake_case

QUESTION = '"type": "choice", "instructions": "Which shed?", "criteria": {"hives": "bees", "greenhouse": "seedlings"}'
CALL = '{"id": "call_1", "type": "function", "function": {"name": "tide_at", "arguments": {"hour": 6}}}'
SPEECH = '{"wav_fn": "train/1.wav", "text": "The lamp is lit."}\n'


@local("preview")
def documented_rules(stage: Stage) -> str:
    """One rule of each kind of row, each in a file of its own."""
    asked = '{"role": "user", "content": "When is high tide?"}'
    files = (
        f'{{"state": {{"content": "A bee."}}, "questions": {{"crop": {{{QUESTION}, "label": "barn"}}}}}}\n',
        f'{{"messages": [{asked}, {{"role": "assistant", "tool_calls": [{CALL}]}}]}}\n',
        f'{{"messages": [{asked}, {{"role": "assistant", "content": "At six.", "loss_weight": "1.5"}}]}}\n',
        f'{{"messages": [{asked}], "rollout_extra": "At six."}}\n',
    )
    return "\n".join(_checked(stage, stage.data(text))[0] for text in files)


@local("preview")
def file_not_in_archive(stage: Stage) -> str:
    return _checked(stage, _archive(stage, {"data.jsonl": SPEECH, "train/2.wav": ""}))[0]


@local("preview")
def several_data_sets(stage: Stage) -> str:
    return _checked(stage, _archive(stage, {"one/data.jsonl": SPEECH, "two/data.jsonl": SPEECH}))[0]


@local("preview")
def folder_around_everything(stage: Stage) -> str:
    return _checked(stage, _archive(stage, {"user_data/data.jsonl": SPEECH, "user_data/train/1.wav": ""}))[1]


@local("preview")
def picture_not_in_archive(stage: Stage) -> str:
    asked = '{"role": "user", "content": [{"image": "hull.jpg"}, {"text": "Is there rust?"}]}'
    rows = f'{{"messages": [{asked}, {{"role": "assistant", "content": [{{"text": "No."}}]}}]}}\n'
    return _checked(stage, _archive(stage, {"data.jsonl": rows}))[1]


@local("preview")
def weight_of_zero(stage: Stage) -> str:
    answer = '{"role": "assistant", "content": "At six.", "loss_weight": 0}'
    return _checked(stage, stage.data(f'{{"messages": [{{"role": "user", "content": "High tide?"}}, {answer}]}}\n'))[1]


@local("preview")
def too_few_rows(stage: Stage) -> str:
    return _compared(stage, "chat", rows=12, training_type="sft", batch_size=16)


@local("preview")
def too_few_rows_to_split(stage: Stage) -> str:
    return _compared(stage, "chat", rows=120, training_type="sft", batch_size=16)


@local("preview")
def row_too_long(stage: Stage) -> str:
    return _compared(stage, "chat", rows=1200, training_type="sft", batch_size=16, max_length=8192)


@local("preview")
def data_of_another_model(stage: Stage) -> str:
    return _compared(stage, "decision", rows=1200, training_type="efficient_sft")


def _archive(stage: Stage, files: Mapping[str, str]) -> Path:
    path = stage.folder / "train.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def _checked(stage: Stage, path: Path) -> tuple[str, str]:
    """What is refused about a data file, and what is warned about."""
    checked = training_file.check({}, {"path": str(path)}, stage.run_registry)
    warnings = _warnings("TrainingFile tickets", checked.warnings)
    return stage.violations(checked), warnings.replace(f"{stage.folder}/", "data/")


def _compared(stage: Stage, shape: str, *, rows: int, training_type: str, **hyper: int) -> str:
    """What is warned about when a job is compared with a file of the same program."""
    longest = {"line": 71, "tokens": 9300}
    known = [{"path": ["trainingFileIds", 0], "format": shape, "rows": rows, "longestRow": longest}]
    given = stage.inputs(trainingType=training_type, hyperParameters={"n_epochs": 3, **hyper}, __formats=known)
    found = fine_tuning_job.check({}, given, stage.run_registry).warnings
    return _warnings("FineTuningJob triage", [one for one in found if one.property == "trainingFileIds"])


def _warnings(subject: str, warnings: Sequence[Violation]) -> str:
    return "\n".join(f"warning: {subject}: {warning.message(to_snake_case)}" for warning in warnings)
