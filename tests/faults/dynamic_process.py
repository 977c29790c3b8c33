"""Why this exists: the dynamic flavour's part of the front ends' comparison: the lifecycle modules are called as
`dynamic.serving` does, without the protocol around them (the end-to-end tests have that).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from inprocess import BASE_URL
from processes import InvalidInputsError, ProviderProcess, RefusedError
from records import CHECKPOINT, COMPRESSED, DEPLOYMENT, FILE, IMPORTED, JOB, Made, Properties, Record
from simulation import KEY
from verbs import (
    Verbs,
    compressed_model,
    exported_checkpoint,
    fine_tuning_job,
    imported_model,
    model_deployment,
    training_file,
)

from pulumi_dashscope_ft.api import Client, resolve_settings
from pulumi_dashscope_ft.lifecycle.base.connection import Connection, connect
from pulumi_dashscope_ft.lifecycle.base.creating.init_failed import ResourceInitFailedError
from pulumi_dashscope_ft.lifecycle.base.outcomes import DiffResult
from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.identity import resource as stack_identity

LIFECYCLES: Mapping[str, Verbs] = {
    CHECKPOINT: exported_checkpoint,
    COMPRESSED: compressed_model,
    DEPLOYMENT: model_deployment,
    FILE: training_file,
    IMPORTED: imported_model,
    JOB: fine_tuning_job,
}


class DynamicProcess(ProviderProcess):
    """A host process of dynamic providers."""

    takes_a_last_look = True
    reads_first = False
    hears_of_ctrl_c = False

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._owner = ""
        settings = resolve_settings(
            base_url=self.cloud.emulator.base_url if self.cloud.listening else BASE_URL, api_key=KEY, environ={}
        )
        client = Client(replace(settings, retry_timeout=self._retry_timeout), clock=self.cloud.clock)
        self._connection = connect(
            self._wired(client),
            clock=self.cloud.clock,
            run_registry=RunRegistry(),
            report=lambda line: self.say(line),
            interrupted=lambda: self.cancelled,
        )

    @staticmethod
    def new_owner() -> str:
        owner, _ = stack_identity.create(Request.of({}))
        return owner

    def configure(self, owner: str, stamp_key: str | None = None) -> None:
        self._owner = owner
        self._connection.stamp_key.value = stamp_key

    @property
    def connection(self) -> Connection:
        return self._connection

    def check(self, kind: str, name: str, olds: Properties, news: Mapping[str, Any], seed: bytes) -> Properties:
        given = {**news, "__name": name, "__owner": self._owner}
        checked = LIFECYCLES[kind].check(olds, _stored(given), self._connection.run_registry)
        if checked.violations:
            raise InvalidInputsError(checked.violations)
        return _stored(checked.inputs)

    def diff(self, record: Record, news: Properties) -> DiffResult:
        return LIFECYCLES[record.kind].diff(self._connection, record.id, record.outputs, news)

    def create(self, kind: str, name: str, inputs: Properties, timeout: float = 0, *, preview: bool = False) -> Made:
        with _recording(inputs):
            object_id, outputs = LIFECYCLES[kind].create(self._connection, inputs)
        return Made(object_id, inputs, _stored(outputs))

    def read(self, record: Record) -> Made | None:
        outputs = LIFECYCLES[record.kind].read(self._connection, record.id, record.outputs)
        return None if outputs is None else Made(record.id, record.inputs, _stored(outputs))

    def update(self, record: Record, inputs: Properties, timeout: float = 0, *, preview: bool = False) -> Made:
        with _recording(inputs):
            outputs = LIFECYCLES[record.kind].update(self._connection, record.id, record.outputs, inputs)
        return Made(record.id, inputs, _stored(outputs))

    def delete(self, record: Record) -> None:
        LIFECYCLES[record.kind].delete(self._connection, record.id, record.outputs)

    def let_owner_go(self, owner: str) -> None:
        stack_identity.delete(self._connection, owner)


@contextmanager
def _recording(inputs: Properties) -> Iterator[None]:
    """What exists and is not what was asked for is recorded all the same (see `dynamic.host.fail_init`)."""
    try:
        yield
    except ResourceInitFailedError as failed:
        made = Made(failed.resource_id, inputs, _stored(failed.state.properties()), under_way=True)
        raise RefusedError(failed.reason, made) from failed


def _stored(value: Mapping[str, Any]) -> Properties:
    """As it comes back from a state file: JSON, all numbers floats."""
    stored: Properties = json.loads(json.dumps(value), parse_int=float)
    return stored
