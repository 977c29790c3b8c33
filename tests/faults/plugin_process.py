"""Why this exists: the plugin's part of the front ends' comparison: its real servicer is asked with real messages, as
the engine asks it, and what it answers is looked at as the engine would.

What is on the wire is made and read here by hand, not by the plugin's own `wire`: a mistake in that must not agree with
itself.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any, NoReturn

from google.protobuf import empty_pb2, struct_pb2
from inprocess import BASE_URL
from processes import InvalidInputsError, ProviderProcess, RefusedError
from pulumi.runtime.proto import provider_pb2, status_pb2
from records import UNKNOWN, Made, Properties, Record
from simulation import KEY

from pulumi_dashscope_ft.display.engine_log import EngineLog
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.outcomes import DiffResult
from pulumi_dashscope_ft.lifecycle.deployment.request import ADJUSTABLE
from pulumi_dashscope_ft.plugin.cancelling import CancellableRequests, CancelToken, InterruptibleClock
from pulumi_dashscope_ft.plugin.servicer import ProviderServicer

SIGNATURE, SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"

SECRET_INPUT = "triggers"
"""An input that every program marks as a secret."""

_TOLD_ANEW = {"__name", "__owner", "__formats"}
_SOME = provider_pb2.DiffResponse.DIFF_SOME
_REPLACING = {
    provider_pb2.PropertyDiff.ADD_REPLACE,
    provider_pb2.PropertyDiff.DELETE_REPLACE,
    provider_pb2.PropertyDiff.UPDATE_REPLACE,
}


class _InPlace(CancellableRequests):
    """Simulated time passes in one thread; so answers are waited for in it. Ctrl-C while one hangs has tests of its own
    (`tests/plugin/test_plugin_ctrl_c.py`).
    """

    def read(self, ask: Any) -> Any:
        return ask()


class PluginProcess(ProviderProcess):
    """A plugin process that serves one provider instance."""

    takes_a_last_look = False
    reads_first = True
    hears_of_ctrl_c = True

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        clock = self.cloud.clock
        token = CancelToken()
        self._servicer = ProviderServicer(
            _Lines(self), token, InterruptibleClock(token, clock, clock.pause), _InPlace(token).send
        )
        self._configured = False

    @staticmethod
    def new_owner() -> str:
        return str(uuid.uuid4())

    def configure(self, owner: str, stamp_key: str | None = None) -> None:
        greeting = self._call("Handshake", provider_pb2.ProviderHandshakeRequest(configure_with_urn=True))
        assert greeting.accept_secrets
        base_url = self.cloud.emulator.base_url if self.cloud.listening else BASE_URL
        recorded = {"__stampKey": _secret(stamp_key)} if stamp_key else {}
        settings = _struct({"baseUrl": base_url, "apiKey": _secret(KEY), **recorded})
        request = provider_pb2.ConfigureRequest(
            id=owner, args=settings, urn=_urn("", "default"), acceptSecrets=True, acceptResources=True
        )
        assert self._call("Configure", request).acceptSecrets
        self._configured = True
        self._wired(self.connection.client)

    @property
    def connection(self) -> Connection:
        if not self._configured:
            self.configure(self.new_owner())
        return self._servicer._session.accounts.connection({})  # all resources of these tests are of this account

    def cancel(self) -> None:
        super().cancel()
        self._call("Cancel", empty_pb2.Empty())

    def check(self, kind: str, name: str, olds: Properties, news: Mapping[str, Any], seed: bytes) -> Properties:
        given = {key: _secret(value) if key == SECRET_INPUT else value for key, value in news.items()}
        request = provider_pb2.CheckRequest(
            **_about(kind, name), olds=_struct(olds) if olds else None, news=_struct(given), randomSeed=seed
        )
        answer = self._call("Check", request)
        if answer.failures:
            raise InvalidInputsError(answer.failures)
        inputs = self._received(answer.inputs, given)
        assert not olds or inputs["__nonce"] == olds["__nonce"], "it is the same resource still"
        return inputs

    def diff(self, record: Record, news: Properties) -> DiffResult:
        return self._diff(record, Made(record.id, record.inputs, record.outputs), news)

    def create(self, kind: str, name: str, inputs: Properties, timeout: float = 0, *, preview: bool = False) -> Made:
        request = provider_pb2.CreateRequest(
            **_about(kind, name), properties=_struct(inputs), timeout=timeout, preview=preview
        )
        answer = self._call("Create", request, inputs, preview)
        assert preview or answer.id
        outputs = self._received(answer.properties, inputs)
        assert preview or _holds(outputs, inputs), f"the outputs lack what was written: {inputs}, {outputs}"
        assert not preview or UNKNOWN in outputs.values(), "what the service will choose is not known before"
        return Made(answer.id, inputs, outputs, answer.refresh_before_update)

    def read(self, record: Record) -> Made | None:
        request = provider_pb2.ReadRequest(
            **_about(record.kind, record.name),
            id=record.id,
            inputs=_struct(record.inputs),
            properties=_struct(record.outputs),
        )
        answer = self._call("Read", request)
        if not answer.id:
            return None
        assert answer.id == record.id
        inputs = self._received(answer.inputs, record.inputs)
        assert inputs.keys() == record.inputs.keys()
        found = Made(record.id, inputs, self._received(answer.properties, inputs), answer.refresh_before_update)
        # The engine compares what it has read with what the state had, and shows that as drift.
        self._diff(record, found, record.inputs)
        return found

    def update(self, record: Record, inputs: Properties, timeout: float = 0, *, preview: bool = False) -> Made:
        request = provider_pb2.UpdateRequest(
            **_about(record.kind, record.name),
            id=record.id,
            olds=_struct(record.outputs),
            old_inputs=_struct(record.inputs),
            news=_struct(inputs),
            timeout=timeout,
            preview=preview,
        )
        answer = self._call("Update", request, inputs, preview)
        outputs = self._received(answer.properties, inputs)
        assert preview or _holds(outputs, inputs), f"the outputs lack what was written: {inputs}, {outputs}"
        return Made(record.id, inputs, outputs, answer.refresh_before_update)

    def delete(self, record: Record) -> None:
        request = provider_pb2.DeleteRequest(
            **_about(record.kind, record.name),
            id=record.id,
            properties=_struct(record.outputs),
            old_inputs=_struct(record.inputs),
            timeout=record.timeouts.get("delete", 0),
        )
        self._call("Delete", request)

    def let_owner_go(self, owner: str) -> None:
        """Of that a plugin is not told."""

    def _diff(self, record: Record, olds: Made, news: Properties) -> DiffResult:
        request = provider_pb2.DiffRequest(
            **_about(record.kind, record.name),
            id=record.id,
            olds=_struct(olds.outputs),
            old_inputs=_struct(olds.inputs),
            news=_struct(news),
        )
        answer = self._call("Diff", request)
        changes = answer.changes == _SOME
        assert changes or not (answer.replaces or answer.detailedDiff)
        detailed = {path.partition(".")[0].partition("[")[0]: one.kind for path, one in answer.detailedDiff.items()}
        replacing = {name for name, kind in detailed.items() if kind in _REPLACING}
        assert replacing == set(answer.replaces), "the plan shows other properties than those that replace"
        return DiffResult(tuple(answer.replaces), changes, answer.deleteBeforeReplace, None)

    def _call(self, verb: str, request: Any, inputs: Properties | None = None, preview: bool = False) -> Any:
        """The answer, both over the wire's bytes."""
        sent = type(request).FromString(request.SerializeToString())
        try:
            answer = getattr(self._servicer, verb)(sent, _Context())
        except _AbortedError as aborted:
            raise self._refusal(aborted.status, inputs or {}) from None
        content = answer.SerializeToString()
        assert KEY.encode() not in content
        assert preview or verb in ("Check", "Diff") or UNKNOWN.encode() not in content
        return type(answer).FromString(content)

    def _refusal(self, status: status_pb2.Status, inputs: Properties) -> RefusedError:
        made = None
        for detail in status.details:
            partial = provider_pb2.ErrorResourceInitFailed()
            assert detail.Unpack(partial)
            assert partial.id
            assert list(partial.reasons) == [status.message]
            given = self._received(partial.inputs, inputs)
            assert given == inputs
            outputs = self._received(partial.properties, inputs)
            assert _holds(outputs, inputs)
            made = Made(partial.id, given, outputs, partial.refresh_before_update)
        return RefusedError(status.message, made)

    def _received(self, struct: struct_pb2.Struct, given: Mapping[str, Any]) -> Properties:
        """Properties as the engine records them."""
        values: Properties = {name: _value(one) for name, one in struct.fields.items()}
        assert not values.keys() & _TOLD_ANEW, "what the engine tells anew each time is not for the state"
        for name in (SECRET_INPUT,):
            assert name not in values or not _is_secret(given.get(name)) or _is_secret(values[name]), "shown: a secret"
        return values


