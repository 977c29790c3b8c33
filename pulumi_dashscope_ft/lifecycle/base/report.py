"""The report of a teardown, for programs.

When a teardown runs unattended (in a pipeline, under an operator), what it did, and above all what stays and why, must
be left in a form that a program can read. Printed lines are for people, and are gone with the log.

When the variable `DASHSCOPE_FT_REPORT` names a file, each object that is torn down appends one line of JSON to it:

    {"version": 1, "time": "2026-11-22T13:05:00Z", "kind": "job", "id": "ft-…", "name": "triage--p1-…",
     "statusBefore": "RUNNING", "outcome": "deleted", "done": ["cancel was accepted", "delete was accepted"],
     "stays": null, "why": null, "next": null, "cost": null}

The teardown matters more than the file: a line that can't be written is a warning, never an error. Each line is written
by one call in append mode, so lines of concurrent processes don't mix.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pulumi_dashscope_ft.api import Clock, DashScopeError
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.text import redact, redact_secrets, sanitize

VARIABLE = "DASHSCOPE_FT_REPORT"
VERSION = 1

CANCELLED = "cancel was accepted"

DELETED, GONE, KEPT, REFUSED, UNFINISHED = "deleted", "gone", "kept", "refused", "unfinished"
"""The outcomes of a teardown.

Deleted by this run; gone before it; kept, on purpose or because the service keeps it; refused, so that it is still in
the state; cut short.
"""

ACCEPTED = "delete was accepted"
SPEND = "spend"
"""The kind of the line that says what a run of Pulumi has started."""
_LONGEST = 1000


@dataclass
class TeardownRecord:
    """What became of one object; filled in while its teardown runs.

    :param kind: `job`, `deployment`, `file`, `checkpoint` or `stack` (the stack's identity).
    :param name: its name on the service, where that was read.
    :param status_before: its status at the first look; None when nobody looked.
    :param outcome: one of the five words above.
    :param done: what was done to it, in order.
    :param stays: what is left of it on the service, None for nothing.
    :param why: why that is left, or was refused.
    :param next_step: what to type, for what was refused.
    :param cost: what a run that has ended has cost (see `spend.actual`); None for everything else.
    """

    kind: str
    object_id: str
    name: str | None = None
    status_before: str | None = None
    outcome: str = UNFINISHED
    done: list[str] = field(default_factory=list)
    stays: str | None = None
    why: str | None = None
    next_step: str | None = None
    cost: Mapping[str, Any] | None = None

    def met(self, status: str, name: str | None) -> None:
        """Note what a look showed; only the first look counts."""
        if self.status_before is None:
            self.status_before, self.name = status, name

    def did(self, what: str) -> None:
        """Note what was done to the object."""
        self.done.append(what)

    def went(self) -> None:
        """Note that the object is gone: deleted if a delete of this run was accepted, else gone without it."""
        self.outcome = DELETED if ACCEPTED in self.done else GONE

    def leaves(self, stays: str, why: str) -> None:
        """Note that the object is gone, and that something that it has produced is left on the service."""
        self.stays, self.why = stays, why

    def kept(self, stays: str, why: str) -> None:
        """Note that the object, or a part of it, is left on the service, and that this is no error."""
        self.outcome, self.stays, self.why = KEPT, stays, why

    def to_json(self, now: float) -> dict[str, Any]:
        """Return one line of the report. Text comes without control characters, keys and secrets.

        :param now: seconds since 1970.
        """
        line = {
            "version": VERSION,
            "time": _time_text(now),
            "kind": self.kind,
            "id": self.object_id,
            "name": self.name,
            "statusBefore": self.status_before,
            "outcome": self.outcome,
            "done": self.done,
            "stays": self.stays,
            "why": self.why,
            "next": self.next_step,
            "cost": self.cost,
        }
        ours = ("version", "time", "kind", "outcome")
        return {key: value if key in ours else _printable(value) for key, value in line.items()}


class TeardownRecords:
    """Records what becomes of the objects of one account. Thread-safe if its sink is.

    :param sink: receives each record when it is complete; None keeps nothing.
    """

    def __init__(self, sink: Callable[[TeardownRecord], None] | None = None) -> None:
        self._sink = sink

    @contextlib.contextmanager
    def of(self, kind: str, object_id: str) -> Iterator[TeardownRecord]:
        """Keep the record of one object, complete when the block is left, no matter how."""
        ending = TeardownRecord(kind, object_id)
        try:
            yield ending
        except LifecycleError as error:
            ending.outcome, ending.why, ending.next_step = REFUSED, error.what, error.next_step
            ending.stays = error.state
            raise
        except DashScopeError as error:  # no usable key, for example: then nothing was asked
            ending.outcome, ending.why = REFUSED, str(error)
            raise
        finally:
            if self._sink is not None:
                self._sink(ending)

    def note_released(self, kind: str, object_id: str, why: str) -> None:
        """Record that an object is not torn down after all."""
        with self.of(kind, object_id) as ending:
            ending.kept(f"the {kind}", why)


def records_to_file(
    clock: Clock,
    warn: Callable[[str], None],
    *,
    environ: Mapping[str, str] | None = None,
    also: Callable[[TeardownRecord], None] | None = None,
) -> TeardownRecords:
    """Send records to the file that `DASHSCOPE_FT_REPORT` names, if it names one, and to `also`.

    :param warn: receives a line when the file can't be written; the teardown goes on.
    """
    path = (os.environ if environ is None else environ).get(VARIABLE, "").strip()

    def sink(ending: TeardownRecord) -> None:
        if also is not None:
            also(ending)
        if path:
            _append(path, json.dumps(ending.to_json(clock.time())), warn)

    return TeardownRecords(sink if path or also is not None else None)


def note_spending(
    facts: Mapping[str, Any], now: float, warn: Callable[[str], None], *, environ: Mapping[str, str] | None = None
) -> None:
    """Append what a run of Pulumi has started so far, and what that costs, as one line of kind `spend`.

    The last such line has the sum of all.

    :param now: seconds since 1970.
    """
    path = (os.environ if environ is None else environ).get(VARIABLE, "").strip()
    if path:
        line = {"version": VERSION, "time": _time_text(now), "kind": SPEND, **facts}
        _append(path, json.dumps(line), warn)


def _time_text(now: float) -> str:
    return datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _append(path: str, line: str, warn: Callable[[str], None]) -> None:
    content = f"{line}\n".encode()
    # Non-blocking: a pipe that nobody reads must not hold up a teardown.
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(os.path.expanduser(path), flags, 0o600)
        try:
            written = os.write(descriptor, content)
        finally:
            os.close(descriptor)
        reason = None if written == len(content) else "it took only a part of it"
    except (OSError, ValueError) as error:  # ValueError: a path with a zero byte
        reason = str(getattr(error, "strerror", None) or error)
    if reason is not None:
        warn(f"warning: could not write to the report {path} ({VARIABLE}): {reason}. The teardown itself goes on.")


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return sanitize(redact(redact_secrets(value)), _LONGEST)
    if isinstance(value, Mapping):
        return {key: _printable(item) for key, item in value.items()}
    return [_printable(item) for item in value] if isinstance(value, list) else value
