"""The calls about deployments: what is asked, what is understood of the answer, and which answers are refused."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_server import MakeClient, Reply, ScriptedServer

from pulumi_dashscope_ft.api import (
    ApiConnectionError,
    ApiError,
    ApiResponseError,
    Client,
    ConflictError,
    Deployment,
    DeploymentStatus,
    InvalidParameterError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    UnexpectedNotFoundError,
    UnsupportedOperationError,
)
from pulumi_dashscope_ft.api.models.deployments import DeploymentPage
from pulumi_dashscope_ft.api.models.fields import UnusableError

ID = "qwen3-8b-ft-202511132025-0260"
MU = {
    "deployed_model": ID,
    "gmt_create": "2025-11-20T20:06:46.405",
    "gmt_modified": "2025-11-20T20:06:46.68",
    "status": "PENDING",
    "model_name": ID,
    "base_model": "qwen3-8b",
    "base_capacity": 1,
    "capacity": 2,
    "ready_capacity": 0,
    "workspace_id": "llm-8v53example",
    "charge_type": "post_paid",
    "creator": "1654290265984853",
    "modifier": "1654290265984853",
    "plan": "mu",
    "model_unit_spec": "MU1",
    "enable_thinking": False,
    "max_context_length": 8192,
    "rpm_limit": "60",
    "tpm_limit": 100000,
}
LORA = {
    key: value for key, value in MU.items() if "capacity" not in key and "limit" not in key and key != "model_unit_spec"
} | {"plan": "lora"}


def test_create(server: ScriptedServer, client: Client, reply: type[Reply]) -> None:
    server.play(reply(body={"request_id": "r", "output": MU}))
    made = client.deployments.create({"model_name": ID, "plan": "mu", "capacity": 2})
    (seen,) = server.seen
    assert (seen.method, seen.path) == ("POST", "/api/v1/deployments")
    assert json.loads(seen.body) == {"model_name": ID, "plan": "mu", "capacity": 2}
    assert made == Deployment.from_json(MU)
    assert (made.capacity, made.ready_capacity, made.rpm_limit, made.tpm_limit) == (2, 0, 60, 100000)
    assert (made.create_time, made.modify_time) == ("2025-11-20T20:06:46.405", "2025-11-20T20:06:46.68")


def test_what_is_deleted_but_still_shown_is_gone(server: ScriptedServer, client: Client, reply: type[Reply]) -> None:
    """get-deployment-api lists the status `DELETED`: an answer with HTTP 200 about nothing."""
    deleted = {**MU, "status": "DELETED"}
    server.play(reply(body={"request_id": "r", "output": deleted}))
    with pytest.raises(NotFoundError) as caught:
        client.deployments.get(ID)
    assert (caught.value.status, caught.value.code, caught.value.request_id) == (200, "DELETED", "r")


def test_a_page_leaves_out_what_is_deleted_and_goes_on(
    server: ScriptedServer, client: Client, reply: type[Reply]
) -> None:
    deleted = {**MU, "status": "DELETED"}
    listed = enumerate(([deleted, deleted], [deleted, MU], []), 1)
    server.play(
        *(
            reply(body={"output": {"deployments": rows, "page_no": number, "page_size": 2, "total": 5}})
            for number, rows in listed
        )
    )
    pages = [client.deployments.list(page_no, 2) for page_no in (1, 2, 3)]
    assert [len(page.deployments) for page in pages] == [0, 1, 0]
    assert [page.has_more for page in pages] == [True, True, False]


@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        (lambda d: d.get(ID), (f"GET /api/v1/deployments/{ID}", None)),
        (lambda d: d.scale(ID, 3), (f"PUT /api/v1/deployments/{ID}/scale", {"capacity": 3})),
        (
            lambda d: d.scale_throughput(ID, {"input_tpm": 10}),
            (f"PUT /api/v1/deployments/{ID}/scale", {"ptu_capacity": {"input_tpm": 10}}),
        ),
        (lambda d: d.update(ID, rpm_limit=5), (f"PUT /api/v1/deployments/{ID}/update", {"rpm_limit": 5})),
        (lambda d: d.update(ID, tpm_limit=0), (f"PUT /api/v1/deployments/{ID}/update", {"tpm_limit": 0})),
        (lambda d: d.delete(ID), (f"DELETE /api/v1/deployments/{ID}", None)),
    ],
)
def test_calls_about_one(server: ScriptedServer, client: Client, reply: type[Reply], call: Any, wanted: Any) -> None:
    server.play(reply(body={"output": {**LORA, "status": "UPDATING"}}))
    assert call(client.deployments).status == "UPDATING"
    (seen,) = server.seen
    assert f"{seen.method} {seen.path}" == wanted[0]
    assert (json.loads(seen.body) if seen.body else None) == wanted[1]


def test_an_update_of_nothing_is_not_sent(server: ScriptedServer, client: Client) -> None:
    with pytest.raises(InvalidRequestError, match="rpm_limit or tpm_limit"):
        client.deployments.update(ID)
    assert server.seen == []


def test_list(server: ScriptedServer, client: Client, reply: type[Reply]) -> None:
    server.play(
        reply(body={"output": {"page_no": 1, "page_size": 200, "total": 201, "deployments": [LORA, {**MU, "x": 1}]}})
    )
    page = client.deployments.list()
    assert server.calls == ["GET /api/v1/deployments?page_no=1&page_size=200"]
    assert (page.total, page.has_more, len(page.deployments)) == (201, True, 2)
    assert page.deployments[0].capacity is None


@pytest.mark.parametrize(("page_no", "page_size"), [(0, 10), (1, 0), (1, 201)])
def test_pages_out_of_range_are_not_sent(server: ScriptedServer, client: Client, page_no: int, page_size: int) -> None:
    with pytest.raises(InvalidRequestError, match="page_size 1 to 200"):
        client.deployments.list(page_no=page_no, page_size=page_size)
    assert server.seen == []


@pytest.mark.parametrize(
    ("call", "status", "code", "message", "error"),
    [
        ("get", 404, "NotFound", "Not found.", NotFoundError),
        ("get", 404, "NotFound", f"Model: {ID} not found!", NotFoundError),
        ("delete", 404, "NotFound", f"Model: {ID} not found!", NotFoundError),
        ("create", 404, "NotFound", "Model: xxx not found!", UnexpectedNotFoundError),
        ("create", 409, "Conflict", "Deployed model xxx already exists, please specify a suffix.", ConflictError),
        ("create", 400, "InvalidParameter", "Invalid capacity (1.5), capacity must be …", InvalidParameterError),
        ("create", 403, "AccessDenied", "Workspace xxx does not have deployment privilege", PermissionDeniedError),
        ("delete", 400, "UnsupportedOperation", "running", UnsupportedOperationError),
        ("delete", 400, "OperationDenied", "running", UnsupportedOperationError),
        ("scale", 409, "UnsupportedOperation", "updating", ConflictError),
        ("get", 404, "", "<html>no such page</html>", UnexpectedNotFoundError),
    ],
)
def test_refusals(
    server: ScriptedServer,
    client: Client,
    reply: type[Reply],
    call: str,
    status: int,
    code: str,
    message: str,
    error: Any,
) -> None:
    body = {"code": code, "message": message, "request_id": "r"} if code else message
    server.play(reply(status=status, body=body))
    calls = {
        "get": lambda: client.deployments.get(ID),
        "create": lambda: client.deployments.create({"model_name": "xxx", "capacity": 1}),
        "delete": lambda: client.deployments.delete(ID),
        "scale": lambda: client.deployments.scale(ID, 1),
    }
    with pytest.raises(error) as caught:
        calls[call]()
    assert type(caught.value) is error
    assert len(server.seen) == 1


@pytest.mark.parametrize("how", ["close", "reset", "half"])
def test_a_create_without_an_answer_is_not_repeated_and_a_scale_is(
    server: ScriptedServer, client: Client, reply: type[Reply], how: str
) -> None:
    server.play(reply(how=how), reply(body={"output": MU}))
    with pytest.raises(ApiError) as caught:
        client.deployments.create({"model_name": ID, "capacity": 1})
    assert caught.value.ambiguous
    assert isinstance(caught.value, (ApiConnectionError, ApiResponseError))
    assert len(server.seen) == 1
    server.seen.clear()
    assert client.deployments.scale(ID, 2).capacity == 2
    assert len(server.seen) == 2


@pytest.mark.parametrize("body", [{}, {"output": None}, {"output": {"status": "RUNNING"}}, {"output": [MU]}, "no JSON"])
def test_a_success_without_a_deployment_is_no_success(
    server: ScriptedServer, client: Client, reply: type[Reply], body: str | dict[str, Any]
) -> None:
    server.play(reply(body=body))
    with pytest.raises(ApiResponseError):
        client.deployments.create({"model_name": ID, "capacity": 1})


def test_an_answer_about_another_deployment_is_refused(
    server: ScriptedServer, make_client: MakeClient, reply: type[Reply]
) -> None:
    server.play(reply(body={"output": {**MU, "deployed_model": "another"}}))
    with pytest.raises(ApiResponseError, match="another deployment"):
        make_client(retry_timeout=0.0).deployments.get(ID)


@pytest.mark.parametrize("field", ["name", "display_name", "diasplay_name"])
def test_the_display_name_in_each_of_its_spellings(field: str) -> None:
    assert Deployment.from_json({"deployed_model": "x", field: "shop"}).name == "shop"


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda c: st.dictionaries(st.text(), c)))
def test_any_json_is_read_or_called_unusable(value: Any) -> None:
    for reader in (Deployment.from_json, DeploymentPage.from_json):
        with contextlib.suppress(UnusableError):
            reader(value)


@given(st.dictionaries(st.sampled_from(sorted({*MU} - {"deployed_model"})), st.none() | st.integers() | st.text()))
def test_only_the_id_is_needed(fields: dict[str, Any]) -> None:
    found = Deployment.from_json({**fields, "deployed_model": ID})
    assert found.deployed_model == ID
    assert found.is_settled == (found.status in DeploymentStatus.SETTLED)


def test_statuses_nobody_has_heard_of_are_not_settled() -> None:
    assert not Deployment.from_json({"deployed_model": ID, "status": "REBALANCING"}).is_settled
    assert not Deployment.from_json({"deployed_model": ID}).is_settled
