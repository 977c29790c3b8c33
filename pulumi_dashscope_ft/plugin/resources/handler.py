"""Why this exists: the verbs of the protocol on plain values, between the wire and the lifecycle. What a plugin is told
beyond a dynamic provider (the URN, custom timeouts, whether this is a preview) is put to use here.

Four of the hidden inputs that the lifecycle needs are not kept in the state, because the engine tells them anew each
time: `__name` and `__owner` are made from the URN and the provider's id, `__formats` from what this process knows of
files, `__secrets` from the marks of the values.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pulumi_dashscope_ft.api import ApiConnectionError, AuthenticationError, DashScopeError, PermissionDeniedError
from pulumi_dashscope_ft.frontend.meanwhile import stays_meanwhile
from pulumi_dashscope_ft.frontend.replacing import Replaced, as_shown, replaced_unasked, to_be_compared
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.creating.init_failed import ResourceInitFailedError
from pulumi_dashscope_ft.lifecycle.base.engine_options import last_registered, or_untold
from pulumi_dashscope_ft.lifecycle.base.kind.descriptor import Kind
from pulumi_dashscope_ft.lifecycle.base.kind.verbs import Properties
from pulumi_dashscope_ft.lifecycle.base.outcomes import DiffResult
from pulumi_dashscope_ft.lifecycle.base.property_bag import (
    FORMATS,
    INPUT_NAMES,
    NAME,
    NONCE,
    OWNER,
    SECRETS,
    public,
    user_inputs,
)
from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.plugin.cancelling import CancelToken
from pulumi_dashscope_ft.plugin.resources import importing
from pulumi_dashscope_ft.plugin.session import PluginSession
from pulumi_dashscope_ft.schema import UNKNOWN, Violation, contains_unknown, defaults, output_names
from pulumi_dashscope_ft.schema.marks import Marks, is_secret

_TOLD_ANEW = (NAME, OWNER, FORMATS, SECRETS)
_DATA_FACTS = ("format", "rows", "longestRow")
"""Outputs of a file that are compared with the jobs that use it."""
_NONCE_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"


@dataclass(frozen=True, slots=True)
class Found:
    """What a read has found.

    :param inputs: as a program would have to spell them for the next plan to be empty.
    """

    inputs: Properties
    outputs: Properties


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of the engine's, in one call.

    :param marks: what is secret of its properties, in any of the bags of this call.
    """

    kind: Kind
    urn: str
    session: PluginSession
    token: CancelToken
    marks: Marks = False

    def check(self, olds: Properties, news: Properties, seed: bytes) -> tuple[Properties, list[Violation]]:
        """The inputs to go on with, defaults included, and what is wrong with them.

        :param seed: the engine's; the same seed gives the same inputs, so that a plan and its `up` agree.
        """
        self.session.note_declared(self.urn)
        given = {**self._named(news), FORMATS: self.session.known_files(news)}
        checked = self.kind.lifecycle.check(olds, given, self.session.accounts.run_registry)
        for warning in checked.warnings:
            self.session.report_once(f"warning: {warning}")
        inputs = _kept(checked.inputs)
        inputs.update(
            {name: value for name, value in defaults(self.kind.type_name).items() if inputs.get(name) is None}
        )
        if seed and NONCE in inputs and inputs[NONCE] != olds.get(NONCE):
            inputs[NONCE] = _nonce(seed, self.urn)
        replaced = self.session.replacements.checked(self.urn, olds)
        if replaced is not None and not checked.violations:
            was = Replaced(or_untold(replaced.olds), replaced.known)
            connection = self._connection(replaced.olds)
            self.session.report_once(replaced_unasked(connection, self.kind.lifecycle, was, or_untold(news)))
        violations = list(checked.violations)
        try:
            self.session.accounts.settings(news).check()
        except DashScopeError as error:
            violations.append(Violation((), str(error)))
        return inputs, violations

    def diff(
        self, id_: str, old_inputs: Properties, olds: Properties, news: Properties
    ) -> tuple[DiffResult, Properties]:
        """What the change means, and the inputs that `news` differ from.

        The engine asks for a difference after a refresh, too, a destroy's refresh included: then no program declares
        the resource, so nothing follows from it and nothing is to be remembered of it.
        """
        before = {**self._computed(old_inputs), **(user_inputs(olds) if INPUT_NAMES in olds else old_inputs)}
        self._note_file(olds)
        declared = self.session.is_declared(self.urn)
        connection = self._connection(olds)
        if stays_meanwhile(self.kind, news, declared=declared):
            return DiffResult((), True, False, None), before
        if not declared:
            connection = replace(connection, run_registry=RunRegistry())
        registered = last_registered(self._named(olds), or_untold(old_inputs))
        after = to_be_compared(or_untold(self._named(news)), declared)
        planned = self.kind.lifecycle.diff(connection, id_, registered, after)
        status = str(olds.get("status", ""))
        self.session.replacements.planned(self.urn, id_, status, replaces=bool(planned.replaces))
        told = as_shown(planned, news, declared).consequence
        if told:
            self.session.report_once(told)
        return planned, before

    def create(self, inputs: Properties, timeout: float) -> tuple[str, Properties]:
        """:raises ResourceInitFailedError: it is there, and not what was asked for."""
        self.token.raise_if_cancelled()
        given = {**self._named(inputs), OWNER: self.session.owner(self.urn)}
        connection, limited = self._limited(given, self.kind.waits, "create", timeout)
        try:
            id_, outputs = self.kind.lifecycle.create(connection, Request.of(limited))
        except ResourceInitFailedError as failed:
            raise self._init_failed(failed, inputs) from failed
        self.session.note_urn(id_, self.urn)
        outputs = self._written(outputs, inputs)
        self._note_file(outputs)
        return id_, outputs

    def planned_create(self, inputs: Properties) -> Properties:
        """The outputs as far as a preview can know them."""
        unknown = dict.fromkeys(output_names(self.kind.type_name), UNKNOWN)
        return {**unknown, **public(inputs)}

    def update(self, id_: str, olds: Properties, news: Properties, timeout: float) -> Properties:
        """:raises ResourceInitFailedError: it is still not what was asked for."""
        self.token.raise_if_cancelled()
        connection, limited = self._limited(self._named(news), self.kind.waits, "update", timeout)
        try:
            outputs = self.kind.lifecycle.update(connection, id_, self._named(olds), limited)
        except ResourceInitFailedError as failed:
            raise self._init_failed(failed, news) from failed
        return self._written(outputs, news)

    def planned_update(self, id_: str, olds: Properties, news: Properties) -> Properties:
        """The outputs as far as a preview can know them.

        :raises LifecycleError: the update is known to fail.
        """
        foreseen = self.kind.updates.failure(id_, olds, news)
        if foreseen is not None:
            raise foreseen
        if self.kind.updates.are_local(olds, news) and not contains_unknown(news):
            updated = self.kind.lifecycle.update(self._connection(news), id_, self._named(olds), self._named(news))
            return _kept(updated)
        computed = set(output_names(self.kind.type_name)) - set(user_inputs(olds))
        outputs = dict.fromkeys(computed, UNKNOWN)
        outputs.update({name: olds[name] for name in self.kind.updates.lasting if name in olds})
        return {**outputs, **public(news)}

    def read(self, id_: str, inputs: Properties, outputs: Properties) -> Found | None:
        """The live state; None when it is gone. Without a state (an import) the inputs are filled from what is live."""
        connection = self._connection(outputs)
        state = outputs
        if INPUT_NAMES not in outputs:
            filled = importing.inputs_of(self.kind, connection, id_)
            if filled is None:
                return None
            given = {**filled, **public(inputs)}
            state = {**outputs, **given, INPUT_NAMES: sorted(self._written_names(given))}
            inputs = given
        try:
            fresh = self.kind.lifecycle.read(connection, id_, self._named(state))
        except LifecycleError as error:
            if not self._may_be_stale(error, outputs):
                raise
            self.session.report_once(f"warning: {error}")
            return Found(inputs, outputs)
        if fresh is None:
            return None
        self._note_file(fresh)
        if self.kind.id_property is not None:
            fresh.setdefault(self.kind.id_property, id_)  # what is imported has no outputs yet
        return Found({name: fresh.get(name, value) for name, value in inputs.items()}, _kept(fresh))

    def _may_be_stale(self, error: LifecycleError, outputs: Properties) -> bool:
        """Whether a read that failed leaves the state as it was. What is under way is read before every plan
        (`refresh_before_update`), still with the settings that the state has. If a key or an address that was changed
        since made that fail, no `up` could ever take over the new one.
        """
        cause = error.__cause__
        never_reached = isinstance(cause, ApiConnectionError) and not cause.sent
        refused = isinstance(cause, (AuthenticationError, PermissionDeniedError))
        return (refused or never_reached) and self.kind.is_under_way(outputs)

    def delete(self, id_: str, outputs: Properties, timeout: float) -> None:
        """Remove it as its policy says, within the custom timeout if there is one."""
        self.token.raise_if_cancelled()
        given = {**self._named(outputs), OWNER: self.session.owner(self.urn)}
        connection, properties = self._limited(given, self.kind.tears_down, "delete", timeout)
        self.kind.lifecycle.delete(connection, id_, properties)

    def _connection(self, properties: Mapping[str, Any]) -> Connection:
        return self.session.accounts.connection(properties)

    def _named(self, properties: Mapping[str, Any]) -> Properties:
        return {**properties, NAME: qualified_name(self.urn), SECRETS: self.marks}

    def _limited(
        self, properties: Properties, limit: str | None, verb: str, timeout: float
    ) -> tuple[Connection, Properties]:
        """Connection and properties for a step which the custom timeout for this verb limits, if there is one, and
        else the input `limit`.
        """
        # One thread looks for all that wait, so each wait brings its own way to the resource it is about.
        connection = replace(self._connection(properties), report=lambda line: self.session.report_at(self.urn, line))
        if limit is None or timeout <= 0:
            return connection, properties
        return replace(connection, limited_by=f"customTimeouts.{verb}"), {**properties, limit: timeout}

    def _written(self, outputs: Mapping[str, Any], inputs: Mapping[str, Any]) -> Properties:
        """The outputs with the time limit that the user wrote: a custom timeout is none of the properties."""
        kept = _kept(outputs)
        limit = self.kind.waits
        if limit is not None and inputs.get(limit) is None:
            kept.pop(limit, None)
            kept[INPUT_NAMES] = [name for name in kept.get(INPUT_NAMES, ()) if name != limit]
        elif limit is not None:
            kept[limit] = inputs[limit]
        return kept

    def _init_failed(self, failed: ResourceInitFailedError, inputs: Properties) -> ResourceInitFailedError:
        """As it is recorded."""
        return ResourceInitFailedError(failed.resource_id, self._written(failed.properties, inputs), failed.reason)

    def _note_file(self, outputs: Mapping[str, Any]) -> None:
        if self.kind.is_data and self.kind.id_property is not None:
            facts = {name: outputs.get(name) for name in _DATA_FACTS}
            hidden = [name for name in facts if name != "format" and is_secret(self.marks, name)]
            self.session.note_file(outputs.get(self.kind.id_property), {**facts, **dict.fromkeys(hidden)})

    def _written_names(self, inputs: Mapping[str, Any]) -> list[str]:
        """The inputs that a user writes, without what `check` adds to them."""
        return [name for name in public(inputs) if name not in self.kind.computed]

    def _computed(self, inputs: Mapping[str, Any]) -> Properties:
        """What `check` has added to the user's inputs: a file's digest and the like."""
        return {name: inputs[name] for name in self.kind.computed if name in inputs}


def qualified_name(urn: str) -> str:
    """The resource's name with the types of its parents, for a name is unique only below them."""
    _, _, types, name = (urn.split("::", 3) + [""] * 4)[:4]
    parents = types.rpartition("$")[0]
    return f"{parents}::{name}" if parents else name


def _kept(properties: Mapping[str, Any]) -> Properties:
    return {name: value for name, value in properties.items() if name not in _TOLD_ANEW}


def _nonce(seed: bytes, urn: str) -> str:
    digest = hashlib.sha256(seed + urn.encode()).digest()
    return "".join(_NONCE_DIGITS[byte % len(_NONCE_DIGITS)] for byte in digest[:6])
