"""From answers to errors: every row of the service's tables, and whatever else may come."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pulumi_dashscope_ft.api import errors as e
from pulumi_dashscope_ft.api.http.answer import Answer
from pulumi_dashscope_ft.api.http.catalogue import CATALOGUE, Entry
from pulumi_dashscope_ft.api.http.classification import classify, failed_upload
from pulumi_dashscope_ft.api.operations import OPERATIONS

JOB_ID = "ft-202411221200-1c7f"


def answer(status: int, body: object, headers: dict[str, str] | None = None) -> Answer:
    content = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return Answer(status=status, body=content, headers=headers or {})


def said(status: int, code: str, message: str = "") -> Answer:
    return answer(status, {"code": code, "message": message, "request_id": "r-1"})


ROWS = [(entry, status) for entry in CATALOGUE for status in entry.statuses]


@pytest.mark.parametrize(("entry", "status"), ROWS, ids=lambda value: getattr(value, "code", value))
def test_every_row_of_the_catalogue(entry: Entry, status: int) -> None:
    operation = "get_file" if entry.note.startswith("files only") else "get"
    error = classify(said(status, entry.code, entry.example), operation, "id-1")
    if entry.note.startswith("inside an upload") and status == 200:
        error = failed_upload({"name": "a", "code": entry.code, "message": entry.example}, "a")
    assert error is not None
    assert type(error) is entry.error
    assert (error.status, error.code) == (status, entry.code)
    assert error.retryable is entry.retryable
    assert error.ambiguous is (status >= 500)
    assert entry.example in str(error) or not entry.example or "…" in entry.example
    if entry.advice:
        assert entry.advice in str(error)


def test_the_catalogue_is_complete_and_says_what_to_do() -> None:
    codes = {entry.code for entry in CATALOGUE}
    assert codes >= {
        *("InvalidParameter", "UnsupportedOperation", "NotFound", "Conflict", "Throttling", "InternalError"),
        *(
            "Arrearage",
            "DataInspectionFailed",
            "data_inspection_failed",
            "BadRequest.EmptyModel",
            "BadRequest.EmptyInput",
        ),
        *(
            "BadRequest.EmptyParameters",
            "BadRequest.IllegalInput",
            "BadRequest.TooLarge",
            "BadRequest.ResourceNotExist",
        ),
        *("BadRequest.UnsupportedFileFormat", "Throttling.AllocationQuota", "InvalidApiKey", "invalid_api_key"),
        *("NOT AUTHORIZED", "AccessDenied", "access_denied", "AccessDenied.Unpurchased", "Model.AccessDenied"),
        *("Workspace.AccessDenied", "App.AccessDenied", "AllocationQuota.FreeTierOnly", "ModelNotFound"),
        *("model_not_found", "WorkSpaceNotFound", "Throttling.RateQuota", "LimitRequests", "limit_requests"),
        *("Throttling.BurstRate", "limit_burst_rate", "insufficient_quota", "CommodityNotPurchased"),
        *("PrepaidBillOverdue", "PostpaidBillOverdue", "internal_error", "InternalError.FileUpload"),
        *("InternalError.Upload", "InternalError.Timeout", "SystemError", "RequestTimeOut", "ResponseTimeout"),
        *("ModelServingError", "ModelUnavailable", "BailianGateway.Workspace.NotAuthorised", "BadRequest.TooMany"),
    }
    for entry in CATALOGUE:
        assert entry.meaning
        assert entry.advice or entry.error is e.NotFoundError


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ("Too many fine-tune job in running, please retry later.", e.ThrottledError),
        ("Too many fine-tuning jobs in running, please retry later.", e.ThrottledError),
        ("Too many fine-tuning jobs are running; please retry later.", e.ThrottledError),
        ("Requests throttling triggered.", e.ThrottledError),
        ("Too many requests in route. Please try again later.", e.ThrottledError),
        ("Over 120 fine-tune jobs in the queue", e.ThrottledError),
        ("", e.ThrottledError),
        ("Only 20 fine-tune job in running or succeeded allowed per user.", e.QuotaExceededError),
        ("Only 20 fine-tuning jobs in running or succeeded allowed per user.", e.QuotaExceededError),
        (
            "A maximum of 20 fine-tuning jobs that are running or have succeeded are allowed per user.",
            e.QuotaExceededError,
        ),
        ("ONLY 20 FINE TUNE JOBS", e.QuotaExceededError),
    ],
)
def test_the_two_meanings_of_throttling(message: str, error: Any) -> None:
    assert type(classify(said(429, "Throttling", message), "create")) is error


@pytest.mark.parametrize(
    ("found", "operation", "resource_id", "error"),
    [
        (said(404, "NotFound", "Not found!"), "get", JOB_ID, e.NotFoundError),
        (said(404, "NotFound", "Not Found!"), "delete", JOB_ID, e.NotFoundError),
        (said(404, "NotFound", ""), "cancel", JOB_ID, e.NotFoundError),
        (said(200, "NotFound", "Not found!"), "get", JOB_ID, e.NotFoundError),
        (said(404, "NotFound", "Not found."), "delete_file", "f-1", e.NotFoundError),
        (said(400, "InvalidParameter", "File not found."), "delete_file", "f-1", e.NotFoundError),
        (said(404, "InvalidParameter", "File not found."), "get_file", "f-1", e.NotFoundError),
        # Not gone:
        (said(404, "NotFound", "Request path not found."), "get", JOB_ID, e.UnexpectedNotFoundError),
        (said(404, "NotFound", "Not found!"), "list", None, e.UnexpectedNotFoundError),
        (said(404, "notfound", "Not found!"), "get", JOB_ID, e.UnexpectedNotFoundError),
        (said(404, "ModelNotFound"), "get", JOB_ID, e.UnexpectedNotFoundError),
        (said(404, "WorkSpaceNotFound"), "get", JOB_ID, e.UnexpectedNotFoundError),
        (said(404, "Anything"), "get", JOB_ID, e.UnexpectedNotFoundError),
        (said(500, "NotFound", "Not found!"), "get", JOB_ID, e.ServerError),
        (said(502, "NotFound", "Not found!"), "get", JOB_ID, e.ServerError),
        (said(400, "NotFound", "Not found!"), "get", JOB_ID, e.InvalidParameterError),
        (said(403, "NotFound", "Not found!"), "get", JOB_ID, e.PermissionDeniedError),
        (said(400, "InvalidParameter", "File not found."), "create", None, e.InvalidParameterError),
        (said(400, "InvalidParameter", "File not found."), "get", JOB_ID, e.InvalidParameterError),
        (answer(404, "<html><title>404 Not Found</title></html>"), "get", JOB_ID, e.UnexpectedNotFoundError),
        (answer(404, ""), "get", JOB_ID, e.UnexpectedNotFoundError),
        (answer(404, '"NotFound"'), "get", JOB_ID, e.UnexpectedNotFoundError),
        (answer(404, {"status": 404, "error": "Not Found", "path": "/"}), "get", JOB_ID, e.UnexpectedNotFoundError),
        (answer(404, '{"code": "NotFound"'), "get", JOB_ID, e.UnexpectedNotFoundError),
    ],
)
def test_what_counts_as_gone(found: Any, operation: str, resource_id: str | None, error: Any) -> None:
    assert type(classify(found, operation, resource_id)) is error


@pytest.mark.parametrize(
    ("found", "error", "ambiguous", "retryable"),
    [
        (answer(502, "<html>Bad Gateway"), e.ServerError, True, True),
        (answer(504, ""), e.ServerError, True, True),
        (answer(408, ""), e.ServerError, True, True),
        (said(503, "Throttling", "slow down"), e.ServerError, True, True),
        (said(500, "UnsupportedOperation"), e.ServerError, True, True),
        (said(500, "Arrearage"), e.ServerError, True, True),
        (said(200, "InternalError"), e.ServerError, True, True),
        (said(200, "Mystery"), e.ApiStatusError, True, False),
        (said(200, "BailianGateway.Workspace.NotAuthorised"), e.PermissionDeniedError, False, False),
        (answer(200, {"code": "Throttling.RateQuota", "output": None}), e.ThrottledError, False, True),
        (answer(200, {"code": "Arrearage", "output": {}}), e.QuotaExceededError, False, False),
        (answer(429, "slow down"), e.ThrottledError, False, True),
        (said(429, "Throttling.Something"), e.ThrottledError, False, True),
        (said(429, "Throttling.AllocationQuota.X"), e.QuotaExceededError, False, False),
        (said(429, "Mystery"), e.ThrottledError, False, True),
        (answer(401, "login first"), e.AuthenticationError, False, False),
        (said(403, "InvalidApiKey"), e.AuthenticationError, False, False),
        (answer(403, "<html>firewall"), e.PermissionDeniedError, False, False),
        (said(403, "Thing.AccessDenied"), e.PermissionDeniedError, False, False),
        (answer(400, "<html>Request Header Too Large"), e.ApiStatusError, False, False),
        (said(400, "Mystery"), e.InvalidParameterError, False, False),
        (said(422, "InvalidParameter.Deep"), e.InvalidParameterError, False, False),
        (said(409, "Mystery"), e.ConflictError, False, False),
        (said(404, "UnsupportedOperation"), e.UnexpectedNotFoundError, False, False),
        (said(418, "Mystery"), e.ApiStatusError, False, False),
        (answer(302, ""), e.ApiStatusError, False, False),
        (answer(400, {"error": {"code": "invalid_api_key", "message": "no"}}), e.AuthenticationError, False, False),
    ],
)
def test_everything_else(found: Any, error: Any, ambiguous: bool, retryable: bool) -> None:
    result = classify(found, "create")
    assert result is not None
    assert type(result) is error
    assert (result.ambiguous, result.retryable) == (ambiguous, retryable)


@pytest.mark.parametrize(
    "body",
    [
        {"output": {"status": "success"}},
        {"code": "200", "request_id": "r"},
        {"code": "Success"},
        {"code": "", "message": ""},
        {"code": 0},
        {"code": None},
        {"code": "Odd", "output": {"job_id": "ft-1"}},
        {"code": "Odd", "data": {"files": []}},
        {"output": {"job_id": "ft-1", "code": "1"}},
        [],
        "no json at all",
    ],
)
def test_success_is_no_error(body: str | dict[str, Any] | list[Any]) -> None:
    assert classify(answer(200, body), "get", JOB_ID) is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("1.5", 1.5),
        ("-3", 0.0),
        ("999999999", 3600.0),
        ("inf", 3600.0),
        ("nan", None),
        ("soon", None),
        ("", None),
        ("Tue, 14 Nov 2023 22:13:50 GMT", 30.0),
        ("Tue, 14 Nov 2023 22:13:00 GMT", 0.0),
        ("Tue, 99 Nov 2023 22:13:00 GMT", None),
    ],
)
def test_retry_after(header: str, seconds: float | None) -> None:
    error = classify(answer(429, "", {"retry-after": header}), "get", JOB_ID, now=1_700_000_000.0)
    assert error is not None
    assert error.retry_after == seconds


@pytest.mark.parametrize(
    ("date", "seconds"),
    [("Tue, 14 Nov 2023 22:13:20 GMT", 30.0), ("Tue, 14 Nov 2023 22:13:40 GMT", 10.0), ("", 3600.0), ("soon", 3600.0)],
)
def test_the_servers_own_clock_counts_for_its_dates(date: str, seconds: float) -> None:
    """This machine's clock is a day behind: the server means half a minute all the same."""
    headers = {"retry-after": "Tue, 14 Nov 2023 22:13:50 GMT", "date": date}
    error = classify(answer(429, "", headers), "get", JOB_ID, now=1_700_000_000.0 - 86_400)
    assert error is not None
    assert error.retry_after == seconds


