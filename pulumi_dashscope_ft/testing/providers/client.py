"""The engine's side of the conversation with a provider.

Planner and steps work with plain values, providers with protobuf messages. This module translates, verb by verb, and
handles the differences between providers: the dynamic host takes no secret marks (they are removed before a call and
put back where inputs had them) and has no previews; a plugin says in `Configure` what it can do.
"""

from __future__ import annotations

import contextlib
import os
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

from pulumi_dashscope_ft.testing.errors import ProviderError
from pulumi_dashscope_ft.testing.providers.outcomes import (
    CheckOutcome,
    CreateOutcome,
    DiffOutcome,
    PartialFailureError,
    ReadOutcome,
)
from pulumi_dashscope_ft.testing.values import (
    Properties,
    as_secret,
    carry_secrets,
    changed_keys,
    from_struct,
    to_struct,
    unwrap,
)

from .process import ProviderProcess

_LIMITS = [
    ("grpc.max_send_message_length", -1),
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_metadata_size", 1 << 20),  # a partly created resource travels in the metadata
    ("grpc.absolute_max_metadata_size", 1 << 20),
]
_PATIENCE = 5.0
"""Seconds for a provider to receive an interruption."""


class ProviderClient:
    """A provider process that listens on `port`. Ends with `stop`."""

    def __init__(self, process: ProviderProcess, port: int) -> None:
        self._process = process
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=_LIMITS)
        self._stub: Any = provider_pb2_grpc.ResourceProviderStub(self._channel)
        self._secrets = False
        self.previews = False

    def handshake(self, engine_address: str) -> None:
        """Introduce the engine. Older providers don't know the call."""
        request = provider_pb2.ProviderHandshakeRequest(
            engine_address=engine_address, configure_with_urn=True, supports_refresh_before_update=True
        )
        with contextlib.suppress(grpc.RpcError):
            self._stub.Handshake(request)

    def check_config(self, urn: str, olds: Properties, news: Properties) -> CheckOutcome:
        """Check the provider's configuration."""
        # As Pulumi's engine does, without marks for secrets (seen at 3.260).
        request = provider_pb2.CheckRequest(
            urn=urn, olds=to_struct(olds, keep_secrets=False), news=to_struct(news, keep_secrets=False)
        )
        reply = self._call("CheckConfig", request)
        inputs = carry_secrets(from_struct(reply.inputs), news)
        return CheckOutcome(inputs, [(item.property, item.reason) for item in reply.failures])

    def diff_config(self, urn: str, olds: Properties, news: Properties) -> DiffOutcome:
        """Compare the provider's configuration with that of the last run."""
        before = to_struct(olds, keep_secrets=False)
        request = provider_pb2.DiffRequest(
            urn=urn, olds=before, old_inputs=before, news=to_struct(news, keep_secrets=False)
        )
        return _diff_outcome(self._call("DiffConfig", request), olds, news)

    def configure(self, urn: str, resource_id: str, inputs: Properties) -> None:
        """Hand over the provider's configuration, before any call about a resource."""
        request = provider_pb2.ConfigureRequest(
            args=to_struct(inputs, keep_secrets=True),
            acceptSecrets=True,
            acceptResources=True,
            sends_old_inputs=True,
            sends_old_inputs_to_delete=True,
            urn=urn,
            id=resource_id,
            name=_name(urn),
            type=_type(urn),
        )
        reply = self._call("Configure", request)
        self._secrets, self.previews = reply.acceptSecrets, reply.supportsPreview

    def cancel(self) -> None:
        """Tell the provider that the operation should end: it may end its waits."""
        from google.protobuf import empty_pb2

        with contextlib.suppress(grpc.RpcError):
            self._stub.Cancel(empty_pb2.Empty(), timeout=_PATIENCE)

    def invoke(self, token: str, arguments: Properties) -> tuple[Properties, list[tuple[str, str]]]:
        """Call a function. Return its result, and what is wrong with its arguments."""
        reply = self._call("Invoke", provider_pb2.InvokeRequest(tok=token, args=self._sent(arguments)))
        failures = [(item.property, item.reason) for item in reply.failures]
        return from_struct(getattr(reply, "return")), failures  # a keyword of Python

    def check(self, urn: str, olds: Properties, news: Properties) -> CheckOutcome:
        """Check a resource's inputs. The same `seed` in a preview and its `up` gives the same names."""
        request = provider_pb2.CheckRequest(
            urn=urn,
            olds=self._sent(olds),
            news=self._sent(news),
            name=_name(urn),
            type=_type(urn),
            randomSeed=os.urandom(32),
        )
        reply = self._call("Check", request)
        inputs = self._received(reply.inputs, news)
        return CheckOutcome(inputs, [(item.property, item.reason) for item in reply.failures])

    def diff(
        self, urn: str, resource_id: str, *, old_inputs: Properties, old_outputs: Properties, news: Properties
    ) -> DiffOutcome:
        """Compare. The answer of a provider that can't tell means "whatever the inputs say"."""
        request = provider_pb2.DiffRequest(
            urn=urn,
            id=resource_id,
            olds=self._sent(old_outputs),
            old_inputs=self._sent(old_inputs),
            news=self._sent(news),
            name=_name(urn),
            type=_type(urn),
        )
        return _diff_outcome(self._call("Diff", request), old_inputs, news)

    def create(self, urn: str, inputs: Properties, timeout: float, *, preview: bool = False) -> CreateOutcome:
        """Create the resource, or predict its outputs in a preview.

        :raises PartialFailureError: it exists but did not come up.
        """
        request = provider_pb2.CreateRequest(
            urn=urn,
            properties=self._sent(inputs),
            timeout=timeout,
            preview=preview,
            name=_name(urn),
            type=_type(urn),
        )
        reply = self._call("Create", request, inputs)
        if not reply.id and not preview:
            raise ProviderError("the provider created the resource but did not say under which id")
        return CreateOutcome(reply.id, self._received(reply.properties, inputs), reply.refresh_before_update)

    def update(
        self,
        urn: str,
        resource_id: str,
        *,
        old_inputs: Properties,
        old_outputs: Properties,
        news: Properties,
        timeout: float,
        preview: bool = False,
    ) -> CreateOutcome:
        """Update a resource, or plan that (`preview`). Returns its outputs."""
        request = provider_pb2.UpdateRequest(
            urn=urn,
            id=resource_id,
            olds=self._sent(old_outputs),
            old_inputs=self._sent(old_inputs),
            news=self._sent(news),
            timeout=timeout,
            preview=preview,
            name=_name(urn),
            type=_type(urn),
        )
        reply = self._call("Update", request, news)
        return CreateOutcome(resource_id, self._received(reply.properties, news), reply.refresh_before_update)

    def delete(self, urn: str, resource_id: str, *, inputs: Properties, outputs: Properties, timeout: float) -> None:
        """Delete a resource. `timeout`: the custom timeout in seconds; 0 for none."""
        request = provider_pb2.DeleteRequest(
            urn=urn,
            id=resource_id,
            properties=self._sent(outputs),
            old_inputs=self._sent(inputs),
            timeout=timeout,
            name=_name(urn),
            type=_type(urn),
        )
        self._call("Delete", request)

    def read(self, urn: str, resource_id: str, *, inputs: Properties, outputs: Properties) -> ReadOutcome:
        """Read a resource as it is now."""
        request = provider_pb2.ReadRequest(
            urn=urn,
            id=resource_id,
            properties=self._sent(outputs),
            inputs=self._sent(inputs),
            name=_name(urn),
            type=_type(urn),
        )
        reply = self._call("Read", request, outputs)
        return ReadOutcome(
            reply.id,
            self._received(reply.properties, outputs),
            self._received(reply.inputs, inputs) if reply.HasField("inputs") else None,
            reply.refresh_before_update,
        )

    def kill(self) -> None:
        """End the process at once, as a crash would. For tests."""
        self._process.kill()

    def stop(self) -> None:
        """Close the connection, and end the process if it is ours."""
        self._channel.close()
        self._process.stop()

    def _sent(self, properties: Properties) -> Any:
        plain = properties if self._secrets else unwrap(properties)
        assert isinstance(plain, dict)
        return to_struct(plain, keep_secrets=True)

    def _received(self, struct: Any, source: Properties) -> Properties:
        """Return the properties with the secret marks of `source`, if the provider could not set them itself."""
        properties = from_struct(struct)
        return properties if self._secrets else _mapping(carry_secrets(properties, source))

    def _call(self, method: str, request: Any, inputs: Properties | None = None) -> Any:
        try:
            return getattr(self._stub, method)(request)
        except grpc.RpcError as error:
            raise _translate(error, method, None if self._secrets else inputs) from None


