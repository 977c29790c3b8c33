"""What a run leaves behind, over HTTP: log, stream, checkpoints, export, validation samples."""

from __future__ import annotations

import ast
import re
import threading
import time
from typing import Any

import pytest
import requests
from caller import Caller, checkpoints_of

from pulumi_dashscope_ft.emulator import EmulatorServer, FaultRule, Settings

END = "##FT_COMPLETE##"


def log_of(call: Caller, job_id: str) -> list[str]:
    logs: list[str] = call("GET", f"/fine-tunes/{job_id}/logs?line=1000").json()["output"]["logs"]
    return logs


def test_logs_grow_and_the_loss_falls(emulator: EmulatorServer, call: Caller) -> None:
    job_id = call.create(hyper_parameters={"n_epochs": 3, "learning_rate": "2e-5", "lr_scheduler_type": "Linear"})
    before: list[str] = []
    for _ in range(8):
        emulator.clock.advance(100)
        now = log_of(call, job_id)
        assert now[: len(before)] == before
        before = now
    assert END in before[-1]
    figures = [ast.literal_eval(line) for line in before if line.startswith("{'loss'")]
    assert [set(one) for one in figures] == [{"loss", "grad_norm", "learning_rate", "epoch"}] * 40
    losses = [one["loss"] for one in figures]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < losses[0] / 2
    rates = [one["learning_rate"] for one in figures]
    assert rates == sorted(rates, reverse=True)
    assert (0 < rates[0] < 2e-5, rates[-1], figures[-1]["epoch"]) == (True, 0.0, 3)
    bars = [re.match(r" *(\d+)%\|.{10}\| (\d+)/60 \[[\d:]+<[\d:]+, ", line) for line in before]
    steps = [int(found[2]) for found in bars if found]
    assert (len(steps), steps[-1]) == (40, 60)
    assert steps == sorted(steps)
    assert [line for line in before if "Saving" in line][-1] == " Saving model checkpoint to checkpoint-60"
    assert " use checkpoint-60 as final checkpoint" in before

    part = call("GET", f"/fine-tunes/{job_id}/logs?offset=2&line=3").json()["output"]
    assert part == {"total": len(before), "logs": before[2:5]}
    assert call("GET", f"/fine-tunes/{job_id}/logs?offset=5000").json()["output"]["logs"] == []
    assert call("GET", f"/fine-tunes/{job_id}/logs?line=1001").status_code == 400


@pytest.mark.parametrize("status", ["SUCCEEDED", "FAILED", "CANCELED"])
@pytest.mark.parametrize("wait", [0, 7, 100, 155.0])
def test_a_forced_end_rewrites_nothing(emulator: EmulatorServer, call: Caller, status: str, wait: float) -> None:
    job_id = call.create(hyper_parameters={"n_epochs": 4})
    emulator.clock.advance(wait)
    before = log_of(call, job_id)
    emulator.force(job_id, status)
    after = log_of(call, job_id)
    assert after[: len(before)] == before
    assert END in after[-1]


@pytest.mark.parametrize(
    "hyper",
    [{"learning_rate": "fast"}, {"learning_rate": "inf"}, {"n_epochs": 10**9, "save_steps": 1}, {"n_epochs": -1}],
)
def test_logs_of_odd_hyper_parameters(emulator: EmulatorServer, call: Caller, hyper: dict[str, Any]) -> None:
    job_id = call.create(hyper_parameters={"save_strategy": "steps", "save_total_limit": 10**9, **hyper})
    emulator.clock.advance(1000)
    assert len(log_of(call, job_id)) > 80
    assert len(checkpoints_of(call, job_id)) <= 1001


@pytest.mark.parametrize(
    ("plan", "reason"),
    [
        ({"outcome": "FAILED"}, "fewer valid samples than batch_size"),
        ({"outcome": "FAILED", "fails_in": "PENDING"}, "data process failed"),
        ({"outcome": "FAILED", "failure_reason": "out of memory\nin step 3"}, "out of memory in step 3"),
    ],
)
def test_the_reason_of_a_failure_is_in_the_tail(
    emulator: EmulatorServer, call: Caller, plan: dict[str, Any], reason: str
) -> None:
    emulator.plan_next_job(**plan)
    job_id = call.create()
    emulator.clock.advance(1000)
    last = log_of(call, job_id)[-3:]
    assert " - ERROR - " in last[0]
    assert reason in last[0]
    assert "finetune-job failed" in last[1]
    assert END in last[2]


def test_a_failure_reason_is_a_string() -> None:
    wrong: Any = {"failure_reason": 3}
    with pytest.raises(ValueError, match="failure_reason"):
        Settings(**wrong)


def events(text: str) -> list[tuple[int, str]]:
    """Blocks of id, event and data, taken apart strictly."""
    found = []
    for block in text.removesuffix("\n\n").split("\n\n"):
        match = re.fullmatch(r"id:(\d+)\nevent:log\ndata:(.*)", block)
        assert match, block
        found.append((int(match[1]), match[2]))
    return found


def test_the_stream_of_a_finished_job_is_its_log(emulator: EmulatorServer, call: Caller) -> None:
    job_id = call.create()
    emulator.clock.advance(1000)
    answer = call("GET", f"/fine-tunes/{job_id}/stream")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert events(answer.text) == list(enumerate(log_of(call, job_id), start=1))
    assert (emulator.count("stream"), emulator.requests[-2].status) == (1, 200)


