"""Why this exists: what is promised about the jobs of a stack, checked after every step of a story."""

from __future__ import annotations

import json
import re
from typing import Any

from front_ends import DYNAMIC
from liked import other
from processes import Killed
from records import COMPRESSED, DEPLOYMENT, IMPORTED, JOB, MODEL, Properties, Record
from simulation import FINAL, KEY
from troubled_stack import TroubledStack

STEERING = (
    *("onDestroy", "onUndeletable", "teardownTimeout", "waitTimeout", "waitUntilRunning"),
    *("rerunOn", "apiKeyEnv", "adoptJobId", "adoptImportId"),
)
SETTLED = {
    JOB: FINAL,
    MODEL: FINAL,
    COMPRESSED: FINAL,
    IMPORTED: frozenset({"SUCCESSED", "FAILED"}),
    DEPLOYMENT: frozenset({"RUNNING", "FAILED", "STOPPED", "ARREARS_DOWN", "UPDATING_FAILED"}),
}
"""In which statuses such an object changes no more by itself."""
LONGEST_STEP = 1300.0
"""Simulated seconds for one step of one resource: ten minutes of teardown or three creates, and the last retries."""


def words(text: str) -> set[str]:
    """The ids in a message: one may begin like another."""
    return set(re.findall(r"[\w-]+", text))


