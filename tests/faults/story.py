"""Why this exists: one schedule of what users, the service, the network and the reaper may do to a stack, with the
promises checked after every step.

`test_schedules.py` lets hypothesis write stories; `test_regressions.py` keeps the ones that once ended badly. Steps are
plain methods, so a counter-example can be copied from the one file into the other.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from typing import Any

from engine import TOLD, Engine, RunStoppedError, State, Watcher
from fault_table import FAULTS
from front_ends import DYNAMIC, FRONT_ENDS
from inprocess import READ_TIMEOUT, NoAnswerError
from processes import Killed, ProviderProcess
from records import DEPLOYMENT, JOB, MODEL, Properties, Record
from simulation import FINAL, KEY, Cloud, an_emulator

from pulumi_dashscope_ft.emulator import FaultRule

Trouble = tuple[Any, ...]
"""The name of a method of `Story` and its arguments."""

STEERING = (
    *("onDestroy", "onUndeletable", "teardownTimeout", "waitTimeout", "waitUntilRunning"),
    *("rerunOn", "apiKeyEnv", "adoptJobId"),
)
BEGINNINGS = ("create", "upload", "export", "create_deployment", "scale_deployment", "update_deployment")
SETTLED = {
    JOB: FINAL,
    MODEL: FINAL,
    DEPLOYMENT: frozenset({"RUNNING", "FAILED", "STOPPED", "ARREARS_DOWN", "UPDATING_FAILED"}),
}
"""In which statuses such an object changes no more by itself."""
LONGEST_STEP = 1300.0
"""Simulated seconds for one step of one resource: ten minutes of teardown or three creates, and the last retries."""


def words(text: str) -> set[str]:
    """The ids in a message: one may begin like another."""
    return set(re.findall(r"[\w-]+", text))


class Story(Watcher):
    """One account, one stack.

    :param front: the front end that its provider processes are of.
    :param echo: whether the service shows the names that jobs were given.
    :param literal: whether it refuses to delete finished jobs.
    :param lag: seconds until a new job shows in the list.
    :param sockets: over real sockets, which is honest and slow.
    :param service: more settings of the emulator.
    """

    longest_step = LONGEST_STEP
    most_messages = 2
    """How often a `destroy` may ask for something to be ended by hand before it works."""

    def __init__(
        self,
        front: str = DYNAMIC,
        *,
        echo: bool = True,
        literal: bool = False,
        lag: float = 0.0,
        sockets: bool = False,
        **service: Any,
    ) -> None:
        self.front = FRONT_ENDS[front]
        self.cloud = Cloud(an_emulator(listening=sockets))
        chosen = {
            "running_seconds": 300.0,
            "canceling_seconds": 2.0,
            "cancel_outcome": "CANCELED",
            "refuse_cancel_while_canceling": False,
            "ends_before_cancel": False,
        }
        self.cloud.emulator.configure(
            check_file_ids=False,
            quota=1000,
            echo_job_name=echo,
            literal_reading=literal,
            list_lag_seconds=lag,
            **{**chosen, **service},
        )
        self.echo, self.literal, self.lag = echo, literal, lag
        self.state = State()
        self.engine = Engine(self.state, self)
        self.program: dict[str, dict[str, Any]] = {"a": self._job(0)}
        self.told: str | None = None
        """What the last operation told the user, when it failed."""
        self.cut_short = False
        """Whether the last operation was killed, or stopped by Ctrl-C."""
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
        self.steps: list[str] = []
        """What the last operation has done, by resource: `create a`, `update a`, `delete a`."""
        self._unheard_of: set[str] = set()
        self._touched: set[str] = set()
        self._removed_elsewhere = False
        self._forced: frozenset[str] = frozenset()
        self._plans: list[tuple[int | str, str, Callable[[], None]]] = []
        self._wire: list[dict[str, Any]] = []
        self._calls = 0
        self._process: ProviderProcess | None = None
        self._ctrl_c_in: float | None = None
        self._cancelled_at = 0.0
        self._after_ctrl_c: list[str] = []
        self._killed_at_delete = self._destroying = False
        self._refuses_deletes = False
        # An account that is in use: if the service shows names, it shows this one.
        self.somebody_elses(False, True)
        self.cloud.emulator.force(next(iter(self.cloud.foreign)), "FAILED")

    # What the user does

    def up(self, *replace: str) -> None:
        self._forced = frozenset(replace)
        self._run(lambda process: self.engine.up(process, copy.deepcopy(self.program), forced=self._forced))
        self._forced = frozenset()

    def preview(self) -> None:
        """For the plugin alone: nothing that a dynamic provider is asked in a preview differs from what `up` asks."""
        asked = len(self._changing_requests())
        self._run(lambda process: self.engine.preview(process, copy.deepcopy(self.program)))
        assert len(self._changing_requests()) == asked, "a preview has changed something"

    def _changing_requests(self) -> list[str]:
        return [record.operation for record in self.cloud.emulator.requests if record.method != "GET"]

    def refresh(self) -> None:
        self._run(self.engine.refresh)

    def destroy(self) -> None:
        self._destroying = True
        self._run(self.engine.destroy)
        self._destroying = False

    def edit(self, name: str, /, **changes: Any) -> None:
        """Change inputs of a resource in the program; None takes one out."""
        if name in self.program:
            merged = {**self.program[name], **changes}
            self.program[name] = {key: value for key, value in merged.items() if value is not None}

    def add(self, name: str, variant: int = 0) -> None:
        self.program.setdefault(name, self._job(variant))

    def respell(self, name: str) -> None:
        """Write the same training data in the other form that the API knows."""
        inputs = self.program.get(name, {})
        if "trainingFileIds" in inputs:
            files = inputs.pop("trainingFileIds")
            inputs["trainingDatasets"] = [{"data_source_type": "file_id", "file_id": one} for one in files]
        elif inputs:
            inputs["trainingFileIds"] = [one["file_id"] for one in inputs.pop("trainingDatasets")]

    def drop(self, name: str) -> None:
        self.program.pop(name, None)

    def rename(self, old: str, new: str) -> None:
        """The way to rename a resource without losing its job: a new one that adopts it."""
        record = self.state.live(old)
        if record is not None and old in self.program and new not in self.program:
            self.program[new] = {**self.program.pop(old), "adoptJobId": record.id}

    def take_advice(self, name: str = "a") -> None:
        """Set adoptJobId as the last message said."""
        marker = 'set adoptJobId to "'
        if self.told and marker in self.told and name in self.program:
            self.program[name]["adoptJobId"] = self.told.split(marker)[1].split('"')[0]

    # What the service and other people do

    def wait(self, seconds: float) -> None:
        self.cloud.clock.sleep(seconds)

    def force(self, status: str) -> None:
        """All our active jobs reach this status."""
        for job_id in sorted(self.cloud.active()):
            self.cloud.emulator.force(job_id, status)

    def resume(self) -> None:
        """Our jobs that had been cancelled run after all."""
        for job_id in self.cloud.bought():
            if self.cloud.status(job_id) == "CANCELED":
                self.cloud.emulator.force(job_id, "RUNNING")

    def remove_elsewhere(self) -> None:
        """Somebody deletes one of our jobs in the console."""
        existing = [job_id for job_id in self.cloud.bought() if self.cloud.status(job_id) is not None]
        if existing:
            self._removed_elsewhere = True
            self.cloud.emulator.remove_job(existing[-1])

    def somebody_elses(self, twin: bool, named: bool) -> None:
        """A colleague's job in the same account; a twin has our model and data. Where names are not shown, a twin
        can't be told from a job of ours whose answer was lost (see docs/guarantees.md): then it is none."""
        twin = twin and self.echo
        inputs = self._job(0) if twin else {**self._job(0), "model": "qwen3-14b"}
        body = {
            "model": inputs["model"],
            "training_file_ids": inputs["trainingFileIds"],
            **({"job_name": "somebody"} if named else {}),
        }
        self.cloud.foreign.add(self.cloud.submitted_past_the_faults(body))

    def repeated(self) -> None:
        """A colleague sends the request of our newest active job once more, to the letter, its name included: so does
        a tool that repeats a create whose answer it has lost. Where names are not shown: see `somebody_elses`.
        """
        ours = sorted(self.cloud.active())
        if ours and self.echo:
            with self.cloud.emulator.service.at_now():
                job = self.cloud.emulator.service.jobs()[ours[-1]]
            body = {"model": job.model, "training_file_ids": ["file-1"], "hyper_parameters": job.hyper_parameters}
            copy_id = self.cloud.submitted_past_the_faults({**body, "job_name": job.job_name})
            self.cloud.foreign.add(copy_id)
            self.copies.add(copy_id)

    # What goes wrong

    def fault(self, name: str, operation: str, count: int | None = 1) -> None:
        """Calls of `operation` go wrong, `count` times or until the faults are cleared."""
        fault = FAULTS[name]
        if fault.wire:
            left = float("inf") if count is None else count
            self._wire.append({"operation": operation, "kind": fault.wire, "left": left})
        else:
            self.cloud.emulator.add_fault(fault.arm(operation, count))

    def refused(self, operation: str) -> None:
        """The next `cancel` or `delete` is refused as the job's state would not allow it, whatever that state is."""
        rule = FaultRule(operation=operation, kind="status", status=400, code="UnsupportedOperation", count=1)
        self.cloud.emulator.add_fault(rule)
        self._refuses_deletes |= operation == "delete"

    def clear_faults(self) -> None:
        self.cloud.emulator.clear_faults()
        self._wire.clear()

    def killed_at(self, call: int | str, phase: str = "after") -> None:
        """The next operation's process is killed `before` or `after` its n-th call, or its first call of that name, has
        reached the service."""

        def kill() -> None:
            raise Killed

        self._plans.append((call, phase, kill))

    def killed_between_steps(self) -> None:
        """The next operation's process is killed when it is about to delete something."""
        self._killed_at_delete = True

    def ctrl_c_at(self, call: int | str, phase: str = "after") -> None:
        """Ctrl-C at that call of the next operation (see `killed_at`)."""
        self._plans.append((call, phase, self._ctrl_c))

    def ctrl_c_in(self, seconds: float) -> None:
        """Ctrl-C when the next operation has taken so long, should it take that long."""
        self._ctrl_c_in = seconds

    def _ctrl_c(self) -> None:
        if self._process is not None and not self._process.cancelled:
            self._process.cancel()
            self._cancelled_at = self.cloud.clock.monotonic()

    def meanwhile(self, call: int | str, phase: str, what: str, *arguments: Any) -> None:
        """At that call of the next operation (see `killed_at`) this method of the story is called, too."""
        self._plans.append((call, phase, lambda: getattr(self, what)(*arguments)))

    def befall(self, troubles: list[Trouble]) -> None:
        """All these happen during the next operation."""
        for method, *arguments in troubles:
            getattr(self, method)(*arguments)

    def second_destroy(self) -> None:
        """Another `pulumi destroy` of the same stack, start to end; for use in `meanwhile`. What it takes is no time of
        the first one's.
        """
        began = self.cloud.clock.monotonic()
        try:
            self.engine.destroy(self.front(self.cloud, call_point=self._faults_only))
        except TOLD as failure:
            self._check_text(failure)
        finally:
            self._cancelled_at += self.cloud.clock.monotonic() - began

    # The end

    def finish(self) -> None:
        """Faults pass, and the user destroys: it works at once, but for what the message says to end by hand.

        What one attempt kept on purpose is not known to the next: it is named then, too.
        """
        self.clear_faults()
        self._plans.clear()
        self.wait(self.lag)
        for record in self.state.records:
            record.outputs["onUndeletable"] = "warn"
        believed = self._to_be_torn_down()
        self.destroy()
        for _ in range(self.most_messages):
            if self.told is not None:
                assert self.front.takes_a_last_look or "this state does not hold it" not in self.told
                self._end_what_the_message_names()
                self.destroy()
        assert self.told is None, f"destroy did not converge: {self.told}"
        assert self.state == State(), "destroy left something in the state"
        self._check_the_end(believed)

    def _to_be_torn_down(self) -> set[Any]:
        return {record.id for record in self.state.records if policy_of(record) != "retain"}

    def _check_the_end(self, believed: set[Any]) -> None:
        assert not believed & self.cloud.active(), "a job that was in the state still runs"
        forgotten = self.cloud.active() - self.let_go
        if self.echo:  # without names nothing proves whose a job is
            assert forgotten <= self.named, f"runs on, and nobody was told: {forgotten}"

    def _end_what_the_message_names(self) -> None:
        """The user ends in the console what the stack's identity says that the state does not hold."""
        assert self.told is not None
        assert "this state does not hold it" in self.told, f"destroy did not converge: {self.told}"
        copies = {job_id for job_id in self.copies if self.cloud.status(job_id) not in (None, *FINAL)}
        named = (self.cloud.active() | copies) & words(self.told)
        assert named, f"names nothing that runs: {self.told}"
        assert not words(self.told) & (self.cloud.foreign - self.copies)
        for job_id in named:
            self.cloud.emulator.force(job_id, "CANCELED")

    # Invariants

    def updating(self, record: Record) -> None:
        self.steps.append(f"update {record.name}")

    def creating(self, kind: str, name: str, inputs: Properties) -> None:
        self.steps.append(f"create {name}")
        self._before = set(self.cloud.bought())
        self._removed_elsewhere = False
        work = self._work(name, inputs)
        live = self.state.live(name)
        if live is not None and name not in self._forced and not self._ended_as_not_wanted(live, inputs):
            assert self._work(name, live.inputs) != work or _other_name(live, inputs), "bought again for nothing"
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
            if inputs.get("jobName"):
                self.named.add(job_id)
        self.unrecorded |= new
        self._unheard_of |= new - {object_id}
        if object_id is not None:
            if inputs.get("adoptJobId") == object_id or self._is_all_that_is_left(object_id):
                self.cloud.foreign.discard(object_id)
                self.work[object_id] = self._work(name, inputs)
            assert object_id not in self.cloud.foreign, "adopted a job of somebody else"
            self.let_go.discard(object_id)
            self.unrecorded.discard(object_id)
        most = 0 if self._orphans and self.echo and not inputs.get("jobName") else 1
        if not self._removed_elsewhere:
            assert len(new) <= most, f"bought {len(new)} where {most} would do: {sorted(new)}, {self._orphans}"

    def _is_all_that_is_left(self, object_id: str) -> bool:
        """Whether it is a copy of a job of ours that is deleted, record and all.

        Nothing tells it from a run that a killed `up` has left behind (see docs/guarantees.md).
        """
        if object_id not in self.copies:
            return False
        with self.cloud.emulator.service.at_now():
            name = self.cloud.emulator.service.jobs()[object_id].job_name
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

    def _check_ctrl_c(self) -> None:
        """What a provider that hears of it makes of Ctrl-C: no wait goes on, and nothing is begun. What had been asked
        of the service by then is awaited, for its answer must not be lost."""
        if self._process is None or not (self._process.cancelled and self._process.hears_of_ctrl_c):
            return
        longest = READ_TIMEOUT * (1 + len(self._after_ctrl_c))
        assert self.cloud.clock.monotonic() - self._cancelled_at <= longest, "waited on after Ctrl-C"
        # A step may make the call that it was about to make, and look what became of it.
        begun = [operation for operation in self._after_ctrl_c if operation in BEGINNINGS]
        assert len(begun) <= 1, f"begun after Ctrl-C: {begun}"
        assert len(self._after_ctrl_c) <= 2, f"went on after Ctrl-C: {self._after_ctrl_c}"

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

    def _check_text(self, failure: Exception) -> None:
        text = str(failure)
        assert KEY not in text
        assert "next:" in text, f"says nothing of what to do: {text}"

    # Running

    def _run(self, operation: Callable[[ProviderProcess], None]) -> None:
        started, steps = self.cloud.clock.monotonic(), 1 + len(self.state.records) + 2 * len(self.program)
        self._calls, self.told, self.cut_short = 0, None, False
        self._after_ctrl_c.clear()
        self._unheard_of.clear()
        self.steps.clear()
        self._process = self.front(self.cloud, call_point=self._point)
        if self._ctrl_c_in is not None:
            self.cloud.clock.alarm(self._ctrl_c_in, self._ctrl_c)
        try:
            operation(self._process)
        except TOLD as failure:
            self.told = str(failure)
            self._check_text(failure)
        except RunStoppedError:
            self.cut_short = True
        except Killed:
            self.cut_short = True
            # Nobody is quicker than the list: see docs/guarantees.md.
            self.wait(self.lag)
        self._check_ctrl_c()
        self._plans.clear()
        self._killed_at_delete = False
        self._ctrl_c_in = None
        self.cloud.clock.no_alarm()
        self._check(self.cloud.clock.monotonic() - started, steps)
        self._process = None

    def _point(self, phase: str, operation: str, object_id: str) -> None:
        if phase == "before":
            self._calls += 1
            if self._process is not None and self._process.cancelled:
                self._after_ctrl_c.append(operation)
        due = [plan for plan in self._plans if plan[0] in (self._calls, operation) and plan[1] == phase]
        for plan in due:
            self._plans.remove(plan)
            plan[2]()
        self._faults_only(phase, operation, object_id)

    def _faults_only(self, phase: str, operation: str, object_id: str) -> None:
        if phase == "before":
            for fault in self._wire:
                if fault["operation"] == operation and fault["left"] > 0:
                    fault["left"] -= 1
                    raise NoAnswerError(fault["kind"])

    def _work(self, name: str, inputs: Properties) -> str:
        """What a job is bought for: the stack, the resource, and all inputs but those that only steer the provider."""
        kept = {
            key: value
            for key, value in inputs.items()
            if key not in (*STEERING, "jobName", "trainingDatasets") and not key.startswith("__")
        }
        kept.setdefault("trainingFileIds", [one["file_id"] for one in inputs.get("trainingDatasets", ())])
        return json.dumps([self.state.owner, name, kept], sort_keys=True)

    def _job(self, variant: int) -> dict[str, Any]:
        return {"model": "qwen3-8b", "trainingFileIds": ["file-1"], "hyperParameters": {"n_epochs": variant + 1}}


def policy_of(record: Record) -> str:
    return str(record.outputs.get("onDestroy", "delete"))


def _other_name(live: Record, inputs: dict[str, Any]) -> bool:
    return any(live.inputs.get(name) != inputs.get(name) for name in ("jobName", "adoptJobId"))
