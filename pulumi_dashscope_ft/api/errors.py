"""Everything that can go wrong when talking to DashScope, as one family of exceptions.

Callers decide by type and by two questions, never by reading text: *may the request have taken effect?* (`ambiguous`)
and *may the same request succeed later?* (`retryable`). After an ambiguous create, look before you repeat it; an
exhausted quota is not worth waiting for. `classification` decides which answer becomes which class; this module says
what each class means.

    DashScopeError
    ├── SettingsError                     nothing was sent: key, base URL, region or workspace is unusable
    └── ApiError                          one call failed (operation, resource_id, ambiguous, retryable)
        ├── InvalidRequestError           nothing was sent: the request itself cannot be made
        │   └── FileChangedError          an upload was broken off: the file has changed
        ├── PauseError                    nothing was sent: the service has asked for too long a pause
        ├── ApiConnectionError            no answer: connection refused, reset, lost
        ├── ApiTimeoutError               no answer in time
        ├── ApiResponseError              an answer of success that cannot be used
        └── ApiStatusError                a refusal (status, code, message, request_id)
            ├── NotFoundError             the resource is gone, and the service itself says so
            ├── UnexpectedNotFoundError   some other 404: proves nothing about the resource
            ├── UnsupportedOperationError not possible in the resource's present state
            ├── InvalidParameterError     the input can never work
            ├── ConflictError             a name is taken
            ├── ThrottledError            too fast or too busy: waiting helps
            ├── QuotaExceededError        quota used up or bill unpaid: waiting never helps
            ├── AuthenticationError       the key is not accepted
            ├── PermissionDeniedError     the key is accepted, the action is not
            └── ServerError               the service or a gateway in front of it failed

All of them survive pickling, and none holds the key: the service's text is redacted and sanitized before it gets here.
"""

from __future__ import annotations

from typing import Any, ClassVar

from .operations import describe

__all__ = [
    "ApiConnectionError",
    "ApiError",
    "ApiResponseError",
    "ApiStatusError",
    "ApiTimeoutError",
    "AuthenticationError",
    "ConflictError",
    "DashScopeError",
    "FileChangedError",
    "InvalidParameterError",
    "InvalidRequestError",
    "NotFoundError",
    "PauseError",
    "PermissionDeniedError",
    "QuotaExceededError",
    "ServerError",
    "SettingsError",
    "ThrottledError",
    "UnexpectedNotFoundError",
    "UnsupportedOperationError",
]


class DashScopeError(Exception):
    """Base of everything that this package raises about DashScope."""

    def __reduce__(self) -> tuple[Any, ...]:
        # The default would call the class with `args`, which constructors with keyword-only arguments cannot take.
        return _rebuild, (type(self), self.args, dict(self.__dict__))


def _rebuild(cls: type[DashScopeError], args: tuple[Any, ...], state: dict[str, Any]) -> DashScopeError:
    error = cls.__new__(cls, *args)
    error.__dict__.update(state)
    return error


class SettingsError(DashScopeError):
    """A setting is missing or cannot be used; nothing was sent. Trying again without changing it never helps.

    :param field: the setting: `api_key`, `base_url`, `workspace_id`, `region`, `connect_timeout`, ….
    """

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


class ApiError(DashScopeError):
    """One call failed. `operation` is its name in `operations.OPERATIONS`; `resource_id` is its object, if any.

    `ambiguous`: the request may have taken effect although it failed. `retryable`: the very same request may succeed
    later. Whether it *should* be repeated also depends on `ambiguous` and on the operation; `retry` decides that.
    `tries` and `elapsed` (seconds): how often and for how long it was tried in total. `limit`: how many seconds a call
    may take with all its tries; `None` if it must not be tried again. `retry_after`: the pause that was asked for, in
    seconds, or `None`.
    """

    ambiguous: bool = False
    retryable: bool = False
    retry_after: float | None = None
    advice: ClassVar[str] = ""

    def __init__(self, summary: str, *, operation: str, resource_id: str | None = None) -> None:
        super().__init__(summary)
        self.summary = summary
        self.operation = operation
        self.resource_id = resource_id
        self.tries = 1
        self.elapsed = 0.0
        self.limit: float | None = None

    @property
    def patience(self) -> str:
        """A sentence on how long it was tried and what the limit is; empty if only one try was allowed."""
        wait = self.retry_after
        if self.limit is not None and wait is not None and self.elapsed + wait >= self.limit:
            return f"It asks for a pause of {wait:.0f} s, and a call is tried for {self.limit:.0f} s at most."
        if self.tries > 1:
            limit = f" (at most {self.limit:.0f} s for a call)" if self.limit else ""
            return f"Gave up after {self.tries} tries in {self.elapsed:.0f} s{limit}."
        return ""

    def __str__(self) -> str:
        text = f"Could not {describe(self.operation, self.resource_id)}: {self.summary}"
        return f"{text} {self.patience}".rstrip()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {describe(self.operation, self.resource_id)}: {self.summary}>"


class InvalidRequestError(ApiError):
    """The request cannot be made; nothing was sent. Trying again never helps.

    The reason is an unusable id, a value that is not JSON, or a file that cannot be read.
    """


class FileChangedError(InvalidRequestError):
    """A file is not, or no longer, the one to upload. Its end was not sent, so nothing can have been stored.

    Trying again helps once nothing writes to the file any more.
    """