class Promises(TroubledStack):
    """One account, one stack with jobs.

    :param echo: whether the service shows the names that jobs were given.
    :param literal: whether it refuses to delete finished jobs.
    :param more: see `TroubledStack`.
    """

    longest_step = LONGEST_STEP
    naming, adopting = "jobName", "adoptJobId"
    """The inputs that name what is bought, and that take over what exists."""

    def __init__(self, front: str = DYNAMIC, *, echo: bool = True, literal: bool = False, **more: Any) -> None:
        echo = echo or bool(other("list_lag"))  # a list that lags and shows no names: not survivable, and documented
        super().__init__(front, echo_job_name=echo, literal_reading=literal, **more)
        self.echo = echo and not other("job_name_get", "job_name_list")
        self.literal = literal or bool(other("delete_cancelled", "delete_failed", "delete_succeeded"))
        self.work: dict[str, str] = {}
        """Our jobs → the work they were bought for."""
        self.named: set[str] = set()
        """Jobs bought under a name of the user's own: nothing proves whose they are."""
        self.let_go: set[str] = set()
        """Jobs that were left on the service on purpose, or that nothing can be known of any more."""
        self.unrecorded: set[str] = set()
        """Jobs that were bought by a step of which no id came back."""
        self.told_to_stay: set[str] = set()
        """Jobs of which the last `destroy` has said that it leaves them as they are."""
        self.copies: set[str] = set()
        """Jobs of somebody else that were started by a request of ours: they have the very name of one of ours."""
        self._touched: set[str] = set()
        self._removed_elsewhere = False

    def updating(self, record: Record) -> None:
        self.steps.append(f"update {record.name}")

    def creating(self, kind: str, name: str, inputs: Properties) -> None:
        self.steps.append(f"create {name}")
        self._before = set(self.cloud.bought())
        self._removed_elsewhere = False
        work = self._work(name, inputs)
        live = self.state.live(name)
        if live is not None and name not in self._forced and not self._ended_as_not_wanted(live, inputs):
            assert self._work(name, live.inputs) != work or self._other_name(live, inputs), "bought again for nothing"
        self._orphans = [
            job_id
            for job_id, bought_for in self.work.items()
            if bought_for == work
            and job_id not in self.state.ids() | self.let_go | self.named
            and self.cloud.status(job_id) not in (None, "FAILED", "CANCELED", "CANCELING")
        ]

    def _ended_as_not_wanted(self, live: Record, inputs: Properties) -> bool:
        """Whether its job has ended in a way after which the user wants a new run."""
        seen = {live.outputs["status"], self.cloud.status(live.id)}
        return bool(seen & set(inputs.get("rerunOn", ())))

    def created(self, kind: str, name: str, inputs: Properties, object_id: str | None) -> None:
        new = set(self.cloud.bought()) - self._before
        for job_id in new:
            self.work[job_id] = self._work(name, inputs)
            if inputs.get(self.naming):
                self.named.add(job_id)
        self.unrecorded |= new
        self._unheard_of |= new - {object_id}
        if object_id is not None:
            if inputs.get(self.adopting) == object_id or self._is_all_that_is_left(object_id):
                self.cloud.foreign.discard(object_id)
                self.work[object_id] = self._work(name, inputs)
            assert object_id not in self.cloud.foreign, "adopted a job of somebody else"
            self.let_go.discard(object_id)
            self.unrecorded.discard(object_id)
        most = 0 if self._orphans and self.echo and not inputs.get(self.naming) else 1
        if not self._removed_elsewhere:
            assert len(new) <= most, f"bought {len(new)} where {most} would do: {sorted(new)}, {self._orphans}"

    def _is_all_that_is_left(self, object_id: str) -> bool:
        """Whether it is a copy of a job of ours that is deleted, record and all.

        Nothing tells it from a run that a killed `up` has left behind (see docs/guarantees.md).
        """
        if object_id not in self.copies:
            return False
        name = self.cloud.name_of(object_id)
        originals = [job_id for job_id, own_name in self.cloud.bought().items() if own_name == name]
        return all(self.cloud.status(job_id) is None for job_id in originals)

    def deleting(self, record: Record) -> None:
        self.steps.append(f"delete {record.name}")
        if self._killed_at_delete:
            raise Killed
        self._touched = self.cloud.touched()

    def deleted(self, record: Record) -> None:
        status = self.cloud.status(record.id)
        if self._is_held(record.id) and not self._destroying:
            assert record.id not in self.cloud.touched() - self._touched, "took away a job that another resource holds"
            return
        policy = policy_of(record)
        if policy == "retain":
            self.let_go.add(record.id)
        elif policy == "cancel" or self.literal or self._refuses_deletes:
            assert status in (None, *FINAL), f"left the state while {status}"
            self.let_go.add(record.id)
        else:
            assert status is None, f"left the state while {status}"

    def _is_held(self, object_id: str) -> bool:
        """Whether the state has this object under a resource that the program keeps."""
        kept = (one for one in self.state.records if one.name in self.program and not one.leaving)
        return any(one.id == object_id for one in kept)

    def gone(self, record: Record) -> None:
        assert self.cloud.status(record.id) is None, "a refresh dropped a job that exists"

    def owner_gone(self) -> None:
        forgotten = self.cloud.active() - self.let_go
        if self.front.takes_a_last_look:
            # Started to outlive the stack, by a run that did not live to record it: that is said, and it goes on.
            self.told_to_stay = self.cloud.active() & self.noted()
            forgotten -= self.told_to_stay
            self.let_go |= self.told_to_stay
            assert not self.echo or forgotten <= self.named, f"the owner goes, and nobody is told of {forgotten}"
        else:
            # All that a plugin may forget: what was bought by a step that did not live to say so (docs/plugin.md).
            assert forgotten <= self.unrecorded, f"was in the state, and is forgotten: {forgotten - self.unrecorded}"
            self.let_go |= forgotten

    def noted(self) -> set[str]:
        """The ids of what this operation has said that it leaves as it is."""
        return words("\n".join(line for line in self.cloud.lines if line.startswith("note: left as it is")))

    def _check_what_was_not_recorded(self) -> None:
        """A job of which no id came back: whoever lives to say so has to say it."""
        unheard_of = {job_id for job_id in self._unheard_of if self.cloud.status(job_id) is not None}
        if unheard_of and not self.cut_short:
            words = ("not known", "in no usable way", "more than one", "interrupted (Ctrl-C)")
            assert self.told is not None, f"lost without a word: {unheard_of}"
            assert any(word in self.told for word in words), f"lost: {unheard_of}, and said: {self.told}"

    def _check(self, took: float, steps: int) -> None:
        self._check_what_was_not_recorded()
        assert took <= self.longest_step * steps, f"took {took:.0f} s"
        assert not self.cloud.foreign & self.cloud.touched(), "touched a job of somebody else"
        assert KEY not in "\n".join(self.cloud.lines)
        self.cloud.lines.clear()
        for record in self.state.records if self.front.reads_first else ():
            under_way = record.kind in SETTLED and record.outputs["status"] not in SETTLED[record.kind]
            assert record.under_way == under_way or record.unfinished, f"to be read first: {not record.under_way}"
        live = [record.id for record in self.state.records if not record.leaving and record.name in self.program]
        assert not self._held_twice(live), "two resources hold one object"

    def _held_twice(self, ids: list[str]) -> set[str]:
        return {one for one in ids if ids.count(one) > 1}

    def _work(self, name: str, inputs: Properties) -> str:
        """What a job is bought for: the stack, the resource, and all inputs but those that only steer the provider."""
        kept = {
            key: value
            for key, value in inputs.items()
            if key not in (*STEERING, self.naming, "trainingDatasets") and not key.startswith("__")
        }
        kept.setdefault("trainingFileIds", [one["file_id"] for one in inputs.get("trainingDatasets", ())])
        return json.dumps([self.state.owner, name, kept], sort_keys=True)

    def _other_name(self, live: Record, inputs: Properties) -> bool:
        return any(live.inputs.get(name) != inputs.get(name) for name in (self.naming, self.adopting))


def policy_of(record: Record) -> str:
    return str(record.outputs.get("onDestroy", "delete"))
