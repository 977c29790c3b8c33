"""The interface that the lifecycle modules share, so that each front end can serve all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.outcomes import CheckResult, DiffResult
from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry

Properties = dict[str, Any]


class Lifecycle(Protocol):
    """What a lifecycle module offers for its kind of resource; see `lifecycle.job.resource`."""

    @property
    def RESOURCE(self) -> str: ...

    def check(self, olds: Mapping[str, Any], news: Mapping[str, Any], run_registry: RunRegistry, /) -> CheckResult: ...
    def diff(
        self, connection: Connection, id_: str, olds: Mapping[str, Any], news: Mapping[str, Any], /
    ) -> DiffResult: ...
    def replaced_unasked(
        self,
        connection: Connection,
        known: tuple[str, str] | None,
        olds: Mapping[str, Any],
        news: Mapping[str, Any],
        /,
    ) -> str: ...
    def create(self, connection: Connection, request: Request, /) -> tuple[str, Properties]: ...
    def read(self, connection: Connection, id_: str, properties: Mapping[str, Any], /) -> Properties | None: ...
    def update(
        self, connection: Connection, id_: str, olds: Mapping[str, Any], news: Mapping[str, Any], /
    ) -> Properties: ...
    def delete(self, connection: Connection, id_: str, properties: Mapping[str, Any], /) -> None: ...
