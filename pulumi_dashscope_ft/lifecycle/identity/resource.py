"""The identity of a stack: a random owner id, and the key for its stamps.

Project and stack names are not unique among the people who share an account, so they can't prove whose a job is. A
random id that lives in the stack's state can. It is made once, with the stack's first job, and never changes.

It is also the last resource that is deleted when a stack is destroyed, and with it the only proof of ownership goes. So
this is the last moment to find a job or a deployment that was started but never recorded, because the `up` that started
it was killed.
"""

from __future__ import annotations

from pulumi_dashscope_ft.api import ApiError
from pulumi_dashscope_ft.lifecycle.advice import fact, with_advice
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.kind.live_object import LiveObject
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.base.owner.key import as_stamp_key, lasting_stamp_key
from pulumi_dashscope_ft.lifecycle.base.report import DELETED
from pulumi_dashscope_ft.lifecycle.base.request import AnyRequest
from pulumi_dashscope_ft.lifecycle.base.state import AnyState, State
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.lifecycle.identity.orphans import Searched, kinds, left_on_purpose, listed, orphans

OWNER_ID = "ownerId"

TYPE = "StackIdentity"
TARGET = f"**:{TYPE}::dashscope-ft"
"""The identity of any stack, as the engine's `--target` takes it."""


def check(olds: AnyRequest, news: AnyRequest) -> AnyRequest:
    """Return the request, with the key for the stack's stamps.

    An identity made by an earlier release gets its key here too: among its inputs only, so that nothing changes.
    """
    return news.knowing(stamp_key=lasting_stamp_key(olds.stamp_key))


def create(request: AnyRequest) -> tuple[str, AnyState]:
    """Make a new identity: its id, and its state with `ownerId` (10 characters of `0-9 a-z`) and the request's key."""
    owner, key = stamp.new_owner_id(), as_stamp_key(request.stamp_key)
    state = State.of({OWNER_ID: owner})
    return owner, state.knowing(stamp_key=key) if key else state


def left_out(subject: str) -> LifecycleError:
    """Return the error when a run would make the first `subject` (`FineTuningJob triage`) but not the identity."""
    return LifecycleError(
        f"{subject}: this run leaves out the stack's identity (`--target` or `--exclude`). The first `pulumi up` of a "
        "stack makes it; it proves whose the stack's jobs are.",
        done="nothing was started.",
        next_step=f"run the same command with --target '{TARGET}' beside your own targets, or `pulumi up` once "
        "without --target and --exclude. Later runs need neither.",
    )


def key_left_out(subject: str) -> LifecycleError:
    """Return the error when a run would make `subject` but does not know the key for its stamp.

    The identity that an earlier release has made provides the key only when it takes part in the run.
    """
    return LifecycleError(
        f"{subject}: this run leaves out the stack's identity (`--target` or `--exclude`). An earlier release made it, "
        "so the key that hides inputs in the names of jobs, files and deployments is known only when it takes part.",
        done="nothing was started.",
        next_step=f"run the same command with --target '{TARGET}' beside your own targets, or `pulumi up` without "
        "--target and --exclude.",
    )


def delete(connection: Connection, owner: str) -> None:
    """Delete the identity, unless an active job or a deployment has its owner id.

    Everything that the state held is gone by now, so such an object was started by a run that was killed before it
    could record it. Objects that this run has kept (`onDestroy: retain`), and objects whose stamp says that they may
    outlive the stack, are no reason to stop; the latter are reported, because perhaps no run has reported them yet.
    Costs one list call per two hundred deployments of the account, and one per hundred jobs, unless this run has
    already listed them all.

    :raises LifecycleError: such jobs and deployments, by id, and what to do; or the lists can't be read.
    """
    with connection.endings.of("stack", owner) as ending:
        _require_nothing_left(connection, owner)
        _tell_what_stays(connection, owner)
        ending.outcome = DELETED


def _require_nothing_left(connection: Connection, owner: str) -> None:
    looked_for = [(kind, _orphans(connection, kind, owner)) for kind in kinds()]
    left = [(kind, found) for kind, found in looked_for if found]
    if not left:
        return
    ends = " or ".join(kind.search.ending for kind, _ in left)
    started = " and ".join(f"{kind.search.prefix}{listed(found)}" for kind, found in left)
    raise LifecycleError(
        f"this stack has started {started}, and this state does not hold it: the `pulumi up` that started "
        "it was killed before it could be recorded, it was set to be retained only after it had been started, Pulumi "
        "has dropped it without a call (deletedWith, retainOnDelete), or it was moved to another stack "
        "(`pulumi state move`).",
        state="it goes on, and is billed.",
        done="everything else is dealt with. The stack's identity stays in the state: it proves whose "
        f"{left[0][0].noun} this is.",
        next_step=f"if it was moved, it is the other stack's: do not {ends}. To let it run, drop the "
        "identity with `pulumi state delete <urn of the StackIdentity>`. Else, to end it, run `pulumi up` with the "
        f"program that started it (which takes it back) and then `pulumi destroy`, or {ends} in the Model "
        "Studio console and run `pulumi destroy` again.",
    )


def _tell_what_stays(connection: Connection, owner: str) -> None:
    stays = [one for kind in kinds() for one in left_on_purpose(connection, kind, owner)]
    if stays:
        connection.report(
            f"note: left as it is: {listed(stays)}. This stack has started it to outlive the stack (onDestroy: "
            "retain). It goes on, and is billed; to end it, cancel or delete it in the Model Studio console."
        )


def _orphans(connection: Connection, kind: Searched, owner: str) -> list[LiveObject]:
    """Find the orphans of a kind, or none if its objects can't be listed and this run has handled none.

    A user without deployments in this account may lack the right to list them, and must still be able to delete the
    stack. A user with deployments must know, and an error that may pass by itself is worth another run.
    """
    noun = kind.noun
    try:
        return orphans(connection, kind, owner)
    except ApiError as error:
        if error.retryable or kind.search.had_any(connection):
            raise with_advice(
                error,
                f"the {kind.search.list_name}",
                "read",
                done=f"the {noun}s that the state held are dealt with; the stack's identity stays in the state, "
                f"until it is known that no other {noun} belongs to it.",
                again="pulumi destroy",
            ) from error
        connection.report(
            f"note: the {kind.search.list_name} could not be read ({fact(error).rstrip('.')}). This stack held none, "
            "so it goes; if an `up` that was to make one was ever killed, look for it in the Model Studio console."
        )
        return []
