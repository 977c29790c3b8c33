"""Why a job has failed: the code and message that the service shows, and the end of the job's log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pulumi_dashscope_ft.api import ApiError
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.text import quoted, redact_secrets

LOG_TAIL_LINES = 20
_LINES_IN_MESSAGE = 6


def failure(
    connection: Connection, reasons: Mapping[str, Any], tail: Callable[[int], tuple[str, ...]] | None = None
) -> dict[str, Any]:
    """Say why a job failed, as far as the service tells.

    :param reasons: `code` and `message` as the job object has them.
    :param tail: reads so many last lines of the log, oldest first; None where there is no log.
    :return: `code`, `message` and `logTail` (20 lines, oldest first), each only where there is one. Lines come without
        control characters, keys and secrets.
    """

    def redact(text: str) -> str:
        return connection.key.redact(redact_secrets(text))

    known = {name: quoted(str(reasons[name]), redact) for name in ("code", "message") if reasons.get(name)}
    if tail is None:
        return known
    try:
        lines = tail(LOG_TAIL_LINES)
    except ApiError:
        # The status matters more than the reason: a refresh must not fail because the log can't be read. The next
        # refresh tries again.
        return known
    return {**known, "logTail": [quoted(line, redact) for line in lines]}


def described(failed: Mapping[str, Any]) -> str:
    """Describe a failure in a few lines, for a message."""
    words = [f"{name} {failed[name]}" for name in ("code", "message") if failed.get(name)]
    tail = [line for line in failed.get("logTail") or () if line.strip()][-_LINES_IN_MESSAGE:]
    if tail:
        words.append("\n".join(["the log ends with:", *(f"         {line}" for line in tail)]))
    return "; ".join(words) or "the service gives no reason, and the log could not be read"
