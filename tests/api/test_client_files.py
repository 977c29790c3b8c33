"""The client's calls about files: what is sent, and what an answer has to hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import pytest
from scripted_server import MakeClient, Reply, ScriptedServer

from pulumi_dashscope_ft.api import (
    ApiResponseError,
    Client,
    InvalidParameterError,
    NotFoundError,
    QuotaExceededError,
)


class TestFiles:
    FILE: ClassVar[dict[str, object]] = {
        "id": 1001,
        "file_id": "f-1",
        "name": "train.jsonl",
        "size": 780635,
        "md5": "8382",
        "gmt_create": "2023-03-24 19:28:30",
        "url": "http://oss.example/signed",
        "api_key_id": "sk-xxxx",
        "purpose": "fine-tune",
    }

    def test_get_keeps_no_link_and_no_key(self, server: ScriptedServer, client: Client, reply: type[Reply]) -> None:
        server.play(reply(body={"data": self.FILE}))
        file = client.files.get("f-1")
        assert (file.name, file.size, file.create_time) == ("train.jsonl", 780635, "2023-03-24 19:28:30")
        assert set(file.raw) == set(self.FILE) - {"url", "api_key_id"}

    def test_get_of_another_file(self, server: ScriptedServer, make_client: MakeClient, reply: type[Reply]) -> None:
        server.play(reply(body={"data": self.FILE}))
        with pytest.raises(ApiResponseError, match="another file"):
            make_client(retry_timeout=0).files.get("f-2")

    def test_list(self, server: ScriptedServer, client: Client, reply: type[Reply]) -> None:
        server.play(reply(body={"data": {"total": 1, "page_size": 20, "page_no": 1, "files": [self.FILE]}}))
        page = client.files.list(page_size=20)
        assert [file.file_id for file in page.files] == ["f-1"]
        assert not page.has_more
        assert server.calls == ["GET /api/v1/files?page_no=1&page_size=20"]

    @pytest.mark.parametrize("body", [{"request_id": "r"}, {"code": "200", "request_id": "r"}])
    def test_delete(self, server: ScriptedServer, client: Client, reply: type[Reply], body: dict[str, Any]) -> None:
        server.play(reply(body=body))
        client.files.delete("f-1")
        assert server.calls == ["DELETE /api/v1/files/f-1"]

    @pytest.mark.parametrize("body", ["", "<html>", "{}", "[]", '{"status": "ok"}'])
    def test_a_200_that_is_not_the_services_deletes_nothing(
        self, server: ScriptedServer, make_client: MakeClient, reply: type[Reply], body: str
    ) -> None:
        server.play(reply(body=body))
        with pytest.raises(ApiResponseError):
            make_client(retry_timeout=0).files.delete("f-1")

    def test_a_delete_whose_answer_is_no_use_is_asked_again(
        self, server: ScriptedServer, client: Client, reply: type[Reply]
    ) -> None:
        gone = {"code": "NotFound", "message": "File not found.", "request_id": "r"}
        server.play(reply(body=""), reply(status=404, body=gone))
        with pytest.raises(NotFoundError):
            client.files.delete("f-1")

    @pytest.mark.parametrize("status", [400, 404])
    def test_delete_of_what_is_gone(
        self, server: ScriptedServer, client: Client, reply: type[Reply], status: int
    ) -> None:
        server.play(reply(status=status, body={"code": "InvalidParameter", "message": "File not found."}))
        with pytest.raises(NotFoundError):
            client.files.delete("f-1")

    @pytest.mark.parametrize(
        ("code", "message", "error"),
        [
            ("BadRequest.TooLarge", "Out of space, <839> B of <1024> B has been used.", QuotaExceededError),
            ("BadRequest.TooMany", "Out of number, <10> of <10> files has been uploaded.", QuotaExceededError),
            ("BadRequest.UnsupportedFileFormat", "File format unsupported.", InvalidParameterError),
            ("Whatever", "\x1b[31mno", InvalidParameterError),
        ],
    )
    def test_a_refusal_inside_a_success(
        self,
        server: ScriptedServer,
        client: Client,
        reply: type[Reply],
        tmp_path: Path,
        code: str,
        message: str,
        error: Any,
    ) -> None:
        (tmp_path / "t.jsonl").write_text("{}")
        refused = [{"name": "t.jsonl", "code": code, "message": message}]
        server.play(reply(body={"request_id": "r", "data": {"uploaded_files": [], "failed_uploads": refused}}))
        with pytest.raises(error, match=r"Could not upload t\.jsonl") as caught:
            client.files.upload(tmp_path / "t.jsonl")
        assert (caught.value.code, caught.value.request_id) == (code, "r")
        assert not caught.value.ambiguous
        assert len(server.seen) == 1
        assert str(caught.value).isprintable()

    @pytest.mark.parametrize("data", [{}, {"uploaded_files": []}, {"uploaded_files": [{}]}, {"uploaded_files": None}])
    def test_an_upload_that_names_nothing(
        self, server: ScriptedServer, client: Client, reply: type[Reply], tmp_path: Path, data: dict[str, Any]
    ) -> None:
        (tmp_path / "t.jsonl").write_text("{}")
        server.play(reply(body={"data": data or [0]}))
        with pytest.raises(ApiResponseError) as caught:
            client.files.upload(tmp_path / "t.jsonl")
        assert caught.value.ambiguous
        assert len(server.seen) == 1
