"""What goes over the wire, and what each way of failing below HTTP becomes."""

from __future__ import annotations

import gzip
import logging
import os
import pickle
import re
import socket
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from scripted_server import MakeClient, Reply, ScriptedServer

from pulumi_dashscope_ft._version import __version__
from pulumi_dashscope_ft.api import (
    ApiConnectionError,
    ApiError,
    ApiResponseError,
    ApiStatusError,
    ApiTimeoutError,
    Client,
    InvalidRequestError,
    KeySource,
    NotFoundError,
    SettingsError,
)
from pulumi_dashscope_ft.api.http import transport

JOB_ID = "ft-202411221200-1c7f"


def job_reply(reply: type[Reply], job: dict[str, Any], **kwargs: Any) -> Any:
    return reply(body={"request_id": "r", "output": job}, **kwargs)


def test_headers_of_a_read(
    server: ScriptedServer, make_client: MakeClient, reply: type[Reply], job: dict[str, Any], key: str
) -> None:
    server.play(job_reply(reply, job))
    make_client(workspace_id="llm-abc").fine_tunes.get(JOB_ID)
    (seen,) = server.seen
    assert seen.headers["authorization"] == f"Bearer {key}"
    assert seen.headers["user-agent"] == f"pulumi-dashscope-ft/{__version__}"
    assert seen.headers["accept"] == "application/json"
    assert seen.headers["x-dashscope-workspace"] == "llm-abc"
    assert "content-type" not in seen.headers


def test_no_workspace_header_without_a_workspace(
    server: ScriptedServer, client: Client, reply: type[Reply], job: dict[str, Any]
) -> None:
    server.play(job_reply(reply, job))
    client.fine_tunes.get(JOB_ID)
    assert "x-dashscope-workspace" not in server.seen[0].headers


@pytest.mark.parametrize(
    ("job_id", "path"),
    [
        ("a/../b", "/api/v1/fine-tunes/a%2F..%2Fb"),
        ("a?x=1", "/api/v1/fine-tunes/a%3Fx%3D1"),
        ("a#b", "/api/v1/fine-tunes/a%23b"),
        ("a%2Fb", "/api/v1/fine-tunes/a%252Fb"),
        ("a b\r\nX: y", "/api/v1/fine-tunes/a%20b%0D%0AX%3A%20y"),
        ("ä", "/api/v1/fine-tunes/%C3%A4"),
    ],
)
def test_an_id_stays_one_path_segment(
    server: ScriptedServer, client: Client, reply: type[Reply], job_id: str, path: str
) -> None:
    server.play(reply(body={"output": {"status": "success"}}))
    client.fine_tunes.delete(job_id)
    assert server.calls == [f"DELETE {path}"]


@pytest.mark.parametrize("job_id", ["", " ", ".", "..", "\ud800", None, 7])
def test_an_id_that_cannot_be_quoted_is_never_sent(server: ScriptedServer, client: Client, job_id: Any) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        client.fine_tunes.delete(job_id)
    assert server.seen == []
    assert not caught.value.ambiguous
    str(caught.value)


@pytest.mark.parametrize("how", ["close", "reset"])
@pytest.mark.parametrize("operation", ["create", "get"])
def test_a_connection_that_breaks_after_sending_is_ambiguous(
    server: ScriptedServer, make_client: MakeClient, reply: type[Reply], how: str, operation: str
) -> None:
    server.play(reply(how=how))
    fine_tunes = make_client(retry_timeout=0).fine_tunes
    with pytest.raises(ApiConnectionError) as caught:
        fine_tunes.create({"model": "m"}) if operation == "create" else fine_tunes.get(JOB_ID)
    assert caught.value.sent
    assert caught.value.ambiguous
    assert len(server.seen) == 1


@pytest.mark.parametrize("operation", ["create", "get"])
def test_a_refused_connection_was_not_sent(make_client: MakeClient, operation: str) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))  # bound and not listening: refuses, and nobody else can take it
        url = f"http://127.0.0.1:{reserved.getsockname()[1]}/api/v1"
        fine_tunes = make_client(base_url=url, retry_timeout=0).fine_tunes
        with pytest.raises(ApiConnectionError, match="refused the connection") as caught:
            fine_tunes.create({"model": "m"}) if operation == "create" else fine_tunes.get(JOB_ID)
    assert not caught.value.sent
    assert not caught.value.ambiguous


def test_a_failed_tls_handshake_was_not_sent(server: ScriptedServer, make_client: MakeClient) -> None:
    # The server speaks plain HTTP: the handshake fails before any request.
    url = server.base_url.replace("http:", "https:")
    with pytest.raises(ApiConnectionError, match="no secure connection") as caught:
        make_client(base_url=url, retry_timeout=0).fine_tunes.create({"model": "m"})
    assert not caught.value.ambiguous


