"""What is deployed can be called while it runs, and nothing else can."""

from __future__ import annotations

import json
from typing import Any

import pytest
from caller import Caller

from pulumi_dashscope_ft.emulator import EmulatorServer
from pulumi_dashscope_ft.emulator.model.deployments import RUNNING, STATUSES, UPDATING, UPDATING_FAILED

MESSAGES = [{"role": "user", "content": "Where is my order?"}]
KEY = "sk-test-0123456789abcdef"
COMPATIBLE = "/compatible-mode/v1"


def chat(call: Caller, model: str, **more: Any) -> Any:
    return call("POST", "/chat/completions", base=COMPATIBLE, json={"model": model, "messages": MESSAGES, **more})


def native(call: Caller, model: str, **more: Any) -> Any:
    body = {"model": model, "input": {"messages": MESSAGES}, **more}
    return call("POST", "/services/aigc/text-generation/generation", json=body)


@pytest.fixture
def served(emulator: EmulatorServer, call: Caller) -> Any:
    body = {"model_name": "qwen3-8b", "plan": "mu", "deploy_spec": "MU1", "capacity": 1}
    made = call("POST", "/deployments", json=body).json()["output"]["deployed_model"]
    emulator.clock.advance(300)
    assert emulator.deployments[made].status == RUNNING
    return made


def test_a_running_deployment_answers_in_openais_shape(emulator: EmulatorServer, call: Caller, served: str) -> None:
    answer = chat(call, served)
    assert answer.status_code == 200
    told = answer.json()
    assert (told["object"], told["model"]) == ("chat.completion", served)
    (choice,) = told["choices"]
    assert choice["message"]["role"] == "assistant"
    assert choice["message"]["content"]
    assert told["usage"]["total_tokens"] == told["usage"]["prompt_tokens"] + told["usage"]["completion_tokens"]
    record = emulator.requests[-1]
    assert (record.operation, record.status, record.deployed_model) == ("chat_completions", 200, served)


def test_it_streams(call: Caller, served: str) -> None:
    answer = chat(call, served, stream=True)
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = [line.removeprefix("data: ") for line in answer.text.splitlines() if line]
    assert events[-1] == "[DONE]"
    chunks = [json.loads(event) for event in events[:-1]]
    text = "".join(chunk["choices"][0]["delta"]["content"] for chunk in chunks)
    assert text == chat(call, served).json()["choices"][0]["message"]["content"]
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"


def test_the_official_sdk_is_answered(emulator: EmulatorServer, served: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import dashscope  # a second, which only the process that runs this has to take

    monkeypatch.setattr(dashscope, "base_http_api_url", emulator.base_url)
    for form in ("text", "message"):
        messages: Any = MESSAGES
        answer: Any = dashscope.Generation.call(
            served, api_key="sk-test-0123456789abcdef", messages=messages, result_format=form
        )
        assert answer.status_code == 200, answer
        told = answer.output.text if form == "text" else answer.output.choices[0].message.content
        assert served in told
        assert answer.usage.input_tokens > 0


@pytest.mark.parametrize("status", STATUSES)
def test_only_what_runs_answers(emulator: EmulatorServer, call: Caller, served: str, status: str) -> None:
    emulator.force_deployment(served, status)
    # What is being changed goes on serving with what was ready before.
    expected = 200 if status in (RUNNING, UPDATING, UPDATING_FAILED) else 404
    assert chat(call, served).status_code == expected
    assert native(call, served).status_code == expected


def test_one_that_is_not_there_yet_or_any_more_does_not(
    emulator: EmulatorServer, call: Caller, caller_of: type[Caller]
) -> None:
    made = call("POST", "/deployments", json={"model_name": "qwen3-8b", "capacity": 1, "suffix": "a"}).json()["output"]
    name = made["deployed_model"]
    assert chat(call, name).status_code == 404
    emulator.clock.advance(300)
    assert chat(call, name).status_code == 200
    assert chat(caller_of(emulator, "sk-another-0123456789"), name).status_code == 404, "of another workspace"
    call("DELETE", f"/deployments/{name}")
    assert chat(call, name).status_code == 404, "offline at once"
    emulator.clock.advance(300)
    assert chat(call, name).status_code == 404


def test_refusals_have_the_shape_of_their_host(
    emulator: EmulatorServer, call: Caller, caller_of: type[Caller], served: str
) -> None:
    told = chat(call, "none").json()
    assert told["error"]["code"] == "model_not_found"
    assert "none" in told["error"]["message"]
    assert native(call, "none").json()["code"] == "ModelNotFound"
    nobody = caller_of(emulator, None)
    assert chat(nobody, served).status_code == native(nobody, served).status_code == 401
    assert chat(nobody, served).json()["error"]["code"] == "invalid_api_key"
    for body in ({"messages": MESSAGES}, {"model": served}, {"model": served, "messages": []}):
        answer = call("POST", "/chat/completions", base=COMPATIBLE, json=body)
        assert answer.status_code == 400
        assert "error" in answer.json()
    assert native(call, served, input={}).json()["code"] == "BadRequest.EmptyInput"
