"""The calls of a deployed model in words and shapes, for `/openapi.json`.

As in :mod:`.jobs`. The OpenAI-compatible answers have a shape of their own, including refusals.
"""

from __future__ import annotations

from .shapes import Description, Schema, choice, named, open_record, or_null, record, several, text, truth, whole

_MESSAGES = several(open_record("role and content"), least=1)
_COUNT = whole("counted roughly: four characters to a token")

SCHEMAS: dict[str, Schema] = {
    "ChatRequest": {
        **open_record(
            "What is not named here is taken, and not looked at.",
            model=text("id of a deployment", filled=True),
            messages=_MESSAGES,
            stream=or_null(truth("as server-sent events")),
            stream_options=or_null(open_record(include_usage=or_null(truth("usage in an event of its own")))),
        ),
        "required": ["model", "messages"],
    },
    "ChunkEvent": record(
        {"data": text("one chunk, as JSON; [DONE] at the end")},
        {"event": {"const": "message"}},
        "One event of an answer that is streamed.",
    ),
    "ChatCompletion": record(
        {
            "id": text(filled=True),
            "object": choice(("chat.completion",)),
            "created": whole("seconds since 1970"),
            "model": text("id of the deployment", filled=True),
            "choices": several(
                record(
                    {
                        "index": whole(),
                        "message": named("AssistantMessage"),
                        "finish_reason": choice(("stop",)),
                        "logprobs": {"type": "null"},
                    }
                )
            ),
            "usage": record({"prompt_tokens": _COUNT, "completion_tokens": _COUNT, "total_tokens": _COUNT}),
        }
    ),
    "AssistantMessage": record({"role": choice(("assistant",)), "content": text()}),
    "CompatibleError": record(
        {
            "error": record(
                {"message": text(), "type": text(filled=True), "param": {"type": "null"}, "code": text(filled=True)}
            ),
            "request_id": text(filled=True),
        },
        None,
        "The envelope of every refusal of the OpenAI-compatible endpoints.",
    ),
    "GenerationRequest": {
        **open_record(
            "What is not named here is taken, and not looked at.",
            model=text("id of a deployment", filled=True),
            input={
                "type": "object",
                "anyOf": [
                    {"required": ["messages"], "properties": {"messages": _MESSAGES}},
                    {"required": ["prompt"], "properties": {"prompt": text(filled=True)}},
                ],
            },
            parameters=open_record(result_format=or_null(choice(("text", "message")))),
        ),
        "required": ["model", "input"],
    },
    "Generation": {
        "oneOf": [
            record({"text": text(), "finish_reason": choice(("stop",))}),
            record(
                {"choices": several(record({"finish_reason": choice(("stop",)), "message": named("AssistantMessage")}))}
            ),
        ]
    },
}

DESCRIPTIONS: dict[str, Description] = {
    "chat_completions": Description(
        "Call a deployed model, in OpenAI's shape",
        whole_answer=named("ChatCompletion"),
        body=named("ChatRequest"),
        refusals=(404,),
        refusal="CompatibleError",
        may_stream=True,
    ),
    "text_generation": Description(
        "Call a deployed model",
        {
            "output": named("Generation"),
            "usage": record({"input_tokens": _COUNT, "output_tokens": _COUNT, "total_tokens": _COUNT}),
        },
        body=named("GenerationRequest"),
        refusals=(404,),
    ),
}
