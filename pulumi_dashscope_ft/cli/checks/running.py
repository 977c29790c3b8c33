"""Run other commands and read what they print.

The programs that `doctor` examines may be missing, broken or slow; none of that may end `doctor` itself.
"""

from __future__ import annotations

import os
import subprocess
import tempfile

__all__ = ["output_of"]


def output_of(command: list[str], seconds: float) -> str | None:
    """Return what a command prints; None when it can't be run, fails, or takes longer than this many seconds."""
    # Not in the project: the probe must not import a json.py from there.
    elsewhere = tempfile.gettempdir()
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        done = subprocess.run(  # noqa: S603  # the command is the user's own `pulumi`, or his project's Python
            command, cwd=elsewhere, env=environment, capture_output=True, encoding="utf-8", timeout=seconds, check=False
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return None
    return done.stdout if done.returncode == 0 else None
