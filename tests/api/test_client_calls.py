"""Each operation: what is asked, what is understood of the answer, and which answers are refused."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_server import MakeClient, Reply, ScriptedServer

from pulumi_dashscope_ft import api
from pulumi_dashscope_ft.api import (
    ApiError,
    ApiResponseError,
    Client,
    InvalidRequestError,
    Job,
    JobStatus,
)
from pulumi_dashscope_ft.api.models.fields import UnusableError
from pulumi_dashscope_ft.api.models.jobs import Checkpoint, File, FilePage, JobPage, LogPage

JOB_ID = "ft-202411221200-1c7f"
FULL_JOB = {
    "job_id": JOB_ID,
    "job_name": "mine",
    "status": "SUCCEEDED",
    "finetuned_output": "qwen3-14b-suffix-ft-202411221200-1c7f",
    "model": "qwen3-14b",
    "base_model": "qwen3-14b",
    "training_file_ids": ["f-1", "f-2"],
    "validation_file_ids": [],
    "training_datasets": [{"data_source_type": "file_id", "file_id": "f-1"}],
    "hyper_parameters": {"n_epochs": 3, "learning_rate": "1.6e-5"},
    "training_type": "sft",
    "create_time": "2024-10-29 16:53:53",
    "end_time": "2024-10-29 17:11:26",
    "workspace_id": "llm-1",
    "creator": "1396993924585947",
    "usage": 279808,
    "max_output_cnt": 10,
}


def test_create(server: ScriptedServer, client: Client, reply: type[Reply]) -> None:
    server.play(reply(body={"output": FULL_JOB}))
    job = client.fine_tunes.create({"model": "qwen3-14b", "job_name": "größe", "hyper_parameters": {"a": 1e-05}})
    (seen,) = server.seen
    assert (seen.method, seen.path, seen.headers["content-type"]) == ("POST", "/api/v1/fine-tunes", "application/json")
    assert seen.body.decode() == '{"model": "qwen3-14b", "job_name": "größe", "hyper_parameters": {"a": 1e-05}}'
    assert (job.job_id, job.job_name, job.usage, job.training_file_ids) == (JOB_ID, "mine", 279808, ("f-1", "f-2"))
    assert job.raw["max_output_cnt"] == 10


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, object(), "\ud800"])
def test_create_with_what_json_cannot_say(server: ScriptedServer, client: Client, value: Any) -> None:
    with pytest.raises(InvalidRequestError, match="no JSON form"):
        client.fine_tunes.create({"model": value})
    assert server.seen == []


def test_list(server: ScriptedServer, client: Client, reply: type[Reply]) -> None:
    server.play(reply(body={"output": {"page_no": 2, "page_size": 5, "total": 12, "jobs": [FULL_JOB]}}))
    page = client.fine_tunes.list(page_no=2, page_size=5, model="qwen3 & co")
    assert server.calls == ["GET /api/v1/fine-tunes?page_no=2&page_size=5&model=qwen3+%26+co"]
    assert (page.page_no, page.page_size, page.total, page.has_more) == (2, 5, 12, True)
    assert page.jobs[0] == Job.from_json(FULL_JOB)


@pytest.mark.parametrize(("page_no", "page_size"), [(0, 10), (1, 0), (1, 101), (-1, 1)])
def test_pages_out_of_range_are_not_sent(server: ScriptedServer, client: Client, page_no: int, page_size: int) -> None:
    for lister in (client.fine_tunes.list, client.files.list):
        with pytest.raises(InvalidRequestError, match="page_size 1 to 100"):
            lister(page_no=page_no, page_size=page_size)
    assert server.seen == []


def test_cancel_and_delete(server: ScriptedServer, client: Client) -> None:
    client.fine_tunes.cancel(JOB_ID)
    client.fine_tunes.delete(JOB_ID)
    assert server.calls == [f"POST /api/v1/fine-tunes/{JOB_ID}/cancel", f"DELETE /api/v1/fine-tunes/{JOB_ID}"]
    assert server.seen[0].body == b""


@pytest.mark.parametrize(
    "body",
    [
        {"request_id": "r"},
        {"output": {}},
        {"output": {"status": "failed"}},
        {"output": True},
        {"output": "success"},
        [],
        "null",
        "",
        "<html>welcome",
    ],
    ids=str,
)
def test_only_success_is_success(
    server: ScriptedServer, make_client: MakeClient, reply: type[Reply], body: str | dict[str, Any] | list[Any]
) -> None:
    server.play(reply(body=body))
    client = make_client(retry_timeout=0)
    for call in (client.fine_tunes.cancel, client.fine_tunes.delete):
        with pytest.raises(ApiResponseError, match="the answer was HTTP 200, but it") as caught:
            call(JOB_ID)
        assert caught.value.ambiguous


@pytest.mark.parametrize(
    "body",
    [
        {"output": {"status": "RUNNING"}},
        {"output": {"job_id": ""}},
        {"output": [FULL_JOB]},
        {"output": {**FULL_JOB, "job_id": "ft-202411221200-ffff"}},
        {"data": FULL_JOB},
        "{",
    ],
    ids=lambda body: str(body)[:40],
)
def test_a_job_that_is_none(
    server: ScriptedServer, make_client: MakeClient, reply: type[Reply], body: str | dict[str, Any]
) -> None:
    server.play(reply(body=body))
    with pytest.raises(ApiResponseError):
        make_client(retry_timeout=0).fine_tunes.get(JOB_ID)


@pytest.mark.parametrize(
    "output", [{}, {"jobs": None, "total": 3}, {"jobs": {}}, {"jobs": [{"status": "RUNNING"}]}, []]
)
def test_a_page_that_is_none_is_not_an_empty_one(
    server: ScriptedServer, make_client: MakeClient, reply: type[Reply], output: dict[str, Any] | list[Any]
) -> None:
    server.play(reply(body={"output": output or [1]}))
    with pytest.raises(ApiResponseError):
        make_client(retry_timeout=0).fine_tunes.list()


def log_server(server: ScriptedServer, reply: type[Reply], total: int) -> None:
    """Serves `total` numbered lines by offset and line."""
    from urllib.parse import parse_qs, urlsplit

    def answer(seen: Any) -> Any:
        query = {name: int(values[0]) for name, values in parse_qs(urlsplit(seen.path).query).items()}
        lines = [f"line {n}" for n in range(total)][query["offset"] :][: query["line"]]
        return reply(body={"output": {"total": total, "logs": lines}})

    server.play(answer)


@pytest.mark.parametrize(
    ("total", "lines", "calls"), [(0, 20, 1), (5, 20, 1), (1000, 20, 1), (1001, 20, 2), (5000, 1000, 2), (30, 1, 1)]
)
def test_tail(server: ScriptedServer, client: Client, reply: type[Reply], total: int, lines: int, calls: int) -> None:
    log_server(server, reply, total)
    assert client.fine_tunes.tail(JOB_ID, lines) == tuple(f"line {n}" for n in range(max(total - lines, 0), total))
    assert len(server.seen) == calls


def test_logs(server: ScriptedServer, client: Client, reply: type[Reply]) -> None:
    log_server(server, reply, 10)
    page = client.fine_tunes.logs(JOB_ID, offset=8, line=5)
    assert page == LogPage(("line 8", "line 9"), 10)
    assert server.calls == [f"GET /api/v1/fine-tunes/{JOB_ID}/logs?offset=8&line=5"]
    for wrong in ({"offset": -1}, {"line": 0}, {"line": 1001}):
        with pytest.raises(InvalidRequestError):
            client.fine_tunes.logs(JOB_ID, **wrong)
    with pytest.raises(InvalidRequestError):
        client.fine_tunes.tail(JOB_ID, 0)
    assert len(server.seen) == 1


def test_checkpoints(server: ScriptedServer, client: Client, reply: type[Reply]) -> None:
    server.play(
        reply(body={"output": [{"checkpoint": "checkpoint-180", "status": "PENDING", "job_id": JOB_ID, "step": "7"}]})
    )
    (found,) = client.fine_tunes.checkpoints(JOB_ID)
    assert (found.checkpoint, found.status, found.model_name, found.step) == ("checkpoint-180", "PENDING", None, 7)
    assert server.calls == [f"GET /api/v1/fine-tunes/{JOB_ID}/checkpoints"]


@pytest.mark.parametrize("accepted", [True, False])
def test_export(server: ScriptedServer, client: Client, reply: type[Reply], accepted: bool) -> None:
    server.play(reply(body={"output": accepted}))
    assert client.fine_tunes.export(JOB_ID, "checkpoint-180", "my model & co") is accepted
    assert server.calls == [
        f"GET /api/v1/fine-tunes/{JOB_ID}/export/checkpoint-180?model_name=my+model+%26+co",
    ]


@pytest.mark.parametrize("body", [{"request_id": "r"}, {"output": "true"}, {"output": {}}, {"output": 1}, "{"], ids=str)
def test_an_export_that_says_neither_yes_nor_no(
    server: ScriptedServer, client: Client, reply: type[Reply], body: str | dict[str, Any]
) -> None:
    server.play(reply(body=body))
    with pytest.raises(ApiResponseError, match=f"export checkpoint {JOB_ID}/checkpoint-180") as caught:
        client.fine_tunes.export(JOB_ID, "checkpoint-180", "m")
    assert caught.value.ambiguous
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("answer", "ambiguous"),
    [
        ({"how": "reset"}, True),
        ({"how": "close"}, True),
        ({"how": "half"}, True),
        ({"status": 500}, True),
        ({"status": 504}, True),
        ({"status": 429}, False),
    ],
    ids=str,
)
def test_an_export_is_never_sent_twice(
    server: ScriptedServer, client: Client, reply: type[Reply], answer: dict[str, Any], ambiguous: bool
) -> None:
    server.play(reply(**{"body": {"code": "Throttling" if not ambiguous else "InternalError"}, **answer}))
    with pytest.raises(ApiError) as caught:
        client.fine_tunes.export(JOB_ID, "checkpoint-180", "m")
    assert caught.value.ambiguous is ambiguous
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("job_id", "checkpoint", "path"),
    [
        (JOB_ID, "a/b", f"{JOB_ID}/export/a%2Fb"),
        ("{part}", "{id}", "%7Bpart%7D/export/%7Bid%7D"),
        (JOB_ID, "../x", f"{JOB_ID}/export/..%2Fx"),
    ],
)
def test_an_export_addresses_one_checkpoint(
    server: ScriptedServer, client: Client, reply: type[Reply], job_id: str, checkpoint: str, path: str
) -> None:
    server.play(reply(body={"output": True}))
    client.fine_tunes.export(job_id, checkpoint, "m")
    assert server.calls == [f"GET /api/v1/fine-tunes/{path}?model_name=m"]


@pytest.mark.parametrize(("job_id", "checkpoint"), [("ft-1/ft-2", "c"), ("", "c"), (JOB_ID, ""), (JOB_ID, "..")])
def test_an_export_of_nothing_in_particular_is_not_sent(
    server: ScriptedServer, client: Client, job_id: str, checkpoint: str
) -> None:
    with pytest.raises(InvalidRequestError):
        client.fine_tunes.export(job_id, checkpoint, "m")
    assert server.seen == []


class TestObjects:
    def test_statuses(self) -> None:
        for status in ("PENDING", "QUEUING", "RUNNING", "CANCELING", "SUSPENDED", "SUCCEED", "", None, 7):
            job = Job.from_json({**FULL_JOB, "status": status})
            assert job.is_active
            assert not job.is_final
            assert job.model_id is None
        for status in JobStatus.FINAL:
            assert Job.from_json({**FULL_JOB, "status": status}).is_final
        assert Job.from_json(FULL_JOB).model_id == FULL_JOB["finetuned_output"]
        assert JobStatus.ACTIVE.isdisjoint(JobStatus.FINAL)
        assert Job.from_json({"job_id": "x", "status": "NOVEL"}).status == "NOVEL"

    def test_the_other_spelling_of_the_name(self) -> None:
        assert Job.from_json({"job_id": "x", "jobs_name": "mine"}).job_name == "mine"

    def test_account_ids_stay_exact(self) -> None:
        assert Job.from_json({"job_id": "x", "creator": 1396993924585947123}).creator == "1396993924585947123"

    @pytest.mark.parametrize(
        ("value", "read"),
        [(7, 7), ("7", 7), (7.9, 7), ("x", None), (None, None), (True, None), ([], None), (float("inf"), None)],
    )
    def test_numbers(self, value: Any, read: int | None) -> None:
        assert Job.from_json({"job_id": "x", "usage": value}).usage == read

    @pytest.mark.parametrize(
        ("output", "count", "more"),
        [
            ({"page_no": 1, "page_size": 2, "total": 4}, 2, True),
            ({"page_no": 2, "page_size": 2, "total": 4}, 2, False),
            ({"page_no": 3, "page_size": 2, "total": 9}, 0, False),
            ({}, 2, True),
            ({}, 1, False),
        ],
    )
    def test_has_more(self, output: dict[str, Any], count: int, more: bool) -> None:
        page = JobPage.from_json({**output, "jobs": [FULL_JOB] * count}, page_no=1, page_size=2)
        assert page.has_more is more

    @given(
        st.dictionaries(
            st.sampled_from([*FULL_JOB, "jobs", "logs", "total", "files", "file_id", "checkpoint", "step", "size"]),
            st.recursive(
                st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
                lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
                max_leaves=5,
            ),
        )
    )
    def test_no_answer_breaks_the_reading(self, data: Any) -> None:
        for kind in (Job, JobPage, LogPage, Checkpoint, File, FilePage):
            with contextlib.suppress(UnusableError):
                kind.from_json(data)


def test_the_client_is_light_and_knows_no_pulumi() -> None:
    """Imported below an empty parent, since `import pulumi_dashscope_ft` itself brings the Pulumi resources."""
    code = (
        "import sys, types, requests, tenacity; before = set(sys.modules); "
        "parent = types.ModuleType('pulumi_dashscope_ft'); parent.__path__ = [sys.argv[1]]; "
        "sys.modules['pulumi_dashscope_ft'] = parent; import pulumi_dashscope_ft.api; "
        "print(*sorted({name.split('.')[0] for name in set(sys.modules) - before} - sys.stdlib_module_names))"
    )
    package = Path(api.__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", code, str(package)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["pulumi_dashscope_ft"]
