"""The record of sources is complete: every operation, every field that is ever answered, every refusal."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import fields
from typing import Any

import pytest
from caller import Caller

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings
from pulumi_dashscope_ft.emulator.app import OPERATIONS
from pulumi_dashscope_ft.emulator.choices import CHOICES
from pulumi_dashscope_ft.emulator.errors import CATALOGUE
from pulumi_dashscope_ft.emulator.model.facts.answers import Answers
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


def test_every_answer_that_nobody_has_seen_says_why_it_was_chosen() -> None:
    assert {one.name for one in fields(Answers)} <= {one.setting for one in CHOICES}


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
    emulator.configure(metered_seconds=600)
    body = {"teacher_model": "qwen3.5-27b", "rollout": {}, "rewards": [], "resource_config": {"mtu_capacity": 24}}
    job_ids.append(output("/fine-tunes", "POST", model="qwen3.5-9b", training_type="pg_opd", **more, **body)["job_id"])
    emulator.clock.advance(10_000)
    listed = output("/fine-tunes")
    note("job list", listed)
    emulator.configure(failure_shown=True)
    emulator.plan_next_job(outcome="FAILED", fails_in="PENDING")
    job_ids.append(call.create())
    emulator.clock.advance(10)
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
    served: dict[str, Any] = {"model_name": "qwen3-8b", "capacity": 1, "name": "n", "suffix": "s"}
    note("deployment", output("/deployments", "POST", **served, plan="mu", deploy_spec="MU1"))
    split = {"plan": "mu", "deploy_spec": "MU1-PD", "prefill_capacity": 4, "decode_capacity": 4, "suffix": "t"}
    note("deployment", output("/deployments", "POST", **served | split))
    reserved = {"plan": "ptu", "ptu_capacity": {"input_tpm": 1}, "suffix": "u"}
    note("deployment", output("/deployments", "POST", **served | reserved))
    emulator.clock.advance(10_000)
    *_, model = (one["deployed_model"] for one in output("/deployments")["deployments"])

    # Compressed and imported models.
    def finished(path: str, **body: object) -> Any:
        created = output(path, "POST", **body)
        emulator.clock.advance(10_000)
        return created

    full = finished("/fine-tunes", model="qwen3.5-flash-2026-02-23", training_type="sft", training_datasets=sets)
    tuned = output(f"/fine-tunes/{full['job_id']}")["finetuned_output"]
    templates = output("/fine-tunes/compress/templates")
    note("compression templates", templates)
    note("compressible model", *templates["custom_models"])
    (template, *_) = templates["custom_models"][0]["templates"]
    note("compression template", template)
    note("compression parameter", *template["hyper_parameters"])
    wanted = {"model": tuned, "template_id": template["template_id"]}
    note("compression", finished("/fine-tunes/compress/jobs", **wanted))
    emulator.plan_next_compression(outcome="FAILED")
    failed = output(f"/fine-tunes/compress/jobs/{finished('/fine-tunes/compress/jobs', **wanted)['job_id']}")
    note("compression error", failed["error"])
    listed = output("/fine-tunes/compress/jobs")
    note("compression list", listed)
    note("compression", *listed["jobs"])
    emulator.plan_next_import(import_outcome="FAILED")
    place = {"bucket_name": "b", "object_key": "k/"}
    body = {"model_name": "qwen3-8b", "source": "oss", "weight_type": "full", "storage_info": place}
    note("import", finished("/custom_models/import", **body))
    listed = output("/custom_models/import")
    note("import list", listed)
    note("import", *listed["list"])

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
