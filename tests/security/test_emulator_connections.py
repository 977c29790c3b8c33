"""Connections and heads: nonsense, silence, slowness and crowds."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import repeat

import pytest
from emulator_wire import alive, answer_on, connected, ended, pour, request, send
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings
from pulumi_dashscope_ft.emulator.http.connections import Protocol
from pulumi_dashscope_ft.emulator.http.intake import Intake
from pulumi_dashscope_ft.emulator.limits import HEAD_BYTES
from pulumi_dashscope_ft.emulator.page.routes import MOST_VIEWERS
from pulumi_dashscope_ft.emulator.records import RequestRecord

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES") or 60)
ANYWHERE = ".".join("0000")
SHORT = 0.3
"""Seconds of real time that stand for the half a minute of a real emulator."""


@pytest.fixture(scope="module")
def shared() -> Iterator[EmulatorServer]:
    with EmulatorServer(Settings(check_file_ids=False), speed=None) as server:
        yield server


@pytest.fixture
def emulator() -> Iterator[EmulatorServer]:
    with EmulatorServer(Settings(check_file_ids=False), speed=None) as server:
        yield server


BAD_HEADS = {
    "an open bracket": request("GET", "/", "Host: ["),
    "brackets": request("GET", "/", "Host: []"),
    "a bad address": request("GET", "/", "Host: [::g]"),
    "user and host": request("GET", "/", "Host: 127.0.0.1@evil.example"),
    "a path in the host": request("GET", "/", "Host: 127.0.0.1/x?"),
    "a port that is none": request("GET", "/", "Host: 127.0.0.1:http"),
    "two hosts": request("GET", "/", "Host: 127.0.0.1", "Host: evil.example"),
    "bytes in the host": request("GET", "/", "Host: \xff\xfe"),
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "a space in a name": request("GET", "/", "X Y: 1"),
    "a folded line": request("GET", "/", "X: 1\r\n\tY: 2", "no colon"),
    "a null": request("GET", "/\x00"),
    "bytes in the path": request("GET", "/\xff"),
    "two lengths": request("POST", "/", "Content-Length: 1", "Content-Length: 2"),
    "a negative length": request("POST", "/", "Content-Length: -1"),
    "a length that is none": request("POST", "/", "Content-Length: 1e3"),
    "a huge length": request("POST", "/", "Content-Length: " + "9" * 400),
    "length and chunks": request("POST", "/", "Content-Length: 3", "Transfer-Encoding: chunked", body=b"0\r\n\r\n"),
    "an unknown coding": request("POST", "/", "Transfer-Encoding: gzip, chunked"),
    "a chunk that is none": request("POST", "/api/v1/fine-tunes", "Transfer-Encoding: chunked", body=b"zz\r\n\r\n"),
    "a huge chunk": request("POST", "/api/v1/fine-tunes", "Transfer-Encoding: chunked", body=b"f" * 40 + b"\r\n"),
    "a long head": request("GET", "/", "X: " + "y" * HEAD_BYTES),
    "many headers": request("GET", "/", *[f"X-{number}: y" for number in range(20_000)]),
    "a long path": request("GET", "/" + "y" * HEAD_BYTES),
}


@pytest.mark.parametrize("head", BAD_HEADS.values(), ids=BAD_HEADS)
def test_a_bad_head_is_refused_in_the_shape_of_the_api(shared: EmulatorServer, head: bytes) -> None:
    answer = send(shared, head)
    if answer.status in (404, 405):  # the library takes it, and it leads nowhere
        assert head in (BAD_HEADS["length and chunks"], BAD_HEADS["two hosts"])
    assert answer.is_refusal(), answer.raw[:200]
    assert alive(shared)


@pytest.mark.parametrize("host", ["[", "[::1", "a b", "\xff", "127.0.0.1:99999999"])
def test_an_emulator_for_any_host_still_wants_one(host: str) -> None:
    with EmulatorServer(speed=None, host=ANYWHERE) as server:
        for path in ("/", "/api/v1/fine-tunes", "/_emulator/state", "/nowhere"):
            assert send(server, request("GET", path, f"Host: {host}")).status == 400


@pytest.mark.parametrize(
    "headers",
    [
        ("Origin: http://[",),
        ("Origin: http://127.0.0.1.evil.example",),
        ("Origin: http://127.0.0.1@evil.example",),
        ("Origin: https://evil.example", "Host: localhost"),
        ("Origin: null",),
        ("Sec-Fetch-Site: cross-site",),
        ("Sec-Fetch-Site: nonsense",),
    ],
)
def test_no_origin_gets_through(shared: EmulatorServer, headers: tuple[str, ...]) -> None:
    for method, path in (
        ("POST", "/_emulator/reset"),
        ("POST", "/_emulator/page/reset"),
        ("DELETE", "/api/v1/files/x"),
    ):
        assert send(shared, request(method, path, *headers)).status == 403


def test_another_site_reads_nothing_of_the_control_api(shared: EmulatorServer) -> None:
    foreign = ("Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors")
    for path in ("/_emulator/state", "/_emulator/requests", "/_emulator/page/events", "/_emulator/page/page.js"):
        assert send(shared, request("GET", path, *foreign)).status == 403
    assert send(shared, request("GET", "/", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate")).status == 200
    rebound = ("Host: evil.example", "Origin: http://evil.example", "Sec-Fetch-Site: same-origin")
    for path in ("/", "/_emulator/state"):
        assert send(shared, request("GET", path, *rebound)).status == 403


# Silence and slowness


def test_a_head_that_does_not_end(emulator: EmulatorServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Protocol, "head_seconds", SHORT)
    with connected(emulator) as wire:
        wire.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ")
        answer = answer_on(wire)
        assert (answer.status, answer.json()["code"]) == (408, "RequestTimeOut")
        assert ended(wire)


def test_a_head_byte_by_byte_has_no_more_time(emulator: EmulatorServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Protocol, "head_seconds", SHORT)
    began = time.monotonic()
    with connected(emulator) as wire:
        with contextlib.suppress(OSError):
            for byte in repeat(b"x"):
                wire.sendall(byte)
                time.sleep(0.02)  # the client's pace, not the emulator's
                if time.monotonic() - began > 60:
                    break
        assert ended(wire)
    assert time.monotonic() - began < 60


def test_a_connection_that_says_nothing(emulator: EmulatorServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Protocol, "head_seconds", SHORT)
    with connected(emulator) as wire:
        assert ended(wire)
    with connected(emulator) as wire:  # after an answer, half of the next head
        wire.sendall(request())
        assert answer_on(wire).status == 200
        wire.sendall(b"GET /")
        assert answer_on(wire).status == 408


def test_an_idle_connection_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pulumi_dashscope_ft.emulator.http.listening.IDLE_SECONDS", 1)
    with EmulatorServer(speed=None) as server, connected(server) as wire:
        wire.sendall(request())
        assert answer_on(wire).status == 200
        assert ended(wire)


@pytest.mark.parametrize("framing", ["Content-Length: 1000", "Transfer-Encoding: chunked"])
@pytest.mark.parametrize("target", ["/api/v1/fine-tunes", "/api/v1/files", "/_emulator/clock", "/_emulator/page/reset"])
def test_a_body_that_does_not_come(
    framing: str, target: str, emulator: EmulatorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Intake.__init__, "__kwdefaults__", {"patience": SHORT})
    with EmulatorServer(speed=None) as server:
        kind = "Content-Type: multipart/form-data; boundary=b"
        origin = f"Origin: {server.root_url}", f"Host: {server.root_url.removeprefix('http://')}"
        answer = send(server, request("POST", target, framing, kind, *origin))
        assert answer.status == 408
        assert "connection: close" in answer.head


def test_a_client_that_takes_no_answer(emulator: EmulatorServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Protocol, "stalled_seconds", SHORT)
    for _ in range(10_000):
        emulator.service.log.add(RequestRecord(0.0, "x", "GET", "/", {}, "", body="y" * 2000))
    server = emulator._server
    assert server is not None
    with connected(emulator) as wire:
        wire.sendall(request(target="/_emulator/requests"))
        until = time.monotonic() + 60
        open_now = {True}
        while True in open_now and time.monotonic() < until:
            time.sleep(0.05)
            # Not before it has been there, and not after it went.
            open_now = {not one.transport.is_closing() for one in server.server_state.connections} or open_now
            if not server.server_state.connections:
                break
        assert time.monotonic() < until


# Crowds


def test_a_crowd_of_idle_connections_locks_nobody_out(
    emulator: EmulatorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Protocol, "most_connections", 10)
    with ExitStack() as crowd:
        for number in range(40):
            wire = crowd.enter_context(connected(emulator))
            if number % 2:
                wire.sendall(b"GET / HTTP/1.1\r\n")
            assert send(emulator, request()).status == 200
        server = emulator._server
        assert server is not None
        assert len(server.server_state.connections) <= 10


def test_streams_have_a_number(emulator: EmulatorServer) -> None:
    with ExitStack() as crowd:
        for _ in range(MOST_VIEWERS):
            wire = crowd.enter_context(connected(emulator))
            wire.sendall(request(target="/_emulator/page/events"))
            assert wire.recv(65536).startswith(b"HTTP/1.1 200")
        assert send(emulator, request(target="/_emulator/page/events")).status == 503
    for _ in range(200):  # those that left make room, as soon as it is noticed
        with connected(emulator) as wire:
            wire.sendall(request(target="/_emulator/page/events"))
            if wire.recv(65536).startswith(b"HTTP/1.1 200"):
                break
        time.sleep(0.05)
    else:
        pytest.fail("no stream after the others had left")


def test_pipelined_requests_are_answered_in_order(shared: EmulatorServer) -> None:
    with connected(shared) as wire:
        sent = pour(wire, repeat(request(target="/nowhere") + request(), 20), 10_000_000)
        assert sent
        raw = b""
        while raw.count(b"HTTP/1.1 ") < 40:
            raw += wire.recv(65536)
        assert raw.count(b"HTTP/1.1 404") == raw.count(b"HTTP/1.1 200") == 20


def test_records_of_long_requests_are_short(emulator: EmulatorServer) -> None:
    long = "y" * 15_000
    send(emulator, request("GET", f"/api/v1/fine-tunes/{long}?{long}={long}", f"User-Agent: {long}"))
    send(emulator, request("GET", "/api/v1/fine-tunes?" + "&".join(f"p{n}=1" for n in range(5_000))))
    assert all(len(str(one.to_json())) < 5_000 for one in emulator.requests)


# Heads that nobody thought of

LINE = st.one_of(
    st.binary(max_size=40),
    st.sampled_from([head.split(b"\r\n")[0] for head in BAD_HEADS.values() if len(head) < 500]),
    st.sampled_from(
        [
            b"Host: [",
            b"Host: 127.0.0.1",
            b"Content-Length: 5",
            b"Transfer-Encoding: chunked",
            b"Expect: 100-continue",
            b"Connection: close, upgrade",
            b"Upgrade: websocket",
            b"Upgrade: h2c",
            b"Authorization: Bearer sk-x",
            b"Origin: http://[",
            b"Content-Type: multipart/form-data; boundary=",
            b"X: \xff\x00",
            b" folded",
            b"",
        ]
    ),
)
START = st.one_of(
    st.binary(max_size=40),
    st.builds(
        lambda verb, path, version: b" ".join((verb, path, version)),
        st.sampled_from([b"GET", b"POST", b"PATCH", b"HEAD", b"OPTIONS", b"CONNECT", b"PRI", b"get", b"\xff"]),
        st.one_of(
            st.sampled_from(
                [b"/", b"*", b"//", b"/_emulator/clock", b"/api/v1/files", b"http://[", b"http://a:b/", b"%"]
            ),
            st.binary(max_size=12).map(lambda raw: b"/api/v1/fine-tunes/" + raw),
        ),
        st.sampled_from([b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2.0", b"HTTP/1.1\t", b""]),
    ),
)


END = st.sampled_from([b"\r\n\r\n", b"\n\n", b"\r\n"])
FUZZ = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)


@FUZZ
@given(start=START, lines=st.lists(LINE, max_size=6), end=END, body=st.binary(max_size=40))
def test_any_head(shared: EmulatorServer, start: bytes, lines: list[bytes], end: bytes, body: bytes) -> None:
    """Whatever is sent: an answer that is no 5xx, or none, and the emulator goes on."""
    with connected(shared) as wire:
        with contextlib.suppress(OSError):
            wire.sendall(b"\r\n".join([start, *lines]) + end + body)
            wire.shutdown(socket.SHUT_WR)
        answer = answer_on(wire)
    assert answer.status < 500, answer.raw[:300]
    assert answer.status or not answer.raw
    if answer.status in (400, 408, 431):
        assert "application/json" in answer.head
    assert send(shared, request()).status == 200
