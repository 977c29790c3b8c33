"""The state of the emulated service, and the one lock around it.

HTTP handlers, tests and the control API all use the same jobs, files and deployments, from different threads. Each goes
through :meth:`Service.at_now`, which takes the lock and first plays every step that is due, so that nobody ever sees an
outdated status. The operations themselves are in :mod:`..api`.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from pulumi_dashscope_ft.emulator import checks
from pulumi_dashscope_ft.emulator.clock import Clock
from pulumi_dashscope_ft.emulator.errors import gone, problem
from pulumi_dashscope_ft.emulator.limits import keep_gone, require_room
from pulumi_dashscope_ft.emulator.records import RequestLog
from pulumi_dashscope_ft.emulator.wire import Ids

from .accounts import Accounts, CallerAccount
from .board import Board
from .catalogue import produced
from .custom.compression import CompressionJob, Compressions
from .custom.importing import ImportJob, Imports
from .custom.product import Product
from .custom.steering import Steering
from .deployments import EmulatedDeployment
from .facts.likeness import Likeness
from .faults import FaultBook
from .fleet import Fleet
from .jobs import EmulatedJob
from .settings import Settings


@dataclass(slots=True)
class StoredFile:
    """An uploaded file: its facts, not its bytes."""

    file_id: str
    number: int
    name: str
    description: str
    size: int
    md5: str
    purpose: str
    created_at: float
    uid: str


@dataclass(slots=True)
class Workspace:
    """What the keys of one workspace share."""

    scope: str
    board: Board
    fleet: Fleet
    compressions: Compressions
    imports: Imports
    jobs: dict[str, EmulatedJob] = field(default_factory=dict)
    files: dict[str, StoredFile] = field(default_factory=dict)
    orphans: dict[str, str] = field(default_factory=dict)
    """Tuned model → base model, of deleted jobs: the model outlives the record."""
    methods: dict[str, str] = field(default_factory=dict)
    """Tuned model → the method that made it, of deleted jobs, where it is known."""

    def products(self, now: float) -> dict[str, Product]:
        """Return the custom models of this workspace at `now`: trained ones, oldest first, compressed, imported."""
        return {
            **{model: Product(base, self.methods.get(model, "")) for model, base in self.orphans.items()},
            **produced(self.jobs.values(), now),
            **self.compressions.products(),
            **self.imports.products(),
        }

    def tuned_models(self, now: float) -> dict[str, str]:
        """Return custom model → base model, in the order of :meth:`products`."""
        return {model: product.base_model for model, product in self.products(now).items()}

    def advance(self, now: float) -> None:
        """Play every step that is due."""
        self.board.advance(now)
        self.fleet.advance(now)
        self.compressions.board.advance(now)
        self.imports.advance(now)

    def configure(self, settings: Settings) -> None:
        """Set new defaults for the course of everything."""
        self.board.configure(settings.plan, settings.runners)
        self.fleet.configure(settings.deployment_plan)
        self.compressions.board.configure(settings.compression_plan, settings.runners)
        self.imports.configure(settings.import_plan)

    @property
    def latest(self) -> float:
        """The time until which everything has been played."""
        return max(self.board.time, self.fleet.time, self.compressions.board.time, self.imports.time)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file part of a multipart request."""

    name: str
    size: int
    md5: str


@dataclass(frozen=True, slots=True)
class Call:
    """A request, free of HTTP: the caller, ids, parameters and body."""

    caller: CallerAccount
    workspace: Workspace
    now: float
    settings: Settings
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Any = None
    """Decoded JSON; `None` if there was no body."""
    fields: Mapping[str, list[str]] = field(default_factory=dict)
    """Text parts of a multipart body."""
    uploads: tuple[Upload, ...] = ()

    @property
    def job(self) -> EmulatedJob:
        """The job in the path.

        :raises ApiProblemError: there is none, in the form that the settings name. Also for a job of another workspace
            (inferred: it could be 401 or 403 as well).
        :raises NothingThereError: the same, where the form is no error.
        """
        job = self.workspace.jobs.get(self.path["job_id"])
        if job is None:
            raise gone(self.settings.gone_job, problem("not_found"))
        return job


