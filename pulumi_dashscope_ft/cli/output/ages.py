"""Ages, and lengths of time as people write them.

People think in ages ("older than 7d"), the service writes points in time without a zone. Ages are computed and shown
here, always in one form.
"""

from __future__ import annotations

import click

__all__ = ["age", "age_text", "duration", "zoned"]


def age(written: str | None, now: float) -> float | None:
    """Seconds from a time of the service to `now` (since 1970); 0 for a future time, None for an unknown one."""
    from pulumi_dashscope_ft.lifecycle.base.expiry import BEIJING, moment

    began = moment(written, BEIJING)
    return None if began is None else max(now - began, 0.0)


def age_text(seconds: float | None) -> str:
    """Write an age in its two largest units: `12s`, `5m`, `3h20m`, `6d4h`; `-` when it is unknown."""
    if seconds is None:
        return "-"
    days, rest = divmod(int(seconds), 86400)
    hours, rest = divmod(rest, 3600)
    minutes, left = divmod(rest, 60)
    if days:
        return f"{days}d{hours}h" if hours else f"{days}d"
    if hours:
        return f"{hours}h{minutes}m" if minutes else f"{hours}h"
    return f"{minutes}m" if minutes else f"{left}s"


def zoned(written: str | None) -> str | None:
    """Return a time of the service with its zone, which the service leaves out; a text that is no time as it is."""
    from pulumi_dashscope_ft.lifecycle.base.expiry import BEIJING, moment

    at, zoneless = moment(written, BEIJING), moment(written)
    return written if at is None or at == zoneless else f"{written} UTC{BEIJING / 3600:+.0f}"


def duration(value: str | float) -> float:
    """Read an option's value such as `90s`, `12h`, `7d` or `2w3d` as seconds. Raises `click.BadParameter`."""
    from pulumi_dashscope_ft.schema import parse_duration

    if isinstance(value, (int, float)):
        return float(value)
    try:
        return parse_duration(value.strip())
    except ValueError:
        raise click.BadParameter(f"{value!r} is no length of time; write for example 90s, 12h, 7d or 2w") from None
