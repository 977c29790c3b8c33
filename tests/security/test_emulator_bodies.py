"""Bodies that are too long, too deep, too slow to end, or none at all: refused, early, in the API's shape."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from itertools import repeat

import pytest
from emulator_wire import KEY, alive, answer_on, connected, pour, request, send

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings
from pulumi_dashscope_ft.emulator.limits import BODY_BYTES, CONTROL_BYTES, MOST_PARTS

GOOD = b'{"model": "m", "training_file_ids": ["f"]}'
HUGE = 600_000_000
TAKEN = 30_000_000
"""More than an emulator that does not read can take: its own bounds and the kernel's buffers."""
TOKEN = "a-control-token-of-the-test"


@pytest.fixture(scope="module")
def emulator() -> Iterator[EmulatorServer]:
    with EmulatorServer(Settings(check_file_ids=False, quota=10_000), speed=None, control_token=None) as server:
        yield server


def create(body: bytes, *headers: str, key: str | None = KEY) -> bytes:
    return request("POST", "/api/v1/fine-tunes", *headers, key=key, body=body)


@pytest.mark.parametrize("key", [None, "", "not-a-key", "sk-sp-coding-plan"])
@pytest.mark.parametrize("target", ["/api/v1/fine-tunes", "/api/v1/files", "/api/v1/deployments"])
@pytest.mark.parametrize("framing", [f"Content-Length: {HUGE}", "Transfer-Encoding: chunked"])
def test_without_a_key_the_answer_comes_before_the_body(
    emulator: EmulatorServer, key: str | None, target: str, framing: str
) -> None:
    with connected(emulator) as wire:
        wire.sendall(request("POST", target, framing, "Content-Type: multipart/form-data; boundary=b", key=key))
        answer = answer_on(wire)  # not a byte of the body has been sent
    assert (answer.status, answer.json()["code"]) == (401, "InvalidApiKey")
    assert "connection: close" in answer.head


@pytest.mark.parametrize(
    ("target", "key", "status"),
    [("/api/v1/files", None, 401), ("/api/v1/nowhere", None, 404), ("/_emulator/nowhere", None, 404)],
)
def test_a_body_that_nobody_wants_is_not_read_to_its_end(
    emulator: EmulatorServer, target: str, key: str | None, status: int
) -> None:
    with connected(emulator) as wire:
        wire.sendall(request("POST", target, f"Content-Length: {HUGE}", key=key))
        assert pour(wire, repeat(b"x" * 65536), HUGE) < TAKEN
    with connected(emulator) as wire:
        # One that sends a little, and then looks, reads the answer instead of a reset.
        wire.sendall(request("POST", target, f"Content-Length: {HUGE}", key=key) + b"x" * 300_000)
        assert answer_on(wire).status == status


def test_from_another_site_the_body_is_not_read(emulator: EmulatorServer) -> None:
    head = request("POST", "/_emulator/reset", f"Content-Length: {HUGE}", "Origin: https://evil.example", key=None)
    answer = send(emulator, head)
    assert answer.status == 403
    assert answer.is_refusal()


def test_without_the_control_token_the_body_is_not_read() -> None:
    with EmulatorServer(speed=None, control_token=TOKEN) as server:
        assert send(server, request("PATCH", "/_emulator/settings", f"Content-Length: {HUGE}", key=None)).status == 401


def test_a_small_body_does_not_cost_the_connection(emulator: EmulatorServer) -> None:
    with connected(emulator) as wire:
        for _ in range(3):
            wire.sendall(create(GOOD, key=None))
            answer = answer_on(wire)
            assert answer.status == 401
            assert "connection: close" not in answer.head


def test_a_client_that_waits_for_a_go_ahead(emulator: EmulatorServer) -> None:
    expecting = ("Expect: 100-continue", f"Content-Length: {len(GOOD)}")
    with connected(emulator) as wire:
        wire.sendall(request("POST", "/api/v1/fine-tunes", *expecting, key=None))
        assert answer_on(wire).status == 401  # no go-ahead without a key
    with connected(emulator) as wire:
        wire.sendall(request("POST", "/api/v1/fine-tunes", "Expect: 100-continue", f"Content-Length: {HUGE}"))
        assert answer_on(wire).status == 400  # nor for too much
    with connected(emulator) as wire:
        wire.sendall(request("POST", "/api/v1/fine-tunes", *expecting))
        assert answer_on(wire).status == 100
        wire.sendall(GOOD)
        assert answer_on(wire).status == 200


