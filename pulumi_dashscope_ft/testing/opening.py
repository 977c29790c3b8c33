"""Opens a stack on either engine.

An end-to-end test is written once and parametrized over `"local"` and `"command"`; it should not care which.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Protocol, Unpack

from .command import CommandStack
from .result import OperationResult
from .stack import LocalStack
from .state.targeting import TargetOptions

KINDS = ("local", "command")


class StackLike(Protocol):
    """The methods of both stacks."""

    engine: str
    project_dir: Path
    stack: str
    env: dict[str, str]

    def preview(self, *, expect_no_changes: bool = False, **options: Unpack[TargetOptions]) -> OperationResult:
        """Plan, and change nothing.

        :param expect_no_changes: raise `StackOperationFailed` if the plan changes anything.
        """

    def up(self, **options: Unpack[TargetOptions]) -> OperationResult:
        """Plan, and carry out the plan."""

    def refresh(
        self, *, clear_pending_creates: bool = False, run_program: bool = False, **options: Unpack[TargetOptions]
    ) -> OperationResult:
        """Read all resources, and take over into the state what is there.

        :param clear_pending_creates: forget creates that were interrupted.
        :param run_program: run the program for it.
        """

    def destroy(self, **options: Unpack[TargetOptions]) -> OperationResult:
        """Delete all resources of the stack."""

    def state_delete(self, urns: Collection[str], *, force: bool = False) -> None:
        """Drop these resources from the state; they stay at the service."""

    def state_move(self, urns: Collection[str], dest: Any) -> None:
        """Move these resources to the state of the stack `dest`."""

    def export(self) -> dict[str, Any]:
        """Return the state, in the form that `pulumi stack export` prints."""

    def import_state(self, deployment: dict[str, Any]) -> None:
        """Replace the state by one from `export`."""

    @property
    def resources(self) -> list[dict[str, Any]]:
        """The resources in the state, as JSON objects."""

    def set_config(self, key: str, value: str, secret: bool = False) -> None:
        """Set a configuration value of the stack."""

    def interrupt(self) -> None:
        """Press Ctrl-C, from another thread."""

    def kill_host(self) -> None:
        """End the provider processes of the running operation at once, like a crash, from another thread."""


def open_stack(kind: str, project_dir: Path, *, env: Mapping[str, str] | None = None, **options: Any) -> StackLike:
    """Return a stack on an engine.

    :param kind: `"local"` or `"command"`.
    :param options: the arguments that both kinds of stack have in common.
    :raises ValueError: `kind` is another text.
    :raises FileNotFoundError: there is no `pulumi` command for `"command"`.
    """
    if kind == "local":
        return LocalStack(project_dir, env=env, **options)
    if kind == "command":
        return CommandStack(project_dir, env=env, **options)
    raise ValueError(f"there is no engine {kind!r}; choose one of {', '.join(KINDS)}")