def test_a_stream_follows_the_clock(emulator: EmulatorServer, call: Caller) -> None:
    job_id = call.create()
    with call("GET", f"/fine-tunes/{job_id}/stream", stream=True) as answer:
        lines = answer.iter_lines(decode_unicode=True)
        seen: list[Any] = []
        for wait in (10, 300, 300):
            emulator.clock.advance(wait)
            due = len(log_of(call, job_id))
            while len(seen) < due:
                line = next(lines)
                if line.startswith("data:"):
                    seen.append(line.removeprefix("data:"))
        assert list(lines) == [""]
    assert seen == log_of(call, job_id)


@pytest.mark.parametrize("end", ["cancel", "remove", "stop"])
def test_a_stream_ends_with_its_job(emulator: EmulatorServer, call: Caller, end: str) -> None:
    job_id = call.create()
    with call("GET", f"/fine-tunes/{job_id}/stream", stream=True) as answer:
        lines = answer.iter_lines(decode_unicode=True)
        next(lines)
        if end == "cancel":
            emulator.configure(canceling_seconds=0)
            call("POST", f"/fine-tunes/{job_id}/cancel")
        elif end == "remove":
            emulator.remove_job(job_id)
        else:
            began = time.monotonic()
            emulator.stop()
            assert time.monotonic() - began < 30, "the stream has no end of its own"
        try:
            rest = list(lines)
        except requests.RequestException:
            assert end == "stop"
        else:
            assert END in "".join(rest) or end == "remove"


def test_clients_that_leave_a_stream(emulator: EmulatorServer, call: Caller) -> None:
    job_id = call.create()
    before = set(threading.enumerate())  # other tests of this process have left some
    clients = 5
    for _ in range(clients):
        with call("GET", f"/fine-tunes/{job_id}/stream", stream=True) as answer:
            next(answer.iter_lines())
        answer.raw.close()
    assert call("GET", f"/fine-tunes/{job_id}").status_code == 200
    deadline = time.monotonic() + 60  # a busy machine notices late that they have left
    while len(set(threading.enumerate()) - before) >= clients:
        assert time.monotonic() < deadline, "their threads stay"
        time.sleep(0.05)


def test_a_silent_stream_shows_that_it_is_alive(
    emulator: EmulatorServer, call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pulumi_dashscope_ft.emulator.api.stream.HEARTBEAT_SECONDS", 0.05)
    job_id = call.create()
    with call("GET", f"/fine-tunes/{job_id}/stream", stream=True) as answer:
        lines = answer.iter_lines(decode_unicode=True)
        assert next(line for line in lines if line.startswith(":")) == ":"


@pytest.mark.parametrize("kind", ["status", "reset", "html", "unknown_status"])
def test_faults_of_a_stream(emulator: EmulatorServer, call: Caller, kind: str) -> None:
    job_id = call.create()
    emulator.force(job_id, "FAILED")
    emulator.add_fault(FaultRule(operation="stream", kind=kind, count=1))
    try:
        answer = call("GET", f"/fine-tunes/{job_id}/stream")
    except requests.ConnectionError:
        assert kind == "reset"
    else:
        assert answer.status_code == {"status": 500, "html": 502, "unknown_status": 200}[kind]
        assert answer.headers["content-type"].startswith("text/event-stream") == (kind == "unknown_status")
    assert END in call("GET", f"/fine-tunes/{job_id}/stream").text


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        ("wan2.5-i2v-preview", {"video_path", "prompt", "first_frame_path"}),
        ("wan2.7-image-pro", {"img_path", "prompt", "input_img"}),
    ],
)
def test_validation_samples(emulator: EmulatorServer, call: Caller, model: str, fields: Any) -> None:
    hyper = {"n_epochs": 2, "max_split_val_dataset_sample": 12}
    job_id = call.create(model=model, training_type="efficient_sft", hyper_parameters=hyper)
    emulator.clock.advance(400)
    assert call("GET", f"/fine-tunes/{job_id}/validation-results").json()["output"] == []
    assert call("GET", f"/fine-tunes/{job_id}/validation-details/checkpoint-20").status_code == 404
    emulator.clock.advance(5000)
    results = call("GET", f"/fine-tunes/{job_id}/validation-results").json()["output"]
    assert results == [{"checkpoint": "checkpoint-40"}, {"checkpoint": "checkpoint-20"}]
    path = f"/fine-tunes/{job_id}/validation-details/checkpoint-20"
    first = call("GET", path).json()["output"]
    assert (first["page_no"], first["page_size"], first["total"], len(first["list"])) == (1, 10, 12, 10)
    assert all(set(one) == fields for one in first["list"])
    assert len(call("GET", path + "?page_no=2").json()["output"]["list"]) == 2
    assert call("GET", f"/fine-tunes/{job_id}/validation-details/nope").status_code == 404


def test_text_models_have_no_validation_samples(emulator: EmulatorServer, call: Caller) -> None:
    job_id = call.create()
    emulator.clock.advance(1000)
    assert call("GET", f"/fine-tunes/{job_id}/validation-results").json()["output"] == []


@pytest.mark.parametrize(
    "tail",
    [
        *("logs", "stream", "checkpoints", "export/checkpoint-20?model_name=x"),
        *("validation-results", "validation-details/checkpoint-20"),
    ],
)
def test_a_job_of_another_account_is_unknown(
    emulator: EmulatorServer, call: Caller, caller_of: type[Caller], tail: str
) -> None:
    job_id = call.create(model="wan2.5-i2v-preview", training_type="efficient_sft")
    emulator.clock.advance(1000)
    assert call("GET", f"/fine-tunes/{job_id}/{tail}").status_code == 200
    answer = caller_of(emulator, "sk-other")("GET", f"/fine-tunes/{job_id}/{tail}")
    assert (answer.status_code, answer.json()["code"]) == (404, "NotFound")
    assert caller_of(emulator, None)("GET", f"/fine-tunes/{job_id}/{tail}").status_code == 401
