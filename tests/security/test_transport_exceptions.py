"""Whatever goes wrong on the way to the service: the error is one of ours, in words, and nothing that hangs on it holds
the key or a password.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
import urllib3.exceptions
from requests.adapters import HTTPAdapter

from pulumi_dashscope_ft.api import Client, DashScopeError, Settings, SettingsError
from pulumi_dashscope_ft.api.http.connections import PunctualAdapter

# pytest's importlib mode puts no test directory on the path.
sys.path.insert(0, str(Path(__file__).parent))

from key_hunt import places
from raw_peer import Deed, RawPeer, as_json, echoes, resets, says

KEY = "sk-4f6c1d0e9a8b7c6d5e4f3a2b1c0d9e8f"
PASSWORD = "hunter2pass"
HTTPS = "https://service.invalid/api/v1"
VARIABLES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("DASHSCOPE_API_KEY", KEY)
    monkeypatch.setenv("HOME", str(tmp_path))


def client(base_url: str) -> Client:
    return Client(Settings(base_url, retry_timeout=0, connect_timeout=20, read_timeout=20))


def failure(call: Callable[[], object]) -> DashScopeError:
    with pytest.raises(BaseException) as caught:  # noqa: PT011 - which one is the question
        call()
    error = caught.value
    assert isinstance(error, DashScopeError), f"a foreign exception: {type(error)}: {error}"
    assert places(error, KEY) == []
    # The connections to a proxy know its password, as the environment does.
    assert places(error, PASSWORD, apart=(HTTPAdapter,)) == []
    chain = [error.__cause__, error.__context__]
    assert all(one is None or isinstance(one, DashScopeError) for one in chain), chain
    assert "Traceback" not in str(error)
    return error


def calls(of: Client) -> list[Callable[[], object]]:
    """One that sends no body, one that does, and one that streams a file."""
    return [
        lambda: of.fine_tunes.get("ft-1"),
        lambda: of.fine_tunes.create({"model": "m"}),
        lambda: of.files.upload(Path(__file__)),
    ]


LARGE = b"HTTP/1.1 200 OK\r\n\r\n" + b" " * (9 * 2**20)
ANSWERS: dict[str, Deed] = {
    "reset": resets,
    "closed": says(b""),
    "half an answer": says(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"),
    "no HTTP": says(b"SSH-2.0-OpenSSH_9.6\r\n"),
    "a status that is no number": says(b"HTTP/1.1 abc OK\r\n\r\n"),
    "a version of the future": says(b"HTTP/9.9 200 OK\r\n\r\n"),
    "a line without end": says(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n"),
    "too many headers": says(b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 200 + b"\r\n"),
    "a chunk of a size that is none": says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
    "no gzip": says(as_json(b"no gzip", headers=b"Content-Encoding: gzip\r\n")),
    "a length that is none": says(b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{}"),
    "too large": says(LARGE),
    "deep JSON": says(as_json(b"[" * 200_000)),
    "deep JSON that ends": says(as_json(b'{"output":' + b"[" * 5_000 + b"]" * 5_000 + b"}")),
    "huge number": says(as_json(b'{"output": 1' + b"0" * 10_000 + b"}")),
    "no UTF-8": says(as_json(b"\xff\xfe{")),
    "a redirect to nowhere": says(as_json(b"", 302, b"Location: http://[\r\n")),
    "a redirect of a strange kind": says(as_json(b"", 307, b"Location: \x80gopher://\xff\r\n")),
    "the request itself": echoes,
    "a success with the key": says(as_json(b'{"output": "' + KEY.encode() + b'"}')),
    "a refused upload with the key": says(
        as_json(b'{"data": {"failed_uploads": [{"code": "X", "message": "' + KEY.encode() + b'"}]}}')
    ),
}


@pytest.mark.parametrize("fault", ANSWERS)
def test_an_answer_that_is_none(fault: str) -> None:
    with RawPeer(ANSWERS[fault]) as peer:
        for call in calls(client(f"http://127.0.0.1:{peer.port}/api/v1")):
            failure(call)
        assert any(KEY.encode() in request for request in peer.requests), "the key was sent, or nothing is proven"


UNREACHABLE = {
    "nobody listens": "http://127.0.0.1:9/api/v1",
    "no such name": HTTPS,
    "a name that is too long": f"https://{'a' * 70}.example/api/v1",
    "an empty label": "https://a..example/api/v1",
    "a name of a thousand letters": f"https://{'.'.join(['abc'] * 300)}/api/v1",
}


@pytest.mark.parametrize("fault", UNREACHABLE)
def test_a_host_that_cannot_be_reached(fault: str) -> None:
    for call in calls(client(UNREACHABLE[fault])):
        assert not getattr(failure(call), "ambiguous", False)


def test_a_peer_that_speaks_no_tls() -> None:
    with RawPeer(says(b"HTTP/1.1 200 OK\r\n\r\n")) as peer:
        for call in calls(client(f"https://127.0.0.1:{peer.port}/api/v1")):
            failure(call)


BROKEN_PROXIES = [
    "http://[",
    "http://u:hunter2pass@[::1",
    "http://u:hunter2pass@host:99999",
    "http://exa mple",
    "http://\udcff",
    "http://",
    "://",
    ":",
    "[",
    "http://u:hunter2pass@",
    "ftp://u:hunter2pass@host:1",
    "gopher://host",
]


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("proxy", BROKEN_PROXIES)
def test_a_proxy_that_is_no_url(monkeypatch: pytest.MonkeyPatch, proxy: str, variable: str) -> None:
    monkeypatch.setenv(variable, proxy)
    for call in calls(client(HTTPS)):
        error = failure(call)
        assert isinstance(error, SettingsError), error
        assert str(error).startswith(f"the proxy from {variable} cannot be used: ")
        assert "hunter2" not in str(error)


def test_a_socks_proxy_without_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", f"socks5h://u:{PASSWORD}@127.0.0.1:9")
    error = failure(lambda: client(HTTPS).fine_tunes.get("ft-1"))
    if importlib.util.find_spec("socks") is None:
        assert "pip install 'requests[socks]'" in str(error)


PROXY_ANSWERS: dict[str, Deed] = {
    **{name: ANSWERS[name] for name in ("reset", "closed", "no HTTP", "a status that is no number", "too large")},
    "wants a password": says(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"),
    "repeats the request": lambda connection, request: connection.sendall(b"HTTP/1.1 500 " + request),
}


@pytest.mark.parametrize("fault", PROXY_ANSWERS)
def test_a_proxy_that_refuses(monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    with RawPeer(PROXY_ANSWERS[fault]) as peer:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:{PASSWORD}@127.0.0.1:{peer.port}")
        for call in calls(client(HTTPS)):
            failure(call)
        assert peer.requests
        assert KEY.encode() not in b"".join(peer.requests)


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_certificates_that_are_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str) -> None:
    monkeypatch.setenv(variable, str(tmp_path / "no\x1b[31m.pem"))
    for call in calls(client(HTTPS)):
        error = failure(call)
        assert isinstance(error, SettingsError)
        assert f"the certificates from {variable} cannot be used" in str(error)
        assert str(error).isprintable()


def test_certificates_that_are_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.pem"
    bundle.write_bytes(b"\x00\xff no certificate")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    with RawPeer(says(b"")) as peer:
        for call in calls(client(f"https://127.0.0.1:{peer.port}/api/v1")):
            failure(call)


def test_a_netrc_that_is_broken_is_not_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_bytes(b"machine \xff\xfe login")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    failure(lambda: client(HTTPS).fine_tunes.get("ft-1"))


@pytest.mark.parametrize(
    "key",
    [f"{KEY}\n{KEY}", f"{KEY}é{KEY}", f"{KEY} {KEY}", f"{KEY}\x1b[31m", f"Bearer {KEY}", f'"{KEY}"', "\udcff" * 9],
)
def test_a_key_that_is_none(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("DASHSCOPE_API_KEY", key)
    with RawPeer(says(b"")) as peer:
        for call in calls(client(f"http://127.0.0.1:{peer.port}/api/v1")):
            assert isinstance(failure(call), SettingsError)
    assert peer.requests == []


THROWN: list[BaseException] = [
    *(kind("because") for kind in (MemoryError, RecursionError, AttributeError, TypeError, KeyError, LookupError)),
    *(kind("because") for kind in (OverflowError, AssertionError, EOFError, NotImplementedError, SystemError)),
    UnicodeEncodeError("idna", "x", 0, 1, "label too long"),
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid"),
    OSError("no errno"),
    OSError(2, "No such file", "/x"),
    urllib3.exceptions.LocationParseError("http://["),
    urllib3.exceptions.PoolError(None, "pool"),  # type: ignore[arg-type]
    requests.exceptions.InvalidHeader("header"),
    requests.exceptions.InvalidProxyURL("proxy"),
    requests.exceptions.InvalidURL("url"),
    requests.exceptions.RetryError("again"),
    StopIteration("because"),
]


class UnspeakableError(RuntimeError):
    """An exception whose text can't be had."""

    def __str__(self) -> str:
        raise ValueError("no words")


