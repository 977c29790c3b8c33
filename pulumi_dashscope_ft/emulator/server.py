"""The emulator as a running server, in a thread of the calling process.

Why it exists: tests want a real socket, an address at once and an end at once, and to reach into the same
emulator from Python. uvicorn does the HTTP; this module gives it an ephemeral port, a start and stop without
its polling, and hands each request its connection, so that faults can reset it.
"""

from __future__ import annotations

import asyncio
import functools
import ipaddress
import socket
import threading
from pathlib import Path
from types import TracebackType
from typing import overload

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from .answers import TRANSPORT
from .app import BASE, build_app
from .clock import Clock
from .faults import FaultRule
from .guard import is_loopback
from .records import RequestRecord
from .service import Service, StoredFile
from .settings import Settings
from .store import Store
from .views import JobView

START_SECONDS = 10.0


class EmulatorServer:
    """A DashScope fine-tuning API on this machine.

    ``speed`` is service seconds per real second, ``None`` a clock that only ``clock.advance(seconds)`` moves;
    ``start`` sets the service time it begins with (epoch seconds, default: now). ``state`` names a SQLite
    file to keep jobs and files in. Port 0 takes a free one. Use it as a context manager, or call
    :meth:`start` and :meth:`stop`. All of it may be used from any thread.
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
    ) -> None:
        self.clock = Clock(speed, start=start)
        self.service = Service(settings or Settings(), self.clock)
        self._host, self._port = host, port
        self._state = state
        self._store: Store | None = None
        self._bound_port: int | None = None
        self._server: _Server | None = None
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
        listening = _listen(self._host, self._port)
        try:
            if self._state is not None:
                self._open_store(self._state)
            app = build_app(self.service, any_host=not is_loopback(self._host))
            server = _Server(
                uvicorn.Config(
                    app,
                    http=_Protocol,
                    ws="none",
                    lifespan="off",
                    loop="asyncio",
                    log_config=None,
                    log_level="critical",
                    access_log=False,
                    server_header=False,
                    timeout_keep_alive=75,
                )
            )
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
        return f"http://{_for_url(self._host)}:{self._bound_port}"

    def _open_store(self, path: str | Path) -> None:
        store = Store(path)
        with self.service.at_now():
            store.load(self.service)
            store.save(self.service)  # this start counts, even if nothing else happens
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

    def replan(self, job_id: str, **plan: object) -> None:
        """An existing job goes on like this. Raises ``KeyError`` or ``ValueError``."""
        self.service.replan(job_id, plan)

    def force(self, job_id: str, status: str) -> None:
        """Put a job into a status by hand. Raises ``KeyError`` or ``ValueError``."""
        self.service.force(job_id, status)

    def remove_job(self, job_id: str) -> None:
        """Take a job away as if somebody else had deleted it. Raises ``KeyError``."""
        self.service.remove(job_id)

    def reset(self) -> None:
        """Forget jobs, files, faults and records."""
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


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP on purpose: asyncio turns off Nagle's delay (40 ms an answer) only where the protocol is spelled out.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host.strip("[]"), port))
        # Connections made before the loop is up wait here instead of being refused.
        listening.listen(2048)
    except BaseException:
        listening.close()
        raise
    return listening


def _for_url(host: str) -> str:
    bare = host.strip("[]")
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        return host
    if address.is_unspecified:  # listening everywhere; this machine reaches it through loopback
        return "[::1]" if address.version == 6 else "127.0.0.1"
    return f"[{bare}]" if address.version == 6 else bare


class _Server(uvicorn.Server):
    """uvicorn that says when it is ready and ends when told, instead of looking every tenth of a second."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end = asyncio.Event()

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.ready.set()
        await self._end.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close everything now; the base class would first wait for open answers, which may be hanging on purpose."""
        for server in self.servers:
            server.close()
        for listening in sockets or []:
            listening.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)  # lets the connections notice

    def end(self) -> None:
        """Called from another thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._end.set)


class _Protocol(H11Protocol):
    """HTTP/1.1 that puts the connection's transport into the scope of each request."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as its base
        super().connection_made(transport)
        self.app = functools.partial(_with_transport, self.app, transport)


async def _with_transport(
    app: ASGIApp, transport: asyncio.Transport, scope: Scope, receive: Receive, send: Send
) -> None:
    scope[TRANSPORT] = transport
    await app(scope, receive, send)
