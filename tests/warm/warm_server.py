"""Forks processes that have everything imported already: `python warm_server.py SOCKET MODULE…`.

Why it exists: an end-to-end test starts a provider for each operation, and a provider imports for a second what it then
uses for a tenth of one. This process imports the modules once, starts no thread and opens no channel, and forks for
each request that comes over the socket. The fork gets the environment, the folder, the streams, the arguments and the
session of a process that was started in the usual way, and runs the same program from its first line; only its imports
are there already. At its end it waits for its threads, calls what is registered with `atexit`, and flushes its streams.
Then it ends at once: to free each object, as an interpreter does, copies the memory of this process, and takes a tenth
of a second. Tests of how a process ends start one in the usual way.

A caller sends one request, and with it the descriptors of three streams; it gets the process id, and, when the process
has ended, its status as `os.waitpid` has it. This process ends with its standard input: nothing outlives the tests.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import io
import json
import os
import pkgutil
import runpy
import select
import socket
import sys
import threading
from collections.abc import Mapping
from typing import Any

LARGEST = 1 << 20
"""Bytes of a request; nearly all of it is the environment."""

_PROTOCOL = "load_protocol"
"""In place of a module: how the plugin imports `pulumi`. Has to come before the other modules."""
_VOCABULARY = "vocabulary"
"""In place of a module: the vocabulary that tokens are counted with, which every check of a data file loads."""


class Server:
    """Serves requests, until it is itself in a fork or the tests have ended."""

    def __init__(self, listening: socket.socket, modules: list[str]) -> None:
        self._listening = listening
        self._modules = modules
        self._loaded = False
        self._children: dict[int, tuple[int, socket.socket]] = {}

    def serve(self) -> tuple[dict[str, Any], list[int]] | None:
        """In a fork: the request, and its streams. In this process: nothing, once standard input has ended."""
        while True:
            watching: list[Any] = [0, self._listening, *self._children]
            ready, _, _ = select.select(watching, [], [])
            if 0 in ready:
                return None
            for watched in ready:
                if isinstance(watched, int):
                    self._report(watched)
            if self._listening in ready:
                given = self._accept()
                if given is not None:
                    return given

    def _accept(self) -> tuple[dict[str, Any], list[int]] | None:
        caller, _ = self._listening.accept()
        if not self._loaded:
            load(self._modules)
            self._loaded = True
        text, streams, _, _ = socket.recv_fds(caller, LARGEST, 3)
        if not text:
            caller.close()
            return None
        pid = os.fork()
        if pid == 0:
            for connection in (caller, self._listening, *(one for _, one in self._children.values())):
                connection.detach()  # their descriptors are closed all at once
            return json.loads(text), streams
        for stream in streams:
            os.close(stream)
        caller.send(str(pid).encode())
        self._children[os.pidfd_open(pid)] = pid, caller
        return None

    def _report(self, watched: int) -> None:
        pid, caller = self._children.pop(watched)
        os.close(watched)
        _, status = os.waitpid(pid, 0)
        with caller:
            try:
                caller.send(str(status).encode())
            except OSError:
                return  # nobody waits for it


def load(modules: list[str]) -> None:
    """Import these modules; with `.*` behind a package's name, all that is below it."""
    for name in modules:
        if name == _PROTOCOL:
            from pulumi_dashscope_ft.plugin.start import load_protocol

            load_protocol()
        elif name == _VOCABULARY:
            from pulumi_dashscope_ft.lifecycle.training_data.counting.vocabulary import installed

            installed()
        elif name.endswith(".*"):
            package = importlib.import_module(name.removesuffix(".*"))
            for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
                if not module.name.endswith(".__main__"):
                    importlib.import_module(module.name)
        else:
            importlib.import_module(name)
    gc.collect()
    gc.freeze()  # or the first collection of each fork copies every page


def become(request: dict[str, Any], streams: list[int]) -> None:
    """Take over what a new process would have been given."""
    if request["session"]:
        os.setsid()
    for wanted, stream in enumerate(streams):
        os.dup2(stream, wanted)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    own_folders = _folders(os.environ)
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    sys.path[1:1] = [folder for folder in _folders(os.environ) if folder not in own_folders]
    streams_of: Any = sys
    streams_of.stdin = streams_of.__stdin__ = io.TextIOWrapper(io.BufferedReader(_raw(0, "r")))
    streams_of.stdout = streams_of.__stdout__ = _writer(1, "strict", unbuffered=request["unbuffered"])
    streams_of.stderr = streams_of.__stderr__ = _writer(2, "backslashreplace", unbuffered=request["unbuffered"])


def _folders(environment: Mapping[str, str]) -> list[str]:
    """What an interpreter puts before its own folders when it starts."""
    return [folder for folder in environment.get("PYTHONPATH", "").split(os.pathsep) if folder]


def _writer(stream: int, errors: str, *, unbuffered: bool) -> io.TextIOWrapper:
    raw = _raw(stream, "w")
    below: Any = raw if unbuffered else io.BufferedWriter(raw)
    line_buffering = stream == 2 or raw.isatty()
    encoding = os.environ.get("PYTHONIOENCODING")
    return io.TextIOWrapper(below, encoding, errors, line_buffering=line_buffering, write_through=unbuffered)


def _raw(stream: int, mode: str) -> io.FileIO:
    return io.FileIO(stream, mode, closefd=False)


def run(command: list[str]) -> None:
    """The program of a command line without its interpreter: `-m pulumi.dynamic`, or `script.py`."""
    if command[0] == "-m":
        sys.argv = command[1:]
        sys.path[0] = os.getcwd()
        runpy.run_module(command[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = command
        sys.path[0] = os.path.dirname(command[0])
        runpy.run_path(command[0], run_name="__main__")


def ended(command: list[str]) -> int:
    """Run a program, do what an interpreter does before it frees its objects, and return the exit status."""
    status = 0
    try:
        run(command)
    except SystemExit as error:
        status = _status_of(error)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        status = 1
    inside_threading: Any = threading
    inside_threading._shutdown()
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        return 120  # as an interpreter has it
    return status


def _status_of(error: SystemExit) -> int:
    if error.code is None or isinstance(error.code, int):
        return (error.code or 0) & 0xFF
    print(error.code, file=sys.stderr)
    return 1


def main() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as place:
        place.bind(sys.argv[1])
        place.listen(64)
        given = Server(place, sys.argv[2:]).serve()
    if given is not None:
        become(*given)
        os._exit(ended(given[0]["command"]))


if __name__ == "__main__":
    main()
