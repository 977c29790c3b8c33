"""Operations of the API: a name, a verb, a path and a function.

Routing, fault rules, the request log and counters all refer to operations by name. With the operations as a table, each
of these is written once, and a further family of endpoints is one more list.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from pulumi_dashscope_ft.emulator.model.service import Call, Service

from .answers import Reply, honest

Handler = Callable[[Service, Call], dict[str, Any]]
"""Returns the payload without `request_id`: `{"output": …}`, `{"data": …}` or `{}`. Raises `ApiProblemError`."""

Responder = Callable[[Service, Reply], Response]
"""Puts a good answer on the wire."""

BASE = "/api/v1"
NO_BODY = "none"
JSON_BODY = "json"
MULTIPART = "multipart"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint; `path` is relative to `base`.

    It may hold `{job_id}`, `{checkpoint}`, `{file_id}` and `{deployed_model}`.
    """

    name: str
    method: str
    path: str
    handle: Handler
    body: str = NO_BODY
    changes: bool = False
    """Whether it may change state: decides about saving, not about safety (export is a GET that does)."""
    respond: Responder | None = None
    """How a good answer is sent, where it is not the payload as JSON."""
    refuse: Callable[[Reply], Response] = honest
    """How a refusal is sent, if not in the documented envelope."""
    base: str = BASE
