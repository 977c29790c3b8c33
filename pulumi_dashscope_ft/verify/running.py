"""One verification: look, end what an earlier one has left, experiment, and clean up whatever happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from pulumi_dashscope_ft.api import Clock, DashScopeError, Settings

from .account import Account, look
from .calls import Calls, OutOfCallsError
from .ending import cancel, end_jobs, note_gone, remove_deployments, remove_files, remove_jobs
from .experiments.first_job import first_job
from .experiments.listing import ENOUGH, list_order, list_page_limit
from .experiments.mistakes import mistakes
from .experiments.queue import cancel_running, new_job, running_job, waiting_job
from .experiments.serving import deploy
from .experiments.training import train
from .facts import BASE, DEPLOY, TRAIN
from .findings import Finding, Findings
from .plan import BURST_CALLS, ENDING_CALLS, EXPERIMENT_CALLS, LOOKING_CALLS, NO_SUCH_JOB, trained_model
from .workbench import TroubleError, Workbench, has_ended

Say = Callable[[str], None]
_SETTLES_SECONDS = 30.0
"""How long something that was made without an answer may take until the lists show it."""
_LATE_SECONDS = 300.0
_DID_NOT_HAPPEN = {
    "delete_failed": "no job has failed",
    "failure_reason": "no job has failed",
    "delete_refusal": "no delete was refused",
    "delete_cancelled": "no job was CANCELED",
    "delete_succeeded": "no job has SUCCEEDED",
    "cancel_duration": "no job was cancelled while it was RUNNING",
    "usage_after_cancel": "no job was cancelled while it was RUNNING",
}
"""Why a fact may not have come up in a run that has done everything."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The facts that a run is about.

    :param groups: `base`, and `train` or `deploy`.
    :param burst: whether to send many reads at once, to see how the service says "too many".
    """

    groups: frozenset[str] = field(default=frozenset({BASE}))
    burst: bool = False


class Verification:
    """One run.

    :param say: receives lines about its progress.
    """

    def __init__(self, settings: Settings, clock: Clock, scope: Scope, say: Say) -> None:
        self.scope = scope
        self.findings = Findings()
        self.calls = Calls(settings, clock, 0)
        self.bench = Workbench(self.calls, clock, self.findings)
        self.stopped: str | None = None
        """Why it has ended early."""
        self.interrupted = self.unreachable = False
        self._clock, self._say = clock, say

    def look(self, *, after_kill: bool = False) -> Account:
        """Read what there is in the account.

        :param after_kill: whether the user has said that no other verification runs.
        :raises TroubleError: it can't be read.
        """
        self.calls.allowed = LOOKING_CALLS
        try:
            account = look(self.bench, after_kill=after_kill)
        except OutOfCallsError:
            raise TroubleError("the lists can't be read with as many calls as are allowed", refused=False) from None
        self.bench.others = account.others
        return account

    def run(self, account: Account) -> None:
        """End what an earlier run has left, find out what can be found out, and end what was made for it."""
        self.bench.presence.begin()
        try:
            with self._stopping():
                self._end_leftovers(account)
                self._experiment()
        finally:
            try:
                self._clean_up()
            finally:
                self.bench.presence.end(nothing_left=not self.must_end)

    def found(self) -> list[Finding]:
        """Return what was found out about each fact."""
        self._note_slowed()
        if self.stopped is None:
            for fact_id, why in _DID_NOT_HAPPEN.items():
                self.findings.unseen(fact_id, why)
        return self.findings.all(self.scope.groups, stopped=self.stopped)

    @property
    def left(self) -> list[tuple[str, str]]:
        """What is still there: what it is, without an id, and its id or nothing."""
        bench = self.bench
        jobs = {job_id: bench.kept.get(job_id) or f"a job that was {status}" for job_id, status in bench.jobs.items()}
        deployments = {name: bench.kept.get(name) or "a deployment" for name in bench.deployments}
        files = {file_id: bench.kept.get(file_id) or "the file of the training data" for file_id in bench.files}
        unknown = [("perhaps something whose create had no answer", "")] if bench.unsettled else []
        models = [("a model that was trained or exported: no call deletes models", "")] * bench.models
        there = [*jobs.items(), *deployments.items(), *files.items()]
        return [*((what, object_id) for object_id, what in there), *unknown, *models]

    @property
    def must_end(self) -> bool:
        """Whether something is still there that this run should have ended, and that may cost something."""
        bench = self.bench
        there = [*bench.jobs, *bench.deployments, *bench.files]
        return bench.unsettled or any(object_id not in bench.kept for object_id in there)

    @contextmanager
    def _stopping(self) -> Iterator[None]:
        """Note why the block ended early, instead of an exception."""
        try:
            yield
        except KeyboardInterrupt:
            self.interrupted = True
            self._stop("interrupted")
        except OutOfCallsError:
            self._stop("as many calls were made as are allowed")
        except TroubleError as trouble:
            self.unreachable = self.unreachable or not trouble.refused
            self._stop(str(trouble))
        except DashScopeError:
            self.unreachable = True
            self._stop("the key or another setting can't be used any more")

    def fail(self, why: str, *, unreachable: bool) -> None:
        """Note why it can't start.

        :param unreachable: whether the service could not be asked.
        """
        self.unreachable = self.unreachable or unreachable
        self.stopped = why

    def _stop(self, why: str) -> None:
        self.stopped = self.stopped or why
        self._say(f"stopped: {why}")

    def _end_leftovers(self, account: Account) -> None:
        if not account.leftovers:
            return
        self._say(f"ending what an earlier run has left: {account.leftovers}")
        self.calls.allowed = ENDING_CALLS
        self.bench.jobs.update(account.jobs)
        self.bench.files += account.files
        self.bench.deployments += account.deployments
        self._end_all()

    def _experiment(self) -> None:
        bench, scope = self.bench, self.scope
        self.calls.allowed = EXPERIMENT_CALLS[BASE]
        self._say("uploading a file of some rows, and making the first job")
        file_id = bench.upload()
        first_job(bench, file_id)
        self._say("waiting until a job runs (minutes, as a rule)")
        runner = running_job(bench, file_id)
        self._say("deleting and cancelling a job that waits, and the one that runs")
        waiting_job(bench, file_id, runner)
        if runner is not None:
            cancel_running(bench, runner)
        while len(existing := [job_id for job_id in bench.order if job_id in bench.jobs]) < ENOUGH:
            more = new_job(bench, file_id, "list_order")
            if more is None:
                break
            cancel(bench, more, None, bench.jobs[more])
        list_order(bench, existing)
        list_page_limit(bench)
        end_jobs(bench, self._active())
        self._say("asking for jobs that can't be right")
        mistakes(bench, file_id)
        if TRAIN in scope.groups:
            self._train(file_id)
        if scope.burst:
            self._say(f"sending {BURST_CALLS} reads at once")
            self.calls.allowed += BURST_CALLS
            self.calls.burst(BURST_CALLS)

    def _train(self, file_id: str) -> None:
        self.calls.allowed += EXPERIMENT_CALLS[TRAIN]
        self._say("training to the end (a quarter of an hour, or more)")
        model = train(self.bench, file_id, trained_model(self.scope.groups))
        if DEPLOY in self.scope.groups:
            self.calls.allowed += EXPERIMENT_CALLS[DEPLOY]
            self._say("deploying the model (ten minutes, as a rule)")
            deploy(self.bench, model)

    def _active(self) -> list[str]:
        return [job_id for job_id, status in self.bench.jobs.items() if not has_ended(status)]

    def _end_all(self) -> None:
        bench = self.bench
        end_jobs(bench, self._active())
        remove_deployments(bench)
        remove_jobs(bench)
        remove_files(bench)

    def _clean_up(self) -> None:
        """End what was made. A second Ctrl-C ends this too; the next run finds what is left by its stamp."""
        self._say("cleaning up")
        with self._stopping():
            self.calls.allowed = ENDING_CALLS
            self._end_all()
            self._search()
            if self.stopped is None and not self.findings.has("gone_job"):
                note_gone(self.bench, NO_SUCH_JOB, "get of an id that nobody has")

    def _search(self) -> None:
        """Look for what was made without an answer, and end that, and once more what could not be ended before."""
        bench = self.bench
        if bench.unsettled:
            late = self.findings.all(self.scope.groups)
            lag = next((one.answer for one in late if one.fact.fact_id == "list_lag"), None)
            self._clock.sleep(_LATE_SECONDS if lag == "later" else _SETTLES_SECONDS)
        allowed, self.calls.allowed = self.calls.allowed, LOOKING_CALLS
        there = look(bench)
        self.calls.allowed = allowed
        known = {*bench.jobs, *bench.files, *bench.deployments, *bench.others}
        bench.jobs.update({job_id: status for job_id, status in there.jobs.items() if job_id not in known})
        bench.files += [file_id for file_id in there.files if file_id not in known]
        bench.deployments += [name for name in there.deployments if name not in known]
        bench.unsettled = False
        if self.must_end:  # found just now, or an end whose answer was lost
            self._end_all()

    def _note_slowed(self) -> None:
        answers = self.calls.slowed
        if not answers:
            more = "" if self.scope.burst else "; --burst asks for many at once"
            self.findings.unseen("rate_limit_headers", f"no call was answered with 429{more}")
            return
        names = sorted({name for headers in answers for name in headers if "retry" in name or "ratelimit" in name})
        answer = "retry_after" if "retry-after" in names else "other" if names else "none"
        told = "with a header about it" if names else "without a header about it"
        self.findings.note("rate_limit_headers", answer, f"{len(answers)} answers with 429, {told}")
