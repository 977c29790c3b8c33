"""A flaky network and a peer that does not keep to HTTP, over real sockets: every call ends, in time, and says rightly
whether it can have taken effect.
"""

from __future__ import annotations

import gzip
import http.client
import json
import socket
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flaky_peer import BODY, JOB_ID, PATIENCE, Behaviour, Peer, answer, reset
from scripted_server import MakeClient

from pulumi_dashscope_ft.api import (
    ApiConnectionError,
    ApiError,
    ApiResponseError,
    ApiStatusError,
    ApiTimeoutError,
    Client,
)
from pulumi_dashscope_ft.api.http import transport


@pytest.fixture
def peer() -> Iterator[Callable[..., Peer]]:
    made: list[Peer] = []

    def make(behaviour: Behaviour, host: str = "127.0.0.1") -> Peer:
        made.append(Peer(behaviour, host))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def client_of(make_client: MakeClient) -> Any:
    """A client of that peer that tries once."""

    def make(peer: Peer, host: str = "127.0.0.1", **settings: Any) -> Any:
        chosen = {"read_timeout": PATIENCE, "retry_timeout": 0, **settings}
        return make_client(base_url=f"http://{host}:{peer.port}/api/v1", real_clock=True, **chosen)

    return make


DRIPS = {
    "status line": (b"", b"H"),
    "header": (b"HTTP/1.1 200 OK\r\nX: ", b"y"),
    "many headers": (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
    "100 Continue for ever": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "body": (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b" "),
    "size of a chunk": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0"),
    "small chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "trailers": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n"),
}


@pytest.mark.parametrize(("first", "again"), DRIPS.values(), ids=DRIPS.keys())
def test_no_drip_holds_a_call_longer_than_the_timeout(
    peer: Callable[..., Any], client_of: Callable[..., Client], first: bytes, again: bytes
) -> None:
    def drip(connection: socket.socket, *_: int) -> None:
        connection.sendall(first)
        dripping.drip(connection, again)

    dripping = peer(drip)
    began = time.monotonic()
    with pytest.raises(ApiTimeoutError) as caught:
        client_of(dripping).fine_tunes.create({"model": "m"})
    assert time.monotonic() - began < 30, "the drip has no end"
    assert caught.value.ambiguous
    assert "0.3 s" in str(caught.value)


def test_each_answer_on_a_connection_has_all_its_time(
    peer: Callable[..., Any], client_of: Callable[..., Client]
) -> None:
    """What an answer has used of its time is not missing from the next one's."""

    def slow(connection: socket.socket, *_: int) -> None:
        time.sleep(0.7 * PATIENCE)
        connection.sendall(answer())

    slow_peer = peer(slow)
    client = client_of(slow_peer)
    for _ in range(4):
        assert client.fine_tunes.get(JOB_ID).job_id == JOB_ID
    assert slow_peer.connections == 1


def test_a_body_has_its_time_after_the_headers(peer: Callable[..., Any], client_of: Callable[..., Client]) -> None:
    def slow(connection: socket.socket, *_: int) -> None:
        time.sleep(0.7 * PATIENCE)
        connection.sendall(answer()[:-5])
        time.sleep(0.7 * PATIENCE)
        connection.sendall(answer()[-5:])

    assert client_of(peer(slow)).fine_tunes.get(JOB_ID).job_id == JOB_ID