def test_an_unknown_host_was_not_sent(make_client: MakeClient) -> None:
    with pytest.raises(ApiConnectionError, match="cannot be resolved") as caught:
        make_client(base_url="https://nowhere.invalid/api/v1", retry_timeout=0).fine_tunes.create({})
    assert not caught.value.ambiguous


@pytest.mark.parametrize("how", ["hang", "drip"])
def test_silence_and_dripping_end_at_the_read_timeout(
    server: ScriptedServer, make_client: MakeClient, reply: type[Reply], how: str
) -> None:
    server.play(reply(how=how))
    with pytest.raises(ApiTimeoutError) as caught:
        make_client(real_clock=True, read_timeout=0.2, retry_timeout=0).fine_tunes.create({"model": "m"})
    assert caught.value.ambiguous


def test_half_an_answer_is_not_an_answer(server: ScriptedServer, make_client: MakeClient, reply: type[Reply]) -> None:
    server.play(reply(how="half", status=404, body={"code": "NotFound", "message": "Not found!"}))
    with pytest.raises(ApiConnectionError) as caught:
        make_client(retry_timeout=0).fine_tunes.get(JOB_ID)
    assert caught.value.ambiguous


def test_rubbish_instead_of_http(server: ScriptedServer, make_client: MakeClient, reply: type[Reply]) -> None:
    server.play(reply(how="raw", body=b"SSH-2.0-OpenSSH_9.6\r\n"))
    with pytest.raises(ApiConnectionError):
        make_client(retry_timeout=0).fine_tunes.get(JOB_ID)


@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_that_is_too_large_is_not_read_to_its_end(
    server: ScriptedServer, make_client: MakeClient, reply: type[Reply], monkeypatch: pytest.MonkeyPatch, packed: bool
) -> None:
    monkeypatch.setattr(transport, "LARGEST_ANSWER", 200_000)
    content = b"[" + b" " * 300_000 + b"]"
    headers = {"Content-Encoding": "gzip"} if packed else {}
    server.play(reply(body=gzip.compress(content) if packed else content, headers=headers))
    with pytest.raises(ApiResponseError, match="larger than"):
        make_client(retry_timeout=0).fine_tunes.list()


def test_chunked_and_packed_answers_are_read(
    server: ScriptedServer, client: Client, reply: type[Reply], job: dict[str, Any]
) -> None:
    body = gzip.compress(b'{"output": {"job_id": "ft-202411221200-1c7f", "status": "RUNNING"}}')
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:10], body[10:])) + b"0\r\n\r\n"
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    server.play(reply(how="raw", body=head + chunks))
    assert client.fine_tunes.get(JOB_ID).status == "RUNNING"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_with_the_key(
    server: ScriptedServer, client: Client, reply: type[Reply], status: int
) -> None:
    stranger = type(server)()
    try:
        server.play(reply(status=status, body="", headers={"Location": f"{stranger.base_url}/elsewhere"}))
        with pytest.raises(ApiStatusError, match="Redirects are not followed"):
            client.fine_tunes.get(JOB_ID)
        assert stranger.seen == []
        assert len(server.seen) == 1
    finally:
        stranger.close()


