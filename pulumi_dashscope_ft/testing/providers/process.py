"""A provider process.

A provider's behaviour depends on the process that runs it (pickling, threads, environment), so tests must run that very
process, started as the real engine starts it: its port on the first line of output, everything after that shown to the
user as it comes.
"""

from __future__ import annotations

import contextlib
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, ClassVar

from pulumi_dashscope_ft.testing.errors import ProviderError

_START_SECONDS = 60.0


class ProviderProcess:
    """One process. `start` returns its port; `stop` ends it well, `kill` ends it like a crash."""

    popen: ClassVar[Callable[..., subprocess.Popen[bytes]]] = subprocess.Popen
    """What starts it. The tests of this package put something faster in its place."""

    def __init__(
        self, command: Sequence[str], *, cwd: Path, env: Mapping[str, str], on_line: Callable[[str], None]
    ) -> None:
        self._command = list(command)
        self._cwd = cwd
        # Its lines are read as UTF-8. On Windows, Python would write them to a pipe in the system's code page.
        self._env = {**env, "PYTHONIOENCODING": "utf-8"}
        self._on_line = on_line
        self._process: subprocess.Popen[bytes] | None = None
        self._readers: list[threading.Thread] = []

    def start(self) -> int:
        """Start the process. Return its port.

        :raises ProviderError: it ended or stayed silent instead of printing its port.
        """
        try:
            process = self._process = ProviderProcess.popen(
                self._command,
                cwd=self._cwd,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,  # Ctrl-C is for the engine, which tells providers in its own way
            )
        except OSError as error:
            raise ProviderError(f"{self._command[0]} could not be started: {error.strerror or error}") from error
        assert process.stdout is not None
        assert process.stderr is not None
        self._follow(process.stderr)
        port = self._read_port(process, process.stdout)
        self._follow(process.stdout)
        return port

    def kill(self) -> None:
        """End the process at once, like a crash."""
        if self._process is not None:
            self._process.kill()

    def stop(self) -> None:
        """Ask the process to end, and kill it if it does not within 5 seconds."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for reader in self._readers:
            reader.join(5)

    def _read_port(self, process: subprocess.Popen[bytes], stream: IO[bytes]) -> int:
        silent = threading.Timer(_START_SECONDS, process.kill)
        silent.start()
        try:
            first = stream.readline().decode(errors="replace").strip()
        finally:
            silent.cancel()
        if not first.isdigit():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
            process.kill()
            raise ProviderError(
                "the provider did not start: its first line of output should be a port number, "
                f"and was {first!r}. Try `{' '.join(self._command)}` by hand."
            )
        return int(first)

    def _follow(self, stream: IO[bytes]) -> None:
        def read() -> None:
            with stream:
                for line in stream:
                    text = line.decode(errors="replace").rstrip("\r\n")
                    if text.strip():
                        self._on_line(text)

        reader = threading.Thread(target=read, name="provider-output", daemon=True)
        reader.start()
        self._readers.append(reader)
