"""What `pulumi import` can fill in and what it can't, as docs/plugin.md says; and the way to take over the rest."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

sys.path.insert(0, str(Path(__file__).parent))

from steps import job_inputs

from pulumi_dashscope_ft.emulator.model.settings import DATA_FORMS
from pulumi_dashscope_ft.plugin.wire import decode

SOME, NONE = provider_pb2.DiffResponse.DIFF_SOME, provider_pb2.DiffResponse.DIFF_NONE
NOT_SHOWN = {"modelName": "Tickets", "finetunedOutputSuffix": "tickets", "triggers": ["one"]}
"""What the service shows of no job."""


@pytest.fixture(autouse=True, params=DATA_FORMS)
def data_form(request: pytest.FixtureRequest, emulator: Any) -> None:
    """Everything here holds in whichever form the service shows a job's data."""
    emulator.configure(data_form=request.param)


def filled_in(imported: Any) -> dict[str, Any]:
    """The inputs as Pulumi writes them into the program."""
    return {name: value for name, value in decode(imported.inputs).values.items() if not name.startswith("__")}


def test_what_the_service_does_not_show_of_a_job_is_left_out_and_stays_out(plugin: Any, emulator: Any) -> None:
    inputs = job_inputs(plugin, **NOT_SHOWN)
    made = plugin.create("FineTuningJob", "job", inputs)
    emulator.force(made.id, "SUCCEEDED")
    imported = plugin.next().read("FineTuningJob", "job", made.id)
    found = filled_in(imported)
    assert set(inputs) - set(found) == set(NOT_SHOWN)
    assert plugin.diff(imported, found).changes == NONE
    for name, value in NOT_SHOWN.items():
        assert plugin.diff(imported, {**found, name: value}).replaces == [name]


@pytest.mark.parametrize("kind", ["FineTuningJob", "FineTunedModel"])
def test_what_is_adopted_has_all_that_its_program_says(plugin: Any, emulator: Any, kind: str) -> None:
    inputs = job_inputs(plugin, **NOT_SHOWN)
    made = plugin.create("FineTuningJob", "job", inputs)
    emulator.force(made.id, "SUCCEEDED")
    adopted = plugin.next().create(kind, "job", {**inputs, "adoptJobId": made.id})
    assert adopted.id == made.id
    assert plugin.diff(adopted, {**inputs, "adoptJobId": made.id}).changes == NONE
    assert not plugin.diff(adopted, inputs).replaces
    assert emulator.count("create") == 1


@pytest.mark.parametrize("status", ["PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELED"])
def test_an_imported_model_is_waited_for_unless_it_is_there(plugin: Any, emulator: Any, status: str) -> None:
    made = plugin.create("FineTuningJob", "job", job_inputs(plugin))
    emulator.force(made.id, status)
    imported = plugin.next().read("FineTunedModel", "job", made.id)
    planned = plugin.diff(imported, filled_in(imported))
    assert planned.changes == (NONE if status == "SUCCEEDED" else SOME)
    assert not planned.replaces


def test_an_imported_deployment_that_has_failed_is_replaced(plugin: Any, emulator: Any) -> None:
    inputs = {"modelName": "qwen3-8b", "plan": "mu", "deploySpec": "MU1", "capacity": 1}
    made = plugin.create("ModelDeployment", "live", inputs)
    for status, replaced in (("RUNNING", False), ("FAILED", True)):
        emulator.force_deployment(made.id, status)
        imported = plugin.next().read("ModelDeployment", "live", made.id)
        assert bool(plugin.diff(imported, filled_in(imported)).replaces) == replaced


def test_an_imported_compression_needs_no_change(plugin: Any, emulator: Any) -> None:
    emulator.configure(check_file_ids=False, compressing_seconds=1)
    data = {"trainingFileIds": ["f"], "trainingType": "sft", "hyperParameters": {"n_epochs": 3}}
    job = plugin.create("FineTuningJob", "job", {"model": "qwen3.5-flash-2026-02-23", **data})
    emulator.force(job.id, "SUCCEEDED")
    model = emulator.jobs[job.id].finetuned_output
    inputs = {"model": model, "templateId": "quant-w8a8", "jobDescription": "half", "outputModelSuffix": "w8"}
    made = plugin.create("CompressedModel", "small", inputs)
    assert made.seen["modelId"].endswith(f"-w8-{made.id}")
    assert made.seen["teardown"] == "delete"

    imported = plugin.read("CompressedModel", "small", made.id)
    assert imported is not None
    shown = {name: value for name, value in inputs.items() if name != "outputModelSuffix"}
    assert plugin.diff(imported, shown).changes == provider_pb2.DiffResponse.DIFF_NONE
    assert imported.seen["modelId"] == made.seen["modelId"]
    assert list(plugin.diff(imported, {**shown, "templateId": "quant-w4a16"}).replaces) == ["templateId"]
    plugin.next()
    plugin.delete(imported)
    assert made.id not in emulator.compressions
    assert plugin.refresh(imported) is None


def test_an_imported_import_needs_no_change_and_no_type_of_weights(plugin: Any, emulator: Any) -> None:
    """The service does not show the type: it can be written into the program afterwards, and that is no change."""
    emulator.configure(pending_seconds=1, importing_seconds=1)
    inputs = {"baseModel": "qwen3-8b", "bucketName": "weights", "objectKey": "triage/"}
    made = plugin.create("ImportedModel", "brought", {**inputs, "weightType": "lora"})
    assert made.seen["teardown"] == "delete, with the model's files"

    imported = plugin.read("ImportedModel", "brought", made.id)
    assert imported is not None
    assert imported.seen["modelId"] == made.seen["modelId"]
    written = {"adoptImportId": made.id, **inputs}
    assert plugin.diff(imported, written).changes == provider_pb2.DiffResponse.DIFF_NONE
    assert not plugin.diff(imported, {**inputs, "weightType": "lora"}).replaces
    assert list(plugin.diff(imported, {**written, "objectKey": "another/"}).replaces) == ["objectKey"]
    plugin.next()
    plugin.delete(imported)
    assert made.id not in emulator.imports
    assert plugin.refresh(imported) is None
