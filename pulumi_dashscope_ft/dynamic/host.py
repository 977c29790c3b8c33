"""Changes Pulumi's dynamic provider host from within, where it does less than its engine allows.

The host shows every error as a traceback, can't report a half-made resource, serves four calls at a time, ignores
Ctrl-C, goes on when its engine was killed, and a character that its output's encoding lacks ends the step that prints
it. All of this is changed here, by reaching into the host process, and nowhere else.

None of what this module looks at is a published interface (seen with the Pulumi SDK 3.216 to 3.272). Whenever
something looks different, it falls back: a plain exception instead of a clean message, four threads instead of many,
waits that go on after Ctrl-C, lines at the stack instead of at their resource. `DASHSCOPE_FT_PLAIN_HOST=1` switches
those four off.
"""

from __future__ import annotations

import asyncio
import io
import os
import select
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from types import FrameType, FunctionType
from typing import Any, NoReturn

from pulumi_dashscope_ft.display.engine_log import address_in
from pulumi_dashscope_ft.frontend.lines import TerminalText
from pulumi_dashscope_ft.lifecycle.base.creating.init_failed import ResourceInitFailedError
from pulumi_dashscope_ft.lifecycle.base.state import State

PLAIN_HOST_VARIABLE = "DASHSCOPE_FT_PLAIN_HOST"

_HOST = "pulumi.dynamic.__main__"
_METHODS = frozenset({"Create", "Update", "Delete", "Read", "Check", "Diff"})
_STATUS_KEY = "grpc-status-details-bin"
_UNKNOWN = 2  # google.rpc.Code.UNKNOWN, which the host aborts with
_MESSAGE, _DETAILS = 2, 3  # fields of google.rpc.Status
_INIT_FAILED = "type.googleapis.com/pulumirpc.ErrorResourceInitFailed"


class ProviderError(Exception):
    """A failure of which the user sees only the message."""


def fail(message: TerminalText) -> NoReturn:
    """End the current provider call with exactly this message; the resource's state stays as it was.

    :raises ProviderError: always; the host answers it with the status details set here, or with a traceback without
        them.
    """
    _set_status(_status(message))
    raise ProviderError(message)


def fail_init(message: TerminalText, resource_id: str, properties: Mapping[str, Any]) -> NoReturn:
    """End the current create or update with exactly this message, and let the engine record what exists.

    :param properties: the outputs known so far, `__provider` included.
    :raises ResourceInitFailedError: always. Without the status details set here (a plain host) the engine records
        nothing; the next `up` finds what exists by its name.
    """
    from pulumi.runtime import rpc
    from pulumi.runtime.proto import provider_pb2

    loop = asyncio.new_event_loop()
    try:
        recorded = loop.run_until_complete(rpc.serialize_properties(dict(properties), {}))
    finally:
        loop.close()
    detail = provider_pb2.ErrorResourceInitFailed(
        id=resource_id, properties=recorded, reasons=[message], refresh_before_update=True
    )
    _set_status(_status(message) + _field(_DETAILS, _any(_INIT_FAILED, detail.SerializeToString())))
    raise ResourceInitFailedError(resource_id, State.of(properties), message)


def on_cancel(tell: Callable[[], None]) -> bool:
    """Call `tell` when the engine asks this process to stop (Ctrl-C). Return whether that is possible.

    The host's `Cancel` does nothing. Its server has bound the method when it started, so the method's code is replaced.
    """
    servicer = getattr(sys.modules.get("__main__"), "DynamicResourceProviderServicer", None)
    method = getattr(servicer, "Cancel", None)
    if _plain() or not isinstance(method, FunctionType) or method.__code__.co_freevars:
        return False
    _TO_TELL.append(tell)
    method.__code__ = _cancel.__code__
    return True


def tell_cancelled() -> None:
    """Tell the listeners that the engine has asked this process to stop."""
    for tell in _TO_TELL:
        tell()


_TO_TELL: list[Callable[[], None]] = []


def _cancel(self: Any, request: Any, context: Any) -> Any:
    """Run as the method of another module: nothing of this module can be used but what it imports."""
    from google.protobuf import empty_pb2

    from pulumi_dashscope_ft.dynamic import host

    host.tell_cancelled()
    return empty_pb2.Empty()


def widen(width: int) -> bool:
    """Let the host serve `width` calls at once instead of four. Return whether it could.

    Called from `configure`, within a provider call. The pool starts a thread only when work is submitted and no thread
    counts as idle, and it counts too many once work was queued beyond its width. So all threads are started here, by
    work that keeps each of them until all have started.
    """
    if _plain():
        return False
    pool = _host_pool()
    if pool is None:
        return False
    if pool._max_workers < width:
        pool._max_workers = width
        started = threading.Event()
        for _ in range(width):
            pool.submit(started.wait)
        started.set()
    return True


