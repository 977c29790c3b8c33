"""Why this exists: the service and the passing of hours, all in one thread and without a real second.

`Cloud` is the service: one emulator on a manual clock. What runs against it are provider processes (see `processes`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from liked import liked

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings
from pulumi_dashscope_ft.emulator.api import deployments as deployment_operations
from pulumi_dashscope_ft.emulator.api import jobs as job_operations
from pulumi_dashscope_ft.emulator.errors import ApiProblemError
from pulumi_dashscope_ft.emulator.model.deployments import GONE, EmulatedDeployment
from pulumi_dashscope_ft.emulator.model.service import Call
from pulumi_dashscope_ft.text import redaction, secrets

KEY = "sk-0123456789abcdef-the-secret"
START = 1_800_000_000.0
FINAL = frozenset({"SUCCEEDED", "FAILED", "CANCELED"})


class SimulatedClock:
    """Time that passes only when somebody sleeps; the service's clock goes along."""

    def __init__(self, emulator: EmulatorServer) -> None:
        self._emulator = emulator
        self._now = 1000.0
        self._alarm: tuple[float, Callable[[], None]] | None = None

    def monotonic(self) -> float:
        return self._now

    def time(self) -> float:
        return START + self._now

    def sleep(self, seconds: float) -> None:
        self._pass(seconds, lambda: False)

    def pause(self, event: threading.Event, seconds: float) -> bool:
        """As `event.wait(seconds)`: an alarm may set it meanwhile."""
        self._pass(seconds, event.is_set)
        return event.is_set()

    def alarm(self, seconds: float, what: Callable[[], None]) -> None:
        """This happens in so many seconds, also to those who sleep then. There is one alarm at most."""
        self._alarm = (self._now + seconds, what)

    def no_alarm(self) -> None:
        self._alarm = None

    def _pass(self, seconds: float, enough: Callable[[], bool]) -> None:
        until = self._now + seconds
        if self._alarm is not None and self._now <= self._alarm[0] <= until and not enough():
            (at, what), self._alarm = self._alarm, None
            self._move(at)
            what()
        if not enough():
            self._move(until)

    def _move(self, until: float) -> None:
        if until > self._now:
            self._emulator.clock.advance(until - self._now)
            self._now = until


def _listens(emulator: EmulatorServer) -> bool:
    try:
        return bool(emulator.base_url)
    except RuntimeError:
        return False


def an_emulator(*, listening: bool = False) -> EmulatorServer:
    """As if new. There is one for each process of tests, for building its application takes longer than most tests do;
    the thread of one that listens ends with that process."""
    redaction._WATCHED.clear()  # every line is searched for the keys and secrets of all that is in use: no longer
    secrets._REGISTRIES.clear()  # those of earlier stories
    emulator = _only_emulator(listening)
    emulator.service.settings = liked(Settings())
    emulator.reset()
    return emulator


@cache
def _only_emulator(listening: bool) -> EmulatorServer:
    emulator = EmulatorServer(speed=None)
    if listening:
        emulator.start()
    return emulator


class Cloud:
    """The service, its clock, and everything that has ever been bought from it."""

    def __init__(self, emulator: EmulatorServer) -> None:
        emulator.reset()
        self.emulator = emulator
        self.listening = _listens(emulator)
        self.clock = SimulatedClock(emulator)
        self.lines: list[str] = []
        self.foreign: set[str] = set()
        """Jobs of other people in the same account."""
        self.theirs: list[EmulatedDeployment] = []
        """Deployments of other people in the same account."""
        self._deployments: dict[int, EmulatedDeployment] = {}
        emulator.service.on_change = self._note_deployments

    def status(self, job_id: str) -> str | None:
        """The true status, whatever faults say; None when the job is gone."""
        with self.emulator.service.at_now():
            job = self.emulator.service.jobs().get(job_id)
            return job.run.status if job is not None else None

    def force(self, job_id: str, status: str) -> None:
        """The job reaches this status."""
        self.emulator.force(job_id, status)

    def remove(self, job_id: str) -> None:
        """Somebody deletes the job."""
        self.emulator.remove_job(job_id)

    def bought(self) -> dict[str, str | None]:
        """Our jobs, also those deleted since: id → the name it was submitted with."""
        with self.emulator.service.at_now():
            everything = {**self.emulator.service.gone, **self.emulator.service.jobs()}
        return {job_id: job.job_name for job_id, job in everything.items() if job_id not in self.foreign}

    def name_of(self, job_id: str) -> str | None:
        """The name that an existing job was submitted with, whoever's it is."""
        with self.emulator.service.at_now():
            return self.emulator.service.jobs()[job_id].job_name

    def let_lists_show(self) -> None:
        """Time passes until the lists show what has been made so far, on a service whose lists lag (see `liked`)."""
        self.clock.sleep(self.emulator.settings.list_lag_seconds)

    def submitted_past_the_faults(self, body: dict[str, Any]) -> str:
        """The id of a new job in the same account that did not come over the wire: the faults there are ours alone."""
        with self._past_the_faults(body) as call:
            return str(job_operations.create(self.emulator.service, call)["output"]["job_id"])

    def deployed_past_the_faults(self, body: dict[str, Any]) -> EmulatedDeployment | None:
        """A new deployment of somebody else in the same account; None when the service refuses it."""
        with self._past_the_faults(body) as call:
            try:
                made = deployment_operations.create(self.emulator.service, call)["output"]["deployed_model"]
            except ApiProblemError:
                return None
            self._note_deployments()
            self.theirs.append(call.workspace.fleet.deployments[made])
            return self.theirs[-1]

    def train(self, model: str, base: str) -> None:
        """A tuned model of that name exists from now on; its job does not."""
        with self._past_the_faults() as call:
            call.workspace.orphans[model] = base

    @contextmanager
    def _past_the_faults(self, body: Any = None) -> Iterator[Call]:
        service = self.emulator.service
        with service.at_now() as now:
            caller = service.accounts.identify(f"Bearer {KEY}", None, service.settings)
            workspace = service.workspace(caller.scope, now)
            yield Call(caller, workspace, now, service.settings, path={}, query={}, body=body)

    def deployed(self) -> list[EmulatedDeployment]:
        """Every deployment of ours that there ever was, oldest first. Ids come again, these objects do not."""
        with self.emulator.service.at_now():
            everything = list(self._deployments.values())
        return [one for one in everything if not any(one is other for other in self.theirs)]

    def standing(self) -> dict[str, EmulatedDeployment]:
        """Our deployments that the service still knows, by id."""
        return {one.deployed_model: one for one in self.deployed() if one.status != GONE}

    def deployment_status(self, deployed_model: str) -> str | None:
        """The true status, whoever's it is; None when it is gone."""
        with self.emulator.service.at_now():
            found = self.emulator.service.deployments().get(deployed_model)
            return found.status if found is not None else None

    def _note_deployments(self) -> None:
        for workspace in self.emulator.service.workspaces.values():
            self._deployments.update({id(one): one for one in workspace.fleet.deployments.values()})

    def active(self) -> set[str]:
        """Our jobs that run or may yet run."""
        return {job_id for job_id in self.bought() if self.status(job_id) not in (None, *FINAL)}

    def touched(self) -> set[str]:
        """Ids of all jobs that somebody has tried to cancel or delete."""
        records = self.emulator.requests
        return {str(record.job_id) for record in records if record.operation in ("cancel", "delete")}
