"""The verbs of the protocol on plain values, between the wire and the lifecycle.

A plugin receives more than a dynamic provider, and uses it here: the URN, custom timeouts, whether this is a preview.

Four of the hidden properties that the lifecycle needs are not kept in the state, because the engine sends what they are
made from with each call (`SENT_ANEW`): name and owner come from the URN and the provider's id, formats from what this
process knows of files, secrets from the marks of the values.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from pulumi_dashscope_ft.api import ApiConnectionError, AuthenticationError, DashScopeError, PermissionDeniedError
from pulumi_dashscope_ft.frontend import left_over
from pulumi_dashscope_ft.frontend.meanwhile import stays_meanwhile
from pulumi_dashscope_ft.frontend.replacing import Replaced, as_compared, as_reported, replaced_unasked
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.creating.init_failed import ResourceInitFailedError
from pulumi_dashscope_ft.lifecycle.base.hidden import Field
from pulumi_dashscope_ft.lifecycle.base.kind.descriptor import Kind
from pulumi_dashscope_ft.lifecycle.base.kind.verbs import Properties
from pulumi_dashscope_ft.lifecycle.base.outcomes import DiffResult
from pulumi_dashscope_ft.lifecycle.base.request import AnyRequest, Request
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.base.state import AnyState, State
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.plugin.cancelling import CancelToken
from pulumi_dashscope_ft.plugin.resources import importing
from pulumi_dashscope_ft.plugin.session import PluginSession
from pulumi_dashscope_ft.schema import UNKNOWN, Violation, contains_unknown, defaults, output_names
from pulumi_dashscope_ft.schema.marks import Marks, is_secret

_DATA_FACTS = ("format", "rows", "longestRow", "tokens")
"""Outputs of a file that are compared with the jobs that use it."""

SENT_ANEW: Collection[Field] = ("name", "owner", "formats", "secrets")
"""What is not recorded."""

T = TypeVar("T", AnyRequest, AnyState)

_NONCE_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"


@dataclass(frozen=True, slots=True)
class Found:
    """The result of a read.

    :param inputs: as a program would have to spell them for the next plan to be empty.
    """

    inputs: Properties
    outputs: Properties


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of the engine's, in one call.

    :param marks: what is secret of its properties, in any of the property sets of this call.
    """

    kind: Kind
    urn: str
    session: PluginSession
    token: CancelToken
    marks: Marks = False

    def check(self, olds: Properties, news: Properties, seed: bytes) -> tuple[Properties, list[Violation]]:
        """Return the inputs to go on with, defaults included, and what is wrong with them.

        :param seed: the engine's; the same seed gives the same inputs, so that a plan and its `up` agree.
        """
        self.session.note_declared(self.urn)
        before, sent = Request.of(olds), Request.of(news)
        given = self._named(sent).knowing(formats=self._known_files(sent))
        checked = self.kind.lifecycle.check(before, given, self.session.accounts.run_registry)
        spending = self.session.accounts.spending
        checked = spending.check(self.kind.type_name, before, checked, self.session.lines.report_once)
        for warning in checked.warnings:
            self.session.lines.report_once(f"warning: {warning}")
        request = checked.request
        if seed and request.nonce is not None and request.nonce != before.nonce:
            request = request.knowing(nonce=_nonce(seed, self.urn))
        replaced = self.session.replacements.checked(self.urn, before)
        if replaced is not None and not checked.violations:
            was = Replaced(replaced.olds.options_or_unknown(), replaced.known)
            connection = self._connection(replaced.olds.inputs)
            wanted = sent.options_or_unknown()
            self.session.lines.report_once(replaced_unasked(connection, self.kind.lifecycle, was, wanted))
        violations = list(checked.violations)
        try:
            self.session.accounts.settings(sent.inputs).check()
        except DashScopeError as error:
            violations.append(Violation((), str(error)))
        missing = {
            name: value for name, value in defaults(self.kind.type_name).items() if request.inputs.get(name) is None
        }
        return request.with_inputs({**request.inputs, **missing}).properties(without=SENT_ANEW), violations

    def diff(
        self, id_: str, old_inputs: Properties, olds: Properties, news: Properties
    ) -> tuple[DiffResult, Properties]:
        """Return what the change means, and the inputs that `news` differ from.

        The engine asks for a difference after a refresh, too, a destroy's refresh included. Then no program declares
        the resource, so nothing follows from it, and nothing of it is remembered.
        """
        state, registered, wanted = State.of(olds), Request.of(old_inputs), Request.of(news)
        recorded = registered.inputs if state.input_names is None else state.inputs
        before = {**self._computed(registered.inputs), **recorded}
        self._note_file({**state.outputs, **self._computed(wanted.inputs)})
        declared = self.session.is_declared(self.urn)
        connection = self._connection(state.known_inputs)
        if stays_meanwhile(self.kind, wanted, declared=declared):
            return DiffResult((), True, False, None), before
        if not declared:
            connection = replace(connection, run_registry=RunRegistry())
        as_registered = self._named(state).registered_as(registered.options_or_unknown())
        compared = as_compared(self._named(wanted).options_or_unknown(), declared)
        planned = self.kind.lifecycle.diff(connection, id_, as_registered, compared)
        status = str(state.outputs.get("status", ""))
        self.session.replacements.planned(self.urn, id_, status, planned)
        if declared and (left := left_over.explained(planned, connection, self.kind, id_, state)):
            self.session.lines.report_once(left)
        consequence = as_reported(planned, wanted, declared).consequence
        if consequence:
            self.session.lines.report_once(consequence)
        return planned, before

    def create(self, inputs: Properties, timeout: float) -> tuple[str, Properties]:
        """Make it, and return its id and outputs.

        :raises ResourceInitFailedError: it exists, but is not what was asked for.
        """
        self.token.raise_if_cancelled()
        sent = Request.of(inputs)
        given = self._named(sent).knowing(owner=self.session.owner(self.urn), formats=self._known_files(sent))
        connection, limit = self._limited(given.inputs, self.kind.waits, "create", timeout)
        predecessor = self.session.replacements.predecessor(self.urn)
        with self.session.accounts.spending.starting(self.kind.type_name, given, connection) as start:
            try:
                id_, state = self.kind.lifecycle.create(connection, given.with_inputs({**given.inputs, **limit}))
            except ResourceInitFailedError as failed:
                remembering = left_over.failed_remembering(self.kind, failed, predecessor, connection)
                raise self._init_failed(start.failed(remembering), sent) from failed
            state = start.recorded(state)
        self.session.note_urn(id_, self.urn)
        written = self._written(left_over.remembering(self.kind, state, predecessor, connection), sent)
        self._note_file(written.outputs)
        return id_, written.properties()

    def planned_create(self, inputs: Properties) -> Properties:
        """Return the outputs as far as a preview can know them."""
        unknown = dict.fromkeys(output_names(self.kind.type_name), UNKNOWN)
        return {**unknown, **Request.of(inputs).inputs}

    def update(self, id_: str, olds: Properties, news: Properties, timeout: float) -> Properties:
        """Change it, and return its outputs.

        :raises ResourceInitFailedError: it is still not what was asked for.
        """
        self.token.raise_if_cancelled()
        sent = Request.of(news)
        given = self._named(sent)
        connection, limit = self._limited(given.inputs, self.kind.waits, "update", timeout)
        request = given.with_inputs({**given.inputs, **limit})
        try:
            state = self.kind.lifecycle.update(connection, id_, self._named(State.of(olds)), request)
        except ResourceInitFailedError as failed:
            raise self._init_failed(failed, sent) from failed
        state = self.session.accounts.spending.changed(self.kind.type_name, given, state)
        return self._written(state, sent).properties()

    def planned_update(self, id_: str, olds: Properties, news: Properties) -> Properties:
        """Return the outputs as far as a preview can know them.

        :raises LifecycleError: the update is known to fail.
        """
        before, sent = State.of(olds), Request.of(news)
        foreseen = self.kind.updates.failure(id_, before, sent)
        if foreseen is not None:
            raise foreseen
        if self.kind.updates.are_local(before, sent) and not contains_unknown(news):
            connection = self._connection(sent.inputs)
            updated = self.kind.lifecycle.update(connection, id_, self._named(before), self._named(sent))
            return updated.properties(without=SENT_ANEW)
        computed = set(output_names(self.kind.type_name)) - set(before.inputs)
        outputs = dict.fromkeys(computed, UNKNOWN)
        outputs.update({name: before.outputs[name] for name in self.kind.updates.lasting if name in before.outputs})
        return {**outputs, **sent.inputs}

    def read(self, id_: str, inputs: Properties, outputs: Properties) -> Found | None:
        """Return the live state; None when it is gone.

        Without a state (an import) the inputs are filled from what is live.
        """
        state = State.of(outputs)
        connection = self._connection(state.known_inputs)
        if state.input_names is None:
            filled = importing.request_for(self.kind, connection, id_)
            if filled is None:
                return None
            given = filled.with_inputs({**filled.inputs, **Request.of(inputs).inputs})
            inputs = given.properties()
            state = State.of({**outputs, **inputs}).knowing(input_names=sorted(self._written_names(given.inputs)))
        try:
            fresh = self.kind.lifecycle.read(connection, id_, self._named(state))
        except LifecycleError as error:
            if not self._may_be_stale(error, outputs):
                raise
            self.session.lines.report_once(f"warning: {error}")
            return Found(inputs, outputs)
        if fresh is None:
            return None
        self._note_file(fresh.outputs)
        if self.kind.id_property is not None and self.kind.id_property not in fresh.outputs:
            fresh = fresh.showing(**{self.kind.id_property: id_})  # what is imported has no outputs yet
        live = fresh.properties(without=SENT_ANEW)
        return Found({name: live.get(name, value) for name, value in inputs.items()}, live)

    def _may_be_stale(self, error: LifecycleError, outputs: Properties) -> bool:
        """Whether a read that failed leaves the state as it was.

        What is under way is read before every plan (`refresh_before_update`), still with the settings that the state
        has. If that failed because of a key or an address that has changed since, no `up` could ever take over the new
        one.
        """
        cause = error.__cause__
        never_reached = isinstance(cause, ApiConnectionError) and not cause.sent
        refused = isinstance(cause, (AuthenticationError, PermissionDeniedError))
        return (refused or never_reached) and self.kind.is_under_way(outputs)

    def delete(self, id_: str, outputs: Properties, timeout: float) -> None:
        """Remove it as its policy says, within the custom timeout if there is one."""
        self.token.raise_if_cancelled()
        state = self._named(State.of(outputs)).knowing(owner=self.session.owner(self.urn))
        connection, limit = self._limited(state.known_inputs, self.kind.tears_down, "delete", timeout)
        self.kind.lifecycle.delete(connection, id_, state.showing(**limit))

    def _known_files(self, sent: AnyRequest) -> list[Any] | None:
        """Return what is known of a job's files: by this process where it knows their ids, else by the program."""
        known = self.session.known_files(sent.inputs) or []
        paths = {tuple(entry["path"]) for entry in known}
        return [*known, *(entry for entry in sent.formats if _path(entry) not in paths)] or None

    def _connection(self, inputs: Mapping[str, Any]) -> Connection:
        return self.session.accounts.connection(inputs)

    def _named(self, carrier: T) -> T:
        """Add what the engine sends anew with each call."""
        return carrier.knowing(name=qualified_name(self.urn), secrets=self.marks)

    def _limited(
        self, inputs: Mapping[str, Any], limit: str | None, verb: str, timeout: float
    ) -> tuple[Connection, Properties]:
        """Return the connection for a step, and the input that limits its time if a custom timeout does.

        :param limit: the input that limits it otherwise.
        :param verb: the custom timeout that counts.
        """
        connection = self.session.lines.connected(self._connection(inputs), self.urn)
        if limit is None or timeout <= 0:
            return connection, {}
        return replace(connection, limited_by=f"customTimeouts.{verb}"), {limit: timeout}

    def _written(self, state: AnyState, request: AnyRequest) -> AnyState:
        """Return the state with the time limit that the user wrote: a custom timeout is no property."""
        kept, limit = state.without(*SENT_ANEW), self.kind.waits
        if limit is None:
            return kept
        if request.inputs.get(limit) is not None:
            return kept.showing(**{limit: request.inputs[limit]})
        names = [name for name in kept.input_names or () if name != limit]
        return kept.without_output(limit).knowing(input_names=names)

    def _init_failed(self, failed: ResourceInitFailedError, request: AnyRequest) -> ResourceInitFailedError:
        """Return the same error, with the state as it is recorded."""
        return ResourceInitFailedError(failed.resource_id, self._written(failed.state, request), failed.reason)

    def _note_file(self, outputs: Mapping[str, Any]) -> None:
        if self.kind.is_data and self.kind.id_property is not None:
            facts = {name: outputs.get(name) for name in _DATA_FACTS}
            hidden = [name for name in facts if name != "format" and is_secret(self.marks, name)]
            self.session.note_file(outputs.get(self.kind.id_property), {**facts, **dict.fromkeys(hidden)})

    def _written_names(self, inputs: Mapping[str, Any]) -> list[str]:
        """Return the inputs that a user writes, without what `check` adds to them."""
        return [name for name in inputs if name not in self.kind.computed]

    def _computed(self, inputs: Mapping[str, Any]) -> Properties:
        """Return what `check` has added to the user's inputs: a file's digest and the like."""
        return {name: inputs[name] for name in self.kind.computed if name in inputs}


def _path(entry: Any) -> tuple[Any, ...]:
    """Return the path of what a program knows of a file; empty where it has none that can be compared."""
    path = entry.get("path") if isinstance(entry, Mapping) else None
    steps = [int(step) if isinstance(step, float) else step for step in path] if isinstance(path, list) else []
    return tuple(steps) if all(isinstance(step, (str, int)) for step in steps) else ()


def qualified_name(urn: str) -> str:
    """Return the resource's name with the types of its parents, because a name is unique only below them."""
    _, _, types, name = (urn.split("::", 3) + [""] * 4)[:4]
    parents = types.rpartition("$")[0]
    return f"{parents}::{name}" if parents else name


def _nonce(seed: bytes, urn: str) -> str:
    digest = hashlib.sha256(seed + urn.encode()).digest()
    return "".join(_NONCE_DIGITS[byte % len(_NONCE_DIGITS)] for byte in digest[:6])
