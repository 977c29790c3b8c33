"""The Pulumi states that a command compares with: from files, from standard input, or from backends.

A state that can't be read is not an empty state. Every failure here ends in a state that says "I could not be read",
because of which nothing is deleted, and never in one that merely holds less.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from .backends.opening import Backend
from .state_files import reader

if TYPE_CHECKING:
    from pulumi_dashscope_ft.lifecycle.base.kind.live_object import LiveObject
    from pulumi_dashscope_ft.lifecycle.sweep.recorded_state import RecordedState

    from .backends.stack import Stack

__all__ = ["States"]


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
        self._files = [reader(name, max_age, now) for name in dict.fromkeys(files)]
        self._stacks = [_Stacks(backend) for backend in backends]

    def __call__(self, about: LiveObject | None = None) -> list[RecordedState]:
        """Read all states. With an object, stacks are read again only if they know its owner, hold it, or have changed.

        All files are read again.

        :raises UnreadableBackendError: a list of stacks could not be read.
        """
        listed = [(stacks, stacks.current()) for stacks in self._stacks]
        total = len(self._files) + sum(len(stacks) for _, stacks in listed)
        count = 0

        def done() -> None:
            nonlocal count
            count += 1
            if about is None and count < total:
                self._reading(count, total)

        if about is None:
            self._reading(0, total)
        states = []
        for read in self._files:
            states.append(read())
            done()
        for stacks, now in listed:
            states += stacks.read(now, about, done)
        return states


class _Stacks:
    """The stacks of one backend, and their states as last read."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._last: dict[str, tuple[Stack, RecordedState]] = {}

    def current(self) -> Mapping[str, Stack]:
        return {stack.name: stack for stack in self._backend.stacks()}

    def read(self, now: Mapping[str, Stack], about: LiveObject | None, done: Callable[[], None]) -> list[RecordedState]:
        """Return the states of all stacks that were ever seen, those of these stacks as they are now.

        A stack that has gone since counts as it was: what it held may be in the hands of another.
        """
        if about is None:
            self._last = {}
        wanted = [stack for stack in now.values() if about is None or self._is_outdated(stack, about)]
        for name, state in (self._backend.read(wanted, done) if wanted else {}).items():
            self._last[name] = (now[name], state)
        states = [state for _, state in self._last.values()]
        return states if now else [*states, self._backend.without_stacks()]

    def _is_outdated(self, stack: Stack, about: LiveObject) -> bool:
        before, state = self._last.get(stack.name, (None, None))
        if before is None or state is None or stack.sign is None or stack.sign != before.sign:
            return True
        return state.unreadable or about.owner in state.owners or about.key in state.held
