"""Why this exists: the promises are about a *sequence* of Pulumi operations, so the tests need what Pulumi keeps.

A model of the engine that is small enough to be read at a glance: a resource is recorded when its create has returned
and dropped when its delete has; whatever dies in between, the state is what was recorded before. Order, checks, reads
and replacements follow the real engine, as its log of calls shows them (`testing` runs the real protocol; this one runs
thousands of times a minute). What it speaks to is a `ProviderProcess` of either front end.
"""

from __future__ import annotations

import copy
import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from processes import ProviderProcess, RefusedError
from records import (
    CHECKPOINT,
    COMPRESSED,
    DEPLOYMENT,
    FILE,
    IMPORTED,
    JOB,
    KIND,
    MODEL,
    TIMEOUTS,
    UNKNOWN,
    Made,
    Properties,
    Record,
    kind_of,
)

from pulumi_dashscope_ft.api import DashScopeError
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError

Program = Mapping[str, Mapping[str, Any]]
"""Resource name → inputs, as the user wrote them (see `records.kind_of`). `@data` stands for the id of the resource
`data`, and `@job.finetunedOutput` for that output of the resource `job`."""

_REFERENCE = re.compile(r"@(\w+)(?:\.(\w+))?")

TOLD = (LifecycleError, DashScopeError, RefusedError)
"""Failures that reach the user as a message; anything else is a defect."""

_UPS_OF_THE_LAST_RELEASE = 2

_DEPENDENTS_FIRST = (DEPLOYMENT, CHECKPOINT, COMPRESSED, MODEL, JOB, IMPORTED, FILE)


class RunStoppedError(Exception):
    """Ctrl-C: the engine has begun no further step."""


@dataclass
class State:
    """What outlives a process.

    :param stamp_key: None as long as a release is in use that has none: for the first two `up`s of a state.
    """

    owner: str | None = None
    stamp_key: str | None = None
    ups: int = field(default=0, compare=False)
    records: list[Record] = field(default_factory=list)

    def live(self, name: str) -> Record | None:
        return next((record for record in self.records if record.name == name and not record.leaving), None)

    def ids(self) -> set[str]:
        return {record.id for record in self.records}


class Watcher:
    """Sees every step; a test's invariants hang here."""

    def creating(self, kind: str, name: str, inputs: Properties) -> None:
        """Before the provider's create."""

    def created(self, kind: str, name: str, inputs: Properties, object_id: str | None) -> None:
        """After it, however it ended; with the id when one was recorded."""

    def updating(self, record: Record) -> None:
        """Before the provider's update."""

    def deleting(self, record: Record) -> None:
        """Before the provider's delete."""

    def deleted(self, record: Record) -> None:
        """The provider's delete has returned; the record is dropped."""

    def gone(self, record: Record) -> None:
        """A read has found nothing; the record is dropped."""

    def owner_gone(self) -> None:
        """The state holds nothing any more, and the proof of ownership goes with it."""


