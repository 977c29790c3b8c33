"""The layout of a self-managed backend: which files are stacks, and which stacks are locked.

Taken from Pulumi's source (pkg/backend/diy in 3.260: store.go, state.go, lock.go, meta.go). Version 1 of the layout has
a folder for each project, the older version 0 has none:

    .pulumi/meta.yaml                                        version: 1; not there in version 0
    .pulumi/stacks/PROJECT/STACK.json                        or .json.gz, .json.zst; beside them .bak and others
    .pulumi/locks/organization/PROJECT/STACK/ID.json         there while an update runs, or after it was killed
    .pulumi/stacks/STACK.json, .pulumi/locks/STACK/ID.json   the same in version 0
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pulumi_dashscope_ft.lifecycle.base import expiry

from .stack import NotDirectError, Stack
from .store import Entry

__all__ = ["LOCKS", "META", "STACKS", "StackFile", "stack_files"]

META, STACKS, LOCKS = ".pulumi/meta.yaml", ".pulumi/stacks/", ".pulumi/locks/"

_VERSION = re.compile(rb"\s*version:[ \t]+([01])\s*")
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_PROJECT = re.compile(r"[A-Za-z0-9_.-]+")
_FILE = re.compile(r"(?P<name>.*)\.(?P<form>json|ya?ml)(?:\.(?:gz|zst))?", re.DOTALL)
_ATTRIBUTES = ".attrs"
"""The end of the names of the files in which Pulumi keeps a folder's attributes of files."""


@dataclass(frozen=True, slots=True)
class StackFile:
    """A stack, and the file with its state."""

    stack: Stack
    key: str
    size: int


def stack_files(meta: bytes | None, entries: Sequence[Entry], locks: Iterable[Entry]) -> dict[str, StackFile]:
    """Return the stacks of a backend by their full names.

    What lies in the other layout than that of the backend is no stack to Pulumi, and somebody's older release of Pulumi
    may still use it: such stacks are there, too, with a doubt.

    :param meta: the content of `META`, None when there is none.
    :param entries: the files below `STACKS`.
    :param locks: the files below `LOCKS`.
    :raises NotDirectError: this is not how Pulumi 3.260 lays out a backend.
    """
    found: dict[str, list[Entry]] = {}
    for name, entry in _named(entries):
        found.setdefault(name, []).append(entry)
    scoped = _is_scoped(meta, found)
    locked = _locked(locks)
    return {name: _file(name, files, locked.get(name, []), scoped) for name, files in found.items()}


def _named(entries: Iterable[Entry]) -> Iterator[tuple[str, Entry]]:
    """Yield the files that hold states, each with the full name of its stack."""
    for entry in entries:
        *folders, file = entry.key.removeprefix(STACKS).split("/")
        match = _FILE.fullmatch(file)
        if match is None or len(folders) > 1 or not all(map(_PROJECT.fullmatch, folders)):
            continue
        if match["form"] != "json":
            raise NotDirectError(f"{entry.key} is in a form that only the command reads")
        if not _NAME.fullmatch(match["name"]):
            continue  # Pulumi takes no such file for a stack
        yield "/".join(["organization", *folders, match["name"]] if folders else [match["name"]]), entry


def _is_scoped(meta: bytes | None, names: Iterable[str]) -> bool:
    """Whether stacks belong to projects. Without a file that says so, Pulumi looks for stacks of the older layout."""
    if meta is None:
        return all("/" in name for name in names)
    version = _VERSION.fullmatch(meta)
    if version is None:
        raise NotDirectError(f"its {META} is of no version that this release knows")
    return version[1] == b"1"


def _locked(locks: Iterable[Entry]) -> dict[str, list[Entry]]:
    locked: dict[str, list[Entry]] = {}
    for lock in locks:
        if not lock.key.endswith(_ATTRIBUTES):
            locked.setdefault(lock.key.removeprefix(LOCKS).rpartition("/")[0], []).append(lock)
    return locked


def _file(name: str, files: list[Entry], locks: list[Entry], scoped: bool) -> StackFile:
    # After a change of the compression there may be two: Pulumi, too, takes the one that was written last.
    latest = max(files, key=lambda entry: (entry.modified, entry.key))
    sign = (latest.key, latest.version, tuple(lock.key for lock in locks))
    return StackFile(Stack(name, _doubt(name, locks, scoped), sign), latest.key, latest.size)


def _doubt(name: str, locks: list[Entry], scoped: bool) -> str | None:
    if locks:
        since = expiry.text(min(lock.modified for lock in locks))
        return (
            f"it has been locked since {since}: an update of it is under way, or was killed (then "
            f"`pulumi cancel --stack {name}` unlocks it)"
        )
    if scoped != ("/" in name):
        return "it is in another layout than its backend, so Pulumi itself does not see it. See `pulumi state upgrade`"
    return None
