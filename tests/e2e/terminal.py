"""The real `pulumi` command in a pseudo-terminal, and what it draws there."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import threading
from dataclasses import dataclass
from typing import Any

_CONTROL = re.compile(r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1b[=>]")
_OF_CI = ("CI", "GITHUB_ACTIONS", "GITLAB_CI", "BUILD_ID", "BUILD_NUMBER", "TF_BUILD", "TRAVIS", "CIRCLECI")


@dataclass(frozen=True)
class Drawn:
    """All that was written to the terminal, without colours and movements: each state of a row is a row here."""

    text: str
    status: int

    @property
    def rows(self) -> list[str]:
        return [row.rstrip() for row in self.text.splitlines() if row.strip()]


class Terminal:
    """A terminal of this width, for the commands of a `CommandStack`."""

    def __init__(self, stack: Any, columns: int) -> None:
        self._stack = stack
        self._columns = columns

    def run(self, kind: str, *options: str) -> Drawn:
        """Run an operation to its end."""
        stack = self._stack
        stack._prepare()
        command = [str(stack._command), kind, "--yes", "--skip-preview", "--stack", stack.stack, *options]
        environment = {name: value for name, value in stack._environment().items() if name not in _OF_CI}
        environment |= {"TERM": "xterm", "PULUMI_DISABLE_CI_DETECTION": "true"}
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, self._columns, 0, 0))
        # The first terminal that the leader of a session opens becomes its own, and that of all that it starts.
        open_and_run = ["sh", "-c", 'exec "$@" <"$0" >"$0" 2>&1', os.ttyname(theirs), *command]
        process = subprocess.Popen(open_and_run, cwd=stack.project_dir, env=environment, start_new_session=True)
        threading.Thread(target=_close_after, args=(process, theirs), daemon=True).start()
        written = b""
        with contextlib.suppress(OSError):  # the other end is closed
            while part := os.read(ours, 65536):
                written += part
        os.close(ours)
        text = _CONTROL.sub("", written.decode(errors="replace")).replace("\r", "\n")
        return Drawn(text, process.wait())


def _close_after(process: subprocess.Popen[bytes], terminal: int) -> None:
    process.wait()
    os.close(terminal)
