"""How a training run is started once, or an existing job is adopted.

The procedure is the create driver's (`base/creating/driver.py`); this module has what is particular to a job. A
leftover job that has succeeded is never taken over silently, and never bought again silently either. Where no stamp
proves a job, it is recognised by name, model and data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pulumi_dashscope_ft.api import ApiError, Job, JobStatus
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.creating.adoption import Adoption
from pulumi_dashscope_ft.lifecycle.base.creating.driver import Creation, Words
from pulumi_dashscope_ft.lifecycle.base.creating.intent import Intent
from pulumi_dashscope_ft.lifecycle.base.ending.policy import outlives_stack
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.base.owner.stamp import Stamp
from pulumi_dashscope_ft.lifecycle.errors import AmbiguousCreateError, LifecycleError
from pulumi_dashscope_ft.lifecycle.job import request as job_request
from pulumi_dashscope_ft.lifecycle.job.properties import JobRequest
from pulumi_dashscope_ft.lifecycle.job.quota.wait import QuotaWait
from pulumi_dashscope_ft.lifecycle.training_data import sources as data_sources
from pulumi_dashscope_ft.lifecycle.waiting.waiter import CREATE_VISIBLE

_ADOPTION = Adoption(
    option="adoptJobId",
    kind="job",
    nothing="nothing was started",
    untouched="nothing was started, the job is untouched.",
    anew="start a new run",
    belongs="the job of",
)
_WORDS = Words(
    make="start",
    making="starting",
    made="started",
    listing="the job list",
    sought="the job",
    first="the job before it starts one",
    nothing="nothing was started.",
    unsettled="nothing is recorded in the state, and nothing was asked for twice.",
    none_there="the job list shows no such job.",
)


_CHOOSE = (
    "find out which one is yours (`dashscope-ft show <id>` shows what it trains and who started it) and set adoptJobId "
    "to its id; if another one is yours too, end it with `dashscope-ft cancel <id>`"
)


def intent_of(request: JobRequest, *, key: str | None = None, expires: float | None = None) -> Intent:
    """Return the run that these inputs ask for.

    :param key: the stack's key for stamps (see `base.owner.key`).
    :param expires: when the job expires, in seconds since 1970, UTC.
    """
    inputs = request.inputs
    chosen = inputs.get("jobName")
    if chosen:
        return Intent(inputs, None, str(chosen))
    made = stamp.make(
        request.name,
        request.owner,
        request.run_nonce,
        job_request.decisive(inputs),
        key=key,
        meaning=job_request.meaning(inputs),
        respelled=job_request.respelled(inputs),
        retained=outlives_stack(inputs, retained=request.retained),
        expires=expires,
    )
    return Intent(inputs, made, str(made))


def adopt(connection: Connection, job_id: str, inputs: Mapping[str, Any], resource_name: str) -> Job:
    """Take over the existing job that the user named, after checking that it is the one the inputs describe.

    :raises LifecycleError: no such job, another model or other data, or another resource of this run holds it.
    """
    job = _ADOPTION.found(job_id, connection.client.fine_tunes.get)
    wrong = job_request.mismatches(inputs, job)
    if wrong:
        raise LifecycleError(
            f"adoptJobId: {job_id} was made with another {' and another '.join(wrong)}.",
            state=f"{job.status}, model {job.model or 'unknown'}, "
            f"training files {', '.join(data_sources.training_files(job)) or 'none'}.",
            done=_ADOPTION.untouched,
            next_step="write the job's own values, or drop adoptJobId to start a new run; then run `pulumi up` again.",
        )
    _ADOPTION.claim(connection, job_id, resource_name)
    connection.report(f"{job_id} is {job.status}: adopted")
    return job


def start(connection: Connection, intent: Intent, wait: QuotaWait | None = None) -> Job:
    """Start the run, or find it already started; never more than one job for one run.

    :param wait: how to wait for a place where the quota is full; None: do not.
    :raises AmbiguousCreateError: it is unknown whether a job was started; nothing is lost, the next `up` settles it.
    :raises LifecycleError: the service refused, or only the user can decide.
    """
    return Creation(connection, connection.jobs.listing, _JobStrategy(intent, wait)).run()


@dataclass(frozen=True, slots=True)
class _JobStrategy:
    """What the create driver needs to know about a job; `CreateStrategy` and `Recognition` describe the members."""

    intent: Intent
    wait: QuotaWait | None

    words: ClassVar[Words] = _WORDS
    looks: ClassVar[tuple[float, ...]] = CREATE_VISIBLE

    @property
    def subject(self) -> str:
        return f"job {self.short}"

    @property
    def short(self) -> str:
        return f'"{self.name}"'

    @property
    def stamp(self) -> Stamp | None:
        return self.intent.stamp

    @property
    def name(self) -> str:
        return self.intent.name

    @property
    def recognition(self) -> _JobStrategy:
        return self

    def id_of(self, seen: Job) -> str:
        return seen.job_id

    def name_of(self, seen: Job) -> str | None:
        return seen.shown_name

    def stamp_of(self, seen: Job) -> Stamp | None:
        return stamp.parse(self.name_of(seen))

    def usable(self, left_over: list[Job]) -> list[Job]:
        """Return the active ones, oldest first.

        Of two jobs with one stamp, at most one is the job that this stack asked for: the other may be a copy of its
        request that somebody else has sent. Ours may have ended meanwhile. A cancelled one does not count: to cancel is
        how the user ends one of two.

        :raises LifecycleError: only the user can tell them apart.
        """
        active = sorted((job for job in left_over if not job.is_final), key=lambda job: job.create_time or "")
        for job in active:
            namesakes = (other for other in left_over if other.job_name == job.job_name)
            twins = [other for other in namesakes if other.status != JobStatus.CANCELED]
            if len(twins) > 1:
                raise LifecycleError(
                    f'this stack gave the name "{job.job_name}" to one job, and more than one has it: '
                    f"{_listed(twins)}.",
                    done="nothing was started, and none of them was touched.",
                    next_step=f"{_CHOOSE}, and run `pulumi up` again.",
                )
        return active

    def taken_over(self, seen: Job) -> str:
        return (
            f"{seen.job_id} is {seen.status} and was started by this stack with the same inputs: adopted, no new run "
            "is bought. (To start over, add a value to `triggers`.)"
        )

    def require_need(self, creation: Creation[Job], left_over: list[Job]) -> None:
        if self.stamp is None:
            self._refuse_same_name(creation)
        for job in left_over:
            if job.status == JobStatus.SUCCEEDED and not creation.connection.run_registry.is_held(job.job_id):
                raise LifecycleError(
                    f"{job.job_id} has already trained this: the same stack started it with the same inputs, and it is "
                    "not in the state.",
                    state=f"{job.status}, started {job.create_time or 'at an unknown time'}.",
                    done="no new run was bought.",
                    next_step=f'to keep that result, set adoptJobId to "{job.job_id}"; to pay for another run, add or '
                    "change a value in `triggers`. Then run `pulumi up` again.",
                )

    def _refuse_same_name(self, creation: Creation[Job]) -> None:
        """Refuse when the user chose the name and an active job has it.

        It may be a lost run or somebody else's job: only the user knows.
        """
        twins = [
            job
            for job in creation.before.values()
            if not job.is_final
            and job.job_name == self.name
            and self.fits(job)
            and not creation.connection.run_registry.is_held(job.job_id)
        ]
        if twins:
            raise LifecycleError(
                f'a job named "{self.name}" with the same model and data is active already: {_listed(twins)}.',
                done="nothing was started.",
                next_step=f"{_mine(twins)}; if not, choose another jobName, or leave it out: then jobs are told apart "
                "by a stamp. Then run `pulumi up` again.",
            )

    def ask(self, creation: Creation[Job]) -> Job:
        def send() -> Job:
            return creation.connection.client.fine_tunes.create(job_request.body(self.intent.inputs, self.name))

        return send() if self.wait is None else self.wait.ask(creation, send)

    def is_it(self, seen: Job) -> str:
        return f"{seen.job_id} is it: adopted, no second run is bought"

    def fits(self, seen: Job) -> bool:
        return job_request.fits(self.intent.inputs, seen)

    def is_sure(self, seen: Job) -> bool:
        return False

    def doubts(self, seen: Job) -> list[str]:
        # With neither its name nor its data, a job of the same model may be anybody's.
        hidden = [] if job_request.shows_data(seen) or self.name_of(seen) == self.name else ["trainingFileIds"]
        return job_request.doubts(self.intent.inputs, seen) + hidden

    def undecided(self, candidates: list[Job], error: ApiError) -> AmbiguousCreateError:
        return AmbiguousCreateError(
            f'the answer to starting "{self.name}" was lost, and more than one job could be it: {_listed(candidates)}.',
            done=_WORDS.unsettled,
            next_step=f"{_CHOOSE}, and run `pulumi up` again.",
        )

    def asked_again(self, waited: str) -> str:
        return f'no job "{self.name}" has appeared in {waited}: starting it again'


def _mine(twins: list[Job]) -> str:
    if len(twins) == 1:
        return f'if it is yours, set adoptJobId to "{twins[0].job_id}"'
    return "if one of them is yours, set adoptJobId to its id"


def _listed(jobs: list[Job]) -> str:
    return ", ".join(f"{job.job_id} ({job.status}, started {job.create_time or 'at an unknown time'})" for job in jobs)
