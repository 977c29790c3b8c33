"""The interface that the lifecycle modules share, so that each front end can serve all of them."""

from __future__ import annotations

from typing import Any, Protocol

from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.outcomes import CheckResult, DiffResult
from pulumi_dashscope_ft.lifecycle.base.request import AnyRequest
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.base.state import AnyState

Properties = dict[str, Any]
"""Properties as Pulumi carries them, hidden ones included."""


class Lifecycle(Protocol):
    """What a lifecycle module offers for its kind of resource; see `lifecycle.job.resource`."""

    @property
    def RESOURCE(self) -> str: ...

    def check(self, olds: AnyRequest, news: AnyRequest, run_registry: RunRegistry, /) -> CheckResult: ...
    def diff(self, connection: Connection, id_: str, olds: AnyState, news: AnyRequest, /) -> DiffResult: ...
    def replaced_unasked(
        self, connection: Connection, known: tuple[str, str] | None, olds: AnyRequest, news: AnyRequest, /
    ) -> str: ...
    def create(self, connection: Connection, request: AnyRequest, /) -> tuple[str, AnyState]: ...
    def read(self, connection: Connection, id_: str, state: AnyState, /) -> AnyState | None: ...
    def update(self, connection: Connection, id_: str, olds: AnyState, news: AnyRequest, /) -> AnyState: ...
    def delete(self, connection: Connection, id_: str, state: AnyState, /) -> None: ...
