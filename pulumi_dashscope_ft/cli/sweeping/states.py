"""The Pulumi states that a command compares with: from files, from standard input, or from a backend.

A state that can't be read is not an empty state. Every failure here ends in a state that says "I could not be read",
because of which nothing is deleted, and never in one that merely holds less. A backend without stacks does not prove
that the account has no states either: somebody may have mistyped the project, or be logged in elsewhere. A backend is
read only through the `pulumi` command; the layout of its folders and buckets is Pulumi's own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pulumi_dashscope_ft.bounded.files import read_file
from pulumi_dashscope_ft.bounded.json_text import JsonBounds, decode
from pulumi_dashscope_ft.text import quoted, redact_login_of, redact_value, without_login

from .state_files import reader

if TYPE_CHECKING:
    from pulumi_dashscope_ft.lifecycle.base.kind.live_object import LiveObject
    from pulumi_dashscope_ft.lifecycle.sweep.recorded_state import RecordedState

__all__ = ["Backend", "States", "UnreadableBackendError"]

_PATIENCE = 120.0
"""Seconds that one call of the `pulumi` command may take."""
_LONGEST_COMPLAINT = 2**20
"""The most that is read from the command's standard error, in bytes."""
_LISTED = JsonBounds(depth=20, values=1_000_000)
_AT_MOST = 5
"""The number of projects that a message names when the requested one does not exist."""

_SECRET_VARIABLES = ("PULUMI_ACCESS_TOKEN", "PULUMI_CONFIG_PASSPHRASE", "AWS_SECRET_ACCESS_KEY", "AZURE_STORAGE_KEY")
_LONGEST_SAYING = 4000


class UnreadableBackendError(Exception):
    """The list of stacks could not be read, so nobody knows what there is; says why and what to do."""


@dataclass(frozen=True)
class Stack:
    """A stack as the list of its backend shows it.

    :param busy: whether an update of it is in progress.
    :param updated: when it was last updated, as the list writes it; None if the list does not say.
    """

    name: str
    busy: bool = False
    updated: str | None = None


@dataclass(frozen=True)
class _Source:
    """Where one state comes from.

    Its name, how to read it, and what shows that it has changed (None where nothing does).
    """

    name: str
    read: Callable[[], RecordedState]
    sign: object = None


class Backend:
    """The stacks of a backend, through the `pulumi` command.

    :param url: a backend's URL or a folder; None for the backend that the user is logged in to.
    :param project: only the stacks of this project.
    """

    def __init__(self, url: str | None, project: str | None) -> None:
        self._given = url
        self._project = project
        self._projects: list[str] = []

    def stacks(self) -> list[Stack]:
        """List all stacks, by their full names. Raises `UnreadableBackendError`."""
        try:
            listed = decode(_pulumi(["stack", "ls", "--json", "--all"], self._environment()), _LISTED)
            stacks = [
                Stack(str(stack["name"]), bool(stack.get("updateInProgress")), stack.get("lastUpdate"))
                for stack in listed
            ]
        except (ValueError, TypeError, KeyError):
            raise UnreadableBackendError("`pulumi stack ls --json --all` has answered no list of stacks") from None
        self._projects = sorted({project for stack in stacks for project in _project(stack)})
        return [stack for stack in stacks if self._project is None or self._project in _project(stack)]

    def without_stacks(self) -> RecordedState:
        """Return the unreadable state that replaces the states when there are none."""
        from pulumi_dashscope_ft.lifecycle.sweep import recorded_state

        url = self._url()
        where = "that is logged in to (`pulumi whoami --verbose`)" if url is None else without_login(url)
        wanted = "" if self._project is None else f" of the project {self._project!r}"
        others = f", but of {', '.join(self._projects[:_AT_MOST])}" if self._projects else ""
        return recorded_state.unreadable(f"of the backend {where}", f"it has no stack{wanted}{others}")

    def export(self, stack: Stack) -> RecordedState:
        """Read the state of one stack; an unreadable state when the command fails."""
        from pulumi_dashscope_ft.lifecycle.sweep import recorded_state

        source = f"of stack {stack.name}"
        try:
            text = _pulumi(["stack", "export", "--stack", stack.name], self._environment())
        except UnreadableBackendError as error:
            return recorded_state.unreadable(source, str(error))
        return recorded_state.read(text, source, doubt="an update of it is under way" if stack.busy else None)

    def _url(self) -> str | None:
        return self._given if self._given is None or "://" in self._given else _folder(self._given)

    def _environment(self) -> dict[str, str]:
        mine = {"PULUMI_SKIP_UPDATE_CHECK": "true"}
        url = self._url() or os.environ.get("PULUMI_BACKEND_URL", "")
        if url.startswith("file://."):  # relative to this folder; the command runs elsewhere
            url = _folder(url.removeprefix("file://"))
        if url:
            mine["PULUMI_BACKEND_URL"] = url
        return {**os.environ, **mine}


