"""Why this exists: the lifecycle modules share one shape, and each front end serves whatever has it. The shape is
written down once, here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.ledger import Ledger
from pulumi_dashscope_ft.lifecycle.base.outcomes import Checked, Planned
from pulumi_dashscope_ft.schema import contains_unknown

Properties = dict[str, Any]


def stays_meanwhile(lifecycle: Lifecycle, news: Mapping[str, Any], *, declared: bool) -> bool:
    """Whether a deployment stays although something that it is made of goes before its successor exists.

    Before it deletes such a resource, the engine asks of each dependent whether it would be replaced if the inputs that
    come from there change, and if so deletes that one first. It asks before the program has declared the dependent in
    this run, with those inputs unknown. A deployment serves its model whatever becomes of the job, so it stays: it is
    replaced in its own turn, once its successor runs.
    """
    return not declared and lifecycle.RESOURCE == "ModelDeployment" and contains_unknown(news)


class Lifecycle(Protocol):
    """What a lifecycle module offers for its kind of resource; see `lifecycle.fine_tuning_job`."""

    @property
    def RESOURCE(self) -> str: ...

    def check(self, olds: Mapping[str, Any], news: Mapping[str, Any], ledger: Ledger, /) -> Checked: ...
    def diff(
        self, connection: Connection, id_: str, olds: Mapping[str, Any], news: Mapping[str, Any], /
    ) -> Planned: ...
    def replaced_unasked(
        self,
        connection: Connection,
        known: tuple[str, str] | None,
        olds: Mapping[str, Any],
        news: Mapping[str, Any],
        /,
    ) -> str: ...
    def create(self, connection: Connection, inputs: Mapping[str, Any], /) -> tuple[str, Properties]: ...
    def read(self, connection: Connection, id_: str, properties: Mapping[str, Any], /) -> Properties | None: ...
    def update(
        self, connection: Connection, id_: str, olds: Mapping[str, Any], news: Mapping[str, Any], /
    ) -> Properties: ...
    def delete(self, connection: Connection, id_: str, properties: Mapping[str, Any], /) -> None: ...
