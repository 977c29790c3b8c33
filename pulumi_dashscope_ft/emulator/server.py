"""The emulator as a running server, in a thread of the calling process.

Why it exists: tests want a real socket, an address at once and an end at once, and to reach into the same
emulator from Python. How it listens is in :mod:`.listening`; what it serves, in :mod:`.app`.
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

    ``speed`` is service seconds per real second, ``None`` a clock that only ``clock.advance(seconds)`` moves;
    ``start`` sets the service time it begins with (epoch seconds, default: now). ``state`` names a SQLite
    file to keep its objects in, readable by its owner only. ``control_token``, 16 visible ASCII characters or more,
    closes the control API and the page to everybody who does not send it. Port 0 takes a free port. Use the server
    as a context manager, or call :meth:`start` and :meth:`stop`. All of it may be used from any thread.

    Raises ``ValueError`` for a speed, a start or a token that can't be used.
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
        control_token: str | None = None,
    ) -> None:
        self.clock = Clock(speed, start=start)
        self.service = Service(settings or Settings(), self.clock)
        self._host, self._port = host, port
        self._state = state
        self._control_token = None if control_token is None else checked_token(control_token)
        self.notices: tuple[str, ...] = ()
        """What was found wrong with the state file at the start, and put right or left out: one line each."""
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
        """Listen. Raises ``OSError`` when the address is taken, ``ValueError`` for an unusable state file."""
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
        """Close every connection and end the thread; does nothing when it is not running."""
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
        """What belongs in ``DASHSCOPE_HTTP_BASE_URL``. Raises ``RuntimeError`` before :meth:`start`."""
        return self.root_url + BASE

    @property
    def root_url(self) -> str:
        """The address without a path; the control API is under ``/_emulator`` of it."""
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

    # Looking and steering

    @property
    def settings(self) -> Settings:
        return self.service.settings

    def configure(self, **changes: object) -> Settings:
        """Change settings, at once and also for jobs under way. Raises ``ValueError``."""
        return self.service.configure(changes)

    def plan_next_job(self, **plan: object) -> None:
        """The next job to be created goes like this (fields of a plan, such as ``outcome="FAILED"``)."""
        self.service.plan_next(plan)

    def next_ids(
        self, *, jobs: Sequence[str] = (), files: Sequence[str] = (), deployments: Sequence[str] = ()
    ) -> dict[str, int]:
        """The next objects get these ids, such as those in a state that outlived another emulator. Gives how many wait
        to be used. Raises ``ValueError``.
        """
        return self.service.next_ids({"jobs": [*jobs], "files": [*files], "deployments": [*deployments]})

    def replan(self, job_id: str, **plan: object) -> None:
        """An existing job goes on like this. Raises ``KeyError`` or ``ValueError``."""
        self.service.replan(job_id, plan)

    def force(self, job_id: str, status: str) -> None:
        """Put a job into a status by hand. Raises ``KeyError`` or ``ValueError``."""
        self.service.force(job_id, status)

    def remove_job(self, job_id: str) -> None:
        """Take a job away as if somebody else had deleted it. Raises ``KeyError``."""
        self.service.remove(job_id)

    def plan_next_deployment(self, **plan: object) -> None:
        """The next deployment goes like this (fields of a deployment plan, such as ``deployment_outcome="FAILED"``)."""
        self.service.plan_next_deployment(plan)

    def replan_deployment(self, deployed_model: str, **plan: object) -> None:
        """An existing deployment goes on like this. Raises ``KeyError`` or ``ValueError``."""
        self.service.replan_deployment(deployed_model, plan)

    def force_deployment(self, deployed_model: str, status: str) -> None:
        """Put a deployment into a status by hand. Raises ``KeyError`` or ``ValueError``."""
        self.service.force_deployment(deployed_model, status)

    def remove_deployment(self, deployed_model: str) -> None:
        """Take a deployment away as if somebody else had deleted it. Raises ``KeyError``."""
        self.service.remove_deployment(deployed_model)

    def reset(self) -> None:
        """Forget jobs, files, deployments, faults and records."""
        self.service.reset()

    def add_fault(self, rule: FaultRule) -> FaultRule:
        """Put a rule in force; the same object comes back, and its ``fired`` keeps counting."""
        with self.service.at_now():
            return self.service.faults.add(rule)

    def clear_faults(self) -> None:
        with self.service.at_now():
            self.service.faults.clear()

    @property
    def jobs(self) -> dict[str, JobView]:
        """The jobs there are, by id, oldest first."""
        with self.service.at_now():
            return {job_id: JobView(self.service, job) for job_id, job in self.service.jobs().items()}

    @property
    def gone_jobs(self) -> dict[str, JobView]:
        """Deleted jobs with their history (the last thousand)."""
        with self.service.at_now():
            return {job_id: JobView(self.service, job) for job_id, job in self.service.gone.items()}

    @property
    def files(self) -> dict[str, StoredFile]:
        """The files there are, by id, oldest first."""
        with self.service.at_now():
            return self.service.files()

    @property
    def deployments(self) -> dict[str, DeploymentView]:
        """The deployments there are, by id, oldest first."""
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
    def requests(self) -> list[RequestRecord]:
        """What has reached it, oldest first (the last ten thousand)."""
        with self.service.at_now():
            return list(self.service.log.records)

    @overload
    def count(self) -> dict[str, int]: ...

    @overload
    def count(self, operation: str) -> int: ...

    def count(self, operation: str | None = None) -> int | dict[str, int]:
        """How many calls of an operation have reached it, faulty ones included; without a name, of each."""
        with self.service.at_now():
            counts = self.service.log.counts
            return dict(counts) if operation is None else counts[operation]