def test_a_peer_that_takes_the_connection_and_nothing_else(
    client_of: Callable[..., Client], peer: Callable[..., Any], make_client: MakeClient
) -> None:
    """Half open: the connection stands, and nobody is there."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/api/v1"
        client = make_client(base_url=url, real_clock=True, read_timeout=PATIENCE, retry_timeout=0)
        with pytest.raises(ApiTimeoutError) as caught:
            client.fine_tunes.create({"model": "m"})
    assert caught.value.ambiguous


class TestConnectionsKeptOpen:
    def test_one_that_the_peer_has_closed_meanwhile_is_not_used_for_a_create(
        self, peer: Callable[..., Any], client_of: Callable[..., Client]
    ) -> None:
        def once(connection: socket.socket, *_: int) -> None:
            connection.sendall(answer())
            connection.close()

        closing = peer(once)
        client = client_of(closing)
        for _ in range(3):
            client.fine_tunes.get(JOB_ID)
            time.sleep(0.05)
            assert client.fine_tunes.create({"model": "m"}).job_id == JOB_ID
            time.sleep(0.05)

    @pytest.mark.parametrize("way", [socket.socket.close, reset], ids=["closed", "reset"])
    def test_one_that_breaks_under_a_create_leaves_a_doubt(
        self, peer: Callable[..., Any], client_of: Callable[..., Client], way: Any
    ) -> None:
        """Nobody can tell whether the service had read the request before it hung up."""

        def second_breaks(connection: socket.socket, number: int, request: int) -> None:
            if request == 1:
                connection.sendall(answer())
            else:
                way(connection)

        breaking = peer(second_breaks)
        client = client_of(breaking, retry_timeout=60)
        client.fine_tunes.get(JOB_ID)
        with pytest.raises(ApiConnectionError) as caught:
            client.fine_tunes.create({"model": "m"})
        assert caught.value.ambiguous
        assert len(breaking.requests) == 2, "not sent again, however much time there is"
        client.fine_tunes.get(JOB_ID)
        assert breaking.connections == 2

    def test_one_that_breaks_before_the_body_was_asked_for_is_no_doubt(
        self, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The headers can't be sent: then no service has the request, and it is sent again at once."""
        sent: list[bytes] = []
        plain = http.client.HTTPConnection.send

        def send(connection: Any, data: Any) -> Any:
            if sent:
                return plain(connection, data)
            connection.connect()
            sent.append(data)
            raise ConnectionResetError(104, "Connection reset by peer")

        monkeypatch.setattr(http.client.HTTPConnection, "send", send)
        with socket.create_server(("127.0.0.1", 0)) as silent:
            url = f"http://127.0.0.1:{silent.getsockname()[1]}/api/v1"
            client = make_client(base_url=url, real_clock=True, read_timeout=PATIENCE, retry_timeout=0)
            with pytest.raises(ApiError) as caught:
                client.fine_tunes.create({"model": "m"})
        assert not sent[0].endswith(b"}")
        assert not caught.value.ambiguous or isinstance(caught.value, ApiTimeoutError)

    def test_what_is_left_of_an_answer_is_not_the_next_one(
        self, peer: Callable[..., Any], client_of: Callable[..., Client]
    ) -> None:
        """A length that is too small: the rest must not be taken for the answer to another call."""
        other = answer(json.dumps({"output": {"job_id": JOB_ID, "status": "SUCCEEDED"}}).encode())

        def two_at_once(connection: socket.socket, number: int, _: int) -> None:
            connection.sendall(answer() + (other if number == 1 else b""))

        talkative = peer(two_at_once)
        client = client_of(talkative)
        client.fine_tunes.get(JOB_ID)
        time.sleep(0.05)
        assert client.fine_tunes.get(JOB_ID).status == "RUNNING"


