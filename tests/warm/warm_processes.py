"""Processes that start at once: forks of one that has imported what they need (`warm_server.py`).

`popen` takes the place of what the local engine starts its providers with, `command_file` that of a command that shell
scripts start. There is one server of each sort for all
workers of a run. Where forking is not the same as starting (another interpreter, variables that an interpreter reads
when it starts, systems without `pidfd`), the process is started in the usual way. `WARM_PROCESSES=0` does so always.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

_SERVER = Path(__file__).with_name("warm_server.py")
_CLIENT = Path(__file__).with_name("warm_client.py")
PLACE = "WARM_PROCESSES"
"""The environment variable that says in which folder the servers listen; `0` for none."""

_READ_AT_START = ("PYTHON", "LC_", "LANG", "MALLOC_", "LD_", "COVERAGE_")
_DONE_BY_THE_FORK = ("PYTHONUNBUFFERED", "PYTHONPATH", "PYTHONIOENCODING")

_BEFORE = dict(os.environ)
"""As the servers have it: a program that runs in this process is lent variables."""

_INSIDE = [
    f"pulumi_dashscope_ft.{package}.*" for package in ("bounded", "text", "api", "schema", "lifecycle", "frontend")
]
_OTHERS = ["grpc._channel", "grpc._server", "jsonschema.validators", "rfc3339_validator", "vocabulary"]
_MODULES = {
    "dynamic": ["pulumi.dynamic", "dill", *_OTHERS, *_INSIDE, "pulumi_dashscope_ft.dynamic.*"],
    "plugin": ["load_protocol", *_OTHERS, *_INSIDE, "pulumi_dashscope_ft.plugin.*"],
    "command": [
        *("pulumi.dynamic", "dill", "yaml", *_OTHERS, *_INSIDE),
        *(f"pulumi_dashscope_ft.{package}.*" for package in ("dynamic", "program", "cli", "testing")),
    ],
}


class WarmProcess:
    """A fork, with what the tests use of `subprocess.Popen`."""

    def __init__(self, place: str, request: Mapping[str, Any], streams: Sequence[int]) -> None:
        self.stdin: IO[bytes] | None = None
        self.stdout: IO[bytes] | None = None
        self.stderr: IO[bytes] | None = None
        self.returncode: int | None = None
        self.args = request["command"]
        self._lock = threading.Lock()
        self._server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._server.connect(place)
        socket.send_fds(self._server, [json.dumps(request).encode()], list(streams))
        self.pid = int(self._server.recv(64))
        try:
            self._handle: int | None = os.pidfd_open(self.pid)
        except ProcessLookupError:
            self._handle = None

    def poll(self) -> int | None:
        """The exit status; nothing while it runs."""
        with self._lock:
            if self.returncode is None and select.select([self._server], [], [], 0)[0]:
                status = self._server.recv(64)
                self.returncode = os.waitstatus_to_exitcode(int(status)) if status else -signal.SIGKILL
                self._server.close()
                if self._handle is not None:
                    os.close(self._handle)
                    self._handle = None
            return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. Raises ``subprocess.TimeoutExpired``."""
        if self.poll() is None:
            with_limit = [] if timeout is None else [max(timeout, 0)]
            select.select([self._server], [], [], *with_limit)
        status = self.poll()
        if status is None:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        return status

    def send_signal(self, number: int) -> None:
        with self._lock:
            if self._handle is not None:
                try:
                    signal.pidfd_send_signal(self._handle, number)
                except ProcessLookupError:
                    return

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def communicate(self, timeout: float | None = None) -> tuple[bytes, bytes]:
        """What it still writes until it ends. Raises ``subprocess.TimeoutExpired``."""
        deadline = None if timeout is None else time.monotonic() + timeout
        read: dict[int, bytes] = {}

        def follow(number: int, stream: IO[bytes]) -> None:
            with stream:
                read[number] = stream.read()

        streams = [(number, stream) for number, stream in ((1, self.stdout), (2, self.stderr)) if stream is not None]
        readers = [threading.Thread(target=follow, args=one, daemon=True) for one in streams]
        for reader in readers:
            reader.start()
        self.wait(timeout)
        for reader in readers:
            reader.join(None if deadline is None else max(deadline - time.monotonic(), 0))
            if reader.is_alive():
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
        return read.get(1, b""), read.get(2, b"")


