"""When a job expires: `expiresIn` and `maxRuntime`.

A preview environment that nobody tears down keeps costing. So a job can be given an end when it is started
(`expiresIn`) and a longest time to be active (`maxRuntime`). No timer in a process that may die enforces them: both are
written down, and a scheduled sweep ends the jobs that are over.

They are written down twice. The stamp in the job's name holds the expiry as it was at the start, and can't be changed.
The state holds `expires`, which follows a changed `expiresIn`. If a state holds the job, the state decides, so that a
user who extends an environment does not lose it. The stamp counts for jobs that no state holds.

Points in time are seconds since 1970, UTC. The service writes its times without a zone; they are Beijing time
(inferred: the minute in a job's id is that of its `create_time`).
"""

from __future__ import annotations

import calendar
import math
import re
import time
from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.lifecycle.waiting.progress import seconds
from pulumi_dashscope_ft.schema import UNKNOWN, parse_duration

BEIJING = 8 * 3600.0
"""Seconds that the service's clock is ahead of UTC (inferred)."""

EXPIRES_IN, MAX_RUNTIME, EXPIRES = "expiresIn", "maxRuntime", "expires"

_MOMENT = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d))?(?:\.\d+)?(Z|[+-]\d\d:\d\d)?")


def at_creation(inputs: Mapping[str, Any], now: float) -> float | None:
    """When a job that is started now expires; None when it does not."""
    span = length(inputs.get(EXPIRES_IN))
    return None if span is None else now + span


def since_creation(inputs: Mapping[str, Any], create_time: str | None, now: float) -> float | None:
    """When a job that existed before expires: counted from `create_time` as the service writes it, else from `now`."""
    began = moment(create_time, BEIJING)
    return at_creation(inputs, now if began is None else began)


def changed(olds: Mapping[str, Any], news: Mapping[str, Any], now: float) -> str | None:
    """Return the output `expires` after a change in place: counted from the job's creation, as before."""
    span, before, old = length(news.get(EXPIRES_IN)), length(olds.get(EXPIRES_IN)), moment(olds.get(EXPIRES))
    if span is None:
        return None
    if old is not None and before is not None:
        return text(old - before + span)
    return text(since_creation(news, olds.get("createTime"), now))


def plan(job_id: str, olds: Mapping[str, Any], news: Mapping[str, Any], now: float) -> str | None:
    """Say in the plan what a change of these inputs means for the job; None for nothing. `olds` are outputs."""
    clauses = []
    if length(olds.get(EXPIRES_IN)) != length(news.get(EXPIRES_IN)) and news.get(EXPIRES_IN) is not UNKNOWN:
        before, after = olds.get(EXPIRES), changed(olds, news, now)
        at = moment(after)
        passed = ", which has passed: the next sweep ends it" if at is not None and at <= now else ""
        instead = f" instead of {before}" if before and after else f" (it would have at {before})" if before else ""
        clauses.append(f"expires {after}{instead}{passed}" if after else f"expires no more{instead}")
    limit = length(news.get(MAX_RUNTIME))
    if length(olds.get(MAX_RUNTIME)) != limit and news.get(MAX_RUNTIME) is not UNKNOWN:
        clauses.append("may be active for any time" if limit is None else f"may be active for {seconds(limit)}")
    return f"{job_id} {'; '.join(clauses)}" if clauses else None


def sentence(plan: str, properties: Mapping[str, Any], expires: str | None, *, active: bool) -> str:
    """Return the output `teardown`: what `destroy` would do, and from when on a sweep does it by itself."""
    ends = [f"expires {expires}"] if expires else []
    limit = length(properties.get(MAX_RUNTIME))
    if active and limit is not None:
        ends.append(f"may be active for {seconds(limit)}")
    return "; ".join([plan, *ends])


def length(value: Any) -> float | None:
    """Seconds of `expiresIn` or `maxRuntime` as written; None when it is not set or can't be read."""
    if value is None:
        return None
    try:
        return parse_duration(value)
    except ValueError:
        return None


def text(at: float | None) -> str | None:
    """Write a point in time as the state has it, rounded up to the next whole minute: `2026-11-25T10:00Z`."""
    if at is None:
        return None
    try:
        return time.strftime("%Y-%m-%dT%H:%MZ", time.gmtime(math.ceil(at / 60) * 60))
    except (OverflowError, ValueError, OSError):
        return "9999-12-31T23:59Z"


def moment(written: Any, ahead: float = 0.0) -> float | None:
    """Read a point in time; None when the text is not one.

    Reads what the service writes (`yyyy-MM-dd HH:mm:ss`, with a `T`, with a fraction) and what Pulumi writes (RFC
    3339). A fraction is dropped.

    :param ahead: seconds that the clock which wrote the text is ahead of UTC, for texts without a zone.
    """
    match = _MOMENT.fullmatch(written.strip()) if isinstance(written, str) else None
    if match is None:
        return None
    year, month, day, hour, minute, second, zone = match.groups()
    try:
        at = calendar.timegm((int(year), int(month), int(day), int(hour), int(minute), int(second or 0)))
    except (ValueError, OverflowError):
        return None
    if zone is not None:
        ahead = 0.0 if zone == "Z" else int(f"{zone[0]}1") * (int(zone[1:3]) * 3600.0 + int(zone[4:]) * 60)
    return at - ahead