class _Lines(EngineLog):
    """The engine's log."""

    def __init__(self, process: PluginProcess) -> None:
        super().__init__()
        self._process = process

    def say(self, text: str, urn: str = "") -> None:
        self._process.say(text)


class _AbortedError(Exception):
    def __init__(self, status: status_pb2.Status) -> None:
        super().__init__(status.message)
        self.status = status


class _Context:
    """The little of a gRPC context that the plugin uses."""

    def abort_with_status(self, status: Any) -> NoReturn:
        ((key, content),) = status.trailing_metadata
        assert key == "grpc-status-details-bin"
        told = status_pb2.Status.FromString(content)
        assert told.message == status.details
        assert "has a defect" not in told.message, told.message
        raise _AbortedError(told)


def _urn(kind: str, name: str) -> str:
    return f"urn:pulumi:dev::shop::dashscope-ft:index:{kind}::{name}"


def _about(kind: str, name: str) -> dict[str, Any]:
    return {"urn": _urn(kind, name), "name": name, "type": f"dashscope-ft:index:{kind}"}


def _secret(value: Any) -> dict[str, Any]:
    return {SIGNATURE: SECRET, "value": value}


def _is_secret(value: Any) -> bool:
    return isinstance(value, Mapping) and value.get(SIGNATURE) == SECRET


