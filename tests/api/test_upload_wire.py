"""Uploads on the wire: what is sent, how often, and what a file that changes meanwhile comes to."""

from __future__ import annotations

import socket
import threading
from pathlib import Path
from typing import Any

import pytest
from scripted_server import MakeClient, Reply, ScriptedServer

from pulumi_dashscope_ft.api import (
    ApiConnectionError,
    ApiStatusError,
    Client,
    InvalidRequestError,
)


class TestUpload:
    def test_the_parts(self, server: ScriptedServer, client: Client, reply: type[Reply], tmp_path: Path) -> None:
        path = tmp_path / "train.jsonl"
        path.write_bytes(b'{"messages": []}\r\n')
        server.play(reply(body={"data": {"uploaded_files": [{"file_id": "f-1", "name": "x"}], "failed_uploads": []}}))
        stored = client.files.upload(path, name='a"b\r\n.jsonl', description="größer")
        assert stored.file_id == "f-1"
        (seen,) = server.seen
        boundary = seen.headers["content-type"].split("boundary=")[1]
        assert seen.body.split(f"--{boundary}".encode()) == [
            b"",
            b'\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nfine-tune\r\n',
            "größer".join(['\r\nContent-Disposition: form-data; name="descriptions"\r\n\r\n', "\r\n"]).encode(),
            b'\r\nContent-Disposition: form-data; name="files"; filename="a%22b%0D%0A.jsonl"\r\n'
            b'Content-Type: application/octet-stream\r\n\r\n{"messages": []}\r\n\r\n',
            b"--\r\n",
        ]
        assert seen.headers["content-length"] == str(len(seen.body))
        assert "transfer-encoding" not in seen.headers

    def test_memory_is_bounded(self, client: Client, tmp_path: Path) -> None:
        import tracemalloc

        from pulumi_dashscope_ft.api.http.body import MultipartBody

        path = tmp_path / "big.jsonl"
        with path.open("wb") as stream:
            stream.truncate(50 * 2**20)
        body = MultipartBody(path, filename="big", fields={})
        tracemalloc.start()
        try:
            assert sum(map(len, body)) == len(body)
            assert tracemalloc.get_traced_memory()[1] < 2**20
        finally:
            tracemalloc.stop()

    @pytest.mark.parametrize("change", [b"", b"longer than before"])
    def test_a_file_that_changes_meanwhile(
        self, server: ScriptedServer, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: bytes
    ) -> None:
        path = tmp_path / "t.jsonl"
        path.write_bytes(b"0123456789")
        from pulumi_dashscope_ft.api.http.body import MultipartBody
        from pulumi_dashscope_ft.api.resources import files

        def changing(*args: Any, **kwargs: Any) -> Any:
            body = MultipartBody(*args, **kwargs)
            path.write_bytes(change)
            return body

        monkeypatch.setattr(files, "MultipartBody", changing)
        with pytest.raises(InvalidRequestError, match="size changed"):
            client.files.upload(path)

    def test_a_missing_file(self, server: ScriptedServer, client: Client, tmp_path: Path) -> None:
        with pytest.raises(InvalidRequestError, match="No such file"):
            client.files.upload(tmp_path / "none.jsonl")
        assert server.seen == []

    def test_a_refusal_before_the_body_is_read(self, make_client: MakeClient, tmp_path: Path) -> None:
        """A server that answers 413 and hangs up early is heard, or the break is ambiguous: never a traceback."""
        path = tmp_path / "t.jsonl"
        with path.open("wb") as stream:
            stream.truncate(8 * 2**20)
        listener = socket.create_server(("127.0.0.1", 0))

        def refuse() -> None:
            connection, _ = listener.accept()
            connection.recv(1000)
            connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            connection.close()

        thread = threading.Thread(target=refuse)
        thread.start()
        with listener:
            client = make_client(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", retry_timeout=0)
            with pytest.raises((ApiStatusError, ApiConnectionError)):
                client.files.upload(path)
            thread.join()
