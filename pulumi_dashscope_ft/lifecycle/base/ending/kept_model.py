"""The sentence about a model that a teardown leaves behind.

No call of the service deletes a model that was trained or exported. Each teardown that leaves one behind says so, in
the same words.
"""

from __future__ import annotations

NO_CALL = "the service has no call that deletes a model"


def stays(model: str) -> str:
    """Say in a clause that this model stays in the account, and where it can be deleted."""
    return (
        f"{model} stays in the account (the service has no call to delete it; delete it in the console under My models)"
    )