def _holds(outputs: Properties, inputs: Properties) -> bool:
    """Whether all that was written is there as it was written; but for what somebody may have changed elsewhere."""
    return all(
        json.dumps(outputs.get(name), sort_keys=True) == json.dumps(value, sort_keys=True)  # True is not 1
        for name, value in inputs.items()
        if value is not None and (name not in ADJUSTABLE or name not in outputs)
    )


def _struct(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    for name, value in properties.items():
        _fill(struct.fields[name], value)
    return struct


def _fill(slot: struct_pb2.Value, value: Any) -> None:
    if isinstance(value, str):
        slot.string_value = value
    elif isinstance(value, bool):
        slot.bool_value = value
    elif isinstance(value, (int, float)):
        slot.number_value = value
    elif value is None:
        slot.null_value = struct_pb2.NULL_VALUE
    elif isinstance(value, Mapping):
        slot.struct_value.SetInParent()
        for name, item in value.items():
            _fill(slot.struct_value.fields[name], item)
    else:
        slot.list_value.SetInParent()
        for item in value:
            _fill(slot.list_value.values.add(), item)


def _value(sent: struct_pb2.Value) -> Any:
    kind = sent.WhichOneof("kind")
    if kind == "struct_value":
        return {name: _value(one) for name, one in sent.struct_value.fields.items()}
    if kind == "list_value":
        return [_value(one) for one in sent.list_value.values]
    return None if kind == "null_value" else getattr(sent, str(kind))