def mark_outputs(outputs: Properties, additional: list[str]) -> Properties:
    """Return outputs with the secret marks that the program has asked for."""
    return {key: as_secret(value) if key in additional else value for key, value in outputs.items()}


def _diff_outcome(reply: Any, old_inputs: Properties, news: Properties) -> DiffOutcome:
    keys = list(reply.diffs)
    changes = reply.changes == provider_pb2.DiffResponse.DIFF_SOME
    if reply.changes == provider_pb2.DiffResponse.DIFF_UNKNOWN:
        keys = changed_keys(old_inputs, news)
        changes = bool(keys)
    return DiffOutcome(changes, list(reply.replaces), reply.deleteBeforeReplace, keys)


def _translate(error: grpc.RpcError, method: str, inputs: Properties | None) -> ProviderError:
    """Return the error for the user: the status's own message, or the partial state packed into it."""
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            status = status_pb2.Status.FromString(value)
            for detail in status.details:
                partial = provider_pb2.ErrorResourceInitFailed()
                if detail.Unpack(partial):
                    live = carry_secrets(from_struct(partial.properties), inputs or {})
                    return PartialFailureError(
                        CreateOutcome(partial.id, live, partial.refresh_before_update), list(partial.reasons)
                    )
            if status.message:
                return ProviderError(status.message)
    if error.code() == grpc.StatusCode.UNAVAILABLE:
        return ProviderError(
            f"the provider ended during {method}, so it is not known whether the call took effect. "
            "Run the operation again."
        )
    return ProviderError(error.details() or f"{method} failed with {error.code().name} and no message")


def _mapping(value: Any) -> Properties:
    assert isinstance(value, dict)
    return value


def _name(urn: str) -> str:
    return urn.split("::")[-1]


def _type(urn: str) -> str:
    return urn.split("::")[2].rpartition("$")[2]
