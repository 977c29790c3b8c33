"""The interface that the lifecycle modules share, so that each front end can serve all of them."""

from __future__ import annotations

from typing import Any, Protocol

from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.outcomes import CheckResult, DiffResult
from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.base.state import State

Properties = dict[str, Any]
"""Properties as Pulumi carries them, hidden ones included."""


class Lifecycle(Protocol):
    """What a lifecycle module offers for its kind of resource; see `lifecycle.job.resource`."""

    @property
    def RESOURCE(self) -> str: ...

    def check(self, olds: Request, news: Request, run_registry: RunRegistry, /) -> CheckResult: ...
    def diff(self, connection: Connection, id_: str, olds: State, news: Request, /) -> DiffResult: ...
    def replaced_unasked(
        self, connection: Connection, known: tuple[str, str] | None, olds: Request, news: Request, /
    ) -> str: ...
    def create(self, connection: Connection, request: Request, /) -> tuple[str, State]: ...
    def read(self, connection: Connection, id_: str, state: State, /) -> State | None: ...
    def update(self, connection: Connection, id_: str, olds: State, news: Request, /) -> State: ...
    def delete(self, connection: Connection, id_: str, state: State, /) -> None: ...
