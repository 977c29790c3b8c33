"""Commands of a release: how they are run, and what is said where something is not there."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / ".release" / "tools"
"""The virtual environment of requirements-release.lock: `make release-tools`."""


class CommandFailedError(Exception):
    """A command has failed; the text has what it said."""


class SkippedError(Exception):
    """A step can't be done here; the text says why."""


def run(*command: str | Path, cwd: Path = ROOT, env: Mapping[str, str] | None = None, seconds: float = 900) -> str:
    """Run a command and return what it said.

    :param env: added to the environment.
    :raises CommandFailedError: it has failed, or has not ended in time.
    """
    line = [str(part) for part in command]
    try:
        done = subprocess.run(
            line,
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise CommandFailedError(f"{' '.join(line)}: not done after {seconds:.0f} seconds") from error
    if done.returncode:
        raise CommandFailedError(f"{' '.join(line)}: ended with {done.returncode}\n{done.stdout}")
    return done.stdout


def tool(name: str) -> Path:
    """Return a tool of requirements-release.lock.

    :raises SkippedError: the tools are not installed.
    """
    executable = TOOLS / "bin" / name
    if not executable.exists():
        raise SkippedError("the tools of requirements-release.lock are not installed: make release-tools")
    return executable


def needs(*commands: str) -> None:
    """Go on only where these commands are on PATH.

    :raises SkippedError: one is not.
    """
    for command in commands:
        if shutil.which(command) is None:
            raise SkippedError(f"`{command}` is not on PATH")
