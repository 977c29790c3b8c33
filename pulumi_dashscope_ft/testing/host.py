"""The real dynamic provider host, as a process of ours.

Why it exists: what a dynamic provider does depends on the host that runs it (pickling, four threads, what
reaches it and what does not), so tests must run that very host, started as the real engine starts it:
``python -u -m pulumi.dynamic``, its port on the first line of output, everything after that shown to the
user as it comes.

This module also owns the one quirk of talking to it: the host does not take secret marks, so they come off
before a call and go back on where inputs had them.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import grpc
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

from .environment import own_environment
from .errors import PartialFailure, ProviderError
from .values import Properties, as_secret, carry_secrets, changed_keys, from_struct, to_struct, unwrap

_NO_SIZE_LIMIT = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]
_START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    inputs: Properties
    failures: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class DiffOutcome:
    """``replaces`` non-empty means replacement; ``keys`` are changed properties, where the provider or we know them."""

    changes: bool
    replaces: list[str] = field(default_factory=list)
    delete_before_replace: bool = False
    keys: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ReadOutcome:
    """``id`` is empty when the resource is gone; ``inputs`` is None when the provider did not give any."""

    id: str
    outputs: Properties
    inputs: Properties | None


class ProviderHost:
    """One host process. Starts with ``start``, configured with the stack's configuration, ends with ``stop``."""

    def __init__(self, *, project: str, cwd: Path, env: Mapping[str, str], on_line: Callable[[str], None]) -> None:
        self._project = project
        self._cwd = cwd
        self._env = env
        self._on_line = on_line
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: grpc.Channel | None = None
        self._readers: list[threading.Thread] = []
        self._stub: Any = None

    def start(self, config: Mapping[str, Any]) -> None:
        """Start and configure. Raises ``ProviderError`` when the process ends or stays silent instead."""
        command = [sys.executable, "-u", "-m", "pulumi.dynamic"]
        environment = {**own_environment(), **self._env, "PULUMI_PROJECT": self._project, "PYTHONUNBUFFERED": "1"}
        self._process = subprocess.Popen(
            command,
            cwd=self._cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the engine: it lets running calls finish
        )
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self._follow(self._process.stderr)
        port = self._read_port(self._process.stdout)
        self._follow(self._process.stdout)
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=_NO_SIZE_LIMIT)
        self._stub = provider_pb2_grpc.ResourceProviderStub(self._channel)
        plain = to_struct(config, keep_secrets=True)
        self._call("Configure", provider_pb2.ConfigureRequest(args=plain, acceptSecrets=True, acceptResources=True))

    def check(self, urn: str, olds: Properties, news: Properties) -> CheckOutcome:
        reply = self._call(
            "Check",
            provider_pb2.CheckRequest(urn=urn, olds=_plain(olds), news=_plain(news), name=_name(urn), type=_type(urn)),
        )
        inputs = carry_secrets(from_struct(reply.inputs), news)
        return CheckOutcome(inputs, [(item.property, item.reason) for item in reply.failures])

    def diff(
        self, urn: str, id_: str, *, old_inputs: Properties, old_outputs: Properties, news: Properties
    ) -> DiffOutcome:
        """Compare. A provider that can't tell is taken to mean "whatever the inputs say"."""
        reply = self._call(
            "Diff",
            provider_pb2.DiffRequest(
                urn=urn,
                id=id_,
                olds=_plain(old_outputs),
                old_inputs=_plain(old_inputs),
                news=_plain(news),
                name=_name(urn),
                type=_type(urn),
            ),
        )
        keys = list(reply.diffs)
        changes = reply.changes == provider_pb2.DiffResponse.DIFF_SOME
        if reply.changes == provider_pb2.DiffResponse.DIFF_UNKNOWN:
            keys = changed_keys(old_inputs, news)
            changes = bool(keys)
        return DiffOutcome(changes, list(reply.replaces), reply.deleteBeforeReplace, keys)

    def create(self, urn: str, inputs: Properties, timeout: float) -> tuple[str, Properties]:
        """Create; gives the id and the outputs. Raises ``PartialFailure`` when it exists but did not come up."""
        request = provider_pb2.CreateRequest(
            urn=urn, properties=_plain(inputs), timeout=timeout, name=_name(urn), type=_type(urn)
        )
        reply = self._call("Create", request, inputs)
        if not reply.id:
            raise ProviderError("the provider created the resource but did not say under which id")
        return reply.id, carry_secrets(from_struct(reply.properties), inputs)

    def update(
        self, urn: str, id_: str, *, old_inputs: Properties, old_outputs: Properties, news: Properties, timeout: float
    ) -> Properties:
        request = provider_pb2.UpdateRequest(
            urn=urn,
            id=id_,
            olds=_plain(old_outputs),
            old_inputs=_plain(old_inputs),
            news=_plain(news),
            timeout=timeout,
            name=_name(urn),
            type=_type(urn),
        )
        reply = self._call("Update", request, news)
        return _mapping(carry_secrets(from_struct(reply.properties), news))

    def delete(self, urn: str, id_: str, *, inputs: Properties, outputs: Properties, timeout: float) -> None:
        request = provider_pb2.DeleteRequest(
            urn=urn,
            id=id_,
            properties=_plain(outputs),
            old_inputs=_plain(inputs),
            timeout=timeout,
            name=_name(urn),
            type=_type(urn),
        )
        self._call("Delete", request)

    def read(self, urn: str, id_: str, *, inputs: Properties, outputs: Properties) -> ReadOutcome:
        request = provider_pb2.ReadRequest(
            urn=urn, id=id_, properties=_plain(outputs), inputs=_plain(inputs), name=_name(urn), type=_type(urn)
        )
        reply = self._call("Read", request, outputs)
        found = from_struct(reply.inputs) if reply.HasField("inputs") else None
        return ReadOutcome(
            reply.id,
            carry_secrets(from_struct(reply.properties), outputs),
            None if found is None else carry_secrets(found, inputs),
        )

    def kill(self) -> None:
        """End the process at once, as a crash would. For tests."""
        if self._process is not None:
            self._process.kill()

    def stop(self) -> None:
        if self._channel is not None:
            self._channel.close()
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            for reader in self._readers:
                reader.join(5)

    def _call(self, method: str, request: Any, inputs: Properties | None = None) -> Any:
        try:
            return getattr(self._stub, method)(request)
        except grpc.RpcError as error:
            raise _translate(error, method, inputs) from None

    def _read_port(self, stream: IO[bytes]) -> int:
        assert self._process is not None
        silent = threading.Timer(_START_SECONDS, self._process.kill)
        silent.start()
        try:
            first = stream.readline().decode(errors="replace").strip()
        finally:
            silent.cancel()
        if not first.isdigit():
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(5)
            self._process.kill()
            raise ProviderError(
                "the dynamic provider host did not start: its first line of output should be a port number, "
                f"and was {first!r}. Try `{sys.executable} -m pulumi.dynamic` by hand."
            )
        return int(first)

    def _follow(self, stream: IO[bytes]) -> None:
        def read() -> None:
            with stream:
                for line in stream:
                    text = line.decode(errors="replace").rstrip("\r\n")
                    if text.strip():
                        self._on_line(text)

        reader = threading.Thread(target=read, name="provider-host-output", daemon=True)
        reader.start()
        self._readers.append(reader)


