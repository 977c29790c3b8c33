"""Reaching into Pulumi's host: clean errors and width where it looks as expected, plain behaviour where it does not."""

from __future__ import annotations

import threading
import time
from concurrent import futures
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import status_pb2

from pulumi_dashscope_ft.dynamic import host


class Context:
    def __init__(self) -> None:
        self.metadata: Any = None

    def set_trailing_metadata(self, metadata: Any) -> None:
        self.metadata = metadata


def Delete(context: Any) -> None:
    host.fail("first line\nsecond line")


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


def test_a_failure_outside_the_host_is_a_plain_exception() -> None:
    with pytest.raises(host.ProviderError, match="no host here"):
        host.fail("no host here")


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


def test_a_pool_is_widened_even_when_work_is_queued(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = futures.ThreadPoolExecutor(max_workers=2)
    monkeypatch.setattr(host, "_host_pool", lambda: pool)
    release, running = threading.Event(), threading.Semaphore(0)

    def work() -> None:
        running.release()
        release.wait(10)

    for _ in range(8):
        pool.submit(work)
    try:
        assert host.widen(8) is True
        assert all(running.acquire(timeout=5) for _ in range(8))
    finally:
        release.set()
        pool.shutdown()


def test_what_was_queued_takes_no_thread_from_what_comes_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work that was queued beyond the old width is served by no thread of its own, and yet seems to leave one idle when
    it ends: the pool then starts none for as many calls that come later.
    """
    pool = futures.ThreadPoolExecutor(max_workers=4)
    monkeypatch.setattr(host, "_host_pool", lambda: pool)
    release, running = threading.Event(), threading.Semaphore(0)

    def work() -> None:
        running.release()
        release.wait(10)

    for _ in range(24):
        pool.submit(work)
    try:
        assert host.widen(64) is True
        for _ in range(40):
            pool.submit(work)
        assert all(running.acquire(timeout=5) for _ in range(64))
    finally:
        release.set()
        pool.shutdown()


def test_the_pool_of_a_grpc_server_is_where_it_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shape of the real host: a `server` in the main thread's `main`."""
    pool = futures.ThreadPoolExecutor(max_workers=4)
    found: list[Any] = []
    stop = threading.Event()

    def main() -> None:
        server = grpc.server(pool)
        stop.wait(10)
        del server

    thread = threading.Thread(target=main)
    thread.start()
    monkeypatch.setattr(threading, "main_thread", lambda: thread)
    try:
        for _ in range(100):
            found = [host._host_pool()]
            if found[0] is not None:
                break
            time.sleep(0.01)
        assert found == [pool]
    finally:
        stop.set()
        thread.join()
        pool.shutdown()