class TestBodies:
    """What a body may be, and is not."""

    def refused(
        self, peer: Callable[..., Any], client_of: Callable[..., Client], sent: bytes, error: type[ApiError]
    ) -> ApiError:
        def send(connection: socket.socket, *_: int) -> None:
            connection.sendall(sent)
            connection.close()

        with pytest.raises(error) as caught:
            client_of(peer(send), read_timeout=5).fine_tunes.create({"model": "m"})
        assert caught.value.ambiguous, "it may have taken effect"
        assert str(caught.value).isprintable()
        assert len(str(caught.value)) < 700
        return caught.value

    def test_a_length_that_is_too_large(self, peer: Callable[..., Any], client_of: Callable[..., Client]) -> None:
        self.refused(peer, client_of, answer().replace(b"Length: ", b"Length: 9"), ApiConnectionError)

    def test_a_length_that_is_too_small(self, peer: Callable[..., Any], client_of: Callable[..., Client]) -> None:
        short = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n" + BODY
        self.refused(peer, client_of, short, ApiResponseError)

    def test_two_lengths(self, peer: Callable[..., Any], client_of: Callable[..., Client]) -> None:
        self.refused(peer, client_of, answer(BODY, b"Content-Length: 5"), ApiConnectionError)

    @pytest.mark.parametrize("rubbish", [BODY, gzip.compress(BODY)[:-12] + b"rubbish rubbish"], ids=["plain", "cut"])
    def test_what_is_said_to_be_packed_and_is_not(
        self, peer: Callable[..., Any], client_of: Callable[..., Client], rubbish: bytes
    ) -> None:
        self.refused(peer, client_of, answer(rubbish, b"Content-Encoding: gzip"), ApiError)

    @pytest.mark.parametrize(
        "body",
        [b"[" * 100_000, b'{"output":' * 50_000, b'{"output":{"job_id":"x"', b"\xff\xfe\x00", b"NaN", b"", b"null"],
        ids=["arrays", "objects", "cut", "bytes", "NaN", "empty", "null"],
    )
    def test_what_is_no_json(self, peer: Callable[..., Any], client_of: Callable[..., Client], body: bytes) -> None:
        self.refused(peer, client_of, answer(body), ApiResponseError)

    @pytest.mark.parametrize(
        "start", [b"HTTP/1.1 2OO OK\r\n\r\n", b"HTTP/3 200\r\n\r\n", b"\x15\x03\x01\x00\x02\x02", BODY]
    )
    def test_what_is_no_http(self, peer: Callable[..., Any], client_of: Callable[..., Client], start: bytes) -> None:
        self.refused(peer, client_of, start, ApiError)

    @pytest.mark.parametrize("packing", ["plain", "gzip", "deflate", "gzip, gzip", "chunked", "redirect"])
    def test_of_what_is_too_large_little_is_kept(
        self, peer: Callable[..., Any], client_of: Callable[..., Client], monkeypatch: pytest.MonkeyPatch, packing: str
    ) -> None:
        largest = 2**20
        monkeypatch.setattr(transport, "LARGEST_ANSWER", largest)
        whole = PACKED[packing](b" " * (30 * largest))

        def send(connection: socket.socket, *_: int) -> None:
            connection.sendall(whole)
            while packing == "chunked":
                connection.sendall(b"10000\r\n" + b" " * 0x10000 + b"\r\n")

        client = client_of(peer(send), read_timeout=20)
        tracemalloc.start()
        try:
            with pytest.raises(ApiResponseError, match="larger than 1 MiB"):
                client.fine_tunes.list()
            assert tracemalloc.get_traced_memory()[1] < 4 * largest
        finally:
            tracemalloc.stop()


def packed(content: bytes, name: bytes) -> bytes:
    return answer(content, b"Content-Encoding: " + name)


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "plain": answer,
    "gzip": lambda content: packed(gzip.compress(content, 1), b"gzip"),
    "gzip, gzip": lambda content: packed(gzip.compress(gzip.compress(content, 1)), b"gzip, gzip"),
    "deflate": lambda content: packed(zlib.compress(content, 1), b"deflate"),
    "redirect": lambda content: answer(content, b"Location: /elsewhere").replace(b"200 OK", b"302 Found"),
    "chunked": lambda content: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
}


