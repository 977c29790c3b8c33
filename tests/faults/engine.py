"""Why this exists: the promises are about a *sequence* of Pulumi operations, so the tests need what Pulumi keeps.

A model of the engine that is small enough to be read at a glance: a resource is recorded when its create has returned
and dropped when its delete has; whatever dies in between, the state is what was recorded before. Order, checks and
replacements follow the real engine (`testing` runs the real protocol; this one runs thousands of times a minute).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulation import Process

from pulumi_dashscope_ft.api import DashScopeError
from pulumi_dashscope_ft.lifecycle import (
    exported_checkpoint,
    fine_tuning_job,
    model_deployment,
    stack_identity,
    training_file,
)
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.lifecycle.fine_tuning_job import Planned

Program = Mapping[str, Mapping[str, Any]]
"""Resource name → inputs, as the user wrote them. What kind it is shows in its inputs (see `kind_of`). `@data` stands
for the id of the resource `data`, and `@job.finetunedOutput` for that output of the resource `job`."""

_REFERENCE = re.compile(r"@(\w+)(?:\.(\w+))?")

TOLD = (LifecycleError, DashScopeError)
"""Failures that reach the user as a message; anything else is a defect."""


def kind_of(inputs: Mapping[str, Any]) -> Any:
    """The lifecycle module that such a resource belongs to."""
    if "path" in inputs:
        return training_file
    if "checkpoint" in inputs:
        return exported_checkpoint
    return fine_tuning_job if "model" in inputs else model_deployment


_DEPENDENTS_FIRST = (model_deployment, exported_checkpoint, fine_tuning_job, training_file)


@dataclass(eq=False)
class Record:
    """A resource in the state.

    :param leaving: its replacement exists, and it is still to be deleted.
    :param needs: the resources that its inputs refer to.
    """

    name: str
    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    leaving: bool = False
    needs: frozenset[str] = frozenset()

    @property
    def kind(self) -> Any:
        return kind_of(self.inputs)

    @property
    def is_deployment(self) -> bool:
        return self.kind is model_deployment


@dataclass
class State:
    """What outlives a process."""

    owner: str | None = None
    records: list[Record] = field(default_factory=list)

    def live(self, name: str) -> Record | None:
        return next((record for record in self.records if record.name == name and not record.leaving), None)

    def ids(self) -> set[str]:
        return {record.id for record in self.records}


class Watcher:
    """Sees every step; a test's invariants hang here."""

    def creating(self, inputs: dict[str, Any]) -> None:
        """Before the provider's create."""

    def created(self, inputs: dict[str, Any], object_id: str | None) -> None:
        """After it, however it ended; with the id when it returned one."""

    def deleting(self, record: Record) -> None:
        """Before the provider's delete."""

    def deleted(self, record: Record) -> None:
        """The provider's delete has returned; the record is dropped."""

    def gone(self, record: Record) -> None:
        """A refresh has dropped the record."""


class Engine:
    """Runs one operation at a time on `state`. What a step raises ends the operation."""

    def __init__(self, state: State, watcher: Watcher | None = None) -> None:
        self.state = state
        self.watcher = watcher or Watcher()

    def up(self, process: Process, program: Program, *, replace: frozenset[str] = frozenset()) -> None:
        """`pulumi up`; `replace` names what `--replace` forces, of which the provider is told nothing."""
        if self.state.owner is None and program:
            self.state.owner, _ = stack_identity.create()
        for name, written in program.items():
            news = {**self._resolved(written), "__name": name, "__owner": self.state.owner}
            self._settle(process, name, news, name in replace)
            live = self.state.live(name)
            if live is not None:
                live.needs = _named_in(written)
        for record in reversed(list(self.state.records)):
            if record.leaving or record.name not in program:
                self._delete(process, record)

    def refresh(self, process: Process) -> None:
        """`pulumi refresh`."""
        for record in list(self.state.records):
            if record.leaving:
                continue
            outputs = record.kind.read(process.connection, record.id, record.outputs)
            if outputs is None:
                self.state.records.remove(record)
                self.watcher.gone(record)
            else:
                record.outputs = _stored(outputs)

    def destroy(self, process: Process) -> None:
        """`pulumi destroy`: what another resource needs waits for that one to be gone, and the identity for all."""
        failures: list[Exception] = []
        kept: set[str] = set()
        newest_first = self.state.records[::-1]
        newest_first.sort(key=lambda record: _DEPENDENTS_FIRST.index(record.kind))
        for record in newest_first:
            if record.name in kept:
                kept |= record.needs
                continue
            try:
                self._delete(process, record)
            except TOLD as failure:
                failures.append(failure)
                kept |= record.needs
        if failures:
            raise failures[0]
        if self.state.owner is not None:
            stack_identity.delete(process.connection, self.state.owner)
            self.state.owner = None

    def _resolved(self, written: Mapping[str, Any]) -> dict[str, Any]:
        def actual(value: Any) -> Any:
            if isinstance(value, list):
                return [actual(one) for one in value]
            reference = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
            found = self.state.live(reference[1]) if reference else None
            if reference is None or found is None:
                return value
            return found.outputs[reference[2]] if reference[2] else found.id

        return {name: actual(value) for name, value in written.items()}

    def _settle(self, process: Process, name: str, news: dict[str, Any], forced: bool) -> None:
        old = self.state.live(name)
        if old is None:
            self._create(process, name, self._check(process, {}, news), None)
            return
        inputs = self._check(process, old.inputs, news)
        planned = Planned(("id",), True, False, None) if forced else self._diff(process, old, inputs)
        if not planned.replaces:
            if planned.changes:
                old.outputs = _stored(old.kind.update(process.connection, old.id, old.outputs, inputs))
            old.inputs = inputs
            return
        fresh = self._check(process, {}, news)
        if planned.delete_before_replace:
            self._delete(process, old)
            old = None
        self._create(process, name, fresh, old)

    def _check(self, process: Process, olds: dict[str, Any], news: dict[str, Any]) -> dict[str, Any]:
        checked = kind_of(news).check(olds, _stored(news), process.ledger)
        assert not checked.violations, checked.violations
        return _stored(checked.inputs)

    def _diff(self, process: Process, old: Record, inputs: dict[str, Any]) -> Planned:
        planned: Planned = old.kind.diff(process.connection, old.id, old.outputs, inputs)
        return planned

    def _create(self, process: Process, name: str, inputs: dict[str, Any], replaced: Record | None) -> None:
        self.watcher.creating(inputs)
        object_id = None
        try:
            object_id, outputs = kind_of(inputs).create(process.connection, inputs)
            self.state.records.append(Record(name, object_id, inputs, _stored(outputs)))
            if replaced is not None:
                replaced.leaving = True
        finally:
            self.watcher.created(inputs, object_id)

    def _delete(self, process: Process, record: Record) -> None:
        if record not in self.state.records:
            return  # another destroy, running at the same time, was quicker
        self.watcher.deleting(record)
        record.kind.delete(process.connection, record.id, record.outputs)
        if record in self.state.records:
            self.state.records.remove(record)
        self.watcher.deleted(record)


def _named_in(written: Mapping[str, Any]) -> frozenset[str]:
    flat = [one for value in written.values() for one in (value if isinstance(value, list) else [value])]
    found = (_REFERENCE.fullmatch(value) for value in flat if isinstance(value, str))
    return frozenset(match[1] for match in found if match)


def _stored(value: Mapping[str, Any]) -> dict[str, Any]:
    """As it comes back from a state file: JSON, all numbers floats."""
    stored: dict[str, Any] = json.loads(json.dumps(value), parse_int=float)
    return stored
