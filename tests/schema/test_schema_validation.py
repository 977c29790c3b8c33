"""What the inputs of a resource may hold: each case with the field it names and the words a person reads."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_dashscope_ft.schema import UNKNOWN, Report, to_snake_case, validate

HYPER = {"n_epochs": 3, "batch_size": 16, "max_length": 8192}
JOB = {"model": "qwen3-14b", "trainingFileIds": ["976bd01a-f30b-4414-86fd-50c54486e3ef"], "hyperParameters": HYPER}
FILE_ID = {"data_source_type": "file_id", "file_id": "a"}


def job(**changes: Any) -> Report:
    """The report on a good job with some inputs changed, or dropped where the change is `...`."""
    inputs = {name: value for name, value in {**JOB, **changes}.items() if value is not ...}
    return validate("FineTuningJob", inputs)


def hyper(**changes: Any) -> Report:
    return job(hyperParameters={**HYPER, **changes})


def only(report: Report) -> str:
    assert len(report.violations) == 1, [str(v) for v in report.violations]
    return str(report.violations[0])


def warned(report: Report) -> list[str]:
    assert report.ok, [str(v) for v in report.violations]
    return [str(warning) for warning in report.warnings]


def test_a_good_job_has_nothing_to_be_said_about() -> None:
    assert job() == Report()
    assert hyper(learning_rate="1.6e-5", split=0.9, lr_scheduler_type="Inverse_sqrt", lora_rank=64) == Report()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model": ...}, 'model: is required, for example "qwen3-14b"'),
        ({"model": None}, 'model: is required, for example "qwen3-14b"'),
        ({"model": ""}, 'model: must be the id of a model, without spaces, such as "qwen3-14b" (got "")'),
        (
            {"trainingFileIds": ...},
            "trainingFileIds: is required: give exactly one of trainingFileIds and trainingDatasets (neither is given)",
        ),
        (
            {"trainingDatasets": [FILE_ID]},
            "trainingDatasets: must not be given together with trainingFileIds; keep one of the two",
        ),
        (
            {"validationFileIds": ["v"], "validationDatasets": [FILE_ID]},
            "validationDatasets: must not be given together with validationFileIds; keep one of the two",
        ),
        (
            {"trainingFileIds": []},
            "trainingFileIds: must be a list of at least one file id, such as "
            '["976bd01a-f30b-4414-86fd-50c54486e3ef"] (got an empty list)',
        ),
        (
            {"trainingFileIds": ["data/train.jsonl"]},
            "trainingFileIds[0]: must be the id of an uploaded file; for a file on this machine make a TrainingFile "
            'and use its file id (got "data/train.jsonl")',
        ),
        ({"onDestroy": "remove"}, 'onDestroy: must be "delete", "cancel" or "retain" (got "remove")'),
        (
            {"onUndeletable": "Warn"},
            'onUndeletable: must be "warn" or "error" (got "Warn"; did you mean "warn"?)',
        ),
        (
            {"teardownTimeout": "10 minutes"},
            'teardownTimeout: must be a length of time such as "90s", "10m", "1h30m" or "3d", or a number of seconds '
            '(got "10 minutes")',
        ),
        ({"teardownTimeout": 0}, "teardownTimeout: must be a length of time above zero (got 0)"),
        (
            {"traningFileIds": ["a"]},
            "traningFileIds: is not an argument of FineTuningJob; did you mean trainingFileIds?",
        ),
        ({"jobName": " "}, 'jobName: must not be empty; leave it out to have a name made (got " ")'),
        (
            {"finetunedOutputSuffix": "a/b"},
            'finetunedOutputSuffix: must not be empty and must hold neither spaces nor `/` (got "a/b")',
        ),
        ({"triggers": "x"}, 'triggers: must be a list of values, such as ["2026-06"] (got "x")'),
        ({"trainingType": 3}, "trainingType: must be a string that is not empty (got 3)"),
    ],
)
def test_inputs_that_can_never_work(changes: dict[str, Any], message: str) -> None:
    assert only(job(**changes)) == message


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("n_epochs", 0, "must be a whole number of at least 1 (got 0)"),
        ("n_epochs", "0", 'must be a whole number of at least 1 (got "0")'),
        ("n_epochs", True, "must be a whole number of at least 1 (got true)"),
        ("n_epochs", 1.5, "must be a whole number of at least 1 (got 1.5)"),
        ("n_epochs", "three", 'must be a whole number of at least 1 (got "three")'),
        ("n_epochs", [], "must be a whole number of at least 1 (got an empty list)"),
        (
            "learning_rate",
            "abc",
            'must be a positive number, or a string that spells one such as "1.6e-5" (got "abc")',
        ),
        ("learning_rate", "0", 'must be a positive number, or a string that spells one such as "1.6e-5" (got "0")'),
        ("learning_rate", float("nan"), "must be a finite number that fits 64 bits (got NaN)"),
        ("learning_rate", float("-inf"), "must be a finite number that fits 64 bits (got Infinity)"),
        ("anything_else", 10**400, "must be a finite number that fits 64 bits (got a huge number)"),
        ("split", 1, "must be a number above 0 and below 1 (got 1)"),
        ("lora_dropout", 2, "must be a number from 0 to 1 (got 2)"),
        ("freeze_vit", 1, "must be true or false (got 1)"),
        (
            "augmentation_ratio",
            0.1,
            'must be one string, numbers separated by commas, such as "0.1,0.05,0.15" (got 0.1)',
        ),
        ("lm_step", 2**31, "must be a whole number from 1 to 2147483647 (got 2147483648)"),
    ],
)
def test_hyper_parameters_that_can_never_work(name: str, value: Any, reason: str) -> None:
    report = hyper(**{name: value})
    assert only(report) == f"hyperParameters.{name}: {reason}"
    assert report.violations[0].path == ("hyperParameters", name)
    assert report.violations[0].property == "hyperParameters"


@pytest.mark.parametrize(
    "values",
    [
        {"n_epochs": "3", "batch_size": 16.0},
        {"learning_rate": 0.000016},
        {"learning_rate": "2.0E-5"},
        {"gradient_clip": -1, "max_pixels": 36864},
        {"max_pixels": "1k", "freeze_vit": True, "data_augmentation": "false"},
        {"a_key_of_next_year": {"nested": [1, None]}},
        {"learning_rate": None},
        {"augmentation_ratio": "0.1,0.05,2.0"},
    ],
)
def test_hyper_parameters_that_are_fine(values: dict[str, Any]) -> None:
    assert hyper(**values) == Report()


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"trainingType": "sfd"}, "trainingType", "is not one of the values known here"),
        ({"finetunedOutputSuffix": "MyModel"}, "finetunedOutputSuffix", "is unusual"),
        ({"adoptJobId": "job-1"}, "adoptJobId", "does not look like the id of a job"),
        ({"trainingFileIds": ["a", "b", "a"]}, "trainingFileIds[2]", "more than once"),
        ({"trainingFileIds": ["train.jsonl"]}, "trainingFileIds[0]", "looks like the name of a file"),
        ({"hyperParameters": ...}, "hyperParameters", "should be given for a text model"),
        ({"hyperParameters": {**HYPER, "n_epochs": 201}}, "hyperParameters.n_epochs", "from 1 to 200 (got 201)"),
        ({"hyperParameters": {**HYPER, "max_length": "200000"}}, "hyperParameters.max_length", '(got "200000")'),
        ({"hyperParameters": {**HYPER, "nEpochs": 3}}, "hyperParameters.nEpochs", 'did you mean "n_epochs"?'),
        ({"hyperParameters": {**HYPER, "lora_rank": 9}}, "hyperParameters.lora_rank", "power of two"),
        ({"hyperParameters": {**HYPER, "lr_scheduler_type": "linea"}}, "hyperParameters.lr_scheduler_type", "usually"),
        ({"trainingFileIds": ..., "trainingDatasets": [{"data_source_type": "s3"}]},
         "trainingDatasets[0].data_source_type", "is not one of the values known here"),
    ],
)  # fmt: skip
def test_what_is_unusual_is_a_warning(changes: dict[str, Any], field: str, words: str) -> None:
    [message] = warned(job(**changes))
    assert message.startswith(f"{field}: ")
    assert words in message


def test_must_fill_hyper_parameters_are_warned_about_for_text_models_only() -> None:
    missing = [f"hyperParameters.{name}" for name in ("batch_size", "max_length", "n_epochs")]
    assert [w.field() for w in job(hyperParameters={}).warnings] == missing
    assert job(model="some-new-family", hyperParameters=...) == Report()
    assert job(model="qwen-image-2.0", trainingType="efficient_sft", hyperParameters=...) == Report()


def test_the_ranges_of_text_models_are_not_those_of_video_models() -> None:
    video = {"n_epochs": 400, "batch_size": 2, "learning_rate": 2e-5, "eval_epochs": 50, "max_pixels": 36864}
    assert job(model="wan2.5-i2v-preview", trainingType="efficient_sft", hyperParameters=video) == Report()
    fields = [w.field() for w in job(model="wan2.5-i2v-preview", hyperParameters={}).warnings]
    assert "trainingType" in fields
    assert "hyperParameters.eval_epochs" in fields
    assert "hyperParameters.max_length" not in fields


def test_cosyvoice_takes_one_file() -> None:
    report = job(model="cosyvoice-v3-flash", trainingType="efficient_sft", trainingFileIds=["a", "b"])
    assert "trainingFileIds" in [w.field() for w in report.warnings]


@pytest.mark.parametrize(
    ("dataset", "field"),
    [
        ({"file_id": "a"}, "trainingDatasets[0].data_source_type"),
        ({"data_source_type": "file_id"}, "trainingDatasets[0].file_id"),
        ({"data_source_type": "oss_mount", "mount_storage": {"region": "r", "bucket": "b"}},
         "trainingDatasets[0].mount_storage.file_path"),
        ({"data_source_type": "download_url", "download_url": "no address"}, "trainingDatasets[0].download_url"),
        ("976bd01a", "trainingDatasets[0]"),
    ],
)  # fmt: skip
def test_data_sets(dataset: Any, field: str) -> None:
    report = job(trainingFileIds=..., trainingDatasets=[dataset])
    assert [v.field() for v in report.violations] == [field]
    also = job(validationDatasets=[dataset])
    assert [v.field() for v in also.violations] == [field.replace("training", "validation")]
    assert job(validationDatasets=[]).ok, "no validation data is what the service has a default for"


def test_everything_wrong_is_told_at_once_in_the_order_of_the_schema() -> None:
    report = job(
        onDestroy="x",
        model=1,
        hyperParameters={"n_epochs": 0, "learning_rate": "abc"},
        zzz=1,
        trainingFileIds=[1, "a b"],
    )
    assert [v.field() for v in report.violations] == [
        "model",
        "trainingFileIds[0]",
        "trainingFileIds[1]",
        "hyperParameters.learning_rate",
        "hyperParameters.n_epochs",
        "onDestroy",
        "zzz",
    ]
    assert not report.ok


def test_a_message_spells_every_input_as_the_reader_does() -> None:
    report = job(trainingFileIds=..., hyperParameters={"n_epochs": 0}, traningType="sft")
    assert [violation.message(to_snake_case) for violation in report.violations] == [
        "training_file_ids: is required: "
        "give exactly one of training_file_ids and training_datasets (neither is given)",
        "hyper_parameters.n_epochs: must be a whole number of at least 1 (got 0)",
        "traning_type: is not an argument of FineTuningJob; did you mean training_type?",
    ]


def test_unknown_values_are_never_wrong_and_count_as_given() -> None:
    assert (
        job(model=UNKNOWN, hyperParameters={"n_epochs": UNKNOWN}, onDestroy=UNKNOWN, teardownTimeout=UNKNOWN)
        == Report()
    )
    assert job(trainingFileIds=[UNKNOWN, UNKNOWN]) == Report()
    assert job(trainingFileIds=UNKNOWN, trainingType=UNKNOWN) == Report()
    assert not job(trainingFileIds=UNKNOWN, trainingDatasets=UNKNOWN).ok, "both are given, whatever they will be"
    assert job(trainingFileIds=..., trainingDatasets=[{"data_source_type": UNKNOWN, "download_url": UNKNOWN}]).ok
    [violation] = job(trainingFileIds=[UNKNOWN, ""]).violations
    assert violation.path == ("trainingFileIds", 1)


def test_secrets_are_not_quoted() -> None:
    key = "sk-not-the-name-0123456789"
    signed = "bucket/x?Signature=geheim and more"
    report = job(apiKeyEnv=key, trainingFileIds=..., trainingDatasets=[
        {"data_source_type": "download_url", "download_url": signed}], jobName=["x"], triggers=key)  # fmt: skip
    text = "\n".join(str(v) for v in report.violations)
    assert "apiKeyEnv: must be the name of an environment variable" in text
    assert key not in text
    assert "geheim" not in text
    settings = validate("Provider", {"apiKey": "sk-line\nbreak", "baseUrl": "https://user:geheim@example.com"})
    assert [v.property for v in settings.violations] == ["baseUrl", "apiKey"]
    assert "geheim" not in str(settings)
    assert "line" not in settings.violations[1].reason.replace("on one line", "").replace("line break", "")


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({}, 'path: is required, for example "data/train.jsonl"'),
        ({"path": ""}, 'path: must be the path of a file on this machine, such as "data/train.jsonl" (got "")'),
        ({"path": "a", "description": 1}, "description: must be a string (got 1)"),
        ({"path": "a", "purpose": "x"}, "purpose: is not an argument of TrainingFile; the arguments are path, "
                                        "description, workspaceId, apiKeyEnv, adoptFileId"),
        ({"path": "a", "adoptFileId": "a b"}, "adoptFileId: must be the id of a file, such as "
                                              "\"976bd01a-f30b-4414-86fd-50c54486e3ef\" (got \"a b\")"),
    ],
)  # fmt: skip
def test_training_files(inputs: dict[str, Any], message: str) -> None:
    assert only(validate("TrainingFile", inputs)) == message


def test_the_id_of_a_job_is_an_unusual_one_for_a_file() -> None:
    (message,) = warned(validate("TrainingFile", {"path": "a", "adoptFileId": "ft-202410291653-1c7f"}))
    assert message.startswith("adoptFileId: looks like the id of a job")
    for given in ("976bd01a-f30b-4414-86fd-50c54486e3ef", "file-ft-1234", "8382b3d3137bce6e" * 4):
        assert validate("TrainingFile", {"path": "a", "adoptFileId": given}) == Report()


def test_paths_with_odd_keys_stay_readable() -> None:
    [violation] = job(hyperParameters={**HYPER, "odd key\n": float("nan")}).violations
    assert violation.field() == 'hyperParameters["odd key\\n"]'