class Service:
    """All workspaces, the settings, the faults and the request log."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self.likeness: Likeness | None = None
        """The report that the settings follow."""
        self.ids = Ids(settings.seed)
        self.accounts = Accounts()
        self.workspaces: dict[str, Workspace] = {}
        self.gone: dict[str, EmulatedJob] = {}
        self.faults = FaultBook(settings.seed)
        self.log = RequestLog()
        self.planned: deque[dict[str, object]] = deque()
        self.planned_deployments: deque[dict[str, object]] = deque()
        self.on_change: Callable[[], None] = _nothing
        """Called, with the lock held, after anything that may have changed the saved state."""
        self._lock = threading.RLock()
        self.compressions: Steering[CompressionJob] = Steering(
            self.at_now,
            lambda: [workspace.compressions for workspace in self.workspaces.values()],
            lambda: self.settings.compression_plan,
            lambda: self.on_change(),
        )
        self.imports: Steering[ImportJob] = Steering(
            self.at_now,
            lambda: [workspace.imports for workspace in self.workspaces.values()],
            lambda: self.settings.import_plan,
            lambda: self.on_change(),
        )

    @contextmanager
    def at_now(self) -> Iterator[float]:
        """Hold the lock, with everything advanced to the present. Yield the service time."""
        with self._lock:
            now = self.clock.now()
            for workspace in self.workspaces.values():
                workspace.advance(now)
            yield now

    def workspace(self, scope: str, now: float) -> Workspace:
        """Return the workspace of that id, made on first use. Call with the lock held."""
        if scope not in self.workspaces:
            settings = self.settings
            self.workspaces[scope] = Workspace(
                scope,
                Board(settings.plan, runners=settings.runners, time=now),
                Fleet(settings.deployment_plan, time=now),
                Compressions(settings.compression_plan, runners=settings.runners, time=now),
                Imports(settings.import_plan, time=now),
            )
        return self.workspaces[scope]

    def configure(self, changes: Mapping[str, object]) -> Settings:
        """Change settings, also for jobs under way.

        :raises ValueError: one of them can't be used; nothing is changed.
        """
        with self.at_now():
            self.settings = self.settings.changed(changes)
            for workspace in self.workspaces.values():
                workspace.configure(self.settings)
            return self.settings

    def plan_next(self, changes: Mapping[str, object]) -> None:
        """Make the next created job follow this plan; several calls queue up."""
        with self.at_now():
            self.settings.plan.override(changes)
            require_room(self.planned)
            self.planned.append(dict(changes))

    def plan_next_deployment(self, changes: Mapping[str, object]) -> None:
        """Make the next created deployment follow this plan; several calls queue up."""
        with self.at_now():
            self.settings.deployment_plan.override(changes)
            require_room(self.planned_deployments)
            self.planned_deployments.append(dict(changes))

    def next_ids(self, ids: Mapping[str, object]) -> dict[str, int]:
        """Set the ids of the next objects: a list under each kind of :data:`ID_KINDS`; several calls queue up.

        :returns: how many ids of each kind wait for use.
        :raises ValueError: a kind is unknown, or an id is no text or is taken; nothing is changed.
        """
        with self.at_now():
            taken: dict[str, Iterable[str]] = {
                "jobs": {*self.jobs(), *self.gone},
                "files": self.files(),
                "deployments": self.deployments(),
                "compressions": {*self.compressions.all(), *self.compressions.gone()},
                "imports": {*self.imports.all(), *self.imports.gone()},
            }
            for kind, wanted in ids.items():
                if kind not in taken:
                    raise ValueError(f"ids can be chosen for {', '.join(taken)}, not for {kind!r}")
                checks.names(kind, wanted)
                used = sorted({*cast("list[str]", wanted)} & {*taken[kind]})
                if used:
                    raise ValueError(f"{kind}: {', '.join(used)} is taken")
            for kind, wanted in ids.items():
                self.ids.choose(kind, cast("list[str]", wanted))
            return self.ids.waiting()

    def jobs(self) -> dict[str, EmulatedJob]:
        """Return the jobs of all workspaces, oldest first. Call with the lock held."""
        merged = [job for workspace in self.workspaces.values() for job in workspace.jobs.values()]
        return {job.job_id: job for job in sorted(merged, key=lambda job: job.run.created_at)}

    def files(self) -> dict[str, StoredFile]:
        """Return the files of all workspaces, oldest first. Call with the lock held."""
        merged = [file for workspace in self.workspaces.values() for file in workspace.files.values()]
        return {file.file_id: file for file in sorted(merged, key=lambda file: file.created_at)}

    def deployments(self) -> dict[str, EmulatedDeployment]:
        """Return the deployments of all workspaces, oldest first. Call with the lock held."""
        merged = [
            deployment for workspace in self.workspaces.values() for deployment in workspace.fleet.deployments.values()
        ]
        return {
            deployment.deployed_model: deployment
            for deployment in sorted(merged, key=lambda deployment: deployment.sequence)
        }

    def gone_deployments(self) -> dict[str, EmulatedDeployment]:
        """Return the deployments that are gone, in the order they went. Call with the lock held."""
        merged = [deployment for workspace in self.workspaces.values() for deployment in workspace.fleet.gone.values()]
        return {
            deployment.deployed_model: deployment
            for deployment in sorted(merged, key=lambda deployment: deployment.since)
        }

    def fleet_of(self, deployed_model: str) -> Fleet:
        """Return the fleet of a deployment.

        :raises KeyError: there is no such deployment.
        """
        for workspace in self.workspaces.values():
            if deployed_model in workspace.fleet.deployments:
                return workspace.fleet
        raise KeyError(deployed_model)

    def home_of(self, job_id: str) -> Workspace:
        """Return the workspace of a job.

        :raises KeyError: there is no such job.
        """
        for workspace in self.workspaces.values():
            if job_id in workspace.jobs:
                return workspace
        raise KeyError(job_id)

    def forget(self, workspace: Workspace, job_id: str) -> None:
        """Remove a job; its history stays readable for a while, and its models stay deployable."""
        for model, product in produced([workspace.jobs[job_id]], workspace.board.time).items():
            workspace.orphans[model] = product.base_model
            workspace.methods[model] = product.method
        workspace.board.remove(job_id)
        keep_gone(self.gone, job_id, workspace.jobs.pop(job_id))
        self.on_change()

    def force(self, job_id: str, status: str) -> None:
        """Put a job into a status by hand.

        :raises KeyError: there is no such job.
        :raises ValueError: the status is unknown.
        """
        with self.at_now() as now:
            self.home_of(job_id).board.force(job_id, status, now)
            self.on_change()

    def replan(self, job_id: str, changes: Mapping[str, object]) -> None:
        """Change the plan of one job.

        :raises KeyError: there is no such job.
        :raises ValueError: the changes are no valid plan.
        """
        with self.at_now():
            self.home_of(job_id).board.replan(job_id, changes)
            self.on_change()

    def remove(self, job_id: str) -> None:
        """Remove a job as somebody else would, in any status.

        :raises KeyError: there is no such job.
        """
        with self.at_now():
            self.forget(self.home_of(job_id), job_id)

    def force_deployment(self, deployed_model: str, status: str) -> None:
        """Put a deployment into a status by hand.

        :raises KeyError: there is no such deployment.
        :raises ValueError: the status is unknown.
        """
        with self.at_now() as now:
            self.fleet_of(deployed_model).force(deployed_model, status, now)
            self.on_change()

    def replan_deployment(self, deployed_model: str, changes: Mapping[str, object]) -> None:
        """Change the plan of one deployment.

        :raises KeyError: there is no such deployment.
        :raises ValueError: the changes are no valid plan.
        """
        with self.at_now():
            self.fleet_of(deployed_model).replan(deployed_model, changes)
            self.on_change()

    def remove_deployment(self, deployed_model: str) -> None:
        """Remove a deployment as somebody else would, in any status.

        :raises KeyError: there is no such deployment.
        """
        with self.at_now() as now:
            self.fleet_of(deployed_model).remove(deployed_model, now, "removed")
            self.on_change()

    def reset(self) -> None:
        """Forget jobs, files, deployments, compressions, imports, faults, plans, chosen ids and records.

        Settings, clock and the numbering of keys stay.
        """
        with self._lock:
            self.workspaces.clear()
            self.gone.clear()
            self.faults.clear()
            self.log.clear()
            self.planned.clear()
            self.planned_deployments.clear()
            self.compressions.planned.clear()
            self.imports.planned.clear()
            self.ids.forget_chosen()
            self.on_change()


def _nothing() -> None:
    """Do nothing: there is no listener."""