def test_netrc_does_not_replace_the_key(
    server: ScriptedServer,
    make_client: MakeClient,
    reply: type[Reply],
    job: dict[str, Any],
    key: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login a password b\ndefault login a password b\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    server.play(job_reply(reply, job))
    client = make_client()
    client._transport._session().trust_env = True  # as it is for https
    client.fine_tunes.get(JOB_ID)
    assert server.seen[0].headers["authorization"] == f"Bearer {key}"


def test_local_traffic_goes_through_no_proxy(
    server: ScriptedServer, client: Client, reply: type[Reply], job: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    server.play(job_reply(reply, job))
    assert client.fine_tunes.get(JOB_ID).job_id == JOB_ID


def test_https_uses_the_proxy_and_says_so_when_it_fails(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://user:secret@127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with pytest.raises(ApiConnectionError, match="HTTPS_PROXY") as caught:
        make_client(base_url="https://dashscope.invalid/api/v1", retry_timeout=0).fine_tunes.get(JOB_ID)
    assert not caught.value.sent
    assert "secret" not in str(caught.value)


def test_a_proxy_that_refuses_the_tunnel_got_nothing(
    server: ScriptedServer, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{server.port}")  # knows no CONNECT and says so
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with pytest.raises(ApiConnectionError, match="the proxy did not connect") as caught:
        make_client(base_url="https://dashscope.invalid/api/v1", retry_timeout=0).fine_tunes.get(JOB_ID)
    assert not caught.value.sent
    assert server.seen == []


def test_cookies_are_not_kept(server: ScriptedServer, client: Client, reply: type[Reply], job: dict[str, Any]) -> None:
    server.play(job_reply(reply, job, headers={"Set-Cookie": "track=1"}))
    client.fine_tunes.get(JOB_ID)
    client.fine_tunes.get(JOB_ID)
    assert "cookie" not in server.seen[1].headers


def test_connections_are_reused(
    server: ScriptedServer, client: Client, reply: type[Reply], job: dict[str, Any]
) -> None:
    server.play(job_reply(reply, job))
    for _ in range(5):
        client.fine_tunes.get(JOB_ID)
    assert server.connections == 1


def test_a_child_process_makes_its_own_session(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    first = client._transport._session()
    assert client._transport._session() is first
    monkeypatch.setattr(os, "getpid", lambda: -1)
    assert client._transport._session() is not first


def test_sixty_four_threads_share_a_client(
    server: ScriptedServer, client: Client, reply: type[Reply], job: dict[str, Any]
) -> None:
    server.play(job_reply(reply, job))
    with ThreadPoolExecutor(64) as pool:
        found = list(pool.map(lambda _: client.fine_tunes.get(JOB_ID).job_id, range(128)))
    assert found == [JOB_ID] * 128
    assert server.connections <= 64


def test_the_key_is_read_for_each_call(
    server: ScriptedServer, make_client: MakeClient, reply: type[Reply], job: dict[str, Any]
) -> None:
    environ = {"DASHSCOPE_API_KEY": "sk-first"}
    client = make_client(key=KeySource(environ=environ))
    server.play(job_reply(reply, job))
    client.fine_tunes.get(JOB_ID)
    environ["DASHSCOPE_API_KEY"] = "sk-second"
    client.fine_tunes.get(JOB_ID)
    assert [seen.headers["authorization"] for seen in server.seen] == ["Bearer sk-first", "Bearer sk-second"]


def test_without_a_key_nothing_is_sent(server: ScriptedServer, make_client: MakeClient, tmp_path: Path) -> None:
    client = make_client(key=KeySource(environ={}, home=tmp_path))
    with pytest.raises(SettingsError, match="no API key"):
        client.fine_tunes.get(JOB_ID)
    assert server.connections == 0


def leaks(error: BaseException) -> list[str]:
    """Everything that a log, a crash reporter or a state file could keep of `error`."""
    found = [str(error), repr(error), "".join(traceback.format_exception(error)), repr(vars(error))]
    found.append(pickle.dumps(error).decode("latin-1"))
    for frame, _ in traceback.walk_tb(error.__traceback__):
        if "pulumi_dashscope_ft" in frame.f_code.co_filename:
            found += [repr(value) for value in frame.f_locals.values()]
    assert error.__cause__ is None
    assert error.__context__ is None  # the library's exception holds the request, and the request the key
    return found


@pytest.mark.parametrize(
    "script",
    [
        {"how": "reset"},
        {"how": "close"},
        {"how": "half"},
        {"how": "raw", "body": b"garbage\r\n"},
        {"how": "raw", "body": "KEY is what you sent\r\n"},
        {"status": 500, "body": "<html>echo KEY</html>"},
        {
            "status": 401,
            "body": {"code": "InvalidApiKey", "message": "Invalid API-key provided: KEY", "request_id": "KEY"},
        },
        {"status": 400, "body": {"code": "KEY", "message": "Authorization: Bearer KEY"}},
        {"status": 200, "body": "KEY"},
        {"status": 302, "body": "KEY", "headers": {"Location": "http://127.0.0.1/KEY"}},
    ],
    ids=str,
)
@pytest.mark.parametrize("shape", ["as they are", "of another shape"])
def test_the_key_is_in_nothing_that_is_kept(
    server: ScriptedServer,
    make_client: MakeClient,
    reply: type[Reply],
    key: str,
    caplog: Any,
    script: dict[str, Any],
    shape: str,
) -> None:
    if shape == "of another shape":
        key = "my.own+secret/4711"

    def fill(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: fill(inner) for name, inner in value.items()}
        return value.replace("KEY", key) if isinstance(value, str) else value

    server.play(reply(**fill(script)))
    client = make_client(key=KeySource(literal=key), retry_timeout=0)
    caplog.set_level(logging.DEBUG)
    with pytest.raises(ApiError) as caught:
        client.fine_tunes.create({"model": "m"})
    assert len(server.seen) == 1
    assert "pulumi_dashscope_ft.api" in {record.name for record in caplog.records}
    for text in [*leaks(caught.value), caplog.text, repr(client), repr(client.settings), repr(vars(client.settings))]:
        assert key not in text


def test_control_characters_of_the_service_are_not_printed_raw(
    server: ScriptedServer, client: Client, reply: type[Reply]
) -> None:
    message = "gone\x1b]0;owned\x07\x9b31m\u202e\r\nline"
    server.play(reply(status=404, body={"code": "NotFound", "message": message, "request_id": "r\x1b[2J"}))
    with pytest.raises(NotFoundError) as caught:
        client.fine_tunes.get(JOB_ID + "\x1b[31m")
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202e]", str(caught.value) + repr(caught.value))
