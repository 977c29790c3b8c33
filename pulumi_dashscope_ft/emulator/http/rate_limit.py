"""The rate limit of an account: so many calls in any second, refused beyond that.

A client that shares an account with fifty others is told so by nothing but such refusals. How the real service counts
is not documented; here the last second counts, and a refused call does not.
"""

from __future__ import annotations

from collections import defaultdict, deque

from pulumi_dashscope_ft.emulator.errors import problem

_WINDOW = 1.0


class RateLimit:
    """The calls of the last second, by account. Call with the service's lock held."""

    def __init__(self) -> None:
        self._accepted: defaultdict[str, deque[float]] = defaultdict(deque)

    def admit(self, scope: str, limit: int, now: float) -> None:
        """Count a call.

        :param scope: the workspace that the account's keys share.
        :param limit: calls accepted in any second; 0: any number.
        :param now: seconds of service time.
        :raises ApiProblemError: 429 `Throttling.RateQuota`.
        """
        if not limit:
            return
        accepted = self._accepted[scope]
        while accepted and accepted[0] <= now - _WINDOW:
            accepted.popleft()
        if len(accepted) >= limit:
            raise problem("rate")
        accepted.append(now)
