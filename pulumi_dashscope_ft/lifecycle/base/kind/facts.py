"""What the JSON of the command says of an object of any kind.

That JSON is a promise to scripts, and the same job must look the same in `jobs`, `show` and `wait`. The keys are those
of the Pulumi state where there is such a property; a key is always there, `null` where there is no value, and further
ones may come.
"""

from __future__ import annotations

from typing import Any

from pulumi_dashscope_ft.lifecycle.base.expiry import BEIJING, moment, text
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.base.owner.stamp import Stamp


def name_of(written: str | None, object_id: str | None = None) -> str | None:
    """The part of a display name that is for people; None where the service shows the id in its place."""
    found = stamp.parse(written)
    if found is not None:
        return found.readable or None
    return written if written and written != object_id else None


def stamp_facts(found: Stamp | None) -> dict[str, Any]:
    """Whose something is, by its stamp."""
    return {
        "owner": found.owner if found else None,
        "retained": found.retained if found else False,
        "expires": text(found.expires) if found else None,
    }


def age_seconds(written: str | None, now: float) -> int | None:
    """Whole seconds from a time of the service to `now` (since 1970), 0 if that is yet to come; None when it is not
    known.
    """
    began = moment(written, BEIJING)
    return None if began is None else int(max(now - began, 0.0))
