"""The verbs of each kind on plain properties, as Pulumi sends them: hidden properties beside the others.

The lifecycle takes and returns typed objects. Tests that say what goes into a state and what comes out of it call the
lifecycle through this module, which translates as the front ends do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.kind.verbs import Lifecycle
from pulumi_dashscope_ft.lifecycle.base.outcomes import DiffResult
from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.base.state import State
from pulumi_dashscope_ft.lifecycle.checkpoint import resource as _checkpoint
from pulumi_dashscope_ft.lifecycle.compression.kind import KIND as _COMPRESSION
from pulumi_dashscope_ft.lifecycle.deployment import resource as _deployment
from pulumi_dashscope_ft.lifecycle.file import resource as _file
from pulumi_dashscope_ft.lifecycle.imported.kind import KIND as _IMPORTED
from pulumi_dashscope_ft.lifecycle.job import resource as _job
from pulumi_dashscope_ft.lifecycle.kinds import registry
from pulumi_dashscope_ft.schema import Violation

Sent = Mapping[str, Any]
Properties = dict[str, Any]


@dataclass(frozen=True)
class Checked:
    """The result of a check, with the inputs as Pulumi records them."""

    inputs: Properties
    violations: tuple[Violation, ...]
    warnings: tuple[Violation, ...]


class Verbs:
    """The verbs of one kind."""

    def __init__(self, lifecycle: Lifecycle) -> None:
        self._lifecycle = lifecycle

    def check(self, olds: Sent, news: Sent, run_registry: RunRegistry) -> Checked:
        result = self._lifecycle.check(Request.of(olds), Request.of(news), run_registry)
        return Checked(result.request.properties(), result.violations, result.warnings)

    def diff(self, connection: Connection, id_: str, olds: Sent, news: Sent) -> DiffResult:
        return self._lifecycle.diff(connection, id_, State.of(olds), Request.of(news))

    def replaced_unasked(self, connection: Connection, known: tuple[str, str] | None, olds: Sent, news: Sent) -> str:
        return self._lifecycle.replaced_unasked(connection, known, Request.of(olds), Request.of(news))

    def create(self, connection: Connection, news: Sent) -> tuple[str, Properties]:
        id_, state = self._lifecycle.create(connection, Request.of(news))
        return id_, state.properties()

    def read(self, connection: Connection, id_: str, olds: Sent) -> Properties | None:
        state = self._lifecycle.read(connection, id_, State.of(olds))
        return None if state is None else state.properties()

    def update(self, connection: Connection, id_: str, olds: Sent, news: Sent) -> Properties:
        return self._lifecycle.update(connection, id_, State.of(olds), Request.of(news)).properties()

    def delete(self, connection: Connection, id_: str, olds: Sent, **options: Any) -> None:
        """:param options: what the verb of a kind takes beyond the others: a file's `ignore_use`."""
        self._lifecycle.delete(connection, id_, State.of(olds), **options)

    def is_local_update(self, olds: Sent, news: Sent) -> bool:
        return registry.of_type(self._lifecycle.RESOURCE).updates.are_local(State.of(olds), Request.of(news))


compressed_model = Verbs(_COMPRESSION.lifecycle)
exported_checkpoint = Verbs(_checkpoint)
fine_tuning_job = Verbs(_job)
imported_model = Verbs(_IMPORTED.lifecycle)
model_deployment = Verbs(_deployment)
training_file = Verbs(_file)