def test_the_message_names_everything() -> None:
    error = classify(said(400, "UnsupportedOperation", "It is succeeded"), "cancel", JOB_ID)
    assert str(error) == (
        f"Could not cancel job {JOB_ID}: the answer was HTTP 400 UnsupportedOperation: “It is succeeded” "
        "(request id r-1). "
        "The job's state does not allow this; read it again."
    )


def test_a_gateways_page_is_shown_by_its_title_and_cut() -> None:
    error = classify(answer(502, "<html><head><title>502 Bad\nGateway</title>" + "x" * 10_000), "get", JOB_ID)
    assert error is not None
    assert error.message == "502 Bad Gateway"
    long = classify(answer(500, "x" * 10_000), "get", JOB_ID)
    assert long is not None
    assert len(long.message) == 300


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["code", "message", "msg", "output", "data", "error", "request_id", "x"]), inner
        )
    ),
    max_leaves=8,
)


@given(
    body=st.binary(max_size=200) | json_values.map(lambda value: json.dumps(value).encode()),
    status=st.integers(100, 599),
    operation=st.sampled_from(sorted(OPERATIONS)),
    resource_id=st.none() | st.text(),
    retry_after=st.none() | st.text(max_size=40),
)
@example(body=b"[" * 100_000, status=200, operation="get", resource_id="x", retry_after=None)
@example(body=b'{"code": ' + b"9" * 5000 + b"}", status=400, operation="get", resource_id="x", retry_after="1e999")
def test_no_answer_breaks_it(body: Any, status: int, operation: str, resource_id: str, retry_after: Any) -> None:
    found = Answer(status, body, {} if retry_after is None else {"retry-after": retry_after})
    error = classify(found, operation, resource_id)
    if error is None:
        assert found.ok
        return
    assert error.status == status
    assert len(error.message) <= 300
    assert str(error).isprintable()
    assert status < 500 or error.ambiguous
    assert not isinstance(error, e.NotFoundError) or (status in (200, 400, 404) or found.ok)


