"""Reads the bodies of requests within bounds.

Strangers decide what a request contains. A declared length that is too large is refused before a byte is read, an
undeclared one is counted, and the body is decoded strictly. :mod:`.intake` limits the time for all requests.
"""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from pulumi_dashscope_ft.emulator import strict_json
from pulumi_dashscope_ft.emulator.errors import problem
from pulumi_dashscope_ft.emulator.limits import BODY_BYTES, FORM_SLACK_BYTES
from pulumi_dashscope_ft.emulator.model.service import Upload

from .multipart import read_multipart

_QUICK_BYTES = 64_000
"""Largest body that is decoded at once. A larger one is decoded in another thread, while other requests go on."""
_JSON_TYPES = frozenset({"", "application/json", "text/json"})


async def json_body(request: Request) -> Any:
    """Return the body of an API call, `None` for an empty one.

    :raises ApiProblemError: 400 `BadRequest.TooLarge`, or 400 `BadRequest.IllegalInput` if the body is not JSON or
        declares another type.
    """
    raw = await raw_body(request, BODY_BYTES)
    if raw and not _may_be_json(request.headers.get("content-type", "")):
        raise problem("illegal_input")
    try:
        return await decoded(raw)
    except ValueError:
        raise problem("illegal_input") from None


async def multipart_body(request: Request, most_file: int) -> tuple[dict[str, list[str]], tuple[Upload, ...]]:
    """Return fields and files of an upload. Raises what :mod:`.multipart` raises.

    :param most_file: bytes of the largest file.
    """
    most = most_file + FORM_SLACK_BYTES
    _check_declared(request, most)
    return await read_multipart(request.headers.get("content-type", ""), request.stream(), most)


async def raw_body(request: Request, most: int) -> bytes:
    """Return all bytes of a body.

    :raises ApiProblemError: 400 `BadRequest.TooLarge` beyond `most` bytes.
    """
    _check_declared(request, most)
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > most:
            raise problem("too_large")
    return bytes(raw)


async def decoded(raw: bytes) -> Any:
    """Return the JSON value of a text.

    :raises ValueError: in plain words.
    """
    return strict_json.loads(raw) if len(raw) <= _QUICK_BYTES else await run_in_threadpool(strict_json.loads, raw)


def _check_declared(request: Request, most: int) -> None:
    length = request.headers.get("content-length", "0")
    # The server has already checked that it is a number.
    if len(length) > len(str(most)) or int(length) > most:
        raise problem("too_large")


def _may_be_json(content_type: str) -> bool:
    """Whether a body with this `Content-Type` may be JSON. No type is fine, because users of `curl` forget it."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind in _JSON_TYPES or kind.endswith("+json")