def mark_outputs(inputs: Properties, outputs: Properties, additional: list[str]) -> Properties:
    """Outputs with the secret marks they must have: those asked for, and those of inputs of the same name."""
    found = carry_secrets(outputs, {key: value for key, value in inputs.items() if key in outputs})
    return {key: as_secret(value) if key in additional else value for key, value in found.items()}


def _translate(error: grpc.RpcError, method: str, inputs: Properties | None) -> ProviderError:
    """The error as the user should see it: the status's own message, or the partial state packed into it."""
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            status = status_pb2.Status.FromString(value)
            for detail in status.details:
                partial = provider_pb2.ErrorResourceInitFailed()
                if detail.Unpack(partial):
                    live = carry_secrets(from_struct(partial.properties), inputs or {})
                    return PartialFailure(partial.id, live, list(partial.reasons))
            if status.message:
                return ProviderError(status.message)
    if error.code() == grpc.StatusCode.UNAVAILABLE:
        return ProviderError(
            f"the provider host ended during {method}, so it is not known whether the call took effect. "
            "Run the operation again."
        )
    return ProviderError(error.details() or f"{method} failed with {error.code().name} and no message")


def _plain(properties: Properties) -> Any:
    return to_struct(_mapping(unwrap(properties)), keep_secrets=False)


def _mapping(value: Any) -> Properties:
    assert isinstance(value, dict)
    return value


def _name(urn: str) -> str:
    return urn.split("::")[-1]


def _type(urn: str) -> str:
    return urn.split("::")[2].rpartition("$")[2]
