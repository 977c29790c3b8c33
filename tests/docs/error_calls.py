"""Why this exists: the calls about checkpoints, logs and deployments share most of what can go wrong, and differ in
what that means. Here is every answer of each of them, what this provider makes of it, and the entry that says more.

Pages: get-fine-tuning-job-logs-api, list-checkpoints-api, fine-tuning-api-guide, model-deployment-api and its newer
siblings. The behaviour is that of `tests/faults`, where each call meets each fault.
"""

from __future__ import annotations

from dataclasses import dataclass

_RATE = "`Throttling`: busy"
_QUOTA = "`Throttling.AllocationQuota`, `insufficient_quota`"
_KEY = "`InvalidApiKey`, `invalid_api_key`"
_RIGHTS = "`AccessDenied`, `access_denied`"
_SERVER = "`InternalError`, `internal_error`, `SystemError`"
_SILENCE = "No answer in time"
_UNUSABLE = "An answer that can't be used"
_GATEWAY = "A 404 page that is not the service's"
_INPUT = "`InvalidParameter`"


@dataclass(frozen=True)
class CallRow:
    """One answer to a call.

    :param answer: what the service says, or that it says nothing.
    :param provider: what this provider does.
    :param entry: the title of the entry that says more.
    """

    answer: str
    provider: str
    entry: str


@dataclass(frozen=True)
class CallErrors:
    """One call and what it may be answered.

    :param name: the operation, as the API client calls it.
    :param when: when it is made, and whether repeating it does harm.
    """

    name: str
    when: str
    rows: tuple[CallRow, ...]


def _common(
    stays: str, *, lost: str, lost_entry: str = _SILENCE, denied: str = _RIGHTS, refused: CallRow | None = None
) -> tuple[CallRow, ...]:
    """What any call may be answered.

    :param stays: what holds after a refusal.
    :param refused: what is done about a 400 `InvalidParameter`, where the call does not stop at once.
    :param lost: what is done when there was no answer, or none that can be used.
    """
    at_once = f"stops at once; {stays}"
    return (
        refused or CallRow("400 `InvalidParameter`", at_once, _INPUT),
        CallRow("401", at_once, _KEY),
        CallRow("403", at_once, denied),
        CallRow("404 of a gateway, or of an unknown path", f"{at_once}; it never counts as gone", _GATEWAY),
        CallRow("429 rate or busy", "tries again for up to 60 s", _RATE),
        CallRow("429 quota, an unpaid account", at_once, _QUOTA),
        CallRow("500, 503, a gateway's page", lost, _SERVER if lost_entry == _SILENCE else lost_entry),
        CallRow("no answer, a broken connection", lost, lost_entry),
        CallRow("a success without its object", lost, _UNUSABLE if lost_entry == _SILENCE else lost_entry),
    )


_AGAIN = "tries again for up to 60 s"
_LOOKS = "looks for five minutes for what came of it, and asks again only when nothing did; three times at most"

