"""Over TLS, and through a proxy: who sees the key, and that a slow peer holds no call there either."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from scripted_server import MakeClient

from pulumi_dashscope_ft.api import ApiConnectionError, ApiTimeoutError

pytest.importorskip("cryptography", reason="makes the certificate")

OK = b'{"output":{"job_id":"ft-1","status":"RUNNING"}}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(OK) + OK
PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of this machine's own, and its key, in one file."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "own.pem"
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(serialization.Encoding.PEM, form, plain)
    )
    return path


class Listener:
    """Runs `serve` on every connection."""

    def __init__(self, serve: Callable[[socket.socket], None]) -> None:
        self._serve = serve
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.ending = threading.Event()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self.ending.is_set():
                connection.close()
                return
            self._threads.append(threading.Thread(target=self._one, args=(connection,)))
            self._threads[-1].start()

    def _one(self, connection: socket.socket) -> None:
        connection.settimeout(5)
        with contextlib.suppress(OSError), connection:
            self._serve(connection)

    def close(self) -> None:
        self.ending.set()
        socket.create_connection(("127.0.0.1", self.port)).close()
        self._threads[0].join(15)  # not in the middle of its loop: it would accept at a closed listener
        self._listener.close()
        for thread in self._threads:
            thread.join(15)
            assert not thread.is_alive()


@pytest.fixture
def listen() -> Iterator[Callable[[Callable[[socket.socket], None]], Listener]]:
    made: list[Listener] = []

    def start(serve: Callable[[socket.socket], None]) -> Listener:
        made.append(Listener(serve))
        return made[-1]

    yield start
    for one in reversed(made):
        one.close()


@pytest.fixture(autouse=True)
def no_proxy_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*PROXY_VARIABLES, "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def secure(listen: Callable[..., Any], certificate: Any) -> Any:
    """A service over TLS; `then(connection)` after each request. Keeps what it was sent."""

    def start(then: Callable[[ssl.SSLSocket], None] = lambda connection: connection.sendall(ANSWER)) -> Any:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        seen: list[bytes] = []

        def serve(connection: socket.socket) -> None:
            with context.wrap_socket(connection, server_side=True) as wrapped:
                while piece := wrapped.recv(65536):
                    seen.append(piece)
                    then(wrapped)

        return listen(serve), seen

    return start


def url(listener: Listener) -> str:
    return f"https://127.0.0.1:{listener.port}/api/v1"


def test_the_service_sees_the_key_and_an_unknown_certificate_stops_it(
    secure: Any, make_client: MakeClient, certificate: Any, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, seen = secure()
    with pytest.raises(ApiConnectionError, match="no secure connection") as caught:
        make_client(base_url=url(service), retry_timeout=0).fine_tunes.create({"model": "m"})
    assert not caught.value.ambiguous
    assert seen == []
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    client = make_client(base_url=url(service), retry_timeout=0)
    for _ in range(3):
        assert client.fine_tunes.get("ft-1").status == "RUNNING"
    assert key.encode() in b"".join(seen)


@pytest.mark.parametrize("first", [b"", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"])
def test_a_drip_over_tls_ends_in_time(
    secure: Any, make_client: MakeClient, certificate: Any, monkeypatch: pytest.MonkeyPatch, first: bytes
) -> None:
    def drip(connection: ssl.SSLSocket) -> None:
        connection.sendall(first)
        while not service.ending.wait(0.03):
            connection.sendall(b"1")

    service, _ = secure(drip)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    began = time.monotonic()
    with pytest.raises(ApiTimeoutError):
        make_client(base_url=url(service), real_clock=True, read_timeout=0.3, retry_timeout=0).fine_tunes.get("ft-1")
    assert time.monotonic() - began < 30, "the drip has no end"


@pytest.fixture
def proxy(listen: Callable[..., Any]) -> tuple[Listener, list[bytes]]:
    """A proxy that knows CONNECT; keeps all that it is sent and passes on."""
    seen: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        head = connection.recv(65536)
        seen.append(head)
        host, _, port = head.split()[1].decode().partition(":")
        with socket.create_connection((host, int(port)), timeout=5) as onward:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_pass_on, args=(onward, connection, []))
            back.start()
            _pass_on(connection, onward, seen)
            back.join(10)

    return listen(serve), seen


def _pass_on(from_one: socket.socket, to_other: socket.socket, seen: list[bytes]) -> None:
    with contextlib.suppress(OSError):
        while piece := from_one.recv(65536):
            seen.append(piece)
            to_other.sendall(piece)
    with contextlib.suppress(OSError):
        to_other.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_a_plain_proxy_never_sees_the_key(
    secure: Any,
    proxy: tuple[Listener, list[bytes]],
    make_client: MakeClient,
    certificate: Any,
    key: str,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
) -> None:
    """A plain-http proxy is asked for a tunnel; the key goes through it inside of TLS."""
    service, at_the_service = secure()
    through, at_the_proxy = proxy
    monkeypatch.setenv(variable, f"http://user:secret@127.0.0.1:{through.port}")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    client = make_client(base_url=url(service), retry_timeout=0)
    try:
        for _ in range(2):
            assert client.fine_tunes.get("ft-1").status == "RUNNING"
    finally:
        client.close()
    assert key.encode() in b"".join(at_the_service)
    assert at_the_proxy[0].startswith(b"CONNECT 127.0.0.1:")
    assert b"Proxy-Authorization: Basic" in at_the_proxy[0]
    assert key.encode() not in b"".join(at_the_proxy)
    assert b"Bearer" not in b"".join(at_the_proxy)


def test_a_host_in_no_proxy_is_called_directly(
    secure: Any,
    proxy: tuple[Listener, list[bytes]],
    make_client: MakeClient,
    certificate: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    service, _ = secure()
    through, at_the_proxy = proxy
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{through.port}")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    assert make_client(base_url=url(service), retry_timeout=0).fine_tunes.get("ft-1").status == "RUNNING"
    assert at_the_proxy == []


def test_a_handshake_that_never_ends_was_not_sent(listen: Callable[..., Any], make_client: MakeClient) -> None:
    silent: Listener = listen(lambda connection: [connection.recv(65536), silent.ending.wait(5)])
    client = make_client(base_url=url(silent), real_clock=True, connect_timeout=0.3, retry_timeout=0)
    with pytest.raises(ApiConnectionError) as caught:
        client.fine_tunes.create({"model": "m"})
    assert not caught.value.ambiguous


def test_a_proxy_that_drips_ends_in_time_and_got_nothing(
    listen: Callable[..., Any], make_client: MakeClient, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bytes] = []

    def drip(connection: socket.socket) -> None:
        seen.append(connection.recv(65536))
        while not dripping.ending.wait(0.03):
            connection.sendall(b"H")

    dripping = listen(drip)
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{dripping.port}")
    began = time.monotonic()
    client = make_client(
        base_url="https://dashscope.invalid/api/v1", real_clock=True, connect_timeout=0.3, retry_timeout=0
    )
    with pytest.raises(ApiConnectionError, match=r"did not take the connection within 0\.3 s") as caught:
        client.fine_tunes.create({"model": "m"})
    assert time.monotonic() - began < 30, "the drip has no end"
    assert not caught.value.ambiguous
    assert key.encode() not in b"".join(seen)


@pytest.mark.parametrize("broken", ["name", "handshake", "certificate", "proxy"])
def test_a_create_that_never_reached_the_service_is_tried_again(
    listen: Callable[..., Any],
    secure: Any,
    make_client: MakeClient,
    monkeypatch: pytest.MonkeyPatch,
    broken: str,
) -> None:
    """Nothing can have been made, so nothing is searched for: `ambiguous` is what a create looks at."""
    hanging_up = listen(lambda connection: connection.recv(65536))
    base_url = url(hanging_up) if broken == "handshake" else "https://nowhere.invalid/api/v1"
    if broken == "certificate":
        base_url = url(secure()[0])
    if broken == "proxy":
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{hanging_up.port}")
    again: list[bool] = []
    client = make_client(
        base_url=base_url, retry_timeout=10, on_retry=lambda name, id_, error, wait: again.append(error.ambiguous)
    )
    with pytest.raises(ApiConnectionError) as caught:
        client.fine_tunes.create({"model": "m"})
    assert not caught.value.ambiguous
    assert len(again) >= 2
    assert not any(again)
