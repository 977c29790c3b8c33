"""What the command's JSON says about an object of any kind.

Scripts rely on this JSON, and the same job must look the same in `jobs`, `show` and `wait`. A key is the name of the
Pulumi property where there is one. A key is always present, with `null` where there is no value; later releases may add
keys.
"""

from __future__ import annotations

from typing import Any

from pulumi_dashscope_ft.lifecycle.base.expiry import BEIJING, moment, text
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.base.owner.stamp import Stamp


def name_of(written: str | None, object_id: str | None = None) -> str | None:
    """Return the readable part of a display name; None where the service shows the id in its place."""
    found = stamp.parse(written)
    if found is not None:
        return found.readable or None
    return written if written and written != object_id else None


def stamp_facts(found: Stamp | None) -> dict[str, Any]:
    """Say to which stack and run something belongs, by its stamp."""
    return {
        "owner": found.owner if found else None,
        "retained": found.retained if found else False,
        "expires": text(found.expires) if found else None,
    }


def age_seconds(written: str | None, now: float) -> int | None:
    """Whole seconds from a time of the service to `now` (since 1970); 0 for a future time, None for an unknown one."""
    began = moment(written, BEIJING)
    return None if began is None else int(max(now - began, 0.0))
