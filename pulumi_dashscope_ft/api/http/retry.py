"""Decides which failed calls are made again, how soon and how often.

Repeating is harmless for a read, but can buy a second training run for a create. So the policy is a table by operation,
and it asks only the two questions that every `ApiError` answers: `retryable` and `ambiguous`.

The service documents no `Retry-After` for these pages but advises exponential backoff (rate-limit). The wait is full
jitter between 0 and 0.5, 1, 2 … 30 s, and never less than a `Retry-After` that does come. After an answer "too fast"
there is no such wait: the rate limiter slows the whole process down, and a call that backs off alone would only be
overtaken by the others.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from enum import Enum
from types import MappingProxyType
from typing import TypeVar

import tenacity

from pulumi_dashscope_ft.api.clock import Clock
from pulumi_dashscope_ft.api.errors import ApiError, ThrottledError

__all__ = ["FIRST_WAIT", "LONGEST_WAIT", "POLICIES", "OnRetry", "Policy", "Retrier"]

T = TypeVar("T")
OnRetry = Callable[[str, "str | None", ApiError, float], None]
"""Called before each wait: operation, resource id, what went wrong, seconds until the next try."""

FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0


class Policy(Enum):
    """How far an operation may be repeated."""

    ALWAYS = "always"
    """Repeating is harmless: retry whatever may pass."""
    UNLESS_ACCEPTED = "unless accepted"
    """Repeating an operation that took effect would do it twice: retry only what is proven not to have taken effect."""
    NEVER = "never"

    def allows(self, error: ApiError) -> bool:
        """Whether an operation of this policy is tried again after `error`."""
        if self is Policy.NEVER or not error.retryable:
            return False
        return self is Policy.ALWAYS or not error.ambiguous


POLICIES: Mapping[str, Policy] = MappingProxyType(
    {
        "create": Policy.UNLESS_ACCEPTED,
        "upload": Policy.UNLESS_ACCEPTED,
        "export": Policy.NEVER,  # a GET that changes state (fine-tuning-api-guide)
        "get": Policy.ALWAYS,
        "list": Policy.ALWAYS,
        "logs": Policy.ALWAYS,
        "checkpoints": Policy.ALWAYS,
        "list_files": Policy.ALWAYS,
        "get_file": Policy.ALWAYS,
        # A second cancel or delete answers UnsupportedOperation or NotFound; the caller reads the job again anyway.
        "cancel": Policy.ALWAYS,
        "delete": Policy.ALWAYS,
        "delete_file": Policy.ALWAYS,
        "create_deployment": Policy.UNLESS_ACCEPTED,
        "get_deployment": Policy.ALWAYS,
        "list_deployments": Policy.ALWAYS,
        # These set a fixed value, so doing it twice has the same effect.
        "scale_deployment": Policy.ALWAYS,
        "update_deployment": Policy.ALWAYS,
        "delete_deployment": Policy.ALWAYS,
        "create_compression": Policy.UNLESS_ACCEPTED,
        "get_compression": Policy.ALWAYS,
        "list_compressions": Policy.ALWAYS,
        "compression_logs": Policy.ALWAYS,
        "cancel_compression": Policy.ALWAYS,
        "delete_compression": Policy.ALWAYS,
        "create_import": Policy.UNLESS_ACCEPTED,
        "get_import": Policy.ALWAYS,
        "list_imports": Policy.ALWAYS,
        "delete_import": Policy.ALWAYS,
    }
)


class Retrier:
    """Runs attempts until one succeeds, one may not be repeated, or the time is over.

    :param timeout: seconds. No try begins later after the first, so a call lasts at most that and one request. Waiting
        for older calls of the process does not count as long as the service accepts them.
    :param jitter: `jitter(low, high)` draws the wait.
    """

    def __init__(
        self,
        clock: Clock,
        timeout: float,
        *,
        on_retry: OnRetry | None = None,
        jitter: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._clock = clock
        self._timeout = timeout
        self._on_retry = on_retry
        self._jitter = jitter

    def run(
        self,
        operation: str,
        resource_id: str | None,
        attempt: Callable[[float], T],
        behind: Callable[[], float] = lambda: 0.0,
    ) -> T:
        """Return the result of `attempt(left)`; `left` is the remaining seconds (endless without a `timeout`).

        :param behind: returns the seconds in which the service has accepted older calls of the process.
        :raises ApiError: the last error, with `tries` and `elapsed` set.
        """
        policy = POLICIES.get(operation, Policy.NEVER)
        started = self._clock.monotonic()

        def spent() -> float:
            return self._clock.monotonic() - started - behind()

        def may_pass(error: BaseException) -> bool:
            return isinstance(error, ApiError) and policy.allows(error)

        def is_out_of_time(state: tenacity.RetryCallState) -> bool:
            error = _error_of(state)
            spaced = error.spaced if isinstance(error, ThrottledError) else None
            return spent() + max(state.upcoming_sleep, spaced or 0.0) >= self._timeout

        def report(state: tenacity.RetryCallState) -> None:
            error = _error_of(state)
            if self._on_retry is not None and isinstance(error, ApiError):
                self._on_retry(operation, resource_id, error, state.upcoming_sleep)

        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(may_pass),
            wait=self._wait,
            stop=is_out_of_time,
            before_sleep=report,
            sleep=self._clock.sleep,
            reraise=True,
        )
        try:
            return retrying(lambda: attempt(self._left(spent())))
        except ApiError as error:
            error.tries = retrying.statistics["attempt_number"]
            error.elapsed = self._clock.monotonic() - started
            error.limit = self._timeout if policy.allows(error) and self._timeout > 0 else None
            raise

    def _left(self, spent: float) -> float:
        return max(self._timeout - spent, 0.0) if self._timeout > 0 else math.inf

    def _wait(self, state: tenacity.RetryCallState) -> float:
        error = _error_of(state)
        if isinstance(error, ThrottledError) and error.spaced is not None:
            return error.retry_after or 0.0
        ceiling = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(state.attempt_number - 1, 30))
        wait = self._jitter(0.0, ceiling)
        if isinstance(error, ApiError) and error.retry_after is not None:
            wait = max(wait, error.retry_after)
        return wait


def _error_of(state: tenacity.RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome is not None else None