@pytest.mark.parametrize(
    ("method", "target", "limit"),
    [("POST", "/api/v1/fine-tunes", BODY_BYTES), ("PATCH", "/_emulator/settings", CONTROL_BYTES)],
)
def test_a_body_has_a_longest_length(emulator: EmulatorServer, method: str, target: str, limit: int) -> None:
    assert send(emulator, request(method, target, f"Content-Length: {limit + 1}")).status == 400
    assert send(emulator, request(method, target, f"Content-Length: {'9' * 19}")).status == 400
    chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
    with connected(emulator) as wire:
        wire.sendall(request(method, target, "Transfer-Encoding: chunked"))
        assert pour(wire, repeat(chunk), limit + TAKEN) < limit + TAKEN
    with connected(emulator) as wire:
        wire.sendall(request(method, target, "Transfer-Encoding: chunked"))
        pour(wire, repeat(chunk, limit // 65536 + 2), limit + TAKEN)
        assert answer_on(wire).status == 400


def test_an_upload_has_a_longest_length() -> None:
    with EmulatorServer(Settings(max_file_bytes=10), speed=None) as server:
        kind = "Content-Type: multipart/form-data; boundary=b"
        answer = send(server, request("POST", "/api/v1/files", kind, f"Content-Length: {20_000_000}"))
        assert (answer.status, answer.json()["code"]) == (400, "BadRequest.TooLarge")


BAD_JSON = {
    "deep": b"[" * 1000 + b"]" * 1000,
    "deep enough to parse": b'{"model": "m", "hyper_parameters": ' + b'{"a":' * 300 + b"1" + b"}" * 301,
    "deeper than the stack": b'{"a":' * 200_000,
    "never closed": b"[" * 1_000_000,
    "a string that never ends": b'{"a": "' + b"\\" * 99_999,
    "only quotes": b'"\\' * 500_000,
    "a huge number": b'{"model": ' + b"9" * 100_000 + b"}",
    "a number beyond 64 bits": b'{"model": ' + b"9" * 21 + b"}",
    "NaN": b'{"model": NaN}',
    "infinity": b'{"model": Infinity}',
    "out of range": b'{"model": 1e400}',
    "the same key twice": b'{"model": "m", "model": "n", "training_file_ids": ["f"]}',
    "not UTF-8": b'{"model": "\xff"}',
    "UTF-16": GOOD.decode().encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf" + GOOD,
    "half a text": GOOD[:-3],
    "two texts": GOOD + GOOD,
}


@pytest.mark.parametrize("body", BAD_JSON.values(), ids=BAD_JSON)
def test_what_is_not_json_is_refused(emulator: EmulatorServer, body: bytes) -> None:
    answer = send(emulator, create(body, "Content-Type: application/json"))
    assert (answer.status, answer.json()["code"]) == (400, "BadRequest.IllegalInput")
    told = send(emulator, request("PATCH", "/_emulator/settings", key=None, body=body[:CONTROL_BYTES]))
    assert told.status == 400
    assert len(told.json()["error"]) < 300
    assert alive(emulator)


@pytest.mark.parametrize("body", [b"[]", b"7", b'"x"', b"null", b'{"model": {}}', b'{"model": [["m"]]}'])
def test_json_of_another_shape(emulator: EmulatorServer, body: bytes) -> None:
    assert send(emulator, create(body)).is_refusal()
    for path in ("settings", "clock", "faults", "plans", "deployment-plans"):
        method = "PATCH" if path == "settings" else "POST"
        assert send(emulator, request(method, f"/_emulator/{path}", key=None, body=body)).status == 400


def test_half_a_surrogate_pair_is_a_text_like_any_other(emulator: EmulatorServer) -> None:
    body = GOOD[:-1] + b', "job_name": "\\ud800", "hyper_parameters": {"\\udfff": "\\ud800"}}'
    assert send(emulator, create(body)).json()["output"]["job_name"] == "\ud800"
    assert alive(emulator)


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "x", "\xff"]
)
def test_another_kind_of_content(emulator: EmulatorServer, kind: str) -> None:
    assert send(emulator, create(GOOD, f"Content-Type: {kind}")).is_refusal()
    assert send(emulator, create(GOOD, "Content-Type: application/json; charset=utf-8")).status == 200


