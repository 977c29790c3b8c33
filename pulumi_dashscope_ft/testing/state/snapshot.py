"""The state while an operation runs, written after every step.

A run can be killed at any moment, and the file must then say what exists. So the state on disk is always "everything
done so far, then everything from before that was not touched", plus the operations under way. The real engine keeps its
state the same way.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pulumi_dashscope_ft.testing.errors import StackInUse

from .resource import ResourceState, now
from .vault import Vault

Deployment = dict[str, Any]


class StateFile:
    """The file, its key and its lock. Every write replaces the file as a whole."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.vault = Vault(path.with_suffix(".key"))

    def read(self) -> Deployment:
        """Return the export document; an empty one for a new stack."""
        if not self.path.exists():
            return document([], [])
        data: Deployment = json.loads(self.path.read_text(encoding="utf-8"))
        return data

    def write(self, data: Deployment) -> None:
        """Replace the file in one step: a crash leaves the old one or the new one."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_suffix(f".{os.getpid()}.{threading.get_ident()}.tmp")
        # Not indented: that is five times slower, and the state is written twice for each step.
        draft.write_text(json.dumps(data) + "\n", encoding="utf-8")
        os.replace(draft, self.path)

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Keep other operations out. A lock of a dead process is taken over.

        :raises StackInUse: another operation holds the lock.
        """
        path = self.path.with_suffix(".lock")
        path.parent.mkdir(parents=True, exist_ok=True)
        for last in (False, True):
            try:
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                break
            except FileExistsError:
                holder = _holder(path)
                if last or _is_alive(holder):
                    raise StackInUse(
                        f"another operation (process {holder or 'unknown'}) is using this stack. "
                        f"Wait for it to end; if no such process runs any more, delete {path}."
                    ) from None
                path.unlink(missing_ok=True)
        with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
            handle.write(str(os.getpid()))
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


class Snapshot:
    """Resources before (`base`), those already handled, and those made so far; saved through `save`.

    Thread-safe. With `save=None` (a preview) nothing is written.
    """

    def __init__(
        self, base: list[ResourceState], pending: list[dict[str, Any]], save: Callable[[Snapshot], None] | None
    ) -> None:
        self.base = base
        self.pending_before = pending
        self._done: set[int] = set()
        self._new: list[ResourceState] = []
        self._running: dict[int, tuple[str, ResourceState]] = {}
        self._save = save
        self._lock = threading.RLock()

    def begin(self, kind: str, state: ResourceState) -> None:
        """Record on disk that `kind` (creating, updating, deleting, reading) of `state` is under way."""
        with self._lock:
            self._running[id(state)] = (kind, state)
            self.save()

    def end(
        self, started: ResourceState | None, *, done: ResourceState | None = None, new: ResourceState | None = None
    ) -> None:
        """End a step: `done` is no longer needed, `new` exists from now on."""
        with self._lock:
            if started is not None:
                self._running.pop(id(started), None)
            if done is not None:
                self._done.add(id(done))
            if new is not None and all(new is not state for state in self._new):
                self._new.append(new)
            self.save()

    def is_done(self, state: ResourceState) -> bool:
        """Whether this state from before has been dealt with."""
        return id(state) in self._done

    def rebuild(self, base: list[ResourceState]) -> None:
        """Replace the resources from before as a whole, after a refresh."""
        with self._lock:
            self.base = base
            self.save()

    def drop_pending(self, keep: Callable[[dict[str, Any]], bool]) -> None:
        """Forget those operations from before that `keep` does not want."""
        with self._lock:
            left = [item for item in self.pending_before if keep(item)]
            if left != self.pending_before:
                self.pending_before = left
                self.save()

    def find(self, urn: str, resource_id: str) -> ResourceState | None:
        """Return the state with this URN and id; resources of this run come first."""
        return next((state for state in self.resources() if (state.urn, state.id) == (urn, resource_id)), None)

    def resources(self) -> list[ResourceState]:
        """Return all resources: the new ones, then those from before that nothing has replaced."""
        with self._lock:
            return [*self._new, *(state for state in self.base if id(state) not in self._done)]

    def to_json(self, vault: Vault) -> Deployment:
        """Return the state file's content, with the operations that are under way."""
        with self._lock:
            running = [{"resource": state.to_json(vault), "type": kind} for kind, state in self._running.values()]
            return document([state.to_json(vault) for state in self.resources()], [*running, *self.pending_before])

    def save(self) -> None:
        """Write the state now."""
        with self._lock:
            if self._save is not None:
                self._save(self)


def document(resources: list[dict[str, Any]], pending: list[dict[str, Any]]) -> Deployment:
    """Return the shape of `pulumi stack export`: version 3, or 4 if it has to name features for readers."""
    deployment: dict[str, Any] = {
        "manifest": {"time": now(), "magic": "", "version": "local-engine"},
        "secrets_providers": {"type": "local-engine"},
        "resources": resources,
        "metadata": {},
    }
    if pending:
        deployment["pending_operations"] = pending
    if any(resource.get("refreshBeforeUpdate") for resource in resources):
        return {"version": 4, "features": ["refreshBeforeUpdate"], "deployment": deployment}
    return {"version": 3, "deployment": deployment}


def _holder(path: Path) -> int | None:
    try:
        return int(path.read_text(encoding="utf-8").strip())
    except (OSError, ValueError):
        return None


def _is_alive(process: int | None) -> bool:
    if process is None or os.name == "nt":  # there, the signal 0 is Ctrl-C
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