@cache
def end_with_engine() -> None:
    """End this process at once when its engine has ended without telling it to.

    A killed engine leaves the host behind. A create that waits there to be tried again would buy a job that no state
    can hold any more, beside the one that the next `up` buys. The sign is that nobody reads this process's output: the
    host's parent may be a shell that lives on. Does nothing outside Pulumi's host, nor a second time.
    """
    if _is_host() and sys.__stdout__ is not None:
        threading.Thread(target=_watch, args=(sys.__stdout__.fileno(),), daemon=True).start()


def _watch(output: int) -> None:
    if not hasattr(select, "poll"):  # Windows
        return
    reader = select.poll()
    reader.register(output, 0)  # asks for no event: poll reports anyway that the reader is gone
    if any(event & (select.POLLERR | select.POLLHUP) for _, event in reader.poll()):
        os._exit(1)


def engine_address() -> str:
    """Return the address of the engine that started this host, `host:port`; empty when it can't be found.

    The host ignores its arguments, but the engine gives them to every provider.
    """
    return address_in(sys.argv[1:]) if _is_host() and not _plain() else ""


def _is_host() -> bool:
    """Whether this process is Pulumi's host for dynamic providers."""
    main = getattr(sys.modules.get("__main__"), "__spec__", None)
    return main is not None and main.name == _HOST


def print_anything() -> None:
    """Print a character that the output's encoding lacks as its number from now on: no line may end a step."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _plain() -> bool:
    return os.environ.get(PLAIN_HOST_VARIABLE, "") not in ("", "0")


def _host_pool() -> ThreadPoolExecutor | None:
    """Return the pool whose thread serves the current provider call; only this thread's own frames are examined.

    `sys._current_frames` would lead to the host's server as well, but CPython before 3.12 can freeze in it for good: a
    garbage collection within it waits for a lock that it holds itself (seen with 3.11.7, once in some hundred hosts).
    """
    for frame in _outward(sys._getframe()):
        if frame.f_code.co_name == "_worker":
            reference = frame.f_locals.get("executor_reference")
            pool = reference() if callable(reference) else None
            if isinstance(pool, ThreadPoolExecutor) and isinstance(getattr(pool, "_max_workers", None), int):
                return pool
    return None


def _outward(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _set_status(status: bytes) -> None:
    context = None if _plain() else _call_context()
    if context is not None:
        context.set_trailing_metadata(((_STATUS_KEY, status),))


def registered(name: str) -> Any:
    """Return an input of the resource that this thread's provider call is about, as the engine has recorded it.

    A read and a delete get the outputs only. None where the input can't be found.
    """
    from google.protobuf import struct_pb2
    from pulumi.runtime import rpc

    request = None if _plain() else _of_call("request", "SerializeToString")
    for bag in ("old_inputs", "inputs"):
        inputs = getattr(request, bag, None)
        if isinstance(inputs, struct_pb2.Struct) and name in inputs.fields:
            return rpc.deserialize_property(inputs[name])
    return None


def urn_of_call() -> str:
    """Return the URN of the resource that this thread's provider call is about; empty when it can't be found."""
    request = None if _plain() else _of_call("request", "SerializeToString")
    urn = getattr(request, "urn", "")
    return urn if isinstance(urn, str) else ""


def _call_context() -> Any:
    """Return the gRPC context of the provider call that this thread serves; None when it can't be found."""
    return _of_call("context", "set_trailing_metadata")


def _of_call(name: str, method: str) -> Any:
    """Return this argument of the provider call that this thread serves, if it has that method; else None."""
    for frame in _outward(sys._getframe()):
        if frame.f_code.co_name in _METHODS:
            found = frame.f_locals.get(name)
            if callable(getattr(found, method, None)):
                return found
    return None


def _status(message: str) -> bytes:
    """Return a serialized `google.rpc.Status` with this code and message.

    Written by hand (field 1: varint, field 2: bytes), because its Python class is defined twice: by Pulumi and by a
    common package that other libraries load, and whichever is imported second fails.
    """
    return b"\x08" + _varint(_UNKNOWN) + _field(_MESSAGE, message.encode())


def _any(type_url: str, value: bytes) -> bytes:
    """Return a serialized `google.protobuf.Any` (field 1: the type, field 2: the message)."""
    return _field(1, type_url.encode()) + _field(2, value)


def _field(number: int, content: bytes) -> bytes:
    """Return a field of strings or bytes, on the wire."""
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)
