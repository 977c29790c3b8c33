"""The bodies of requests, read within bounds.

Why it exists: what a request brings is decided by strangers. A declared length that is too large is refused before a
byte is read, one that is not declared is counted, and what is read is decoded strictly. How long a body may take is
held by :mod:`.intake`, for all requests.
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
"""What is decoded at once; more is decoded in another thread, while other requests go on."""
_JSON_TYPES = frozenset({"", "application/json", "text/json"})


async def json_body(request: Request) -> Any:
    """The body of an API call, ``None`` for an empty one.

    Raises 400 ``BadRequest.TooLarge``, or 400 ``BadRequest.IllegalInput`` for what is not JSON or says that it is
    something else.
    """
    raw = await raw_body(request, BODY_BYTES)
    if raw and not _may_be_json(request.headers.get("content-type", "")):
        raise problem("illegal_input")
    try:
        return await decoded(raw)
    except ValueError:
        raise problem("illegal_input") from None


async def multipart_body(request: Request, most_file: int) -> tuple[dict[str, list[str]], tuple[Upload, ...]]:
    """Fields and files of an upload. ``most_file``: bytes of the largest file. Raises what :mod:`.multipart` does."""
    most = most_file + FORM_SLACK_BYTES
    _check_declared(request, most)
    return await read_multipart(request.headers.get("content-type", ""), request.stream(), most)


async def raw_body(request: Request, most: int) -> bytes:
    """All bytes of a body. Raises 400 ``BadRequest.TooLarge`` beyond ``most`` of them."""
    _check_declared(request, most)
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > most:
            raise problem("too_large")
    return bytes(raw)


async def decoded(raw: bytes) -> Any:
    """The JSON value of a text. Raises ``ValueError`` in plain words."""
    return strict_json.loads(raw) if len(raw) <= _QUICK_BYTES else await run_in_threadpool(strict_json.loads, raw)


def _check_declared(request: Request, most: int) -> None:
    length = request.headers.get("content-length", "0")
    # The server has checked that it is a number.
    if len(length) > len(str(most)) or int(length) > most:
        raise problem("too_large")


def _may_be_json(content_type: str) -> bool:
    """Whether a body with this ``Content-Type`` may be JSON. A body without one may: `curl` users forget it."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind in _JSON_TYPES or kind.endswith("+json")
