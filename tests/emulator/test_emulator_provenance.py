"""The record of sources is complete: every operation, every field that is ever answered, every refusal."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import pytest
from caller import Caller

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings
from pulumi_dashscope_ft.emulator.app import OPERATIONS
from pulumi_dashscope_ft.emulator.choices import CHOICES
from pulumi_dashscope_ft.emulator.errors import CATALOGUE
from pulumi_dashscope_ft.emulator.provenance import FIELDS, REFUSALS, STANDINGS
from pulumi_dashscope_ft.emulator.provenance import OPERATIONS as SOURCES


def test_every_operation_has_its_source() -> None:
    assert set(SOURCES) == {one.name for one in OPERATIONS}


def test_every_refusal_has_its_source() -> None:
    assert set(REFUSALS) == set(CATALOGUE)


def test_every_source_says_where() -> None:
    found = [*SOURCES.values(), *REFUSALS.values(), *(one for fields in FIELDS.values() for one in fields.values())]
    assert {one.standing for one in found} == set(STANDINGS)
    assert all(one.where.strip() for one in found)


@pytest.mark.parametrize("choice", CHOICES, ids=lambda one: one.about)
def test_choices_name_settings_that_there_are(choice: Any) -> None:
    assert choice.about
    assert choice.chosen
    assert choice.why
    if choice.setting:
        assert hasattr(Settings(), choice.setting)


def test_every_field_that_is_answered_has_its_source(emulator: EmulatorServer, call: Caller) -> None:
    """A walk through everything that has a shape; nothing is shown that the record does not know, and all of it is."""
    shown: dict[str, set[str]] = defaultdict(set)

    def note(kind: str, *objects: dict[str, Any]) -> None:
        for one in objects:
            shown[kind] |= set(one)

    def output(path: str, verb: str = "GET", **body: Any) -> Any:
        answer = call(verb, path, json=body or None).json()
        return answer.get("output", answer.get("data"))

    # Files.
    emulator.configure(max_files=1)
    up = call("POST", "/files", files=[("files", ("a", b"1")), ("files", ("b", b"2"))]).json()["data"]
    note("upload", up)
    note("uploaded file", *up["uploaded_files"])
    note("failed upload", *up["failed_uploads"])
    listed = output("/files")
    note("file list", listed)
    note("file", *listed["files"], output(f"/files/{listed['files'][0]['file_id']}"))

    # Jobs and what they leave behind.
    sets = [{"data_source_type": "oss_mount"}]
    hyper = {"n_epochs": 2, "save_total_limit": 2}
    more = {"validation_datasets": sets, "training_datasets": sets, "hyper_parameters": hyper, "model_name": "x"}
    job_ids = [
        output("/fine-tunes", "POST", model=model, training_type="efficient_sft", **more)["job_id"]
        for model in ("qwen3-14b", "wan2.5-i2v-preview", "wan2.7-image-pro", "cosyvoice-v3-flash")
    ]
    emulator.clock.advance(10_000)
    listed = output("/fine-tunes")
    note("job list", listed)
    for job_id in job_ids:
        note("job", output(f"/fine-tunes/{job_id}"))
        note("log", output(f"/fine-tunes/{job_id}/logs"))
        note("checkpoint", *output(f"/fine-tunes/{job_id}/checkpoints"))
        for result in output(f"/fine-tunes/{job_id}/validation-results"):
            note("validation result", result)
            details = output(f"/fine-tunes/{job_id}/validation-details/{result['checkpoint']}")
            note("validation details", details)
            note("validation sample", *details["list"])
    note("outcome", output(f"/fine-tunes/{call.create()}/cancel", "POST"))
    note("error", call("GET", "/fine-tunes/none").json())

    # Deployments.
    for query in ("", "?version=v1.0"):
        listed = output(f"/deployments/models{query}")
        note("deployable list", listed)
        note("deployable model", *listed["models"])
    listed = output("/models")
    note("model list", listed)
    note("model", *listed["models"])
    body = {"model_name": "qwen3-8b", "capacity": 1, "name": "n", "suffix": "s"}
    note("deployment", output("/deployments", "POST", **body, plan="mu", deploy_spec="MU1"))
    emulator.clock.advance(10_000)
    (model,) = (one["deployed_model"] for one in output("/deployments")["deployments"])

    # Calls of what is deployed.
    asked = {"model": model, "messages": [{"role": "user", "content": "hello"}]}
    chat = call("POST", "/chat/completions", base="/compatible-mode/v1", json=asked).json()
    note("chat completion", chat)
    note("chat choice", *chat["choices"])
    note("message", chat["choices"][0]["message"])
    note("chat usage", chat["usage"])
    streamed = {**asked, "stream": True, "stream_options": {"include_usage": True}}
    events = call("POST", "/chat/completions", base="/compatible-mode/v1", json=streamed).text.split("\n\n")
    assert events[-2:] == ["data: [DONE]", ""]
    for event in events[:-2]:
        chunk = json.loads(event.removeprefix("data: "))
        note("chat chunk", chunk)
        note("chat chunk choice", *chunk["choices"])
    refused = call("POST", "/chat/completions", base="/compatible-mode/v1", json={**asked, "model": "none"}).json()
    note("chat refusal", refused)
    note("chat error", refused["error"])
    for form in ("text", "message"):
        body = {"model": model, "input": {"prompt": "hello"}, "parameters": {"result_format": form}}
        answer = call("POST", "/services/aigc/text-generation/generation", json=body).json()
        note("generation", answer["output"])
        note("generation choice", *answer["output"].get("choices", []))
        note("generation usage", answer["usage"])
    listed = output("/deployments")
    note("deployment list", listed)
    note("deployment", *listed["deployments"])

    assert {kind: sorted(names) for kind, names in shown.items()} == {
        kind: sorted(names) for kind, names in FIELDS.items()
    }
