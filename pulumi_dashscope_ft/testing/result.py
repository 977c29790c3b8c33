"""The result of an operation: steps, counts, lines, diagnostics, outputs.

Tests compare plans and results, so the result is data, and the same data for both engines. Operation names are those of
the real engine's event stream and its change summary.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from .values import secrets_in

# Operations that change nothing.
_QUIET = frozenset({"same", "read"})


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an operation on one resource, done or, in a preview, planned.

    `op` is one of create, same, update, delete, replace, create-replacement, delete-replaced, read, refresh, …; `keys`
    are the properties that force a replacement.
    """

    op: str
    urn: str
    type: str
    name: str
    id: str = ""
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """An error or a warning. `urn` is empty when it belongs to the operation as a whole."""

    severity: str
    message: str
    urn: str = ""

    def __str__(self) -> str:
        name = self.urn.split("::")[-1] + ": " if self.urn else ""
        return f"{self.severity}: {name}{self.message}"


@dataclass(frozen=True, slots=True)
class Message:
    """A line at a resource, beside the errors and warnings.

    :param ephemeral: whether an interactive display shows it only until the next one.
    """

    urn: str
    text: str
    ephemeral: bool = False

    @property
    def name(self) -> str:
        """The resource's name."""
        return self.urn.split("::")[-1]


@dataclass(slots=True)
class OperationResult:
    """The result of preview, up, refresh or destroy.

    `summary` counts operations like the real change summary. `output` has all lines but the ephemeral ones; `messages`
    has those that were sent to a resource.
    """

    kind: str
    summary: Counter[str] = field(default_factory=Counter)
    steps: list[Step] = field(default_factory=list)
    output: list[str] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)

    @property
    def has_changes(self) -> bool:
        """Whether any resource changed, or would."""
        return any(count and op not in _QUIET for op, count in self.summary.items())

    @property
    def errors(self) -> list[Diagnostic]:
        """The diagnostics that are errors."""
        return [item for item in self.diagnostics if item.severity == "error"]

    def told_at(self, name: str) -> str:
        """Return the lines at the resource of that name, without the ephemeral ones; warnings and errors, too."""
        lines = [item.text for item in self.messages if item.name == name and not item.ephemeral]
        return "\n".join([*lines, *(item.message for item in self.diagnostics if item.urn.split("::")[-1] == name)])

    def ops(self, *, but: Iterable[str] = ("same",)) -> list[tuple[str, str]]:
        """Return `(op, resource name)` of all steps on the user's resources except the operations in `but`."""
        hidden = set(but)
        return [
            (step.op, step.name)
            for step in self.steps
            if step.op not in hidden and not step.type.startswith(("pulumi:pulumi:", "pulumi:providers:"))
        ]


def require_no_changes(result: OperationResult) -> None:
    """Check that the plan changes nothing.

    :raises StackOperationFailed: it does.
    """
    if result.has_changes:
        changes = ", ".join(f"{count} to {op}" for op, count in sorted(result.summary.items()) if op not in _QUIET)
        raise StackOperationFailed(result, f"no changes were expected, and there are: {changes}")


class _Showing(threading.local):
    """Whether this thread is printing a line at the moment: its output then is not the program's."""

    now = False


SHOWING = _Showing()


class Reporter:
    """Collects a result from many threads, and prints lines as they come. Redacts secrets."""

    def __init__(self, kind: str, on_line: Callable[[str], None] | None = None) -> None:
        self.result = OperationResult(kind)
        self._on_line = on_line
        self._lock = threading.Lock()
        self._hidden: set[str] = set()

    def add_secrets(self, value: Any) -> None:
        """Redact the secrets in `value` from now on.

        Very short ones stay, because redacting them would mangle ordinary text.
        """
        texts = {item.value for item in secrets_in(value) if isinstance(item.value, str)}
        with self._lock:
            self._hidden |= {text for text in texts if len(text) > 2}

    def line(self, text: str) -> None:
        """Add a line to the report, without secrets, and show it."""
        with self._lock:
            clean = self._clean(text)
            self.result.output.append(clean)
        if self._on_line is None:
            return
        SHOWING.now = True
        try:
            self._on_line(clean)
        finally:
            SHOWING.now = False

    def message(self, text: str, urn: str, *, ephemeral: bool = False) -> None:
        """Add a line at a resource to the report, without secrets, and show it unless it is ephemeral."""
        with self._lock:
            if urn:
                self.result.messages.append(Message(urn, self._clean(text), ephemeral))
        if not ephemeral:
            for line in text.splitlines():
                self.line(line)

    def diagnostic(self, severity: str, message: str, urn: str = "") -> None:
        """Add a diagnostic to the report, without secrets, and show its lines."""
        with self._lock:
            item = Diagnostic(severity, self._clean(message).rstrip("\n"), urn)
            self.result.diagnostics.append(item)
        for line in str(item).splitlines():
            self.line(line)

    def step(self, step: Step, *, counted_as: str | None) -> None:
        """Record a finished step.

        :param counted_as: its name in the summary, None if it does not count.
        """
        with self._lock:
            self.result.steps.append(step)
            if counted_as is not None:
                self.result.summary[counted_as] += 1

    def _clean(self, text: str) -> str:
        for secret in sorted(self._hidden, key=len, reverse=True):
            text = text.replace(secret, "[secret]")
        return text


class StackOperationFailed(Exception):
    """An operation failed. `str()` shows the diagnostics, as the command would print them."""

    def __init__(self, result: OperationResult, message: str) -> None:
        self.result = result
        self.message = message
        super().__init__(result, message)

    def __str__(self) -> str:
        details = [str(item) for item in self.result.diagnostics]
        return "\n".join([self.message, *details])
