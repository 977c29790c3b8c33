"""The answers of the real service that nobody has seen, as settings.

The documentation is silent or contradicts itself here, and the real service has not been asked yet. Each setting has
the answer that the emulator assumes as its default; the others are what `dashscope-ft verify` may find. Together with
the older switches of :class:`~..settings.Settings` they can take the shape of any report (:mod:`...likeness`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pulumi_dashscope_ft.emulator import checks

REFUSED, FAILS, TAKEN = "refused", "fails", "taken"
DELETED = "deleted"
SHOWN, ABSENT = "shown", "absent"
AS_SENT, JOB_ID = "as_sent", "job_id"
NEWEST_FIRST, OLDEST_FIRST, OTHER = "newest_first", "oldest_first", "other"
CLAMPED = "clamped"
SENT_BACK, DROPPED = "sent_back", "dropped"


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers that no page settles. Values are words; codes are those of an error envelope.

    :raises ValueError: names a field with an unusable value.
    """

    # What a job and its list show.
    job_name_get: str = AS_SENT
    """`job_name` in the answer to a create and a get: `as_sent`, `job_id` (the id, whatever was sent) or `absent`."""
    job_name_list: str = AS_SENT
    """The same in lists."""
    list_order: str = NEWEST_FIRST
    """The order of every list: `newest_first`, `oldest_first` or `other`: the second newest, the newest, the
    fourth newest, the third, and so on.
    """
    list_page_limit: int = 100
    """Most jobs on a page of the list. The newest page says 1000, older ones 100."""
    list_page_beyond: str = REFUSED
    """What a larger page gets: `refused` with 400, or `clamped` to the limit, which the answer then shows."""
    usage_after_cancel: str = "positive"
    """`usage` of a cancelled job: `positive` is the share that was trained; `zero`; or `absent`."""
    failure_shown: bool = False
    """Whether a failed job shows `code` and `message`, as the official SDK expects."""
    utc_offset: float = 8.0
    """Zone of all times, in hours ahead of UTC. Import jobs name their zone and stay in UTC."""
    unknown_fields: str = DROPPED
    """What becomes of an unknown field in a create: `dropped`, `sent_back` in the job, or `refused` with 400."""

    # What a run leaves behind.
    output_shown: bool = True
    """Off: a succeeded job shows no `finetuned_output`; its last checkpoint has the name."""
    checkpoints_form: str = "array"
    """The list of checkpoints: an `array`; an `object` with the array in `checkpoints`; or `other`, a string."""
    export_form: str = "boolean"
    """What an export answers: a `boolean`; an `object` with a status; or it is `refused` with 400."""
    logs_form: str = "lines_and_end"
    """A log: `lines_and_end`, `lines` without the mark of the end, or `other`, one string."""

    # What cancel and delete do.
    cancel_pending: str = TAKEN
    """A cancel of a `PENDING` job: `taken` or `refused`; the same for the next two."""
    cancel_queuing: str = TAKEN
    cancel_running: str = TAKEN
    cancel_ended: str = REFUSED
    """A cancel of a job that has ended. `taken` answers success and changes nothing."""
    cancel_refusal: str = "UnsupportedOperation"
    """The code of a refused cancel."""
    delete_active: str = REFUSED
    """A delete of a job that has not ended: `refused`, or `deleted`, which ends the run with it."""
    delete_succeeded: str = DELETED
    """A delete of a job that has succeeded: `deleted` or `refused`; the same for the next two."""
    delete_failed: str = DELETED
    delete_cancelled: str = DELETED
    delete_refusal: str = "UnsupportedOperation"
    """The code of a refused delete."""
    gone_job: str = "404_NotFound"
    """How the service says that there is no such job: HTTP status and code, also `200_NotFound`, a code inside HTTP
    200; or `200_empty`, HTTP 200 without an object.
    """

    # What becomes of a wrong create.
    wrong_training_type_code: str = "InvalidParameter"
    wrong_model: str = TAKEN
    """A job with a model that no table and no job knows: `taken`, `fails` at once, or `refused`."""
    wrong_model_code: str = "InvalidParameter"
    wrong_file: str = REFUSED
    """A job with a file that does not exist: `refused`, `fails` at once, or `taken`."""
    wrong_file_code: str = "InvalidParameter"
    wrong_suffix: str = TAKEN
    """A `finetuned_output_suffix` of more than 8 characters, or of others than letters, digits, `_` and `-`: `taken`,
    `fails` at once, or `refused`. The decision model refuses a long one in any case (documented).
    """
    wrong_suffix_code: str = "InvalidParameter"

    # Limits and deployments.
    rate_limit_headers: str = "none"
    """Headers of a 429 of the rate limit: `none`; `retry_after`; `other`, headers that no standard knows."""
    deployment_name: str = SHOWN
    """Whether a deployment shows the `name` that was sent: `shown` or `absent`."""
    gone_deployment: str = "404_NotFound"
    """How the service says that there is no such deployment: as `gone_job`. `show_deleted_deployments` is another form
    of those that there were.
    """
    suffix_reuse: str = REFUSED
    """A deployment whose suffix another one has: `refused` with 409, or `taken`, under an id of its own."""

    def check_answers(self) -> None:
        """Check every field of this class.

        :raises ValueError: names one with an unusable value.
        """
        for name, choices in ANSWERS.items():
            checks.choice(name, getattr(self, name), choices)
        for name in CODES:
            checks.code(name, getattr(self, name))
        for name in ("failure_shown", "output_shown"):
            checks.switch(name, getattr(self, name))
        checks.whole("list_page_limit", self.list_page_limit, least=1, most=1000)
        if isinstance(self.utc_offset, bool) or not isinstance(self.utc_offset, (int, float)):
            raise ValueError(f"utc_offset must be a number of hours, not {checks.quoted(self.utc_offset)}")
        if not -12 <= self.utc_offset <= 14:
            raise ValueError(f"utc_offset must be from -12 to 14 hours, not {checks.quoted(self.utc_offset)}")


