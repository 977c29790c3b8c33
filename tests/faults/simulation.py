"""Why this exists: a provider process, its death and the passing of hours, all in one thread and without a real second.

`Cloud` is the service: one emulator on a manual clock. `Process` is one provider process on it: it dies with `Killed`
at any call a test chooses, and a new one remembers nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from inprocess import BASE_URL, READ_TIMEOUT, HookedAdapter, InProcessAdapter

from pulumi_dashscope_ft.api import Client, resolve_settings
from pulumi_dashscope_ft.emulator import EmulatorServer, deployment_operations, job_operations
from pulumi_dashscope_ft.emulator.deployments import GONE, Deployment
from pulumi_dashscope_ft.emulator.errors import ApiProblem
from pulumi_dashscope_ft.emulator.service import Call
from pulumi_dashscope_ft.lifecycle.connection import Connection, connect
from pulumi_dashscope_ft.lifecycle.ledger import Ledger

KEY = "sk-0123456789abcdef-the-secret"
START = 1_800_000_000.0
FINAL = frozenset({"SUCCEEDED", "FAILED", "CANCELED"})

CallPoint = Callable[[str, str, str], None]


class Killed(BaseException):
    """SIGKILL, as far as one thread can show it: no handler of the program runs on it."""


class SimulatedClock:
    """Time that passes only when somebody sleeps; the service's clock goes along."""

    def __init__(self, emulator: EmulatorServer) -> None:
        self._emulator = emulator
        self._now = 1000.0

    def monotonic(self) -> float:
        return self._now

    def time(self) -> float:
        return START + self._now

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            self._now += seconds
            self._emulator.clock.advance(seconds)


def _listens(emulator: EmulatorServer) -> bool:
    try:
        return bool(emulator.base_url)
    except RuntimeError:
        return False


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
        self.theirs: list[Deployment] = []
        """Deployments of other people in the same account."""
        self._deployments: dict[int, Deployment] = {}
        emulator.service.on_change = self._note_deployments

    def status(self, job_id: str) -> str | None:
        """The true status, whatever faults say; None when the job is gone."""
        with self.emulator.service.at_now():
            job = self.emulator.service.jobs().get(job_id)
            return job.run.status if job is not None else None

    def bought(self) -> dict[str, str | None]:
        """Our jobs, also those deleted since: id → the name it was submitted with."""
        with self.emulator.service.at_now():
            everything = {**self.emulator.service.gone, **self.emulator.service.jobs()}
        return {job_id: job.job_name for job_id, job in everything.items() if job_id not in self.foreign}

    def submitted_past_the_faults(self, body: dict[str, Any]) -> str:
        """The id of a new job in the same account that did not come over the wire: the faults there are ours alone."""
        with self._past_the_faults(body) as call:
            return str(job_operations.create(self.emulator.service, call)["output"]["job_id"])

    def deployed_past_the_faults(self, body: dict[str, Any]) -> Deployment | None:
        """A new deployment of somebody else in the same account; None when the service refuses it."""
        with self._past_the_faults(body) as call:
            try:
                made = deployment_operations.create(self.emulator.service, call)["output"]["deployed_model"]
            except ApiProblem:
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

    def deployed(self) -> list[Deployment]:
        """Every deployment of ours that there ever was, oldest first. Ids come again, these objects do not."""
        with self.emulator.service.at_now():
            everything = list(self._deployments.values())
        return [one for one in everything if not any(one is other for other in self.theirs)]

    def standing(self) -> dict[str, Deployment]:
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


class Process:
    """One provider process. Where the emulator listens, it is reached over a real socket, else in process."""

    def __init__(
        self,
        cloud: Cloud,
        *,
        call_point: CallPoint = lambda phase, operation, object_id: None,
        retry_timeout: float = 60.0,
    ) -> None:
        self.cloud = cloud
        self.ledger = Ledger()
        listening = cloud.listening
        resolved = resolve_settings(
            base_url=cloud.emulator.base_url if listening else BASE_URL, api_key=KEY, environ={}
        )
        # A hang on a socket costs real time, so there it is short.
        chosen = replace(resolved, read_timeout=0.2 if listening else READ_TIMEOUT, retry_timeout=retry_timeout)
        self.client = Client(chosen, clock=cloud.clock)
        # The one private name that the tests touch: the session whose adapter is replaced.
        session = self.client._transport._session()
        in_process = InProcessAdapter(cloud.emulator, cloud.clock.sleep, call_point)
        session.mount("http://", HookedAdapter(call_point) if listening else in_process)
        self.connection: Connection = connect(
            self.client, clock=cloud.clock, ledger=self.ledger, report=cloud.lines.append
        )
