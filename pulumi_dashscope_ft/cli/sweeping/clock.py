"""The service's own time.

A sweep decides by ages, and the clock of the machine may be hours off. Every answer of the service contains its time;
so does the refusal of a request without a key.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import requests

    from pulumi_dashscope_ft.api import Clock

__all__ = ["service_clock"]

_PATIENCE = 10.0


def service_clock(base_url: str, clock: Clock) -> tuple[Callable[[], float], float | None]:
    """Return the service's time (a function, seconds since 1970), and by how much this machine's clock is ahead of it.

    If the service sends no time: the machine's clock, and None. The way of the answer adds at most a few seconds.
    """
    said = _date_of(base_url)
    if said is None:
        return clock.time, None
    ahead = clock.time() - said
    return lambda: clock.time() - ahead, ahead


def _date_of(base_url: str) -> float | None:
    import requests

    from pulumi_dashscope_ft.api import time_in_header

    with requests.Session() as session:
        session.trust_env = base_url.lower().startswith("https:")
        session.auth = _unsigned
        try:
            answer = session.get(f"{base_url}/fine-tunes", timeout=_PATIENCE, allow_redirects=False, stream=True)
        except requests.RequestException:
            return None
        return time_in_header(answer.headers.get("Date"))


def _unsigned(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keep `requests` from adding credentials from `.netrc`."""
    return request
