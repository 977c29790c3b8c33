"""Why this exists: a create costs a training run, and the service offers nothing to make it repeatable safely (no
idempotency key: API page create-fine-tuning-job-api). So a create here is a conversation:

1. Look before buying: an active job with our stamp for the same work is a run that was started and then lost (the
   process was killed): take it. A succeeded one is never taken silently, and never bought again silently either.
2. POST once, with a name that carries this run's nonce.
3. If the answer was lost, look for the nonce in the job list until the list has had time to show it. Found: take it.
   Not found: only then POST again.

Where no stamp can be seen (a name of the user's own, a service that shows no names) there is no proof of ownership.
Then the job is recognised by name, model and data, among those that were not there before, after the list has had all
its time; and where more than one fits, the user decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_dashscope_ft.api import ApiError, Job, JobStatus
from pulumi_dashscope_ft.lifecycle import job_request, stamp
from pulumi_dashscope_ft.lifecycle.adoption import Adoption
from pulumi_dashscope_ft.lifecycle.connection import Connection
from pulumi_dashscope_ft.lifecycle.errors import AmbiguousCreateError, LifecycleError
from pulumi_dashscope_ft.lifecycle.explain import advice, explained, fact
from pulumi_dashscope_ft.lifecycle.progress import seconds
from pulumi_dashscope_ft.lifecycle.stamp import Stamp
from pulumi_dashscope_ft.lifecycle.teardown import is_retained
from pulumi_dashscope_ft.lifecycle.waiter import CREATE_VISIBLE

_ATTEMPTS = 3

_ADOPTION = Adoption(
    option="adoptJobId",
    kind="job",
    nothing="nothing was started",
    untouched="nothing was started, the job is untouched.",
    anew="start a new run",
    belongs="the job of",
)


@dataclass(frozen=True, slots=True)
class Run:
    """One intended run: what to send, and how it is recognised.

    :param inputs: the resource's inputs, by property name.
    :param stamp: set unless the user chose the job's name.
    :param job_name: the name to send.
    """

    inputs: Mapping[str, Any]
    stamp: Stamp | None
    job_name: str


def run_of(
    inputs: Mapping[str, Any], resource_name: str, owner: str, nonce: str, *, expires: float | None = None
) -> Run:
    """The run that these inputs ask for. `expires`: when its job is to expire, in seconds since 1970, UTC."""
    chosen = inputs.get("jobName")
    if chosen:
        return Run(inputs, None, str(chosen))
    decisive = job_request.decisive(inputs)
    made = stamp.make(resource_name, owner, nonce, decisive, retained=is_retained(inputs), expires=expires)
    return Run(inputs, made, str(made))


def adopt(connection: Connection, job_id: str, inputs: Mapping[str, Any], resource_name: str) -> Job:
    """The existing job that the user named, after checking that it is the one the inputs describe.

    :raises LifecycleError: no such job, another model or other data, or another resource of this run holds it.
    """
    job = _ADOPTION.found(job_id, connection.client.fine_tunes.get)
    wrong = job_request.mismatches(inputs, job)
    if wrong:
        raise LifecycleError(
            f"adoptJobId: {job_id} was made with another {' and another '.join(wrong)}.",
            state=f"{job.status}, model {job.model or 'unknown'}, "
            f"training files {', '.join(job.training_file_ids) or 'none'}.",
            done=_ADOPTION.untouched,
            next_step="write the job's own values, or drop adoptJobId to start a new run; then run `pulumi up` again.",
        )
    _ADOPTION.claim(connection, job_id, resource_name)
    connection.report(f"{job_id} is {job.status}: adopted")
    return job


def start(connection: Connection, run: Run) -> Job:
    """Start the run, or find it already started; never more than one job for one run.

    :raises AmbiguousCreateError: whether a job was started could not be settled; nothing is lost, `up` settles it.
    :raises LifecycleError: the service refused, or only the user can decide.
    """
    try:
        before = connection.jobs.listing.all()
    except ApiError as error:
        raise explained(
            error,
            f'job "{run.job_name}"',
            "read the job list before starting",
            done="nothing was started.",
            again="pulumi up",
        ) from error
    left_over = _left_over(connection, run, before)
    if left_over is not None:
        return left_over
    last = ""
    for _ in range(_ATTEMPTS):
        connection.jobs.listing.outdate()
        try:
            job = connection.client.fine_tunes.create(job_request.body(run.inputs, run.job_name))
        except ApiError as error:
            if not error.ambiguous:
                raise explained(
                    error, f'job "{run.job_name}"', "start", done="nothing was started.", again="pulumi up"
                ) from error
            found = _reconcile(connection, run, before, error)
            if found is None:
                last = fact(error)
                continue
            job = found
        connection.ledger.hold(job.job_id)
        return job
    raise AmbiguousCreateError(
        f'job "{run.job_name}" could not be started: {_ATTEMPTS} requests were answered in no usable way. '
        f"The last: {last}",
        state="the job list shows no such job.",
        done="nothing is recorded in the state.",
        next_step="wait a few minutes, then run `pulumi up` again: it looks for the job before it starts one.",
    )


def _left_over(connection: Connection, run: Run, before: Mapping[str, Job]) -> Job | None:
    """A job that was started for this very work and is in no state: the trace of an `up` that was killed."""
    if run.stamp is None:
        _refuse_same_name(connection, run, before)
        return None
    ours = [job for job in before.values() if _is_left_over(connection, run.stamp, job)]
    active = sorted((job for job in ours if not job.is_final), key=lambda job: job.create_time or "")
    taken = connection.ledger.adopt_one(job.job_id for job in active)
    if taken is not None:
        job = before[taken]
        connection.report(
            f"{taken} is {job.status} and was started by this stack with the same inputs: adopted, no new run "
            "is bought. (To start over, add a value to `triggers`.)"
        )
        return job
    finished = [job for job in ours if job.status == JobStatus.SUCCEEDED and not connection.ledger.is_held(job.job_id)]
    if finished:
        job = finished[0]
        raise LifecycleError(
            f"{job.job_id} has already trained this: the same stack started it with the same inputs, and it is "
            "not in the state.",
            state=f"{job.status}, started {job.create_time or 'at an unknown time'}.",
            done="no new run was bought.",
            next_step=f'to keep that result, set adoptJobId to "{job.job_id}"; to pay for another run, add or '
            "change a value in `triggers`. Then run `pulumi up` again.",
        )
    return None


def _is_left_over(connection: Connection, wanted: Stamp, job: Job) -> bool:
    found = stamp.parse(job.job_name)
    return found is not None and found.same_work(wanted) and not connection.ledger.is_recorded(found.nonce)


def _refuse_same_name(connection: Connection, run: Run, before: Mapping[str, Job]) -> None:
    """With a name of the user's own, an active twin may be a lost run or somebody else's: only the user knows."""
    twins = [
        job
        for job in before.values()
        if not job.is_final
        and job.job_name == run.job_name
        and not job_request.mismatches(run.inputs, job)
        and not connection.ledger.is_held(job.job_id)
    ]
    if twins:
        raise LifecycleError(
            f'a job named "{run.job_name}" with the same model and data is active already: {_listed(twins)}.',
            done="nothing was started.",
            next_step=f'if it is yours, set adoptJobId to "{twins[0].job_id}"; if not, choose another jobName, '
            "or leave it out: then jobs are told apart by a stamp. Then run `pulumi up` again.",
        )


def _reconcile(connection: Connection, run: Run, before: Mapping[str, Job], error: ApiError) -> Job | None:
    """Look for the job of a create whose answer was lost; None when the list, given time, shows none."""
    connection.report(f'starting "{run.job_name}" got no usable answer: {fact(error)} Looking for the job.')
    for delay in CREATE_VISIBLE:
        connection.clock.sleep(delay)
        try:
            jobs = list(connection.jobs.listing.all().values())
        except ApiError as failed:
            raise AmbiguousCreateError(
                f'whether job "{run.job_name}" was started is not known: {fact(error)}',
                state=f"the job list could not be read either: {fact(failed)}",
                done="nothing is recorded in the state, and nothing was asked for twice.",
                next_step=f"{advice(failed, 'pulumi up')} That looks for the job before it starts one.",
            ) from failed
        proven = _proven(run, jobs)
        if proven is not None:
            connection.report(f"{proven.job_id} is it: adopted, no second run is bought")
            return proven
    # Without proof the list gets all its time first: the one that fits now may be somebody else's, and ours still to
    # come.
    candidates = _candidates(connection, run, before, jobs)
    if len(candidates) > 1:
        raise AmbiguousCreateError(
            f'the answer to starting "{run.job_name}" was lost, and more than one job could be it: '
            f"{_listed(candidates)}.",
            done="nothing is recorded in the state, and nothing was asked for twice.",
            next_step="find out which one is yours, set adoptJobId to its id and run `pulumi up` again.",
        )
    if candidates:
        connection.report(f"{candidates[0].job_id} is it: adopted, no second run is bought")
        return candidates[0]
    waited = seconds(sum(CREATE_VISIBLE))
    connection.report(f'no job "{run.job_name}" has appeared in {waited}: starting it again')
    return None


def _proven(run: Run, jobs: list[Job]) -> Job | None:
    """The job that bears this run's stamp, nonce and all."""
    if run.stamp is None:
        return None
    for job in jobs:
        found = stamp.parse(job.job_name)
        if found is not None and found.same_run(run.stamp):
            return job
    return None


def _candidates(connection: Connection, run: Run, before: Mapping[str, Job], jobs: list[Job]) -> list[Job]:
    """The jobs that may be the lost one where no stamp proves it: new, fitting, and bearing no other name.

    A service that shows the names of jobs at all would show ours; there, a job without a name is somebody else's.
    """
    shows_names = any(job.job_name not in (job.job_id, None) for job in jobs)
    return [
        job
        for job in jobs
        if job.job_id not in before
        and (job.job_name == run.job_name or (not shows_names and job.job_name in (job.job_id, None)))
        and not connection.ledger.is_held(job.job_id)
        and not job_request.mismatches(run.inputs, job)
    ]


def _listed(jobs: list[Job]) -> str:
    return ", ".join(f"{job.job_id} ({job.status}, started {job.create_time or 'at an unknown time'})" for job in jobs)
