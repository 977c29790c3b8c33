"""Export a checkpoint as a model, once.

An export is a GET that changes the account (API page fine-tuning-api-guide), answered before the work is done and
sometimes with a plain `false`. Repeating it blindly, as one may with other GETs, would export twice. So it is a
conversation, led by what the list of checkpoints shows:

    not there        → say what is there
    SUCCEEDED        → take it
    PROCESSING       → wait: somebody, perhaps an `up` that was cut short, has asked already
    PENDING, FAILED  → ask; when that was not accepted, look, pause and ask again; when the answer was lost, look until
                       the list has had time to show the effect, and only then ask again
    UNSUPPORTED      → say so

An unknown status is waited out, and the status after it is judged afresh. Statuses: API page list-checkpoints-api.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from pulumi_dashscope_ft.api import ApiError, Checkpoint, Job, NotFoundError, UnsupportedOperationError
from pulumi_dashscope_ft.lifecycle.advice import advice, fact, with_advice
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.errors import AmbiguousCreateError, LifecycleError
from pulumi_dashscope_ft.lifecycle.waiting.poller import Poller, WaitTimeoutError
from pulumi_dashscope_ft.lifecycle.waiting.progress import seconds
from pulumi_dashscope_ft.lifecycle.waiting.waiter import CREATE_VISIBLE, Failure, Waiter, WaitFailedError

PENDING, SUCCEEDED, FAILED, UNSUPPORTED = "PENDING", "SUCCEEDED", "FAILED", "UNSUPPORTED"

_AGAIN = "pulumi up"

EXPORTED = Waiter(
    success=frozenset({SUCCEEDED}),
    failure=MappingProxyType(
        {
            UNSUPPORTED: Failure(
                "some image and video models have such checkpoints",
                f"choose another checkpoint of the job, then run `{_AGAIN}` again",
            ),
            FAILED: Failure(
                "The checkpoint itself is still there",
                f"run `{_AGAIN}` again: it asks for the export anew. If it fails again, choose another checkpoint, or "
                "ask Alibaba Cloud's support",
            ),
        }
    ),
    # The list may say SUCCEEDED a moment before it shows the id of the model that can be deployed.
    complete=lambda seen: bool(seen.model_name),
    delays=(1.0, 2.0, 3.0, 4.0, 5.0, 7.5, 10.0),
)
"""Wait for an export to end; it takes from seconds to minutes."""

_KNOWN_STATUS = Waiter(
    success=frozenset({PENDING, "PROCESSING", SUCCEEDED, FAILED, UNSUPPORTED}), delays=EXPORTED.delays
)
"""Wait until the checkpoint leaves an unknown status."""

_PAUSES = (2.0, 5.0, 15.0)
"""Seconds before asking a second, third and fourth time."""

_ABOUT_THE_STATE = (UnsupportedOperationError, NotFoundError)
"""Refusals that may mean that the checkpoint's status has changed since the last look."""

_turns: dict[tuple[str, str, str], threading.Lock] = {}
"""One export at a time for each checkpoint: two resources that name the same one must not both find it PENDING and ask.
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One intended export.

    :param display_name: the model's name in the console.
    :param timeout: seconds for the whole export.
    """

    job_id: str
    checkpoint: str
    display_name: str
    timeout: float

    def __str__(self) -> str:
        return f"{self.checkpoint} of {self.job_id}"


def export(connection: Connection, wanted: Wanted) -> Checkpoint:
    """Return the checkpoint once it is published as a model, by this call or before it.

    Asks for an export at most once for one effect.

    :raises LifecycleError: there is no such checkpoint, it can't be exported, its export failed, was refused or took
        too long, or its result can't be seen. Running it again is always safe.
    """
    account = connection.client.settings.base_url
    with _turns.setdefault((account, wanted.job_id, wanted.checkpoint), threading.Lock()):
        return _Export(connection, wanted).run()


@dataclass(frozen=True, slots=True)
class _Refusal:
    """A request for an export that was not accepted.

    :param ambiguous: it may have taken effect nevertheless.
    :param final: the error, if asking again can't help.
    """

    reason: str
    ambiguous: bool
    final: ApiError | None


