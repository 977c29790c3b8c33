"""Reaching into Pulumi's host: clean errors and width where it looks as expected, plain behaviour where it does not."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import types
from collections.abc import Callable, Iterator
from concurrent import futures
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2, status_pb2

from pulumi_dashscope_ft.dynamic import host
from pulumi_dashscope_ft.frontend.lines import TerminalText
from pulumi_dashscope_ft.lifecycle.base.creating.init_failed import ResourceInitFailedError


class Context:
    def __init__(self) -> None:
        self.metadata: Any = None

    def set_trailing_metadata(self, metadata: Any) -> None:
        self.metadata = metadata


def Delete(context: Any) -> None:
    host.fail(TerminalText("first line\nsecond line"))


@pytest.mark.parametrize("length", [0, 1, 127, 128, 300, 20_000])
def test_a_status_of_any_length_is_read_back(length: int) -> None:
    text = "ü" * length
    status = status_pb2.Status.FromString(host._status(text))
    assert (status.code, status.message) == (2, text)


def test_a_failure_carries_exactly_its_message() -> None:
    context = Context()
    with pytest.raises(host.ProviderError, match="first line"):
        Delete(context)
    ((key, value),) = context.metadata
    assert key == "grpc-status-details-bin"
    assert status_pb2.Status.FromString(value).message == "first line\nsecond line"


def Create(context: Any) -> None:
    host.fail_init(
        TerminalText("not yet\nnext: wait"), "d-1", {"status": "PENDING", "capacity": 1, "__provider": "pickled"}
    )


def test_what_exists_by_halves_is_recorded() -> None:
    context = Context()
    with pytest.raises(ResourceInitFailedError):
        Create(context)
    ((key, value),) = context.metadata
    assert key == "grpc-status-details-bin"
    status = status_pb2.Status.FromString(value)
    assert (status.code, status.message) == (2, "not yet\nnext: wait")
    (detail,) = status.details
    partial = provider_pb2.ErrorResourceInitFailed()
    assert detail.Unpack(partial)
    assert (partial.id, list(partial.reasons)) == ("d-1", ["not yet\nnext: wait"])
    assert dict(partial.properties) == {"status": "PENDING", "capacity": 1, "__provider": "pickled"}


def test_in_a_plain_host_the_error_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(host.PLAIN_HOST_VARIABLE, "1")
    context = Context()
    with pytest.raises(ResourceInitFailedError, match="not yet"):
        Create(context)
    assert context.metadata is None


def test_ctrl_c_is_heard_through_the_hosts_own_method(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server has bound the method before: what it has bound must tell us."""

    class DynamicResourceProviderServicer:
        def Cancel(self, request: Any, context: Any) -> Any:
            return None

    bound = DynamicResourceProviderServicer().Cancel
    heard: list[int] = []
    assert host.on_cancel(lambda: heard.append(1)) is False, "without a host there is nobody to hear from"
    main = types.SimpleNamespace(DynamicResourceProviderServicer=DynamicResourceProviderServicer)
    monkeypatch.setitem(sys.modules, "__main__", main)
    assert host.on_cancel(lambda: heard.append(2)) is True
    bound(None, None)
    assert heard == [2]
    monkeypatch.setenv(host.PLAIN_HOST_VARIABLE, "1")
    assert host.on_cancel(lambda: heard.append(3)) is False


def test_a_failure_outside_the_host_is_a_plain_exception() -> None:
    with pytest.raises(host.ProviderError, match="no host here"):
        host.fail(TerminalText("no host here"))


@pytest.mark.parametrize("context", [None, object(), "text"])
def test_a_context_that_looks_different_is_left_alone(context: Any) -> None:
    with pytest.raises(host.ProviderError):
        Delete(context)


def test_the_switch_turns_it_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(host.PLAIN_HOST_VARIABLE, "1")
    context = Context()
    with pytest.raises(host.ProviderError):
        Delete(context)
    assert context.metadata is None
    assert host.widen(64) is False


def test_without_a_host_nothing_is_widened() -> None:
    assert host.widen(64) is False


@contextlib.contextmanager
def busy_pool(
    monkeypatch: pytest.MonkeyPatch, width: int, queued: int
) -> Iterator[tuple[Callable[[int], None], threading.Semaphore]]:
    """A host's pool with work that does not end; how to queue more of it, and what counts the work that runs."""
    pool = futures.ThreadPoolExecutor(max_workers=width)
    monkeypatch.setattr(host, "_host_pool", lambda: pool)
    release, running = threading.Event(), threading.Semaphore(0)

    def work() -> None:
        running.release()
        release.wait(10)

    def more(count: int) -> None:
        for _ in range(count):
            pool.submit(work)

    more(queued)
    try:
        yield more, running
    finally:
        release.set()
        pool.shutdown()


def test_a_pool_is_widened_even_when_work_is_queued(monkeypatch: pytest.MonkeyPatch) -> None:
    with busy_pool(monkeypatch, width=2, queued=8) as (_, running):
        assert host.widen(8) is True
        assert all(running.acquire(timeout=5) for _ in range(8))


def test_what_was_queued_takes_no_thread_from_what_comes_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work that was queued beyond the old width is served by no thread of its own, and yet seems to leave one idle when
    it ends: the pool then starts none for as many calls that come later.
    """
    with busy_pool(monkeypatch, width=4, queued=24) as (more, running):
        assert host.widen(64) is True
        more(40)
        assert all(running.acquire(timeout=5) for _ in range(64))


def test_a_grpc_server_is_widened_by_a_call_that_it_serves() -> None:
    """The shape of the real host: four threads, and a handler that reaches for the pool which runs it."""
    pool = futures.ThreadPoolExecutor(max_workers=4)
    together = threading.Barrier(12)

    def widen(request: bytes, context: grpc.ServicerContext) -> bytes:
        return str(host.widen(12)).encode()

    def meet(request: bytes, context: grpc.ServicerContext) -> bytes:
        together.wait(10)
        return b"met"

    handlers = {call.__name__: grpc.unary_unary_rpc_method_handler(call) for call in (widen, meet)}
    server = grpc.server(pool)
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("host", handlers),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            assert channel.unary_unary("/host/widen")(b"") == b"True"
            calls = [channel.unary_unary("/host/meet").future(b"") for _ in range(12)]
            assert [call.result(timeout=10) for call in calls] == [b"met"] * 12
    finally:
        server.stop(0).wait()


COLLECTED_MEANWHILE = """
import gc, sys, threading
from concurrent.futures import ThreadPoolExecutor
from pulumi_dashscope_ft.dynamic import host
from pulumi_dashscope_ft.lifecycle.base.creating.init_failed import ResourceInitFailedError

class Node:
    pass

def look(allocations):
    gc.collect()
    garbage = Node()
    garbage.itself, garbage.local = garbage, threading.local()
    garbage.local.value = 1
    del garbage
    gc.set_threshold(gc.get_count()[0] + allocations)
    return host.widen(2)

for allocations in range(1, 60, 2):
    with ThreadPoolExecutor(20) as pool:
        stop = threading.Event()
        for _ in range(19):
            pool.submit(stop.wait)  # 19 threads whose frames nobody has looked at yet
        looked = pool.submit(look, allocations)
        assert looked.result()
        stop.set()
"""


def test_a_garbage_collection_meanwhile_freezes_nothing() -> None:
    """`destroy` hung for good: the host looked at all threads' frames, and CPython 3.11 collected garbage within."""
    done = subprocess.run([sys.executable, "-c", COLLECTED_MEANWHILE], timeout=30, check=False, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