class Engine:
    """Runs one operation at a time on `state`. What a step raises ends the operation.

    :param preview: nothing is done: what a provider says that it would do is recorded as if it were.
    """

    def __init__(self, state: State, watcher: Watcher | None = None, *, preview: bool = False) -> None:
        self.state = state
        self.watcher = watcher or Watcher()
        self._preview = preview

    def preview(self, process: ProviderProcess, program: Program) -> None:
        """`pulumi preview`."""
        Engine(copy.deepcopy(self.state), preview=True).up(process, program)

    def up(self, process: ProviderProcess, program: Program, *, forced: frozenset[str] = frozenset()) -> None:
        """`pulumi up`; `forced` names what `--replace` forces, of which the provider is told nothing."""
        if self.state.owner is None and program:
            self.state.owner = process.new_owner()
        self.state.ups += 1
        if self.state.ups > _UPS_OF_THE_LAST_RELEASE and self.state.stamp_key is None and self.state.owner is not None:
            self.state.stamp_key = hashlib.sha256(self.state.owner.encode()).hexdigest()
        self._begin(process)
        for name, written in program.items():
            self._settle(process, name, written, name in forced)
            live = self.state.live(name)
            if live is not None:
                live.needs = _named_in(written)
        for record in reversed(list(self.state.records)):
            if record.leaving or record.name not in program:
                self._delete(process, record)
        if not program:
            self._let_owner_go(process)

    def refresh(self, process: ProviderProcess) -> None:
        """`pulumi refresh`."""
        self._begin(process, reads_first=False)
        for record in list(self.state.records):
            self._read(process, record)

    def destroy(self, process: ProviderProcess) -> None:
        """`pulumi destroy`: what another resource needs waits for that one to be gone, and the identity for all."""
        failures: list[Exception] = []
        kept: set[str] = set()
        self._begin(process)
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
            except RunStoppedError:
                break
        if failures:
            raise failures[0]
        self._let_owner_go(process)

    def _begin(self, process: ProviderProcess, *, reads_first: bool = True) -> None:
        """Start the provider, and read what it has asked to be read before anything is planned."""
        if self.state.owner is not None:
            process.configure(self.state.owner, self.state.stamp_key)
        failures: list[Exception] = []
        for record in list(self.state.records):
            if reads_first and record.under_way:
                try:
                    self._read(process, record)
                except TOLD as failure:
                    failures.append(failure)
                except RunStoppedError:
                    break
        if failures:
            raise failures[0]

    def _read(self, process: ProviderProcess, record: Record) -> None:
        self._require_going(process)
        found = process.read(record)
        if record not in self.state.records:
            return  # another operation, running at the same time, was quicker
        if found is None:
            self.state.records.remove(record)
            self.watcher.gone(record)
        else:
            record.take(found)

    def _let_owner_go(self, process: ProviderProcess) -> None:
        self._require_going(process)
        if self.state.owner is not None and not self.state.records and not self._preview:
            process.let_owner_go(self.state.owner)
            self.state.owner = self.state.stamp_key = None
            self.watcher.owner_gone()

    def _resolved(self, written: Mapping[str, Any]) -> Properties:
        def actual(value: Any) -> Any:
            if isinstance(value, list):
                return [actual(one) for one in value]
            reference = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
            found = self.state.live(reference[1]) if reference else None
            if reference is None or found is None:
                return value
            if reference[2] and self._preview:
                return found.outputs.get(reference[2], UNKNOWN)
            return found.outputs[reference[2]] if reference[2] else found.id

        return {name: actual(value) for name, value in written.items() if name not in (KIND, TIMEOUTS)}

    def _settle(self, process: ProviderProcess, name: str, written: Mapping[str, Any], forced: bool) -> None:
        self._require_going(process)
        kind, news, seed = kind_of(written), self._resolved(written), os.urandom(32)
        timeouts = written.get(TIMEOUTS, {})
        old = self.state.live(name)
        if old is not None:
            old.timeouts = timeouts
        if old is not None and not forced:
            inputs = process.check(kind, name, old.inputs, news, seed)
            planned = process.diff(old, inputs)
            if not planned.replaces:
                if planned.changes or old.unfinished:
                    self._update(process, old, inputs)
                old.inputs = inputs
                return
            if planned.delete_before_replace:
                self._delete(process, old, late=True)
                old = None
        # A replacement is checked like a new resource; a forced one is known to the provider as nothing else.
        fresh = process.check(kind, name, {}, news, seed)
        self._create(process, Record(kind, name, "", fresh, {}, timeouts=timeouts), old)

    def _create(self, process: ProviderProcess, new: Record, replaced: Record | None) -> None:
        self._require_going(process, late=True)
        if self._preview:
            planned = process.create(new.kind, new.name, new.inputs, preview=True)
            self._record(new, replace(planned, id=UNKNOWN), replaced)
            return
        self.watcher.creating(new.kind, new.name, new.inputs)
        try:
            made = process.create(new.kind, new.name, new.inputs, new.timeouts.get("create", 0))
            self._record(new, made, replaced)
        except RefusedError as refused:
            if refused.made is not None:
                self._record(new, refused.made, replaced)
                new.unfinished = True
            raise
        finally:
            self.watcher.created(new.kind, new.name, new.inputs, new.id or None)

    def _record(self, new: Record, made: Made, replaced: Record | None) -> None:
        new.id = made.id
        new.take(made)
        self.state.records.append(new)
        if replaced is not None:
            replaced.leaving = True

    def _update(self, process: ProviderProcess, old: Record, inputs: Properties) -> None:
        self._require_going(process, late=True)
        self.watcher.updating(old)
        try:
            old.take(process.update(old, inputs, old.timeouts.get("update", 0), preview=self._preview))
        except RefusedError as refused:
            if refused.made is not None:
                old.take(refused.made, unfinished=True)
            raise

    def _delete(self, process: ProviderProcess, record: Record, *, late: bool = False) -> None:
        self._require_going(process, late=late)
        if record not in self.state.records or self._preview:
            return  # another destroy, running at the same time, was quicker
        self.watcher.deleting(record)
        process.delete(record)
        if record in self.state.records:
            self.state.records.remove(record)
        self.watcher.deleted(record)

    def _require_going(self, process: ProviderProcess, *, late: bool = False) -> None:
        """No step is begun after Ctrl-C. But one may have been sent when it comes, and reach the provider only then
        (`late`): a provider that hears of it has to refuse."""
        if process.cancelled and not (late and process.hears_of_ctrl_c):
            raise RunStoppedError


def _named_in(written: Mapping[str, Any]) -> frozenset[str]:
    flat = [one for value in written.values() for one in (value if isinstance(value, list) else [value])]
    found = (_REFERENCE.fullmatch(value) for value in flat if isinstance(value, str))
    return frozenset(match[1] for match in found if match)
