"""The verbs of each kind on plain properties, as Pulumi sends them: hidden properties beside the others.

The lifecycle takes and returns typed objects. Tests that say what goes into a state and what comes out of it call the
lifecycle through this module, which translates as the front ends do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.kind.verbs import Lifecycle
from pulumi_dashscope_ft.lifecycle.base.outcomes import CheckResult, DiffResult
from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.checkpoint import resource as _checkpoint
from pulumi_dashscope_ft.lifecycle.deployment import resource as _deployment
from pulumi_dashscope_ft.lifecycle.file import resource as _file
from pulumi_dashscope_ft.lifecycle.job import resource as _job
from pulumi_dashscope_ft.lifecycle.kinds import registry

Sent = Mapping[str, Any]
Properties = dict[str, Any]


class Verbs:
    """The verbs of one kind."""

    def __init__(self, lifecycle: Lifecycle) -> None:
        self._lifecycle = lifecycle

    def check(self, olds: Sent, news: Sent, run_registry: RunRegistry) -> CheckResult:
        return self._lifecycle.check(olds, news, run_registry)

    def diff(self, connection: Connection, id_: str, olds: Sent, news: Sent) -> DiffResult:
        return self._lifecycle.diff(connection, id_, olds, news)

    def replaced_unasked(self, connection: Connection, known: tuple[str, str] | None, olds: Sent, news: Sent) -> str:
        return self._lifecycle.replaced_unasked(connection, known, olds, news)

    def create(self, connection: Connection, news: Sent) -> tuple[str, Properties]:
        return self._lifecycle.create(connection, Request.of(news))

    def read(self, connection: Connection, id_: str, olds: Sent) -> Properties | None:
        return self._lifecycle.read(connection, id_, olds)

    def update(self, connection: Connection, id_: str, olds: Sent, news: Sent) -> Properties:
        return self._lifecycle.update(connection, id_, olds, news)

    def delete(self, connection: Connection, id_: str, olds: Sent, **options: Any) -> None:
        """:param options: what the verb of a kind takes beyond the others: a file's `ignore_use`."""
        self._lifecycle.delete(connection, id_, olds, **options)

    def is_local_update(self, olds: Sent, news: Sent) -> bool:
        return registry.of_type(self._lifecycle.RESOURCE).updates.are_local(olds, news)


exported_checkpoint = Verbs(_checkpoint)
fine_tuning_job = Verbs(_job)
model_deployment = Verbs(_deployment)
training_file = Verbs(_file)