class States:
    """All states that were passed; call it to read them (again).

    :param files: paths of exports; `-` is standard input, which is read once.
    :param max_age: seconds after which an exported file is too old to prove anything.
    :param now: the service's time.
    :param reading: called before each state of a complete survey with the number of states read, and of all states.
    """

    def __init__(
        self,
        files: Sequence[str],
        backends: Sequence[Backend],
        max_age: float,
        now: Callable[[], float],
        reading: Callable[[int, int], None] = lambda done, total: None,
    ) -> None:
        self._reading = reading
        self._files = [_Source(name, reader(name, max_age, now)) for name in dict.fromkeys(files)]
        self._backends = list(backends)
        self._last: dict[str, tuple[_Source, RecordedState]] = {}

    def __call__(self, about: LiveObject | None = None) -> list[RecordedState]:
        """Read all states. With an object, stacks are read again only if they know its owner, hold it, or have changed.

        All files are read again.

        :raises UnreadableBackendError: a list of stacks could not be read.
        """
        if about is None:
            sources = [*self._files, *self._stacks()]
            states = {}
            for done, source in enumerate(sources):
                self._reading(done, len(sources))
                states[source.name] = (source, source.read())
            self._last = states
        else:
            for source in [*self._files, *self._stacks()]:
                before, state = self._last.get(source.name, (None, None))
                same = before is not None and source.sign is not None and source.sign == before.sign
                if state is None or not same or _concerns(state, about):
                    self._last[source.name] = (source, source.read())
        return [state for _, state in self._last.values()]

    def _stacks(self) -> list[_Source]:
        return [source for at, backend in enumerate(self._backends) for source in _sources(f"{at}:", backend)]


def _sources(prefix: str, backend: Backend) -> list[_Source]:
    stacks = backend.stacks()
    if not stacks:
        return [_Source(prefix, backend.without_stacks)]
    return [
        _Source(f"{prefix}{stack.name}", partial(backend.export, stack), stack if stack.updated else None)
        for stack in stacks
    ]


def _folder(path: str) -> str:
    """Return the URL of a folder, relative to the current one. Raises `UnreadableBackendError`."""
    try:
        return Path(path).expanduser().resolve().as_uri()
    except FileNotFoundError:  # a relative path has no parent that exists
        raise UnreadableBackendError(
            f"the directory you are in is gone, so {path} leads nowhere: go to one that is there (`cd`)"
        ) from None
    except RuntimeError as error:  # `~name` of an unknown user, or a circle of links
        raise UnreadableBackendError(f"{path} is no folder: {error}") from None


def _project(stack: Stack) -> list[str]:
    """Yield the project of a stack, if its name shows it: `organization/project/stack`."""
    return stack.name.split("/")[-2:-1]


def _concerns(state: RecordedState, about: LiveObject) -> bool:
    return state.unreadable or about.owner in state.owners or about.key in state.held


def _without_secrets(said: str, environment: Mapping[str, str]) -> str:
    """Return what the command printed, without the secrets that it got: it may quote the URL of a backend."""
    said = redact_login_of(environment.get("PULUMI_BACKEND_URL", ""), said)
    for name in _SECRET_VARIABLES:
        said = redact_value(said, environment.get(name, ""), mask="***")
    return quoted(said, limit=_LONGEST_SAYING)


def _pulumi(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
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
    from pulumi_dashscope_ft.lifecycle.sweep.recorded_state import LARGEST

    try:
        with tempfile.TemporaryDirectory() as elsewhere:
            output_path, errors_path = Path(elsewhere, "output"), Path(elsewhere, "errors")
            with output_path.open("xb") as output, errors_path.open("xb") as errors:
                done = subprocess.run(  # noqa: S603 - the user's own command, no shell
                    [command, *arguments, "--non-interactive", "--color", "never"],
                    cwd=elsewhere,
                    env=dict(environment),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=errors,
                    timeout=_PATIENCE,
                    check=False,
                    # Ctrl-C is ours: the current object is finished first, which needs its states
                    start_new_session=True,
                )
            if done.returncode:
                lines = read_file(errors_path, _LONGEST_COMPLAINT).decode(errors="replace").strip().splitlines()
                complaint = lines[-1] if lines else "it said nothing"
                raise UnreadableBackendError(f"{said} failed: {_without_secrets(complaint, environment)}")
            return read_file(output_path, LARGEST).decode("utf-8", errors="replace")
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnreadableBackendError(f"{said} failed: {error}") from None
