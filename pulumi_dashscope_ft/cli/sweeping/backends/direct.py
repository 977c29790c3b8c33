"""Reads the states of a self-managed backend from its folder or bucket, without a process for each stack.

A stack may be updated while the backend is read. So the backend is listed again after its states were read, and what
has changed in between, or is locked, is read once more: a state proves something only if its stack was unlocked and
unchanged from before it was read until after. Nothing is ever written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pulumi_dashscope_ft.lifecycle.sweep import checkpoint, recorded_state
from pulumi_dashscope_ft.lifecycle.sweep.checkpoint import UnknownCheckpointError

from .ahead import read_ahead
from .layout import LOCKS, META, STACKS, StackFile, stack_files
from .stack import NotDirectError, Reader, Stack, UnreadableBackendError, source_of
from .store import Store, StoreError

if TYPE_CHECKING:
    from pulumi_dashscope_ft.lifecycle.sweep.recorded_state import RecordedState

__all__ = ["Direct"]

_READERS = 16
_TRIES = 3
_LARGE = 8 * 2**20
"""A file of more bytes is read alone, so that not sixteen of the largest are in memory at once."""
_LARGEST_META = 2**16
_UNSTEADY = "it kept changing while it was read"
_REMOVED = "its stack was removed or renamed while it was read"


class Direct:
    """The stacks of a folder or bucket.

    :param command: reads what only the `pulumi` command can read.
    """

    def __init__(self, store: Store, command: Reader) -> None:
        self._store = store
        self._command = command
        self._files: dict[str, StackFile] = {}

    def look(self) -> list[Stack]:
        """List all stacks.

        :raises StoreError: the folder or bucket can't be listed.
        :raises NotDirectError: it is not laid out in a way that is known.
        """
        # The locks last: an update that is under way when the stacks are listed is seen, unless it has ended.
        meta, entries = self._store.read(META, _LARGEST_META), self._store.entries(STACKS)
        self._files = stack_files(meta, entries, self._store.entries(LOCKS))
        return [file.stack for file in self._files.values()]

    def stacks(self) -> list[Stack]:
        """List all stacks. Raises `UnreadableBackendError`."""
        try:
            return self.look()
        except (StoreError, NotDirectError) as error:
            raise UnreadableBackendError(str(error)) from None

    def read(self, stacks: Sequence[Stack], done: Callable[[], None]) -> dict[str, RecordedState]:
        """Read the states of these stacks, by name."""
        states: dict[str, RecordedState] = {}
        for stack, state in self._states(stacks):
            states[stack.name] = state
            done()
        wanted = {stack.name: stack for stack in stacks}
        for tries in range(_TRIES):
            now = {stack.name: stack for stack in self.stacks()}
            for name in wanted.keys() - now.keys():
                states[name] = _doubted(states[name], _REMOVED)
            wanted = {name: now[name] for name in wanted if name in now and now[name].sign != wanted[name].sign}
            if not wanted:
                break
            last = tries == _TRIES - 1
            for stack, state in self._states(list(wanted.values())):
                states[stack.name] = _doubted(state, _UNSTEADY) if last else state
        return states

    def _states(self, stacks: Sequence[Stack]) -> Iterable[tuple[Stack, RecordedState]]:
        left: list[Stack] = []
        for stack, content in read_ahead(self._content, stacks, _READERS):
            try:
                yield stack, self._state(stack, content)
            except UnknownCheckpointError:
                left.append(stack)
        if left:
            exported = self._command.read(left, lambda: None)
            yield from ((stack, _doubted(exported[stack.name], stack.doubt)) for stack in left)

    def _content(self, stack: Stack) -> bytes | StoreError | None:
        """Read the file of a stack ahead; None for one that is too large for that."""
        file = self._files[stack.name]
        return None if file.size > _LARGE else self._read(file)

    def _read(self, file: StackFile) -> bytes | StoreError:
        try:
            content = self._store.read(file.key, recorded_state.LARGEST)
        except StoreError as error:
            return error
        return StoreError("its file is not there any more") if content is None else content

    def _state(self, stack: Stack, content: bytes | StoreError | None) -> RecordedState:
        if content is None:
            content = self._read(self._files[stack.name])
        source = source_of(stack.name)
        if isinstance(content, StoreError):
            return recorded_state.unreadable(source, str(content))
        return checkpoint.read(content, source, doubt=stack.doubt)


def _doubted(state: RecordedState, doubt: str | None) -> RecordedState:
    return state if doubt is None or state.problem else replace(state, problem=doubt)