CODES = (
    *("cancel_refusal", "delete_refusal", "gone_job", "gone_deployment"),
    *("wrong_training_type_code", "wrong_model_code", "wrong_file_code", "wrong_suffix_code"),
)
"""Settings that hold the code of a refusal."""

_NAMES = (AS_SENT, JOB_ID, ABSENT)
_OUTCOMES = (REFUSED, FAILS, TAKEN)
_CANCEL = (TAKEN, REFUSED)
_DELETE = (DELETED, REFUSED)

ANSWERS: Mapping[str, tuple[str, ...]] = {
    "job_name_get": _NAMES,
    "job_name_list": _NAMES,
    "list_order": (NEWEST_FIRST, OLDEST_FIRST, OTHER),
    "list_page_beyond": (REFUSED, CLAMPED),
    "usage_after_cancel": ("positive", "zero", ABSENT),
    "unknown_fields": (DROPPED, SENT_BACK, REFUSED),
    "cancel_pending": _CANCEL,
    "cancel_queuing": _CANCEL,
    "cancel_running": _CANCEL,
    "cancel_ended": _CANCEL,
    "delete_active": _DELETE,
    "delete_succeeded": _DELETE,
    "delete_failed": _DELETE,
    "delete_cancelled": _DELETE,
    "checkpoints_form": ("array", "object", OTHER),
    "export_form": ("boolean", "object", REFUSED),
    "logs_form": ("lines_and_end", "lines", OTHER),
    "wrong_model": _OUTCOMES,
    "wrong_file": _OUTCOMES,
    "wrong_suffix": _OUTCOMES,
    "rate_limit_headers": ("none", "retry_after", OTHER),
    "deployment_name": (SHOWN, ABSENT),
    "suffix_reuse": (REFUSED, TAKEN),
}
"""Settings with a fixed number of values."""
