"""What bad input gets: a clear message in the preview that names the field and what to write; nothing is created."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from pulumi_dashscope_ft.testing import StackOperationFailed

pytestmark = pytest.mark.rotated("flavour", among="tests")


def on_engines(cases: Iterable[str], both: tuple[str, ...]) -> list[Any]:
    """All cases on the local engine, those in `both` on the real one, too: the provider decides."""
    return [("local", case) for case in cases] + [("command", case) for case in both]


CASES: dict[str, tuple[Any, ...]] = {
    "both data sources": (
        {"arguments": {"training_datasets": [{"data_source_type": "file_id", "file_id": "f"}]}},
        ["training_file_ids", "training_datasets"],
    ),
    "no data source": ({"arguments": {"training_file_ids": None}}, ["training_file_ids", "training_datasets"]),
    "empty list": ({"arguments": {"training_file_ids": []}}, ["training_file_ids"]),
    "no epochs": ({"arguments": {"hyper_parameters": {"n_epochs": 0}}}, ["hyper_parameters.n_epochs", "at least 1"]),
    "learning rate": (
        {"arguments": {"hyper_parameters": {"learning_rate": "abc"}}},
        ["hyper_parameters.learning_rate", '"abc"', "1.6e-5"],
    ),
    "unknown argument": ({"arguments": {"on_destory": "cancel"}}, ["on_destory", "did you mean on_destroy"]),
    "bad policy": ({"arguments": {"on_destroy": "keep"}}, ["on_destroy", "retain"]),
    "no model": ({"arguments": {"model": None}}, ["model"]),
    "wrong shape": ({"arguments": {"training_type": "dpo_lora"}}, ["training_file_ids[0]", "chat", "dpo"]),
    "missing file": ({"data": {"path": "nowhere.jsonl"}}, ["path", "nowhere.jsonl"]),
    "empty file": ({"data": {"path": "empty.jsonl"}}, ["path", "empty"]),
    "binary file": ({"data": {"path": "binary.jsonl"}}, ["path", "line 1"]),
    "badly formed line": ({"data": {"path": "broken.jsonl"}}, ["path", "line 3"]),
}


@pytest.mark.parametrize(
    ("engine", "case"), on_engines(CASES, both=("unknown argument", "badly formed line")), indirect=["engine"]
)
@pytest.mark.rotated  # here the flavours differ
def test_bad_arguments(stage: Any, case: str) -> None:
    settings, needed = CASES[case]
    write_bad_files(stage.directory)
    stage.program(**settings)
    # The plugin can't tell in a preview which file an id will belong to.
    refused(stage, needed, early=not (stage.flavour.is_plugin and case == "wrong shape"))


def write_bad_files(directory: Path) -> None:
    good = (directory / "train.jsonl").read_text().splitlines(keepends=True)
    (directory / "empty.jsonl").write_text("")
    (directory / "binary.jsonl").write_bytes(b"\x00\x01\xff\xfe" * 40)
    (directory / "broken.jsonl").write_text("".join(good[:2]) + '{"messages": [}\n' + "".join(good[2:]))


def refused(stage: Any, needed: list[str], *, early: bool = True) -> None:
    for operation in (stage.stack.preview, stage.stack.up)[not early :]:
        with pytest.raises(StackOperationFailed) as caught:
            operation()
        message = str(caught.value)
        for word in needed:
            assert stage.flavour.told(word) in message
        assert "dashscope_ft/" not in message
    assert stage.job is None
    assert not stage.emulator.jobs


ENVIRONMENTS = {
    "no key": ({"DASHSCOPE_API_KEY": "", "HOME": "/nonexistent"}, ["DASHSCOPE_API_KEY", "export"]),
    "key with a line break": ({"DASHSCOPE_API_KEY": "sk-secret-a\nsk-secret-b"}, ["line break"]),
    "plain http": ({"DASHSCOPE_HTTP_BASE_URL": "http://dashscope.example.com/api/v1"}, ["https"]),
    "credentials in the URL": ({"DASHSCOPE_HTTP_BASE_URL": "https://me:hunter2@example.com/api/v1"}, ["base URL"]),
}


@pytest.mark.parametrize(("engine", "case"), on_engines(ENVIRONMENTS, both=("no key",)), indirect=["engine"])
def test_bad_settings(stage: Any, case: str) -> None:
    environment, needed = ENVIRONMENTS[case]
    stage.stack.env.update(environment)
    refused(stage, needed)
    shown = "\n".join(stage.lines)
    assert "sk-secret" not in shown
    assert "hunter2" not in shown


def test_configuration_reaches_the_provider(stage: Any) -> None:
    stage.stack.env.update({"DASHSCOPE_HTTP_BASE_URL": "", "DASHSCOPE_API_KEY": ""})
    stage.stack.set_config("dashscope-ft:baseUrl", stage.emulator.base_url)
    stage.stack.set_config("dashscope-ft:apiKey", "sk-from-config", secret=True)
    stage.stack.up()
    assert "sk-from-config" not in str(stage.stack.export())
    stage.stack.destroy()
    assert stage.nothing_left()
