"""Reads the real engine's event log while it is written.

The command's printed output is for people and changes between versions. Its event log (the one that the Automation API
reads) says the same in JSON, one event a line, while the operation runs. It becomes the same result as the local
engine's, so that one test can check both.
"""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

from .result import Diagnostic, OperationResult, Reporter, Step
from .state.resource import STACK_TYPE
from .values import redact_encoded

_INTERVAL = 0.05


class EventLog:
    """Follows `path` in a thread from `start` to `stop` and passes the events to `reporter`.

    `stack_outputs` are the stack's outputs, with secrets redacted, once an event contained them; None before.
    """

    def __init__(self, path: Path, reporter: Reporter) -> None:
        self._path = path
        self._reporter = reporter
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="event-log", daemon=True)
        self._steps: list[Step] = []
        self._rest = ""
        self._offset = 0
        self.stack_outputs: dict[str, Any] | None = None

    def start(self) -> None:
        """Begin to read events."""
        self._thread.start()

    def stop(self) -> None:
        """Read what is left, then put the steps into the report."""
        self._ended.set()
        self._thread.join()
        self._reporter.result.steps.extend(self._steps)

    def _follow(self) -> None:
        while not self._ended.wait(_INTERVAL):
            self._read()
        self._read()

    def _read(self) -> None:
        if not self._path.exists():
            return
        with self._path.open("rb") as handle:
            handle.seek(self._offset)
            fresh = handle.read()
        self._offset += len(fresh)
        *lines, self._rest = (self._rest + fresh.decode(errors="replace")).split("\n")
        for line in lines:
            if line.strip():
                self._take(json.loads(line))

    def _take(self, event: dict[str, Any]) -> None:
        result = self._reporter.result
        if "diagnosticEvent" in event:
            self._diagnostic(result, event["diagnosticEvent"])
        elif "resourcePreEvent" in event:
            self._steps.append(_step(event["resourcePreEvent"]["metadata"]))
        elif "resOpFailedEvent" in event:
            step = _step(event["resOpFailedEvent"]["metadata"])
            del self._steps[self._started(step)]
        elif "resOutputsEvent" in event:
            metadata = event["resOutputsEvent"]["metadata"]
            step = _step(metadata)
            if step.type == STACK_TYPE:
                self.stack_outputs = redact_encoded((metadata.get("new") or {}).get("outputs") or {})
            if step.id and step.op in ("create", "create-replacement"):
                self._steps[self._started(step)] = step
        elif "summaryEvent" in event:
            result.summary.update(event["summaryEvent"].get("resourceChanges") or {})

    def _started(self, step: Step) -> int:
        """Return the index of the step that this one ends: the latest of its kind on its resource."""
        return max(at for at, printed in enumerate(self._steps) if (printed.op, printed.urn) == (step.op, step.urn))

    def _diagnostic(self, result: OperationResult, event: dict[str, Any]) -> None:
        severity, message = str(event.get("severity", "")), str(event.get("message", "")).rstrip("\n")
        if severity.startswith("debug") or not message:
            return
        urn = str(event.get("urn", ""))
        if severity in ("error", "warning"):
            item = Diagnostic(severity, message, urn)
            if item.message == "update failed" and not urn:
                return  # adds nothing to the failure itself
            result.diagnostics.append(item)
            urn, message = "", str(item)
        self._reporter.message(message, urn, ephemeral=bool(event.get("ephemeral")))


def _step(metadata: dict[str, Any]) -> Step:
    urn = metadata["urn"]
    state = metadata.get("new") or metadata.get("old") or {}
    return Step(
        op=metadata["op"],
        urn=urn,
        type=metadata["type"],
        name=urn.split("::")[-1],
        id=state.get("id", ""),
        keys=tuple(metadata.get("keys") or ()),
    )
