"""Decides which error an answer means.

A wrong decision here costs money or loses a job, so the whole decision is in one place, as a function without side
effects. The rules, in order:

1. A status of success whose body has no `code` (or carries a result) is a success.
2. The service's `code` decides, if the catalogue lists it with that status (or if it comes inside HTTP 200).
3. Message text decides only between rows that share a code: the two meanings of `Throttling` (wait, or the 20-job
   quota), an unknown file, an unknown path, and a full file storage.
4. What the catalogue does not list is read by family (`Throttling.Anything`), then by status.
5. A call that ends something sends only an id, so what refuses its input refuses its object's state.

*Gone* is the strictest: the service's own JSON `NotFound`, about a named resource, and not about the path. Every 5xx
stays a `ServerError` unless the catalogue lists that very code with it: a gateway's 504 must never look like a refusal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from pulumi_dashscope_ft.api import errors as e
from pulumi_dashscope_ft.text import quoted, redact, redact_secrets, sanitize

from .answer import Answer
from .catalogue import CATALOGUE, PREFIXES, Entry

__all__ = ["classify", "failed_upload"]

Redactor = Callable[[str], str]
"""Removes the key from a text. A function, so that no frame of a traceback has the key among its variables."""

_NO_ERROR = frozenset({"", "0", "200", "ok", "success"})
_JOB_QUOTA = re.compile(r"\b20 fine-?\s?tun|allowed per user", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)
_OPERATIONS_ON_FILES = frozenset({"get_file", "delete_file"})
_STATE_LEAVING: tuple[type[e.ApiStatusError], ...] = (
    e.NotFoundError,
    e.UnexpectedNotFoundError,
    e.UnsupportedOperationError,
)
"""Classes from which the caller concludes something about the resource: only with exactly the documented status."""

_ENDINGS = frozenset(
    {"cancel", "delete", "cancel_compression", "delete_compression", "delete_import", "delete_deployment"}
)
_ABOUT_INPUT = (e.InvalidParameterError, e.ConflictError)
"""What a refusal of these calls is never about: they send only an id. Whatever its code, it is about the state of the
object, or the object is gone; who reads it again will know.
"""
_STATE = "The present state does not allow this; read it again."

_BY_STATUS: Mapping[int, type[e.ApiStatusError]] = MappingProxyType(
    {
        401: e.AuthenticationError,
        403: e.PermissionDeniedError,
        404: e.UnexpectedNotFoundError,
        408: e.ServerError,
        429: e.ThrottledError,
    }
)
_BY_STATUS_OF_THE_SERVICE: Mapping[int, type[e.ApiStatusError]] = MappingProxyType(
    {
        400: e.InvalidParameterError,
        409: e.ConflictError,
        413: e.InvalidParameterError,
        415: e.InvalidParameterError,
        422: e.InvalidParameterError,
    }
)
"""Applies only if the body is the service's JSON: a proxy's 400 page is no verdict on the input."""

_FOREIGN = "The answer is not DashScope's own; something in between (a gateway, a proxy, a login page) gave it."


def classify(
    answer: Answer,
    operation: str,
    resource_id: str | None = None,
    *,
    now: float = 0.0,
    redactor: Redactor = redact,
) -> e.ApiStatusError | None:
    """Return the error that `answer` means, or `None` for success. Never raises.

    A success can still have an unusable body; see `payloads`.

    :param now: seconds since 1970, for a `Retry-After` that is a date.
    :param redactor: removes keys from quoted text.
    """
    code, message = _envelope(answer.json)
    if answer.ok and (code is None or code.lower() in _NO_ERROR or _has_result(answer.json)):
        return None
    if code is None:
        return _foreign(answer, operation, resource_id, now, redactor)
    row = _row(code, answer.status, message, operation, resource_id)
    error = row.error if row else _fallback(code, answer.status)
    said = row.advice if row else None
    if operation in _ENDINGS and error in _ABOUT_INPUT:
        error, said = e.UnsupportedOperationError, _STATE
    unknown_inside_success = row is None and answer.ok and error is e.ApiStatusError
    return error(
        status=answer.status,
        code=quoted(code, redactor, 80),
        message=quoted(redact_secrets(message), redactor),
        request_id=_request_id(answer, redactor),
        operation=operation,
        resource_id=resource_id,
        retry_after=answer.retry_after(now),
        advice=said,
        # A success with an unknown code: the service may have done it.
        ambiguous=True if unknown_inside_success else None,
    )


def failed_upload(
    item: Mapping[str, Any], name: str, *, request_id: str | None = None, redactor: Redactor = redact
) -> e.ApiStatusError:
    """Return the error for one entry of `failed_uploads`, which comes inside HTTP 200 (upload-file-api)."""
    code = _text(item.get("code")) or "UploadFailed"
    message = _text(item.get("message"))
    row = _row(code, 200, message, "upload", None)
    error = row.error if row else e.InvalidParameterError
    return error(
        status=200,
        code=quoted(code, redactor, 80),
        message=quoted(redact_secrets(message), redactor),
        request_id=request_id,
        operation="upload",
        resource_id=name,
        advice=row.advice if row else None,
    )


def _envelope(body: Any) -> tuple[str | None, str]:
    """Return `(code, message)` of an error body; `(None, "")` without a code, so not the service's envelope."""
    if not isinstance(body, dict):
        return None, ""
    inner = body.get("error")
    if body.get("code") is None and isinstance(inner, dict):
        body = inner  # the shape of the OpenAI-compatible hosts, which a gateway may use
    code = body.get("code")
    if code is None or isinstance(code, (dict, list)):
        return None, ""
    return str(code).strip(), _text(body.get("message")) or _text(body.get("msg"))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _has_result(body: Any) -> bool:
    return isinstance(body, dict) and bool(body.get("output") or body.get("data"))