def popen(
    command: Sequence[str],
    *,
    cwd: Path | str,
    env: Mapping[str, str],
    stdin: int | None = None,
    stdout: int | None = None,
    stderr: int | None = None,
    start_new_session: bool = False,
) -> Any:
    """What `subprocess.Popen` does with these arguments, by a fork where that is the same."""
    sort = _sort_of(command, env)
    if sort is None or stdout != subprocess.PIPE or stdin not in (None, subprocess.DEVNULL):
        return subprocess.Popen(
            command,
            cwd=cwd,
            env=env,
            start_new_session=start_new_session,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
        )
    options = [argument for argument in command[1:2] if argument == "-u"]
    arguments = command[1 + len(options) :] if command[0] == sys.executable else list(command)
    request = {
        "command": [*arguments],
        "cwd": str(cwd),
        "env": dict(env),
        "session": start_new_session,
        "unbuffered": bool(options or env.get("PYTHONUNBUFFERED")),
    }
    ours, theirs = os.pipe()
    errors = os.pipe() if stderr == subprocess.PIPE else None
    with open(os.devnull, "rb") as nothing:
        try:
            process = WarmProcess(_place(sort), request, [nothing.fileno(), theirs, errors[1] if errors else 2])
        finally:
            os.close(theirs)
            if errors:
                os.close(errors[1])
    process.stdout = os.fdopen(ours, "rb")
    process.stderr = os.fdopen(errors[0], "rb") if errors else None
    return process


def command_file(path: Path, program: Path) -> None:
    """Write a file that a shell can execute, and that runs this Python program, by a fork where there are any."""
    command = [sys.executable, str(program)]
    if _is_forking():
        command = [sys.executable, "-IS", str(_CLIENT), _place("command"), str(program)]
    path.write_text(f'#!/usr/bin/env bash\nexec {shlex.join(command)} "$@"\n')
    path.chmod(0o755)


def _sort_of(command: Sequence[str], env: Mapping[str, str]) -> str | None:
    if not _is_forking() or _at_start(env) != _at_start(_BEFORE):
        return None
    if list(command[:4]) == [sys.executable, "-u", "-m", "pulumi.dynamic"]:
        return "dynamic"
    if command[0] == str(Path(sys.executable).with_name("pulumi-resource-dashscope-ft")):
        return "plugin"
    return None


def _is_forking() -> bool:
    return os.environ.get(PLACE) != "0" and hasattr(os, "pidfd_open")


def _at_start(env: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in env.items() if key.startswith(_READ_AT_START) and key not in _DONE_BY_THE_FORK}


def start_servers() -> None:
    """Start a server of each sort, unless the process that has started this one has. They import on first use."""
    if PLACE in os.environ or not hasattr(os, "pidfd_open"):
        return
    folder = tempfile.mkdtemp(prefix="warm-")
    os.environ[PLACE] = folder
    servers = [
        subprocess.Popen([sys.executable, str(_SERVER), f"{folder}/{sort}", *modules], stdin=subprocess.PIPE)
        for sort, modules in _MODULES.items()
    ]

    def stop() -> None:
        for server in servers:
            assert server.stdin is not None
            server.stdin.close()
            server.wait()
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)


def _place(sort: str) -> str:
    place = f"{os.environ[PLACE]}/{sort}"
    deadline = time.monotonic() + 60
    while not os.path.exists(place) and time.monotonic() < deadline:
        time.sleep(0.01)
    return place
