"""Why this exists: project and stack names are not unique among the people who share an account, so they can't prove
whose a job is. A random id that lives in the stack's state can. It is made once, with the stack's first job, and
never changes.
"""

from __future__ import annotations

from pulumi_dashscope_ft.lifecycle import stamp

OWNER_ID = "ownerId"


def create() -> tuple[str, dict[str, str]]:
    """A new identity: its id, and its only output `ownerId` (10 characters of `0-9 a-z`)."""
    owner = stamp.new_owner_id()
    return owner, {OWNER_ID: owner}