def _request_id(answer: Answer, redactor: Redactor) -> str | None:
    return quoted(answer.request_id, redactor, 80) if answer.request_id else None


def _rows_by_code() -> Mapping[str, tuple[Entry, ...]]:
    rows: dict[str, tuple[Entry, ...]] = {}
    for entry in CATALOGUE:
        rows[entry.code] = (*rows.get(entry.code, ()), entry)
    return MappingProxyType(rows)


_ROWS = _rows_by_code()


def _row(code: str, status: int, message: str, operation: str, resource_id: str | None) -> Entry | None:
    rows = _ROWS.get(code, ())
    if len(rows) > 1:
        special = _is_special(code, status, message, operation, resource_id)
        rows = tuple(row for row in rows if bool(row.note) == special)
    for row in rows:
        if status in row.statuses or 200 <= status < 300:
            return row
        if 400 <= status < 500 and row.error not in _STATE_LEAVING:
            return row  # the code means the same with any status
    return None


def _is_special(code: str, status: int, message: str, operation: str, resource_id: str | None) -> bool:
    """Whether the answer matches the row with a note, among the rows that share `code`."""
    said = " ".join(message.lower().split()).rstrip(".!")
    if code == "Throttling":
        return _JOB_QUOTA.search(message) is not None
    if code == "InvalidParameter":
        return operation in _OPERATIONS_ON_FILES and said == "file not found"
    if code == "NotFound":
        return resource_id is None or "request path not found" in said
    return 200 <= status < 300  # BadRequest.TooLarge: inside an upload's answer, the storage is full


def _fallback(code: str, status: int) -> type[e.ApiStatusError]:
    if status >= 500:
        return e.ServerError
    parts = code.split(".")
    for length in range(len(parts), 0, -1):
        family = PREFIXES.get(".".join(parts[:length]))
        if family is not None:
            return family
    if parts[-1] == "AccessDenied":
        return e.PermissionDeniedError
    return _BY_STATUS.get(status) or _BY_STATUS_OF_THE_SERVICE.get(status) or e.ApiStatusError


def _foreign(
    answer: Answer, operation: str, resource_id: str | None, now: float, redactor: Redactor
) -> e.ApiStatusError:
    """Return the error for a body that is not the service's envelope."""
    error = e.ServerError if answer.status >= 500 else _BY_STATUS.get(answer.status, e.ApiStatusError)
    title = _TITLE.search(answer.text[:4096])
    excerpt = title.group(1) if title else answer.text
    advice = f"{_FOREIGN} {error.advice}".strip()
    if 300 <= answer.status < 400:
        advice = (
            f"It points to {_host(answer)}. Redirects are not followed, since the key would go along: set the base URL."
        )
    return error(
        status=answer.status,
        message=quoted(redact_secrets(excerpt), redactor),
        request_id=_request_id(answer, redactor),
        operation=operation,
        resource_id=resource_id,
        retry_after=answer.retry_after(now),
        advice=advice,
    )


def _host(answer: Answer) -> str:
    try:
        host = urlsplit(answer.headers.get("location", "")).hostname
    except ValueError:
        host = None
    return sanitize(host, 120) if host else "another path"