class _Export:
    def __init__(self, connection: Connection, wanted: Wanted) -> None:
        self._connection = connection
        self._clock = connection.clock
        self._wanted = wanted
        self._deadline = self._clock.monotonic() + wanted.timeout
        self._asked = False
        self._old_failure_until = 0.0

    @property
    def _done(self) -> str:
        return "its export was asked for." if self._asked else "nothing was exported."

    def run(self) -> Checkpoint:
        try:
            found = self._wait(self._look(), _KNOWN_STATUS)
            if found.status in (PENDING, FAILED):
                found = self._request(found)
            elif found.status == SUCCEEDED and found.model_name:
                self._say(f"is published already: taken as model {found.model_name}, nothing is exported anew")
            published = self._wait(found, replace(EXPORTED, lingering={FAILED: self._old_failure_until}))
        except ApiError as error:
            raise with_advice(error, str(self._wanted), "export", done=self._done, again=_AGAIN) from error
        self._compare_names(published)
        return published

    def _request(self, found: Checkpoint) -> Checkpoint:
        """Ask for the export; return the checkpoint as it reads once the service has accepted the request.

        :raises ApiError: the service refused.
        """
        before, last = found.status, ""
        for pause in (*_PAUSES, None):
            self._check_time(found)
            self._say(f'is {found.status}: exporting it as "{self._wanted.display_name}"')
            refusal = self._ask()
            if refusal is None:
                self._asked = True
                # The list may still show an earlier failure for a moment.
                self._old_failure_until = self._clock.monotonic() + sum(CREATE_VISIBLE)
                return found
            last = refusal.reason
            looks: Sequence[float] = (pause or 1.0,)
            if refusal.ambiguous:
                self._say(f"may be exported or not: {last} Looking.")
                looks = CREATE_VISIBLE
            found = self._look_for_effect(found, looks, refusal)
            if found.status != before:
                self._asked = refusal.ambiguous
                self._say(f"is {found.status}: not asked for twice")
                return found
            if refusal.final is not None:
                raise refusal.final
            if pause is not None:
                self._say(f"is still {before}: {last}")
        raise LifecycleError(
            f"could not export {self._wanted}: asked {len(_PAUSES) + 1} times. The last time {last}",
            state=f"{before}, as before.",
            done="nothing was exported, as far as the service shows; nothing is recorded in the state.",
            next_step=f"wait a few minutes, then run `{_AGAIN}` again: it looks before it asks.",
        )

    def _ask(self) -> _Refusal | None:
        """Send the request, once. None when it was accepted.

        :raises ApiError: it was refused for good, in whatever status the checkpoint is.
        """
        wanted = self._wanted
        try:
            accepted = self._connection.client.fine_tunes.export(
                wanted.job_id, wanted.checkpoint, model_name=wanted.display_name
            )
        except ApiError as error:
            if not (error.ambiguous or error.retryable or isinstance(error, _ABOUT_THE_STATE)):
                raise
            return _Refusal(fact(error), error.ambiguous, None if error.retryable else error)
        return None if accepted else _Refusal("the answer was `false`, which means not accepted.", False, None)

    def _look_for_effect(self, before: Checkpoint, looks: Sequence[float], refusal: _Refusal) -> Checkpoint:
        """Look after each of these delays until the status has changed; return the checkpoint as last seen."""
        found = before
        for delay in looks:
            self._clock.sleep(delay)
            try:
                found = self._look()
            except ApiError as failed:
                if not refusal.ambiguous:
                    raise
                raise AmbiguousCreateError(
                    f"whether {self._wanted} is being exported is not known: {refusal.reason}",
                    state=f"the checkpoints could not be read either: {fact(failed)}",
                    done="nothing is recorded in the state, and nothing was asked for twice.",
                    next_step=f"{advice(failed, _AGAIN)} That looks before it asks.",
                ) from failed
            if found.status != before.status:
                break
        return found

    def _wait(self, found: Checkpoint, waiter: Waiter) -> Checkpoint:
        """Return the checkpoint once the waiter is satisfied.

        :param found: the checkpoint as it reads now.
        :raises LifecycleError: the export has failed, or the time is up.
        :raises ApiError: an error that trying again can't fix, such as a refused key.
        """
        progress = self._connection.progress(str(self._wanted), found.status, self._deadline)
        last = found

        def look(_: str) -> Checkpoint:
            nonlocal last
            try:
                last = self._look()
            except ApiError as error:
                if error.retryable:
                    progress.observe(last)  # an export takes minutes: a failed look must not look like a standstill
                raise
            progress.observe(last)
            return last

        poller = Poller(None, look, self._clock)
        try:
            if waiter.is_over(found, self._clock.monotonic()):
                return found
            self._check_time(found)
            # A checkpoint that is gone is None to the poller; `_look` makes it an error.
            return poller.wait(str(self._wanted), waiter, deadline=self._deadline, tick=progress.tick) or last
        except WaitFailedError as failed:
            raise self._ended(failed.seen, failed.failure) from None
        except WaitTimeoutError as over:
            raise self._late(last, over.error) from None

    def _look(self) -> Checkpoint:
        """Return the checkpoint as it reads now.

        :raises LifecycleError: the job has no such checkpoint, or there is no such job.
        """
        wanted = self._wanted
        try:
            listed = self._connection.client.fine_tunes.checkpoints(wanted.job_id)
        except NotFoundError as error:
            raise LifecycleError(
                f"could not export {wanted}: there is no job {wanted.job_id} for this key.",
                done=self._done,
                next_step=f"check jobId, the key's workspace and the region, then run `{_AGAIN}` again.",
            ) from error
        for checkpoint in listed:
            if checkpoint.checkpoint == wanted.checkpoint:
                return checkpoint
        raise self._missing(listed)

    def _missing(self, listed: Sequence[Checkpoint]) -> LifecycleError:
        wanted = self._wanted
        job = self._job()
        standing = f"the job is {job.status}. " if job is not None else ""
        there = ", ".join(f"{one.checkpoint} ({one.status})" for one in listed)
        if there:
            next_step = "write the name of one of these in `checkpoint`"
        else:
            next_step = "only sft and efficient_sft jobs keep checkpoints"
        if job is not None and job.is_active:
            next_step += ". More may be saved while the job goes on; wait for the one you want"
        else:
            next_step += (
                ". Checkpoints are removed about 15 days after they were saved; if this one was exported before, "
                "use the model's id from the console (My models) instead of this resource"
            )
        return LifecycleError(
            f"could not export {wanted}: the job has no such checkpoint.",
            state=f"{standing}Its checkpoints: {there or 'none'}.",
            done=self._done,
            next_step=f"{next_step}. Then run `{_AGAIN}` again.",
        )

    def _job(self) -> Job | None:
        """Return the job, for a better message; None when it can't be read."""
        try:
            return self._connection.client.fine_tunes.get(self._wanted.job_id)
        except ApiError:
            return None

    def _ended(self, found: Checkpoint, failure: Failure) -> LifecycleError:
        why, way_out = failure
        if found.status == UNSUPPORTED:
            return LifecycleError(
                f"could not export {self._wanted}: the service can't publish this checkpoint.",
                state=f"UNSUPPORTED: {why}.",
                done=self._done,
                next_step=f"{way_out}.",
            )
        return LifecycleError(
            f"the export of {self._wanted} has failed; the service gives no reason.",
            state=f"FAILED. {why}.",
            done="nothing is recorded in the state.",
            next_step=f"{way_out}.",
        )

    def _check_time(self, found: Checkpoint) -> None:
        if self._clock.monotonic() >= self._deadline:
            raise self._late(found, None)

    def _late(self, found: Checkpoint, error: ApiError | None) -> LifecycleError:
        last = f" The last look at it failed: {fact(error)}" if error is not None else ""
        nameless = " It shows no model id yet." if found.status == SUCCEEDED else ""
        limit = self._connection.limited_by or "exportTimeout"
        return LifecycleError(
            f"{self._wanted} was not exported within {seconds(self._wanted.timeout)} ({limit}).",
            state=f"last seen {found.status}.{nameless}{last}",
            done=f"{self._done} Nothing is recorded in the state.",
            next_step=f"run `{_AGAIN}` again: it looks first and goes on from here, nothing is exported twice. For "
            f'more patience set {limit} (for example "2h").',
        )

    def _compare_names(self, found: Checkpoint) -> None:
        wanted = self._wanted.display_name
        if not self._asked and found.model_display_name != wanted:
            name = f'as "{found.model_display_name}"' if found.model_display_name else "without a display name"
            self._connection.report(
                f'warning: {self._wanted} was published {name}, not as "{wanted}". It stays so: the service can '
                f"rename no model. Its id is {found.model_name}."
            )

    def _say(self, text: str) -> None:
        self._connection.report(f"{self._wanted} {text}")