class PauseError(ApiError):
    """Nothing was sent, because the service has asked this process for too long a pause. Waiting helps.

    The service has answered other calls of this process with "too many", and the pauses that it asked for, with a
    `Retry-After`, come to more than the time limit of a call.

    :param retry_after: seconds until the pause is over.
    """

    retryable = True

    def __init__(self, retry_after: float, *, operation: str, resource_id: str | None = None) -> None:
        summary = "nothing was sent, because the service has told other calls to slow down (HTTP 429)."
        super().__init__(summary, operation=operation, resource_id=resource_id)
        self.retry_after = retry_after


class ApiConnectionError(ApiError):
    """There was no answer: name not resolved, connection refused, TLS refused, reset, or the answer broke off.

    Trying again usually helps.

    :param sent: whether any of the request can have reached the service; only then is the error ambiguous.
    """

    retryable = True

    def __init__(self, summary: str, *, sent: bool, operation: str, resource_id: str | None = None) -> None:
        super().__init__(summary, operation=operation, resource_id=resource_id)
        self.sent = sent
        self.ambiguous = sent


class ApiTimeoutError(ApiError):
    """The request was sent and no (whole) answer came within the read timeout.

    Always ambiguous; trying again may help.
    """

    ambiguous = True
    retryable = True


class ApiResponseError(ApiError):
    """The answer says success, but its body is unusable: not JSON, no `output`, no job id, too large.

    Always ambiguous: the service may well have done it. `status` is the HTTP status; trying again may help.

    :param empty: whether the answer is whole and the service's own, but has no result.
    """

    ambiguous = True
    retryable = True

    def __init__(
        self,
        summary: str,
        *,
        operation: str,
        resource_id: str | None = None,
        status: int = 200,
        request_id: str | None = None,
        empty: bool = False,
    ) -> None:
        super().__init__(summary, operation=operation, resource_id=resource_id)
        self.status = status
        self.request_id = request_id
        self.empty = empty


class ApiStatusError(ApiError):
    """The service, or something in front of it, refused the request in a way that no subclass describes.

    `status`: HTTP status. `code`: the service's error code, `""` if the body was not the service's JSON. `message`: the
    service's text, redacted and sanitized, at most 300 characters. `request_id`: to quote to support, or `None`.
    `retry_after`: seconds that the answer asked to wait, or `None`.
    """

    def __init__(
        self,
        *,
        status: int,
        code: str = "",
        message: str = "",
        request_id: str | None = None,
        operation: str,
        resource_id: str | None = None,
        retry_after: float | None = None,
        advice: str | None = None,
        ambiguous: bool | None = None,
    ) -> None:
        hint = self.advice if advice is None else advice
        quote = f": “{message}”" if message else ""
        trace = f" (request id {request_id})" if request_id else ""
        summary = f"the answer was HTTP {status}{' ' + code if code else ''}{quote}{trace}.{' ' + hint if hint else ''}"
        super().__init__(summary, operation=operation, resource_id=resource_id)
        self.status = status
        self.code = code
        self.message = message
        self.request_id = request_id
        self.retry_after = retry_after
        if ambiguous is not None:
            self.ambiguous = ambiguous


class NotFoundError(ApiStatusError):
    """The job or file does not exist, and the service itself says so: JSON with code `NotFound` (error-code).

    For a file also `InvalidParameter` with `File not found.`. The only error that proves a resource gone. Trying again
    never helps.
    """


class UnexpectedNotFoundError(ApiStatusError):
    """A 404 that says nothing about the resource: a gateway's page, an unknown path, an unknown model or workspace.

    Usually the base URL is wrong. Trying again rarely helps.
    """

    advice = (
        "This does not mean that the resource is gone. Check the base URL (it ends in /api/v1), region and workspace."
    )


class UnsupportedOperationError(ApiStatusError):
    """The resource's present state does not allow it: a cancel of a finished job, a delete of a running one.

    Read the resource again, then decide (cancel- and delete-fine-tuning-job-api).
    """


class InvalidParameterError(ApiStatusError):
    """The service refuses the input: missing, malformed or not allowed (error-code). Trying again never helps."""


class ConflictError(ApiStatusError):
    """Something of that name exists already (error-code). Trying again never helps; another suffix does."""

    advice = "Choose another suffix or name."


class ThrottledError(ApiStatusError):
    """Too many requests, or too many jobs at the moment (error-code, rate-limit).

    The request was not accepted; waiting helps.
    """

    retryable = True
    advice = "Waiting helps: try again in a few minutes."
    spaced: float | None = None
    """Seconds after which the rate limiter of the process sends the next try; None: a try needs a wait of its own."""


class QuotaExceededError(ApiStatusError):
    """The 20-job quota or an allocation is used up, or the account is unpaid (error-code). Waiting never helps."""

    advice = "Waiting does not help."


class AuthenticationError(ApiStatusError):
    """The key is not accepted here: wrong, revoked, or of another region (error-code, regions).

    Trying again never helps.
    """

    advice = "Check the API key, and that it is of the base URL's region: a key of one region is unknown in all others."


class PermissionDeniedError(ApiStatusError):
    """The key is known but may not do this: workspace, model or service not granted (error-code).

    Trying again never helps.
    """

    advice = "Ask the owner of the account to grant this key's workspace the right to tune models."


class ServerError(ApiStatusError):
    """The service or a gateway failed: any 5xx, 408, or an internal error code.

    Ambiguous by default; trying again may help.
    """

    ambiguous = True
    retryable = True
