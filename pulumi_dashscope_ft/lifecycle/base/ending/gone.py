"""Tell an object that is gone from an object that this key can't see.

The service answers `NotFound` for both: for what is gone, and for what belongs to somebody else. With a key of another
workspace (a developer's own, in the environment), a refresh would drop, and a destroy would forget, a job that runs and
is billed. No call of the service says whose a key is. But every job and deployment that the key can see names its
workspace (API page fine-tuning-job-object-api).
"""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

from pulumi_dashscope_ft.api import ApiError
from pulumi_dashscope_ft.lifecycle.base.kind.subject import subject
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.lifecycle.waiting.listing import Listing


class _InWorkspace(Protocol):
    @property
    def workspace_id(self) -> str | None: ...


T = TypeVar("T", bound=_InWorkspace)


def confirm_gone(listing: Listing[T], object_id: str, recorded: Any, *, kind: str, again: str) -> None:
    """Believe a `NotFound`, unless everything of that kind that the key can see is in another workspace.

    The other workspace is one that differs from the object's in the state. A key that sees nothing at all proves
    nothing. Costs at most one list call per hundred objects, and only after a `NotFound`.

    :param recorded: the workspace in the state; what is not text proves nothing.
    :param kind: `job` or `deployment`.
    :param again: the command that resumes.
    :raises LifecycleError: as far as this key can tell, the object is not gone.
    """
    if not isinstance(recorded, str) or not recorded:
        return
    try:
        listed = listing.latest()
        listed = listing.all() if listed is None else listed
    except ApiError:
        return
    workspaces = {one.workspace_id for one in listed.values() if one.workspace_id}
    if not workspaces or recorded in workspaces:
        return
    raise LifecycleError(
        f"{subject(kind, object_id)} is not known to this key, but that does not mean that it is gone: the "
        f"{kind}s that the key may see are in the workspace {', '.join(sorted(workspaces))}, and this one was made in "
        f"{recorded}.",
        state="unknown.",
        done="nothing was changed; it stays in the state.",
        next_step=f"use a key of the workspace {recorded} (DASHSCOPE_API_KEY, dashscope-ft:apiKey, `apiKeyEnv`), then "
        f"run `{again}` again. If that workspace is no more, drop the resource with `pulumi state delete <urn>`.",
    )
