"""A backend by its URL: read directly where that is possible, and otherwise through the `pulumi` command.

A backend without stacks does not prove that the account has no states: somebody may have mistyped the project, or be
logged in elsewhere.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pulumi_dashscope_ft.lifecycle.sweep import recorded_state
from pulumi_dashscope_ft.text import without_login

from .address import is_self_managed, open_store
from .command import Command, current_url
from .direct import Direct
from .folder import Folder
from .stack import NotDirectError, Reader, Stack, UnreadableBackendError, of_project, projects_of
from .store import StoreError

if TYPE_CHECKING:
    from pulumi_dashscope_ft.lifecycle.sweep.recorded_state import RecordedState

__all__ = ["Backend", "backends_of"]

_AT_MOST = 5
"""The number of projects that a message names when the requested one does not exist."""


class Backend:
    """The stacks of a backend.

    :param url: a backend's URL or a folder; None for the backend that the user is logged in to.
    :param project: only the stacks of this project.
    :param say: receives a line when a folder or bucket can't be read directly, which takes longer.
    """

    def __init__(self, url: str | None, project: str | None, say: Callable[[str], None] = lambda line: None) -> None:
        self._given = url
        self._project = project
        self._say = say
        self._projects: list[str] = []
        self._reader: Reader | None = None

    def stacks(self) -> list[Stack]:
        """List all stacks, by their full names. Raises `UnreadableBackendError`."""
        stacks = self._open() if self._reader is None else list(self._reader.stacks())
        self._projects = sorted({project for stack in stacks for project in projects_of(stack)})
        return of_project(stacks, self._project)

    def read(self, stacks: Sequence[Stack], done: Callable[[], None]) -> dict[str, RecordedState]:
        """Read the states of these stacks, by name. `done` is called for each.

        :raises UnreadableBackendError: the stacks can't be listed any more.
        """
        assert self._reader is not None, "only stacks that were listed are read"
        return dict(self._reader.read(stacks, done))

    def without_stacks(self) -> RecordedState:
        """Return the unreadable state that replaces the states when there are none."""
        url = self._url()
        where = "that is logged in to (`pulumi whoami --verbose`)" if url is None else without_login(url)
        wanted = "" if self._project is None else f" of the project {self._project!r}"
        others = f", but of {', '.join(self._projects[:_AT_MOST])}" if self._projects else ""
        return recorded_state.unreadable(f"of the backend {where}", f"it has no stack{wanted}{others}")

    def _open(self) -> list[Stack]:
        """Choose the reader by trying: what can't be listed directly may still be listed by the command."""
        environment = self._environment()
        command = Command(environment)
        url = environment.get("PULUMI_BACKEND_URL") or current_url(environment)
        stacks, self._reader = self._directly(url, command) if url and is_self_managed(url) else (None, None)
        if stacks is None:
            stacks, self._reader = command.stacks(), command
        return stacks

    def _directly(self, url: str, command: Command) -> tuple[list[Stack] | None, Reader | None]:
        try:
            store = open_store(url, os.environ)
            direct = Direct(store, command)
            try:
                return direct.look(), direct
            except StoreError as error:
                if isinstance(store, Folder):  # the command sees no more of it, and skips what it may not read
                    raise UnreadableBackendError(str(error)) from None
                raise NotDirectError(str(error)) from None
        except NotDirectError as reason:
            self._say(
                f"reading {without_login(url)} through the `pulumi` command, one process for each stack: {reason}"
            )
            return None, None

    def _url(self) -> str | None:
        return self._given if self._given is None or "://" in self._given else _folder(self._given)

    def _environment(self) -> dict[str, str]:
        mine = {"PULUMI_SKIP_UPDATE_CHECK": "true"}
        url = self._url() or os.environ.get("PULUMI_BACKEND_URL", "")
        if url.startswith("file://."):  # relative to this folder; the command runs elsewhere
            path, mark, query = url.removeprefix("file://").partition("?")
            url = f"{_folder(path)}{mark}{query}"
        if url:
            mine["PULUMI_BACKEND_URL"] = url
        return {**os.environ, **mine}


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


def backends_of(urls: Sequence[str], project: str | None, say: Callable[[str], None]) -> list[Backend]:
    """Return the backends at these URLs; of a project without a URL, that which the user is logged in to."""
    wanted: list[str | None] = [*urls] or ([None] if project is not None else [])
    return [Backend(url, project, say) for url in wanted]
