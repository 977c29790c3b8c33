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

    def preview(self, *, expect_no_changes: bool = False, **options: Unpack[TargetOptions]) -> OperationResult: ...

    def up(self, **options: Unpack[TargetOptions]) -> OperationResult: ...

    def refresh(
        self, *, clear_pending_creates: bool = False, run_program: bool = False, **options: Unpack[TargetOptions]
    ) -> OperationResult: ...

    def destroy(self, **options: Unpack[TargetOptions]) -> OperationResult: ...

    def state_delete(self, urns: Collection[str], *, force: bool = False) -> None: ...

    def state_move(self, urns: Collection[str], dest: Any) -> None: ...

    def export(self) -> dict[str, Any]: ...

    def import_state(self, deployment: dict[str, Any]) -> None: ...

    @property
    def resources(self) -> list[dict[str, Any]]: ...

    def set_config(self, key: str, value: str, secret: bool = False) -> None: ...

    def interrupt(self) -> None: ...

    def kill_host(self) -> None: ...


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
