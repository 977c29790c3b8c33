"""The calls of a verification: counted, bounded, and with the whole answer.

The client's own methods hide what is verified here: fields that no model has, headers, the status of a refusal. So the
calls are made one level below them, with the same transport and the same reading of errors. Reads are repeated a few
times; a call that changes something only when it was certainly not accepted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from pulumi_dashscope_ft.api import (
    OPERATIONS,
    ApiConnectionError,
    ApiError,
    ApiResponseError,
    ApiStatusError,
    ApiTimeoutError,
    AuthenticationError,
    Clock,
    PermissionDeniedError,
    QuotaExceededError,
    Settings,
    ThrottledError,
    UnexpectedNotFoundError,
)
from pulumi_dashscope_ft.api.http.answer import Answer
from pulumi_dashscope_ft.api.http.body import Body, JsonBody
from pulumi_dashscope_ft.api.http.classification import classify
from pulumi_dashscope_ft.api.http.transport import Transport

from .wording import code_shown, message_shown

TRIES = 4
"""How often a call is sent at most."""
_PAUSES = (1.0, 3.0, 10.0)
"""Seconds before the second and each further try, unless the service asks for more."""
_LONGEST_PAUSE = 60.0
_AT_ONCE = 20


class OutOfCallsError(Exception):
    """The run has made as many calls as it may."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The end of a call: a usable answer, or the error that stands for it."""

    answer: Answer | None
    error: ApiError | None

    @property
    def output(self) -> Any:
        """The result in the answer; None without one."""
        body = self.answer.json if self.answer is not None and self.error is None else None
        return body.get("output", body.get("data")) if isinstance(body, dict) else None

    @property
    def fields(self) -> Mapping[str, Any]:
        """The result, if it is an object."""
        return self.output if isinstance(self.output, dict) else {}

    @property
    def refused(self) -> bool:
        """Whether the service itself has said no to what was asked (and not to who asks, or how often)."""
        others = (AuthenticationError, PermissionDeniedError, QuotaExceededError)
        return self.says_no and not isinstance(self.error, others)

    @property
    def says_no(self) -> bool:
        """Whether the service itself has said no, for whatever reason but that the call came too early."""
        error = self.error
        if not isinstance(error, ApiStatusError) or isinstance(error, ThrottledError):
            return False
        return bool(error.code) and error.status < 500 and not error.ambiguous

    @property
    def unsettled(self) -> bool:
        """Whether it may have taken effect although there is no usable answer."""
        return self.error is not None and self.error.ambiguous

    @property
    def code(self) -> str:
        """The code of a refusal, as a report may show it."""
        return code_shown(self.error.code) if isinstance(self.error, ApiStatusError) else ""

    def told(self) -> str:
        """Say what came back, in words that a report may have."""
        error = self.error
        if error is None:
            return f"HTTP {self.answer.status}" if self.answer is not None else "an answer"
        if isinstance(error, ApiStatusError) and error.code:
            quoted = message_shown(error.message)
            return f"HTTP {error.status} {self.code}" + (f": “{quoted}”" if quoted else "")
        return why(error)

    def problem(self) -> str:
        """Say why there is no usable result, in words that a report may have."""
        if self.error is None:
            return "the answer has no id"
        return self.told() if self.refused and not is_no_path(self.error) else why(self.error)


def why(error: ApiError) -> str:
    """Say why a call has failed, in words that a report may have."""
    if isinstance(error, ApiTimeoutError):
        return "no answer in time"
    if isinstance(error, ApiConnectionError):
        return "the connection failed, or broke off"
    if isinstance(error, ApiResponseError):
        return f"HTTP {error.status}, and a body that is not the service's JSON or has no result"
    if not isinstance(error, ApiStatusError):
        return "the call could not be made"
    if not error.code:
        return f"HTTP {error.status}, and a body that is not the service's: a gateway, a proxy or a login page"
    shown = f"HTTP {error.status} {code_shown(error.code)}"
    if isinstance(error, AuthenticationError):
        return f"the key is not accepted here ({shown}): it is wrong, or of another region than the base URL"
    if is_no_path(error):
        return f"there is no such path ({shown}): the base URL or the region has no such API"
    if isinstance(error, PermissionDeniedError):
        return f"the key is known and may not do this ({shown})"
    if isinstance(error, QuotaExceededError):
        return f"a quota is used up, or a bill is open ({shown})"
    if isinstance(error, ThrottledError):
        return f"too many calls, or too many jobs at the moment ({shown})"
    return shown


