"""The emulator as a running server, in a thread of the calling process.

Tests want a real socket, an address at once and an end at once, and access to the same emulator from Python.
:mod:`.http.listening` does the listening; :mod:`.app` is what it serves.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import overload

from .app import BASE, build_app
from .clock import Clock
from .http.guard import is_loopback
from .http.listening import Server, for_url, listen, server_for
from .model.custom.views import CompressionView, ImportView
from .model.facts.likeness import Likeness
from .model.faults import FaultRule
from .model.service import Service, StoredFile
from .model.settings import Settings
from .model.views import DeploymentView, JobView
from .page.token import checked_token
from .records import RequestRecord
from .storage.store import Store

START_SECONDS = 10.0


class EmulatorServer:
    """A DashScope fine-tuning API on this machine.

    Use the server as a context manager, or call :meth:`start` and :meth:`stop`. All methods may be called from any
    thread.

    :param speed: service seconds per real second; `None` is a clock that only `clock.advance(seconds)` moves.
    :param start: the first service time (epoch seconds, default: now).
    :param state: a SQLite file that keeps the emulator's objects, readable by its owner only.
    :param settings: default: what `like` says, and the defaults for the rest.
    :param like: a report of the real service (`read_report(path)`), which `GET /_emulator/settings` and the page show.
    :param control_token: 16 visible ASCII characters or more; closes the control API and the page to everybody who does
        not send it.
    :param port: 0 takes a free port.
    :raises ValueError: a speed, a start or a token can't be used.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        speed: float | None = 1.0,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        start: float | None = None,
        state: str | Path | None = None,
        like: Likeness | None = None,
        control_token: str | None = None,
    ) -> None:
        self.clock = Clock(speed, start=start)
        usual = Settings() if like is None else Settings().changed(like.settings)
        self.service = Service(settings or usual, self.clock)
        self.service.likeness = like
        self._host, self._port = host, port
        self._state = state
        self._control_token = None if control_token is None else checked_token(control_token)
        self.notices: tuple[str, ...] = ()
        """Problems of the state file at the start, repaired or left out: one line each."""
        self._store: Store | None = None
        self._bound_port: int | None = None
        self._server: Server | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> EmulatorServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # Running

    def start(self) -> None:
        """Listen.

        :raises OSError: the address is taken.
        :raises ValueError: the state file can't be used.
        """
        if self._thread is not None:
            raise RuntimeError("this emulator is running already")
        listening = listen(self._host, self._port)
        try:
            if self._state is not None:
                self._open_store(self._state)
            app = build_app(self.service, any_host=not is_loopback(self._host), control_token=self._control_token)
            server = server_for(app)
        except BaseException:
            listening.close()
            raise
        self._bound_port, self._server = int(listening.getsockname()[1]), server
        self._thread = threading.Thread(
            target=server.run, kwargs={"sockets": [listening]}, name="dashscope-emulator", daemon=True
        )
        self._thread.start()
        if not server.ready.wait(START_SECONDS):
            raise RuntimeError(f"the emulator did not start within {START_SECONDS:g} s")

    def stop(self) -> None:
        """Close every connection and end the thread. Does nothing if it is not running."""
        if self._thread is None or self._server is None:
            return
        self._server.end()
        self._thread.join()
        self._thread = self._server = None
        if self._store is not None:
            with self.service.at_now():
                self._store.save(self.service)
                self._store.close()
                self._store = None

    @property
    def base_url(self) -> str:
        """The value for `DASHSCOPE_HTTP_BASE_URL`.

        :raises RuntimeError: before :meth:`start`.
        """
        return self.root_url + BASE

    @property
    def root_url(self) -> str:
        """The address without a path; the control API is at its `/_emulator`."""
        if self._bound_port is None:
            raise RuntimeError("the emulator has no address before it is started")
        return f"http://{for_url(self._host)}:{self._bound_port}"

    def _open_store(self, path: str | Path) -> None:
        store = Store(path)
        with self.service.at_now():
            store.load(self.service)
            store.save(self.service)  # this start counts, even if nothing else happens
        self.notices = store.notices
        self.service.on_change = functools.partial(store.save, self.service)
        self._store = store

    # State and control

    @property
    def settings(self) -> Settings:
        """The settings in force. `configure` changes them."""
        return self.service.settings

    def configure(self, **changes: object) -> Settings:
        """Change settings, at once and also for jobs under way.

        :raises ValueError: a setting is unknown or unusable.
        """
        return self.service.configure(changes)

    def plan_next_job(self, **plan: object) -> None:
        """Set the plan of the next job (fields of a plan, such as `outcome="FAILED"`)."""
        self.service.plan_next(plan)

    def next_ids(
        self,
        *,
        jobs: Sequence[str] = (),
        files: Sequence[str] = (),
        deployments: Sequence[str] = (),
        compressions: Sequence[str] = (),
        imports: Sequence[str] = (),
    ) -> dict[str, int]:
        """Set the ids of the next objects, such as those in a state that outlived another emulator.

        :returns: how many ids of each kind wait for use.
        :raises ValueError: an id can't be used.
        """
        chosen = {
            "jobs": jobs,
            "files": files,
            "deployments": deployments,
            "compressions": compressions,
            "imports": imports,
        }
        return self.service.next_ids({kind: [*ids] for kind, ids in chosen.items()})

    def replan(self, job_id: str, **plan: object) -> None:
        """Change the plan of an existing job.

        :raises KeyError: there is no such job.
        :raises ValueError: the changes are no valid plan.
        """
        self.service.replan(job_id, plan)

    def force(self, job_id: str, status: str) -> None:
        """Put a job into a status by hand.

        :raises KeyError: there is no such job.
        :raises ValueError: the status is unknown.
        """
        self.service.force(job_id, status)

    def remove_job(self, job_id: str) -> None:
        """Remove a job as if somebody else had deleted it.

        :raises KeyError: there is no such job.
        """
        self.service.remove(job_id)

    def plan_next_deployment(self, **plan: object) -> None:
        """Set the plan of the next deployment (fields of a deployment plan, such as `deployment_outcome="FAILED"`)."""
        self.service.plan_next_deployment(plan)

    def replan_deployment(self, deployed_model: str, **plan: object) -> None:
        """Change the plan of an existing deployment.

        :raises KeyError: there is no such deployment.
        :raises ValueError: the changes are no valid plan.
        """
        self.service.replan_deployment(deployed_model, plan)

    def force_deployment(self, deployed_model: str, status: str) -> None:
        """Put a deployment into a status by hand.

        :raises KeyError: there is no such deployment.
        :raises ValueError: the status is unknown.
        """
        self.service.force_deployment(deployed_model, status)

    def remove_deployment(self, deployed_model: str) -> None:
        """Remove a deployment as if somebody else had deleted it.

        :raises KeyError: there is no such deployment.
        """
        self.service.remove_deployment(deployed_model)

    def plan_next_compression(self, **plan: object) -> None:
        """Set the plan of the next compression job (fields of a job's plan, such as `outcome="FAILED"`)."""
        self.service.compressions.plan_next(plan)

    def replan_compression(self, job_id: str, **plan: object) -> None:
        """Change the plan of an existing compression job. Errors as in :meth:`replan`."""
        self.service.compressions.replan(job_id, plan)

    def force_compression(self, job_id: str, status: str) -> None:
        """Put a compression job into a status by hand. Errors as in :meth:`force`."""
        self.service.compressions.force(job_id, status)

    def remove_compression(self, job_id: str) -> None:
        """Remove a compression job as if somebody else had deleted it. Errors as in :meth:`remove_job`."""
        self.service.compressions.remove(job_id)

    def plan_next_import(self, **plan: object) -> None:
        """Set the plan of the next import (fields of an import plan, such as `import_outcome="FAILED"`)."""
        self.service.imports.plan_next(plan)

    def replan_import(self, job_id: str, **plan: object) -> None:
        """Change the plan of an existing import. Errors as in :meth:`replan`."""
        self.service.imports.replan(job_id, plan)

    def force_import(self, job_id: str, status: str) -> None:
        """Put an import into a status by hand. Errors as in :meth:`force`."""
        self.service.imports.force(job_id, status)

    def remove_import(self, job_id: str) -> None:
        """Remove an import as if somebody else had deleted it. Errors as in :meth:`remove_job`."""
        self.service.imports.remove(job_id)

    def reset(self) -> None:
        """Forget jobs, files, deployments, compressions, imports, faults and records."""
        self.service.reset()

    def add_fault(self, rule: FaultRule) -> FaultRule:
        """Put a rule in force. Return the same object, whose `fired` keeps counting."""
        with self.service.at_now():
            return self.service.faults.add(rule)

    def clear_faults(self) -> None:
        """Remove all fault rules. Calls that already hang go on hanging."""
        with self.service.at_now():
            self.service.faults.clear()

    @property
    def jobs(self) -> dict[str, JobView]:
        """The existing jobs, by id, oldest first."""
        with self.service.at_now():
            return {job_id: JobView(self.service, job) for job_id, job in self.service.jobs().items()}

    @property
    def gone_jobs(self) -> dict[str, JobView]:
        """Deleted jobs with their history (the last thousand)."""
        with self.service.at_now():
            return {job_id: JobView(self.service, job) for job_id, job in self.service.gone.items()}

    @property
    def files(self) -> dict[str, StoredFile]:
        """The existing files, by id, oldest first."""
        with self.service.at_now():
            return self.service.files()

    @property
    def deployments(self) -> dict[str, DeploymentView]:
        """The existing deployments, by id, oldest first."""
        with self.service.at_now():
            return {
                name: DeploymentView(self.service, deployment)
                for name, deployment in self.service.deployments().items()
            }

    @property
    def gone_deployments(self) -> dict[str, DeploymentView]:
        """Deployments that are gone, with their history (the last thousand of each workspace)."""
        with self.service.at_now():
            return {
                name: DeploymentView(self.service, deployment)
                for name, deployment in self.service.gone_deployments().items()
            }

    @property
    def compressions(self) -> dict[str, CompressionView]:
        """The existing compression jobs, by id, oldest first."""
        with self.service.at_now():
            steering = self.service.compressions
            return {job_id: CompressionView(steering, job) for job_id, job in steering.all().items()}

    @property
    def gone_compressions(self) -> dict[str, CompressionView]:
        """Deleted compression jobs with their history (the last thousand of each workspace)."""
        with self.service.at_now():
            steering = self.service.compressions
            return {job_id: CompressionView(steering, job) for job_id, job in steering.gone().items()}

    @property
    def imports(self) -> dict[str, ImportView]:
        """The existing imports, by id, oldest first."""
        with self.service.at_now():
            steering = self.service.imports
            return {job_id: ImportView(steering, job) for job_id, job in steering.all().items()}

    @property
    def gone_imports(self) -> dict[str, ImportView]:
        """Deleted imports with their history (the last thousand of each workspace)."""
        with self.service.at_now():
            steering = self.service.imports
            return {job_id: ImportView(steering, job) for job_id, job in steering.gone().items()}

    @property
    def requests(self) -> list[RequestRecord]:
        """The requests received, oldest first (the last ten thousand)."""
        with self.service.at_now():
            return list(self.service.log.records)

    @overload
    def count(self) -> dict[str, int]: ...

    @overload
    def count(self, operation: str) -> int: ...

    def count(self, operation: str | None = None) -> int | dict[str, int]:
        """Return the number of calls of an operation, including faulty ones; without a name, of each operation."""
        with self.service.at_now():
            counts = self.service.log.counts
            return dict(counts) if operation is None else counts[operation]
