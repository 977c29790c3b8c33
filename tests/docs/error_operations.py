"""Why this exists: the two operations that end a job have a page each in the service's documentation. Here is every row
of both, with what this provider makes of it.

Pages: cancel-fine-tuning-job-api, delete-fine-tuning-job-api. Both repeat one table of errors.
"""

from __future__ import annotations

from dataclasses import dataclass

import error_scenes as scenes
from error_entry import Entry
from error_scenes import Scene, answered


@dataclass(frozen=True)
class Fact:
    """One row of the page about the request or the answer."""

    row: str
    page: str
    provider: str


@dataclass(frozen=True)
class Operation:
    """One page: its rows about request and answer, and its errors."""

    title: str
    facts: tuple[Fact, ...]
    errors: tuple[Entry, ...]


_COMMON = (
    Fact(
        "header `Authorization`",
        "`Bearer` and the key, required",
        "read anew for each call; never in the state, never shown",
    ),
    Fact(
        "header `Content-Type`",
        "`application/json` in the examples",
        "not sent: there is no body",
    ),
    Fact("path `job_id`", "the job's id, required", "the Pulumi id of the resource, quoted as one piece of the path"),
    Fact("query, body", "none", "none"),
)
_ANSWER = Fact(
    "answer `request_id`",
    "id of this call",
    "shown in each error that came with one; quote it to Alibaba Cloud's support",
)


_REFUSED = {
    "cancel": (
        "A cancel sends only an id, so it takes the refusal for one of the job's state: it reads the job again, and "
        "goes on if that has ended. As long as the job is active it tries again, until the time limit.",
        "`pulumi destroy` again, once the job has ended. If it stays, open a ticket with the request id.",
    ),
    "delete": (
        "A delete sends only an id, so it takes the refusal for one of the job's state, and reads the job again: an "
        "active one is cancelled first; the record of a finished one stays. With "
        '`on_undeletable="error"` it stops then.',
        "Nothing.",
    ),
}


def _errors(operation: str, doing: str, unsupported: tuple[Entry, ...], gone: Entry) -> tuple[Entry, ...]:
    name = operation.capitalize()

    def entry(code: str, title: str, when: str, does: str, next_step: str, scene: Scene | None = None) -> Entry:
        return Entry(f"{name}: {title}", when, does, scene or answered(operation), next_step, (code,))

    refused, afterwards = _REFUSED[operation]
    later = "Wait a few minutes, then `pulumi destroy`."
    return (
        entry(
            "InvalidParameter",
            "400 `InvalidParameter`",
            "The id or the request is malformed. The table gives a missing training file as its example, which can't "
            f"happen in a {operation}.",
            refused,
            afterwards,
        ),
        *unsupported,
        gone,
        entry(
            "Conflict",
            "409 `Conflict`",
            f"A name is taken. Can't happen in a {operation}; listed because all pages share the table.",
            refused,
            afterwards,
        ),
        entry(
            "Throttling",
            "429 `Throttling`, busy",
            "Too many requests.",
            "It tries again for up to 60 s, then stops; the job stays in the state.",
            later,
        ),
        entry(
            "Throttling|job quota",
            "429 `Throttling`, 20 jobs",
            f"The quota of 20 jobs. Not expected when {doing}; listed because all pages share the table.",
            "It stops at once; the job stays in the state.",
            "Delete another job in the Model Studio console, then `pulumi destroy`.",
        ),
        entry(
            "InternalError",
            "500 `InternalError`",
            "The service failed. The call may have taken effect all the same.",
            "It tries again for up to 60 s, then stops; the job stays in the state. The next run reads the job "
            "first, so "
            "nothing is done twice.",
            later,
        ),
    )


CANCEL = Operation(
    "Cancel: `POST /fine-tunes/{job_id}/cancel`",
    (
        *_COMMON,
        Fact(
            "when",
            "for a running job",
            "sent for `PENDING`, `QUEUING`, `RUNNING` and unknown statuses; never for `CANCELING` or a finished job",
        ),
        _ANSWER,
        Fact(
            "answer `output.status`",
            "`success`: the outcome of the call, no job status",
            "means “accepted”: it then waits for `SUCCEEDED`, `FAILED` or `CANCELED`",
        ),
    ),
    _errors(
        "cancel",
        "cancelling",
        (
            Entry(
                "Cancel: 400 `UnsupportedOperation`",
                "The job succeeded, failed or was cancelled in the meantime.",
                "It reads the job again and goes on: delete, if it has ended.",
                scenes.ended_before_cancel,
                "Nothing.",
            ),
        ),
        Entry(
            "Cancel: 404 `NotFound`",
            "Somebody deleted the job in the meantime.",
            "It reads the job again; if that says `NotFound`, too, the job is gone and `destroy` is done.",
            scenes.gone_at_cancel,
            "Nothing.",
        ),
    ),
)

DELETE = Operation(
    "Delete: `DELETE /fine-tunes/{job_id}`",
    (
        *_COMMON,
        Fact(
            "when",
            "for a finished job by most pages, for no finished job by the error's text",
            "sent for `SUCCEEDED`, `FAILED` and `CANCELED` only; right under both readings",
        ),
        _ANSWER,
        Fact("answer `output.status`", "`success`", "the job is gone: `destroy` is done"),
    ),
    _errors(
        "delete",
        "deleting",
        (
            Entry(
                "Delete: 400 `UnsupportedOperation`, the job is finished",
                "The service keeps the records of finished jobs.",
                "It warns and drops the job from the state: nothing runs, nothing is billed. With "
                '`on_undeletable="error"` it stops instead.',
                scenes.undeletable,
                "Nothing.",
            ),
            Entry(
                "Delete: 400 `UnsupportedOperation`, the job is active",
                "The job looked finished when it was read, and is not.",
                "It starts over: cancel, wait, delete.",
                scenes.deleted_while_active,
                "Nothing.",
            ),
        ),
        Entry(
            "Delete: 404 `NotFound`",
            "Another `destroy`, or an earlier try whose answer was lost, has deleted the job.",
            "The job is gone: `destroy` is done.",
            scenes.gone_at_delete,
            "Nothing.",
        ),
    ),
)

OPERATIONS = (CANCEL, DELETE)