def is_no_path(error: ApiError | None) -> bool:
    """Whether the service says that it has no such call: the base URL, or its region, is the wrong one."""
    return isinstance(error, UnexpectedNotFoundError) and error.code == "NotFound"


class Calls:
    """Makes calls and counts each try.

    :param allowed: how many may be made from now on.
    """

    def __init__(self, settings: Settings, clock: Clock, allowed: int) -> None:
        self._settings = settings
        self._clock = clock
        self._transport = Transport(settings, clock)
        self._headers: Mapping[str, str] = {}
        self.allowed = allowed
        self.made = 0
        self.slowed: list[Mapping[str, str]] = []
        """The headers of each answer that said "too many"."""

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    @property
    def service_time(self) -> float:
        """The service's time as its last answer showed it, in seconds since 1970, UTC."""
        return self._transport.service_time()

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers of the last answer, by lower-case name."""
        return self._headers

    def ask(
        self,
        operation: str,
        resource_id: str | None = None,
        *,
        query: Mapping[str, str] | None = None,
        json: Mapping[str, Any] | None = None,
        body: Callable[[], Body] | None = None,
        tries: int = TRIES,
    ) -> Reply:
        """Make a call, a few times if need be.

        :param body: makes the body of each try, where that is no JSON.
        :raises OutOfCallsError: no call is left.
        :raises SettingsError: there is no usable key.
        """
        reads = OPERATIONS[operation].only_reads
        for number in range(tries):
            sent = body() if body is not None else JsonBody(json) if json is not None else None
            reply = self._once(operation, resource_id, query, sent)
            error = reply.error
            last = number + 1 == tries
            if error is None or last or not error.retryable or (error.ambiguous and not reads):
                break
            asked = error.retry_after or 0.0
            self._clock.sleep(min(max(_PAUSES[min(number, 2)], asked), _LONGEST_PAUSE))
        return reply

    def _once(
        self, operation: str, resource_id: str | None, query: Mapping[str, str] | None, body: Body | None
    ) -> Reply:
        if self.allowed <= 0:
            raise OutOfCallsError
        self.allowed -= 1
        self.made += 1
        try:
            answer = self._transport.send(operation, resource_id, query=query, body=body)
        except ApiError as error:
            return Reply(None, error)
        self._headers = answer.headers
        if answer.status == 429:
            self.slowed.append(answer.headers)
        refusal = classify(answer, operation, resource_id, now=self._clock.time(), redactor=self._settings.key.redact)
        if refusal is None and not _has_result(answer, operation):
            unusable = "the answer has no result"
            return Reply(
                answer,
                ApiResponseError(unusable, operation=operation, resource_id=resource_id, status=answer.status),
            )
        return Reply(answer, refusal)

    def burst(self, number: int) -> None:
        """Send so many reads at once, which only have to be answered."""
        self.allowed -= number
        self.made += number
        with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
            for headers in pool.map(self._slowed, range(number)):
                if headers is not None:
                    self.slowed.append(headers)

    def _slowed(self, _: int) -> Mapping[str, str] | None:
        try:
            answer = self._transport.send("list", query={"page_no": "1", "page_size": "1"})
        except ApiError:
            return None
        return answer.headers if answer.status == 429 else None


def _has_result(answer: Answer, operation: str) -> bool:
    body = answer.json
    if not isinstance(body, dict):
        return False
    if operation == "delete_file":
        return bool(body.get("request_id"))
    return body.get("output") is not None or body.get("data") is not None