CALLS: tuple[CallErrors, ...] = (
    CallErrors(
        "logs",
        "Read while a wait goes on and after a job has failed. Only what is new, 1000 lines at a time.",
        (
            CallRow("anything but lines", "a wait goes on without progress; a failure is told without its log", _RATE),
            CallRow("404 `NotFound`", "the next look at the job says that it is gone", "Wait: the job is gone"),
        ),
    ),
    CallErrors(
        "checkpoints",
        "Read before and after each request for an export, and by `refresh`.",
        (
            CallRow("404 `NotFound`", "the job is gone, and with it the checkpoint: `refresh` drops it, `up` stops",
                    "Checkpoint: 404 `NotFound`, no such job"),
            CallRow("a list without it", "stops, and says which there are", "Checkpoint: there is none of that name"),
            CallRow("`UNSUPPORTED`", "it stops", "Checkpoint: `UNSUPPORTED`"),
            CallRow("`FAILED`", "`up` asks for it anew", "Checkpoint: the export has failed"),
            CallRow("an unknown status", "waits for a known one", "Checkpoint: not exported within `export_timeout`"),
            *_common("nothing was exported", lost=_AGAIN),
        ),
    ),
    CallErrors(
        "export",
        "A GET that changes the account: never repeated before a look at the checkpoint.",
        (
            CallRow("`true`", "waits until it is `SUCCEEDED`", "Checkpoint: not exported within `export_timeout`"),
            CallRow("`false`", "looks, pauses, asks again; four times at most", "Checkpoint: not accepted"),
            CallRow("400 `UnsupportedOperation`, 404", "looks again: the checkpoint's state has changed, or it stops",
                    "Checkpoint: the export is refused"),
            *_common(
                "nothing was exported",
                lost="looks for 35 s; asks again only when it still reads `PENDING`",
                lost_entry="Checkpoint: the answer to an export was lost",
                denied="Checkpoint: the export is refused",
            ),
        ),
    ),
    CallErrors(
        "create_deployment",
        "Each success is billed from then on: never repeated before a look at the list.",
        (
            CallRow("404 `NotFound`, “Model: xxx not found!”", "stops at once; nothing was deployed",
                    "Deployment: 404 `NotFound`, no such model"),
            CallRow("409 `Conflict`, “… already exists, please specify a suffix”",
                    "takes it if it is its own; waits if it is `DELETING`; else stops",
                    "Deployment: 409 `Conflict`, the name is taken"),
            CallRow("400 `InvalidParameter`, “Invalid capacity …”", "stops at once; nothing was deployed",
                    "Deployment: 400 `InvalidParameter`, the capacity"),
            CallRow("400, “Miss ptu capacity info”", "stops at once; nothing was deployed",
                    "Deployment: 400, “Miss ptu capacity info”"),
            CallRow("403, “Workspace access denied”", "stops at once; nothing was deployed",
                    "Deployment: 403 `Workspace.AccessDenied`"),
            *_common(
                "nothing was deployed",
                lost=_LOOKS,
                lost_entry="Deployment: the answer to a create was lost",
                denied="Deployment: 403 `AccessDenied`, no privilege to deploy",
            ),
        ),
    ),
    CallErrors(
        "get_deployment",
        "Read by `refresh`, by each step of a `destroy`, and while a wait goes on.",
        (
            CallRow("404 `NotFound`, from the service", "it is gone", "Deployment: 404 `NotFound`, it is gone"),
            CallRow("an unknown status", "counts as on its way to another one; a delete is sent all the same",
                    "Deployment: not gone within `teardown_timeout`"),
            *_common("the deployment stays in the state", lost=_AGAIN, refused=CallRow(
                "400 `InvalidParameter`, or a 404 of another code",
                "looks in the list: what a complete list does not have is gone; else stops at once", _INPUT)),
        ),
    ),
    CallErrors(
        "list_deployments",
        "Read before a create, after a lost answer, by a `refresh` of many, and before the stack's identity goes.",
        (
            CallRow("a list that lags", "is given five minutes after a lost answer; a 409 makes it look once more",
                    "Deployment: the answer to a create was lost"),
            CallRow("a deployment with the stack's identity that no state holds", "`destroy` stops and names it",
                    "Deployment: this stack has made one that its state does not hold"),
            *_common("nothing was deployed; what is in the state stays there", lost=_AGAIN, refused=CallRow(
                "400 `InvalidParameter`", "asks for smaller pages; if none is taken, stops at once", _INPUT)),
        ),
    ),
    CallErrors(
        "scale_deployment",
        "Names a fixed value, so repeating it does no harm.",
        (
            CallRow("400 `UnsupportedOperation`, 409, while a change is under way", "waits for its end, asks again",
                    "Deployment: a change has to wait"),
            CallRow("the same, and no change is under way", "reads, asks once more, stops",
                    "Deployment: 400 `UnsupportedOperation`, the change is refused"),
            CallRow("404 `NotFound`", "stops", "Deployment: gone before it could be changed"),
            *_common("this was not changed", lost=_AGAIN),
        ),
    ),
    CallErrors(
        "update_deployment",
        "Names fixed values, so repeating it does no harm.",
        (
            CallRow("400 `UnsupportedOperation`: not for this plan or model", "reads, asks once more, stops",
                    "Deployment: 400 `UnsupportedOperation`, the change is refused"),
            CallRow("400 `UnsupportedOperation`, 409, while a change is under way", "waits for its end, asks again",
                    "Deployment: a change has to wait"),
            CallRow("404 `NotFound`", "stops", "Deployment: gone before it could be changed"),
            *_common("this was not changed", lost=_AGAIN),
        ),
    ),
    CallErrors(
        "delete_deployment",
        "Followed by looks until the service no longer knows the deployment.",
        (
            CallRow("404 `NotFound`, from the service", "it is gone", "Deployment: 404 `NotFound`, it is gone"),
            CallRow("400 `UnsupportedOperation`, while a change is under way", "waits for its end, asks again",
                    "Deployment: the delete has to wait"),
            CallRow("400 `UnsupportedOperation`, `RUNNING`", "stops: it still serves",
                    "Deployment: 400 `UnsupportedOperation`, a running one can't be deleted"),
            CallRow("accepted, and never gone", "stops after `teardown_timeout`",
                    "Deployment: not gone within `teardown_timeout`"),
            *_common("the deployment stays in the state", lost=_AGAIN,
                     denied="Deployment: the key is refused at the delete",
                     refused=CallRow("400 `InvalidParameter`, 409", "as `UnsupportedOperation`",
                                     "Deployment: 400 `UnsupportedOperation`, a running one can't be deleted")),
        ),
    ),
)  # fmt: skip
