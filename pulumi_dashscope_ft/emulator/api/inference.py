"""Calls of a deployed model: the OpenAI-compatible one and DashScope's own. The answer is a canned text.

Only a call shows whether a served model stays callable through a retraining. The API reference is about deployments,
not about inference: :mod:`..provenance` lists what is known of these calls, and :mod:`..choices` what is decided here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from starlette.responses import Response, StreamingResponse

from pulumi_dashscope_ft.emulator.errors import about, invalid_parameter, problem
from pulumi_dashscope_ft.emulator.model.deployments import EmulatedDeployment
from pulumi_dashscope_ft.emulator.model.service import Call, Service

from .answers import Reply, json_response
from .fields import json_object
from .operations import JSON_BODY, Endpoint

COMPATIBLE = "/compatible-mode/v1"
"""Path of the OpenAI-compatible endpoints, on the same host."""

_OPENAI_CODES = {"InvalidApiKey": "invalid_api_key", "ModelNotFound": "model_not_found"}
_CHARACTERS_PER_TOKEN = 4


def chat_completions(service: Service, call: Call) -> dict[str, Any]:
    """`POST /compatible-mode/v1/chat/completions`: `model`, `messages`, `stream`; the rest is ignored."""
    body = json_object(call.body)
    messages = body.get("messages")
    deployment = _called(call, body)
    if not _are_messages(messages):
        raise invalid_parameter("messages")
    options = body.get("stream_options")
    return {
        "output": {
            "deployed_model": deployment.deployed_model,
            "text": _text(deployment),
            "usage": _usage(messages, deployment),
            "created": int(call.now),
            "id": f"chatcmpl-{service.ids.uuid()}",
            "stream": _flag(body, "stream"),
            "with_usage": _flag(options, "include_usage") if isinstance(options, dict) else False,
        }
    }


def text_generation(service: Service, call: Call) -> dict[str, Any]:
    """`POST /services/aigc/text-generation/generation`: `model`, and `input` with `messages` or `prompt`.

    `parameters.result_format` is `text` (the default) or `message`. It does not stream.
    """
    body = json_object(call.body)
    deployment = _called(call, body)
    given = body.get("input")
    if not isinstance(given, dict) or not (_are_messages(given.get("messages")) or _is_text(given.get("prompt"))):
        raise problem("empty_input")
    parameters = body.get("parameters")
    form = parameters.get("result_format") if isinstance(parameters, dict) else None
    if form not in (None, "text", "message"):
        raise invalid_parameter("result_format")
    usage = _usage(given, deployment)
    text = _text(deployment)
    message = {"role": "assistant", "content": text}
    output = (
        {"choices": [{"finish_reason": "stop", "message": message}]}
        if form == "message"
        else {"text": text, "finish_reason": "stop"}
    )
    return {
        "output": output,
        "usage": {
            "input_tokens": usage["prompt_tokens"],
            "output_tokens": usage["completion_tokens"],
            "total_tokens": usage["total_tokens"],
        },
    }


def _called(call: Call, body: dict[str, Any]) -> EmulatedDeployment:
    """Return the called deployment.

    :raises ApiProblemError: 400 without a name, and 404 for a deployment that can't be called now (inferred).
    """
    name = body.get("model")
    if not _is_text(name):
        raise problem("empty_model")
    deployment = call.workspace.fleet.deployments.get(str(name))
    if deployment is None or not deployment.answers:
        raise about("model_not_callable", str(name))
    deployment.called_at = call.now
    return deployment


def _are_messages(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(message, dict) for message in value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _flag(body: dict[str, Any], name: str) -> bool:
    value = body.get(name)
    if value is not None and not isinstance(value, bool):
        raise invalid_parameter(name)
    return bool(value)


def _text(deployment: EmulatedDeployment) -> str:
    return f"This is the emulator. {deployment.deployed_model} would answer here."


def _usage(given: Any, deployment: EmulatedDeployment) -> dict[str, int]:
    asked = len(json.dumps(given, ensure_ascii=False)) // _CHARACTERS_PER_TOKEN + 1
    answered = len(_text(deployment)) // _CHARACTERS_PER_TOKEN + 1
    return {"prompt_tokens": asked, "completion_tokens": answered, "total_tokens": asked + answered}


def _completed(service: Service, reply: Reply) -> Response:
    """Return a good answer in OpenAI's shape, as one object or as server-sent events."""
    result = reply.payload["output"]
    if result["stream"]:
        return StreamingResponse(_chunks(result), media_type="text/event-stream")
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": result["text"]},
        "finish_reason": "stop",
        "logprobs": None,
    }
    return json_response(200, {**_head(result, "chat.completion"), "choices": [choice], "usage": result["usage"]})


def _chunks(result: dict[str, Any]) -> Iterator[str]:
    head = _head(result, "chat.completion.chunk")
    for delta, finish in (({"role": "assistant", "content": result["text"]}, None), ({"content": ""}, "stop")):
        yield _event({**head, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})
    if result["with_usage"]:
        yield _event({**head, "choices": [], "usage": result["usage"]})
    yield "data: [DONE]\n\n"


def _event(content: dict[str, Any]) -> str:
    return f"data: {json.dumps(content)}\n\n"


def _head(result: dict[str, Any], kind: str) -> dict[str, Any]:
    return {
        "id": result["id"],
        "object": kind,
        "created": result["created"],
        "model": result["deployed_model"],
    }


def _refused(reply: Reply) -> Response:
    """Return a refusal in OpenAI's shape."""
    code = reply.payload["code"]
    error = {
        "message": reply.payload["message"],
        "type": "server_error" if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR else "invalid_request_error",
        "param": None,
        "code": _OPENAI_CODES.get(code, code),
    }
    return json_response(reply.status, {"error": error, "request_id": reply.payload["request_id"]})


# A call changes nothing but the time of the last one, which keeps a deployment by token from being released.
INFERENCE_OPERATIONS = (
    Endpoint(
        "chat_completions",
        "POST",
        "/chat/completions",
        chat_completions,
        body=JSON_BODY,
        changes=True,
        respond=_completed,
        refuse=_refused,
        base=COMPATIBLE,
    ),
    Endpoint(
        "text_generation",
        "POST",
        "/services/aigc/text-generation/generation",
        text_generation,
        body=JSON_BODY,
        changes=True,
    ),
)
