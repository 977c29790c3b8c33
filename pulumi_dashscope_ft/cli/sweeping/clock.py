"""The service's own time.

Why it exists: a sweep decides by ages, and the machine it runs on may be hours off. Every answer of the service carries
the time it was given; a request without a key, which is refused, does, too.
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
    """The service's time in seconds since 1970, as a function, and by how much this machine's clock is ahead of it.

    Where the service does not tell, the machine's clock, and None. The answer's way adds at most a few seconds.
    """
    said = _date_of(base_url)
    if said is None:
        return clock.time, None
    ahead = clock.time() - said
    return lambda: clock.time() - ahead, ahead


def _date_of(base_url: str) -> float | None:
    import requests

    with requests.Session() as session:
        session.trust_env = base_url.lower().startswith("https:")
        session.auth = _unsigned
        try:
            answer = session.get(f"{base_url}/fine-tunes", timeout=_PATIENCE, allow_redirects=False, stream=True)
        except requests.RequestException:
            return None
        return _seconds(answer.headers.get("Date"))


def _unsigned(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keeps `requests` from signing with an entry of `.netrc`."""
    return request


def _seconds(date: str | None) -> float | None:
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(date or "").timestamp()
    except (ValueError, TypeError, IndexError):
        return None