def part(head: str, content: bytes = b"x") -> bytes:
    return b"--b\r\n" + head.encode("latin-1") + b"\r\n\r\n" + content + b"\r\n"


FILE = 'Content-Disposition: form-data; name="files"; filename="a.jsonl"'
BAD_UPLOADS = {
    "no end": part(FILE, b"x" * 100_000),
    "half a boundary at the end": part(FILE) + b"--b",
    "an end in the head": b"--b\r\n" + FILE.encode(),
    "nothing": b"",
    "only an end": b"--b--\r\n",
    "thousands of parts": part('Content-Disposition: form-data; name="a"') * 5000 + b"--b--\r\n",
    "too many files": part(FILE) * (MOST_PARTS + 1) + b"--b--\r\n",
    "a huge field": part('Content-Disposition: form-data; name="purpose"', b"x" * 200_000) + b"--b--\r\n",
    "a huge head": part(FILE + "\r\nX: " + "y" * 50_000) + b"--b--\r\n",
    "many headers": part(FILE + "\r\nX: y" * 5_000) + b"--b--\r\n",
    "no name": part("Content-Disposition: form-data") + b"--b--\r\n",
    "a name that is no UTF-8": part(FILE.replace("a.jsonl", "\xff")) + b"--b--\r\n",
    "a field that is no UTF-8": part('Content-Disposition: form-data; name="purpose"', b"\xff") + b"--b--\r\n",
    "no boundary": b"x" * 1000,
    "another boundary": (part(FILE) + b"--b--\r\n").replace(b"--b", b"--c"),
}


@pytest.mark.parametrize("body", BAD_UPLOADS.values(), ids=BAD_UPLOADS)
def test_what_is_no_upload_is_refused(emulator: EmulatorServer, body: bytes) -> None:
    kind = "Content-Type: multipart/form-data; boundary=b"
    answer = send(emulator, request("POST", "/api/v1/files", kind, f"Content-Length: {len(body)}", body=body))
    assert answer.status == 400
    assert answer.is_refusal()
    assert not emulator.files


@pytest.mark.parametrize(
    "kind",
    ["multipart/form-data", "multipart/form-data; boundary=" + "b" * 5000, "x", "a/b;\xff"],
    ids=["no boundary", "a long boundary", "no type", "bytes"],
)
def test_uploads_of_another_kind(emulator: EmulatorServer, kind: str) -> None:
    body = part(FILE) + b"--b--\r\n"
    assert send(emulator, request("POST", "/api/v1/files", f"Content-Type: {kind}", body=body)).is_refusal()


def test_nothing_of_a_file_is_kept(emulator: EmulatorServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SpooledTemporaryFile", "TemporaryFile", "NamedTemporaryFile", "mkstemp"):
        monkeypatch.setattr(f"tempfile.{name}", None)
    content = os.urandom(3_000_000)
    body = part(FILE, content) + b"--b--\r\n"
    kind = "Content-Type: multipart/form-data; boundary=b"
    answer = send(emulator, request("POST", "/api/v1/files", kind, body=body))
    (stored,) = answer.json()["data"]["uploaded_files"]
    assert emulator.files[stored["file_id"]].size == len(content)
    send(emulator, request("DELETE", f"/api/v1/files/{stored['file_id']}"))


def test_a_client_that_leaves_in_the_middle(emulator: EmulatorServer) -> None:
    before = emulator.count()
    for _ in range(5):
        with connected(emulator) as wire:
            wire.sendall(create(GOOD, f"Content-Length: {len(GOOD)}")[:-5])
            wire.shutdown(socket.SHUT_RDWR)
    assert alive(emulator)
    assert emulator.count().get("create", 0) == before.get("create", 0)
