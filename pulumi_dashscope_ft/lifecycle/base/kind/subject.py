"""What messages call an object of the service: its id, with the kind in front where the id alone does not show it.

`ft-202410291653-1c7f` is a job, and a deployment's id is the model that it serves. A UUID can be anything.
"""

from __future__ import annotations

import re

_BARE = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def subject(noun: str, object_id: str) -> str:
    """Return what to call the object with this id in a sentence."""
    return f"{noun} {object_id}" if _BARE.fullmatch(object_id) else object_id
