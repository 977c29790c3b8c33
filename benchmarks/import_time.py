"""What importing the front end adds to importing `pulumi` and `requests`.

Why it exists: every `preview` of every program pays it. One import is noise on a busy machine, so there are many pairs
of fresh interpreters, side by side, and the median of their differences counts.
"""

from __future__ import annotations

import subprocess
import sys

BASE = "import pulumi, requests"
_MEASURE = "import time; started = time.perf_counter(); exec({code!r}); print(time.perf_counter() - started)"


def differences(module: str, pairs: int) -> list[float]:
    """Seconds by which `from module import FineTuningJob` lengthens the base, once for each pair."""
    with_front_end = f"{BASE}; from {module} import FineTuningJob"
    _seconds(with_front_end)  # compiles what is not compiled yet
    found = []
    for number in range(pairs):
        # Which one goes first alternates: what the first leaves in the page cache helps the second.
        order = (BASE, with_front_end) if number % 2 else (with_front_end, BASE)
        took = {code: _seconds(code) for code in order}
        found.append(took[with_front_end] - took[BASE])
    return found


def _seconds(code: str) -> float:
    done = subprocess.run([sys.executable, "-c", _MEASURE.format(code=code)], check=True, capture_output=True, text=True)
    return float(done.stdout)
