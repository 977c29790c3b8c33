"""Reads the states of a backend through the `pulumi` command: one process for the list, one for each stack."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pulumi_dashscope_ft.bounded.files import read_file
from pulumi_dashscope_ft.bounded.json_text import JsonBounds, decode
from pulumi_dashscope_ft.lifecycle.sweep import recorded_state
from pulumi_dashscope_ft.lifecycle.sweep.recorded_state import LARGEST, RecordedState
from pulumi_dashscope_ft.text import quoted, redact_login_of, redact_value

from .ahead import read_ahead
from .stack import Stack, UnreadableBackendError, source_of

__all__ = ["Command", "current_url"]

_PATIENCE = 120.0
"""Seconds that one call of the `pulumi` command may take."""
_LONGEST_COMPLAINT = 2**20
"""The most that is read from the command's standard error, in bytes."""
_LISTED = JsonBounds(depth=20, values=1_000_000)
_PROCESSES = 4
"""Exports side by side. Each is a process of some hundred megabytes."""

_SECRET_VARIABLES = ("PULUMI_ACCESS_TOKEN", "PULUMI_CONFIG_PASSPHRASE", "AWS_SECRET_ACCESS_KEY", "AZURE_STORAGE_KEY")
_LONGEST_SAYING = 4000


class Command:
    """The stacks of a backend, through the `pulumi` command.

    :param environment: its environment; `PULUMI_BACKEND_URL` names the backend, if it is not the one logged in to.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._exports = _Processes()

    def stacks(self) -> list[Stack]:
        """List all stacks, by their full names. Raises `UnreadableBackendError`."""
        try:
            listed = decode(_pulumi(["stack", "ls", "--json", "--all"], self._environment), _LISTED)
            return [
                _stack(str(one["name"]), bool(one.get("updateInProgress")), one.get("lastUpdate")) for one in listed
            ]
        except (ValueError, TypeError, KeyError, AttributeError):
            raise UnreadableBackendError("`pulumi stack ls --json --all` has answered no list of stacks") from None

    def read(self, stacks: Sequence[Stack], done: Callable[[], None]) -> dict[str, RecordedState]:
        """Export these stacks, some at the same time; a stack whose export fails is an unreadable state."""
        states: dict[str, RecordedState] = {}
        try:
            for stack, text in read_ahead(self._export, stacks, _PROCESSES):
                source = source_of(stack.name)
                if isinstance(text, UnreadableBackendError):
                    states[stack.name] = recorded_state.unreadable(source, str(text))
                else:
                    states[stack.name] = recorded_state.read(text, source, doubt=stack.doubt)
                done()
        finally:
            self._exports.kill()
        return states

    def _export(self, stack: Stack) -> str | UnreadableBackendError:
        try:
            return _pulumi(["stack", "export", "--stack", stack.name], self._environment, self._exports)
        except UnreadableBackendError as error:
            return error


def current_url(environment: Mapping[str, str]) -> str | None:
    """Return the URL of the backend that the user is logged in to; None when the command does not say."""
    try:
        url = decode(_pulumi(["whoami", "--json"], environment), _LISTED)["url"]
    except (UnreadableBackendError, ValueError, TypeError, KeyError):
        return None
    return url if isinstance(url, str) else None


def _stack(name: str, busy: bool, updated: object) -> Stack:
    return Stack(name, "an update of it is under way" if busy else None, (busy, updated) if updated else None)


def _without_secrets(said: str, environment: Mapping[str, str]) -> str:
    """Return what the command printed, without the secrets that it got: it may quote the URL of a backend."""
    said = redact_login_of(environment.get("PULUMI_BACKEND_URL", ""), said)
    for name in _SECRET_VARIABLES:
        said = redact_value(said, environment.get(name, ""), mask="***")
    return quoted(said, limit=_LONGEST_SAYING)


class _Processes:
    """The processes that are running. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()

    @contextlib.contextmanager
    def started(self, command: Sequence[str], **more: Any) -> Iterator[subprocess.Popen[bytes]]:
        """Run a process in a session of its own until the end of the block, which kills it if it has not ended."""
        with self._lock:
            # Ctrl-C is ours: the current object is finished first, which needs its states
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, **more)  # noqa: S603 - the user's own command, no shell
            self._running.add(process)
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            with self._lock:
                self._running.discard(process)

    def kill(self) -> None:
        """Kill all that is left after an interrupt: their threads are not awaited."""
        with self._lock:
            for process in self._running:
                process.kill()


def _pulumi(arguments: Sequence[str], environment: Mapping[str, str], processes: _Processes | None = None) -> str:
    """Run the command outside any project, because inside one it shortens the names of stacks; return its output.

    Raises `UnreadableBackendError`.
    """
    command = shutil.which("pulumi")
    if command is None:
        raise UnreadableBackendError(
            "the `pulumi` command is not on PATH. Install it, or give exports instead: "
            "`pulumi stack export --file state.json`, then --state state.json"
        )
    said = f"`pulumi {' '.join(arguments)}`"
    try:
        with tempfile.TemporaryDirectory() as elsewhere:
            output_path, errors_path = Path(elsewhere, "output"), Path(elsewhere, "errors")
            with (
                output_path.open("xb") as output,
                errors_path.open("xb") as errors,
                (processes or _Processes()).started(
                    [command, *arguments, "--non-interactive", "--color", "never"],
                    cwd=elsewhere,
                    env=dict(environment),
                    stdout=output,
                    stderr=errors,
                ) as process,
            ):
                failed = process.wait(_PATIENCE)
            if failed:
                lines = read_file(errors_path, _LONGEST_COMPLAINT).decode(errors="replace").strip().splitlines()
                complaint = lines[-1] if lines else "it said nothing"
                raise UnreadableBackendError(f"{said} failed: {_without_secrets(complaint, environment)}")
            return read_file(output_path, LARGEST).decode("utf-8", errors="replace")
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnreadableBackendError(f"{said} failed: {error}") from None