@pytest.mark.parametrize("thrown", [*THROWN, UnspeakableError()], ids=lambda error: type(error).__name__)
def test_whatever_a_library_raises(monkeypatch: pytest.MonkeyPatch, thrown: Exception) -> None:
    """From deep within it, where its frames hold the request, and so the key."""

    def send(self: Any, request: requests.PreparedRequest, **more: Any) -> requests.Response:
        assert KEY in str(request.headers["Authorization"])
        if isinstance(thrown, requests.RequestException):
            thrown.request = request
        thrown.__context__ = requests.RequestException(request=request)
        raise thrown

    monkeypatch.setattr(PunctualAdapter, "send", send)
    for call in calls(client("http://127.0.0.1:9/api/v1")):
        failure(call)


@pytest.mark.parametrize("thrown", [KeyboardInterrupt, SystemExit])
def test_ctrl_c_within_a_call_holds_no_key(monkeypatch: pytest.MonkeyPatch, thrown: type[BaseException]) -> None:
    def send(self: Any, request: requests.PreparedRequest, **more: Any) -> requests.Response:
        raise thrown

    monkeypatch.setattr(PunctualAdapter, "send", send)
    for call in calls(client("http://127.0.0.1:9/api/v1")):
        with pytest.raises(thrown) as caught:
            call()
        assert places(caught.value, KEY) == []


def test_the_hunt_finds_a_key() -> None:
    """Or none of the above proves anything."""

    def leak() -> None:
        request = requests.Request("GET", "http://x", headers={"Authorization": f"Bearer {os.environ['X_KEY']}"})
        raise ValueError(request)

    os.environ["X_KEY"] = KEY
    try:
        leak()
    except ValueError as error:
        found = places(error, KEY)
    finally:
        del os.environ["X_KEY"]
    assert found
