"""A stack as the list of its backend shows it, and what every reader of a backend can do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pulumi_dashscope_ft.lifecycle.sweep.recorded_state import RecordedState

__all__ = ["NotDirectError", "Reader", "Stack", "UnreadableBackendError", "of_project", "source_of"]


class UnreadableBackendError(Exception):
    """The list of stacks could not be read, so nobody knows what there is; says why and what to do."""


class NotDirectError(Exception):
    """Only the `pulumi` command can read this backend; says why, as a clause."""


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack as the list of its backend shows it.

    :param name: its full name, `organization/project/stack`; in the older layout only `stack`.
    :param doubt: why nothing follows from what its state lacks, such as an update in progress; None for none.
    :param sign: changes whenever the stack changes; None where nothing shows that.
    """

    name: str
    doubt: str | None = None
    sign: object = None


class Reader(Protocol):
    """Lists the stacks of one backend, and reads their states."""

    def stacks(self) -> Sequence[Stack]:
        """List all stacks. Raises `UnreadableBackendError`."""

    def read(self, stacks: Sequence[Stack], done: Callable[[], None]) -> Mapping[str, RecordedState]:
        """Read the states of these stacks, by name. A state that can't be read is an unreadable state.

        :param done: called once for each stack that was read.
        :raises UnreadableBackendError: the stacks can't be listed any more.
        """


def source_of(name: str) -> str:
    """Return what a report calls the origin of the state of the stack with this name."""
    return f"of stack {name}"


def of_project(stacks: Iterable[Stack], project: str | None) -> list[Stack]:
    """Return the stacks of this project; all of them for None."""
    return [stack for stack in stacks if project is None or project in projects_of(stack)]


def projects_of(stack: Stack) -> list[str]:
    """Return the project of a stack, if its name shows it: `organization/project/stack`."""
    return stack.name.split("/")[-2:-1]