def all_errors() -> list[e.DashScopeError]:
    about: Any = {"operation": "cancel", "resource_id": JOB_ID}
    statuses: list[Any] = [e.ApiStatusError, *e.ApiStatusError.__subclasses__()]
    return [
        e.SettingsError("no", field="api_key"),
        e.InvalidRequestError("no.", **about),
        e.PauseError(7.0, **about),
        e.ApiConnectionError("no.", sent=False, **about),
        e.ApiConnectionError("no.", sent=True, **about),
        e.ApiTimeoutError("no.", **about),
        e.ApiResponseError("no.", status=201, request_id="r", **about),
        *(
            kind(status=400, code="C", message="m", request_id="r", retry_after=1.0, ambiguous=True, **about)
            for kind in statuses
        ),
    ]


@pytest.mark.parametrize("error", all_errors(), ids=lambda error: type(error).__name__)
def test_errors_survive_pickling_and_copying(error: Any) -> None:
    again = pickle.loads(pickle.dumps(error))  # noqa: S301  # made here
    for twin in (again, copy.copy(error), copy.deepcopy(error)):
        assert type(twin) is type(error)
        assert str(twin) == str(error)
        assert repr(twin) == repr(error)
        assert vars(twin) == vars(error)
        assert getattr(twin, "ambiguous", None) == getattr(error, "ambiguous", None)


def test_every_error_class_says_when_it_comes() -> None:
    classes = [value for value in vars(e).values() if isinstance(value, type) and issubclass(value, e.DashScopeError)]
    assert all(kind.__doc__ for kind in classes)
    assert {kind.__name__ for kind in classes} == set(e.__all__)
