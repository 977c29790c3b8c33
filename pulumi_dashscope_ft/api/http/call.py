"""One call as the endpoints see it: rate-limited, sent, classified, retried where that is safe, and unpacked.

This is the only place where the parts meet, and their order matters. A retry waits for its turn like any other call, in
the place that the call had before; an unusable body counts as a failed try; and a 429 slows all callers down.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing, nullcontext
from typing import Any, TypeVar

from pulumi_dashscope_ft.api.clock import Clock
from pulumi_dashscope_ft.api.config.api_key import KeySource
from pulumi_dashscope_ft.api.errors import ApiError, ApiResponseError, PauseError, ThrottledError
from pulumi_dashscope_ft.api.models.fields import UnusableError
from pulumi_dashscope_ft.text import quoted, redact_secrets

from .answer import Answer
from .body import Body
from .classification import classify
from .ratelimit import ImpatientError, Place, RateLimiter
from .retry import Retrier
from .transport import Transport

__all__ = ["Caller"]

T = TypeVar("T")


class Caller:
    """Makes calls. The endpoint groups of one client share it; safe to use from many threads."""

    def __init__(
        self, transport: Transport, limiter: RateLimiter, retrier: Retrier, clock: Clock, key: KeySource
    ) -> None:
        self._transport = transport
        self._limiter = limiter
        self._retrier = retrier
        self._clock = clock
        self.redact = key.redact

    def call(
        self,
        operation: str,
        resource_id: str | None = None,
        *,
        read: Callable[[Any, Answer], T],
        query: Mapping[str, str] | None = None,
        body: Callable[[], Body] | None = None,
    ) -> T:
        """Make the call `operation` and return its result.

        :param read: `read(json, answer)` turns a success into the result, or raises `UnusableError`.
        :param body: makes a new body for each try.
        :raises SettingsError: the settings can't be used.
        :raises ApiError: the call failed.
        """
        place = self._limiter.place()

        def attempt(left: float) -> T:
            try:
                self._limiter.acquire(left, place)
            except ImpatientError as pause:
                raise PauseError(pause.left, operation=operation, resource_id=resource_id) from None
            # The answer is in no variable here: it may repeat the key, and this frame is in the traceback of its error.
            with nullcontext() if body is None else closing(body()) as content:
                outcome = self._judge(
                    operation,
                    resource_id,
                    self._transport.send(operation, resource_id, query=query, body=content),
                    read,
                    place,
                )
            if isinstance(outcome, ApiError):
                raise outcome
            return outcome

        return self._retrier.run(operation, resource_id, attempt, lambda: place.behind)

    def _judge(
        self,
        operation: str,
        resource_id: str | None,
        answer: Answer,
        read: Callable[[Any, Answer], T],
        place: Place,
    ) -> T | ApiError:
        error: ApiError | None = classify(answer, operation, resource_id, now=self._clock.time(), redactor=self.redact)
        if error is not None:
            if isinstance(error, ThrottledError) and _concerns_everybody(error):
                error.spaced = self._limiter.throttled(place)
                if error.retry_after is not None:
                    self._limiter.penalize(error.retry_after)
            return error
        self._limiter.accepted(place)
        try:
            return read(answer.json, answer)
        except ApiError as refused:
            return refused.with_traceback(None)
        except UnusableError as problem:
            excerpt = quoted(redact_secrets(answer.text), self.redact, 120)
            return ApiResponseError(
                f"the answer was HTTP {answer.status}, but it {problem}: “{excerpt}”.",
                operation=operation,
                resource_id=resource_id,
                status=answer.status,
                request_id=quoted(answer.request_id, self.redact, 80) if answer.request_id else None,
                empty=_is_empty(answer.json),
            )


def _is_empty(body: Any) -> bool:
    """Whether this is the service's envelope without a result: another JSON, or half of one, proves nothing."""
    return isinstance(body, dict) and bool(body.get("request_id")) and not (body.get("output") or body.get("data"))


def _concerns_everybody(error: ThrottledError) -> bool:
    """Whether all callers must slow down.

    Not after a create with a bare `Throttling`: that means busy trainers, and readers need not slow down.
    """
    return error.operation != "create" or error.code != "Throttling" or error.retry_after is not None
