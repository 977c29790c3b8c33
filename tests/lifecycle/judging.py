"""Objects and states to be judged, without an account."""

from __future__ import annotations

import time
from typing import Any

from nouns import FILE, JOB

from pulumi_dashscope_ft.lifecycle.base.kind.live_object import LiveObject
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.sweep.evidence import Evidence
from pulumi_dashscope_ft.lifecycle.sweep.ownership import judge
from pulumi_dashscope_ft.lifecycle.sweep.recorded_state import Held, RecordedState
from pulumi_dashscope_ft.lifecycle.sweep.service_time import ServiceTime

NOW = 1_795_600_800.0
HOUR = 3600.0
OWNER, OTHER = "k7m2x9qd4t", "zzzzzzzzzz"
EXPIRES: dict[str, Any] = {"expiresIn": "4h", "expires": "2026-11-25T09:00Z"}
"""Over for an hour, as five hours minus four are."""


def at(moment: float) -> str:
    """As the service writes it: Beijing time."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(moment + 8 * HOUR))


def thing(
    kind: str = JOB,
    object_id: str = "ft-1",
    *,
    owner: str | None = OWNER,
    age: float = 5 * HOUR,
    expires: float | None = None,
    retained: bool = False,
    **more: Any,
) -> LiveObject:
    found = (
        None
        if owner is None
        else stamp.make("job", owner, "nonce6", {"id": object_id}, expires=expires, retained=retained)
    )
    given = {"status": "RUNNING", "active": True} if kind != FILE else {}
    return LiveObject(kind, object_id, "job", found, create_time=at(NOW - age), **{**given, **more})


def state(
    *held: LiveObject, owner: str = OWNER, written: float = NOW - HOUR, created: float | None = None, **properties: Any
) -> RecordedState:
    resource = Held("job", properties, created)
    return RecordedState(
        f"in {owner}.json",
        stack=f"previews/{owner[:2]}",
        written=written,
        owners=frozenset([owner]),
        held={one.key: (resource,) for one in held},
    )


def verdict(one: LiveObject, *states: RecordedState, objects: tuple[LiveObject, ...] = (), **more: Any) -> Any:
    evidence = Evidence(states, more.pop("time", ServiceTime(NOW)), (one, *objects), **more)
    return judge(one, evidence)