UNWRITABLE = {
    "half a pair": (b'"job_name":"a\\ud800b"', {"job_name": "a?b"}),
    "a whole pair": (b'"job_name":"\\ud83d\\ude00"', {"job_name": "\U0001f600"}),
    "not a number": (b'"usage":NaN,"hyper_parameters":{"a":NaN,"b":1e999,"c":-Infinity}', {"usage": None}),
    "a huge number": (b'"usage":' + b"9" * 400 + b',"creator":' + b"9" * 30, {"usage": None, "creator": "9" * 30}),
    "a huger number": (b'"usage":' + b"9" * 10_000, {"usage": None}),
    "a key twice": (b'"model":"a","model":"b"', {"model": "b"}),
    "a long name": (b'"job_name":"' + b"x" * 10_000 + b'"', {"job_name": "x" * 10_000}),
}


@pytest.mark.parametrize(("fields", "read"), UNWRITABLE.values(), ids=UNWRITABLE.keys())
def test_a_job_is_not_lost_for_what_no_state_can_hold(
    peer: Callable[..., Any], client_of: Callable[..., Client], fields: bytes, read: dict[str, Any]
) -> None:
    body = b'{"output":{"job_id":"ft-1","status":"PENDING",%s}}' % fields
    client = client_of(peer(lambda connection, *_: connection.sendall(answer(body))), read_timeout=5)
    job = client.fine_tunes.create({"model": "m"})
    assert job.job_id == "ft-1"
    assert {name: getattr(job, name) for name in read} == read
    json.dumps(dict(job.raw), allow_nan=False, ensure_ascii=False).encode("utf-8")
    assert all(abs(float(number)) < 1e301 for number in job.raw.values() if isinstance(number, (int, float)))


def test_the_debugging_of_http_client_shows_no_key(
    peer: Callable[..., Any],
    client_of: Callable[..., Client],
    key: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """`http.client.HTTPConnection.debuglevel = 1` is the usual recipe to see what is sent: it prints all headers."""
    monkeypatch.setattr(http.client.HTTPConnection, "debuglevel", 1)
    assert client_of(peer(lambda connection, *_: connection.sendall(answer()))).fine_tunes.get(JOB_ID).job_id
    assert capsys.readouterr().out == ""
    plain = http.client.HTTPConnection("127.0.0.1", 9)
    assert plain.debuglevel == 1


def test_loopback_in_ipv6(peer: Callable[..., Any], client_of: Callable[..., Client], key: str) -> None:
    try:
        here = peer(lambda connection, *_: connection.sendall(answer()), "::1")
    except OSError:
        pytest.skip("this machine has no IPv6")
    assert client_of(here, "[::1]").fine_tunes.get(JOB_ID).job_id == JOB_ID
    assert f"Bearer {key}".encode() in here.requests[0]
    here.close()
    with pytest.raises(ApiConnectionError, match=r"\[::1\]:\d+ refused the connection"):
        client_of(here, "[::1]").fine_tunes.get(JOB_ID)


@pytest.mark.parametrize("where", ["same path, another port", "another scheme", "another path", "nowhere", "rubbish"])
def test_no_redirect_is_followed_wherever_it_points(
    peer: Callable[..., Any], client_of: Callable[..., Client], key: str, where: str
) -> None:
    stranger = peer(lambda connection, *_: connection.sendall(answer()))
    location = {
        "same path, another port": f"http://127.0.0.1:{stranger.port}/api/v1/fine-tunes/{JOB_ID}",
        "another scheme": f"https://127.0.0.1:{stranger.port}/api/v1/fine-tunes/{JOB_ID}",
        "another path": "/api/v1/elsewhere",
        "nowhere": "",
        "rubbish": "http://[\x1b[31m",
    }[where]
    head = f"HTTP/1.1 307 Temporary Redirect\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
    moved = peer(lambda connection, *_: connection.sendall(head.encode("latin-1")))
    with pytest.raises(ApiStatusError, match="Redirects are not followed") as caught:
        client_of(moved).fine_tunes.get(JOB_ID)
    assert (len(moved.requests), stranger.requests) == (1, [])
    assert str(caught.value).isprintable()
