"""The request log: the emulator's requests and answers.

"Exactly one create, one cancel, one delete" is a promise that has to be counted, and a failed test wants to see the
calls. The log is bounded, the counters are not. Secrets never enter it: callers appear as `account-1`, and anything
that looks like a key is redacted in paths, queries and bodies.
"""

from __future__ import annotations

import json
import re
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any
from urllib.parse import quote

from .wire import plain_time

KEPT = 10_000
BODY_LIMIT = 2_000
TEXT_LIMIT = 500
"""Longest kept path, id, user agent or query parameter, in characters."""
QUERY_LIMIT = 20
"""Most query parameters that are kept."""
_KEY_LIKE = re.compile(r"sk-[A-Za-z0-9._-]+")
STRUCK_OUT = "[key]"


@dataclass(slots=True)
class RequestRecord:
    """One request. `status` is `None` while it is open, and if no answer was sent (reset, hang)."""

    time: float
    """Service time of its arrival, seconds since the epoch."""
    operation: str
    """The operation's name; `unknown` for an unknown path or verb."""
    method: str
    path: str
    query: dict[str, str]
    user_agent: str
    account: str | None = None
    job_id: str | None = None
    deployed_model: str | None = None
    file_id: str | None = None
    body: str = ""
    fault: str | None = None
    """Kind of the fault that hit it."""
    status: int | None = None
    seconds: float | None = None
    """Real seconds until the answer was ready."""

    def to_json(self) -> dict[str, Any]:
        """Return the record for the control API; `at` is its time with the zone."""
        return {"at": plain_time(self.time), **asdict(self)}


class RequestLog:
    """The last :data:`KEPT` requests and a count of all. Not thread-safe: the service's lock protects it."""

    def __init__(self) -> None:
        self.records: deque[RequestRecord] = deque(maxlen=KEPT)
        self.counts: Counter[str] = Counter()

    def add(self, record: RequestRecord) -> RequestRecord:
        """Keep the record, and count it."""
        self.records.append(record)
        self.counts[record.operation] += 1
        return record

    def clear(self) -> None:
        """Forget all records, and count from zero."""
        self.records.clear()
        self.counts.clear()


def redacted(text: str, secret: str) -> str:
    """Return `text` without the caller's key, however it is escaped, and without anything that looks like a key."""
    if secret:
        for form in (secret, json.dumps(secret)[1:-1], quote(secret, safe="")):
            text = text.replace(form, STRUCK_OUT)
    return _KEY_LIKE.sub(STRUCK_OUT, text)


def redacted_map(values: Mapping[str, str], secret: str) -> dict[str, str]:
    """Return the first few entries, redacted and cut."""
    kept = islice(values.items(), QUERY_LIMIT)
    return {cut(redacted(name, secret)): cut(redacted(value, secret)) for name, value in kept}


def cut(text: str, limit: int = TEXT_LIMIT) -> str:
    """Return the first `limit` characters of `text`."""
    return text if len(text) <= limit else text[:limit] + "…"


def summary(body: object, secret: str) -> str:
    """Return a short, redacted form of a request body."""
    if body is None:
        return ""
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False, default=str)
    return cut(redacted(text, secret), BODY_LIMIT)
