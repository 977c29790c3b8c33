"""Why this exists: one schedule of what users, the service, the network and the reaper may do to a stack, with the
promises checked after every step.

`test_schedules.py` lets hypothesis write stories; `test_regressions.py` keeps the ones that once ended badly. Steps are
plain methods, so a counter-example can be copied from the one file into the other.
"""

from __future__ import annotations

from typing import Any

from engine import State
from front_ends import DYNAMIC
from promises import Promises, policy_of, words
from simulation import FINAL


class Story(Promises):
    """One account, one stack: what its user, the service and other people do.

    :param more: see `Promises` and `TroubledStack`.
    """

    most_messages = 2
    """How often a `destroy` may ask for something to be ended by hand before it works."""

    def __init__(self, front: str = DYNAMIC, **more: Any) -> None:
        chosen = {
            "running_seconds": 300.0,
            "canceling_seconds": 2.0,
            "cancel_outcome": "CANCELED",
            "refuse_cancel_while_canceling": False,
            "ends_before_cancel": False,
            "check_file_ids": False,
            "quota": 1000,
        }
        super().__init__(front, **{**chosen, **more})
        self.program = {"a": self._job(0)}
        # An account that is in use: if the service shows names, it shows this one.
        self.somebody_elses(False, True)
        self.cloud.force(next(iter(self.cloud.foreign)), "FAILED")

    # What the user does

    def add(self, name: str, variant: int = 0) -> None:
        self.program.setdefault(name, self._job(variant))

    def vary(self, name: str, variant: int) -> None:
        """Change an input that decides what is bought."""
        self.edit(name, hyperParameters={"n_epochs": variant})

    def respell(self, name: str) -> None:
        """Write the same training data in the other form that the API knows."""
        inputs = self.program.get(name, {})
        if "trainingFileIds" in inputs:
            files = inputs.pop("trainingFileIds")
            inputs["trainingDatasets"] = [{"data_source_type": "file_id", "file_id": one} for one in files]
        elif inputs:
            inputs["trainingFileIds"] = [one["file_id"] for one in inputs.pop("trainingDatasets")]

    def rename(self, old: str, new: str) -> None:
        """The way to rename a resource without losing its job: a new one that adopts it."""
        record = self.state.live(old)
        if record is not None and old in self.program and new not in self.program:
            self.program[new] = {**self.program.pop(old), self.adopting: record.id}

    def take_advice(self, name: str = "a") -> None:
        """Adopt what the last message said."""
        marker = f'set {self.adopting} to "'
        if self.told and marker in self.told and name in self.program:
            self.program[name][self.adopting] = self.told.split(marker)[1].split('"')[0]

    # What the service and other people do

    def force(self, status: str) -> None:
        """All our active jobs reach this status."""
        for job_id in sorted(self.cloud.active()):
            self.cloud.force(job_id, status)

    def resume(self) -> None:
        """Our jobs that had been cancelled run after all."""
        for job_id in self.cloud.bought():
            if self.cloud.status(job_id) == "CANCELED":
                self.cloud.force(job_id, "RUNNING")

    def remove_elsewhere(self) -> None:
        """Somebody deletes one of our jobs in the console."""
        existing = [job_id for job_id in self.cloud.bought() if self.cloud.status(job_id) is not None]
        if existing:
            self._removed_elsewhere = True
            self.cloud.remove(existing[-1])

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
            self.cloud.force(job_id, "CANCELED")

    def _job(self, variant: int) -> dict[str, Any]:
        return {"model": "qwen3-8b", "trainingFileIds": ["file-1"], "hyperParameters": {"n_epochs": variant + 1}}
