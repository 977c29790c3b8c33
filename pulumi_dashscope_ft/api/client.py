"""The client: one object with everything that a caller of the API needs.

Building a client means joining a dozen parts in the one right way. Sharing one is cheap and intended: it is safe for
many threads and keeps up to 64 connections. All clients of a process for the same host share one queue, so that
parallel resources do not drive each other into the service's rate limit.
"""

from __future__ import annotations

from .clock import SYSTEM_CLOCK, Clock, ServiceTime
from .config.settings import Settings
from .http.call import Caller
from .http.ratelimit import RateLimiter, shared_limiter
from .http.retry import OnRetry, Retrier
from .http.transport import Sending, Transport
from .resources.compressions import Compressions
from .resources.deployments import Deployments
from .resources.files import Files
from .resources.fine_tunes import FineTunes
from .resources.imports import Imports

__all__ = ["Client"]


class Client:
    """`client.fine_tunes`, `client.files`, `client.deployments`, `client.compressions` and `client.imports`.

    Making a client sends nothing and reads no key.

    :param limiter: default: the limiter that this process shares for the host; with a `clock` of one's own, a new
        limiter on that clock.
    :param on_retry: `on_retry(operation, resource_id, error, wait)` is called before each wait for another try.
    :param sending: makes the calls (see `Transport`).
    """

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock = SYSTEM_CLOCK,
        limiter: RateLimiter | None = None,
        on_retry: OnRetry | None = None,
        sending: Sending = lambda ask, only_reads: ask(),
    ) -> None:
        if limiter is None:
            on_system_clock = clock is SYSTEM_CLOCK
            limiter = shared_limiter(settings) if on_system_clock else RateLimiter(settings.rate, settings.burst, clock)
        self.settings = settings
        self._transport = Transport(settings, clock, sending)
        retrier = Retrier(clock, settings.retry_timeout, on_retry=on_retry)
        caller = Caller(self._transport, limiter, retrier, clock, settings.key)
        self.fine_tunes = FineTunes(caller)
        self.files = Files(caller)
        self.deployments = Deployments(caller)
        self.compressions = Compressions(caller)
        self.imports = Imports(caller)

    @property
    def service_time(self) -> ServiceTime:
        """The service's time, as its last answer showed it."""
        return self._transport.service_time

    def close(self) -> None:
        """Close the open connections. The client can still be used afterwards."""
        self._transport.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client({self.settings.base_url})"
