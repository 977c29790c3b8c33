"""A signal that comes at any moment of a wait ends the wait."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from pulumi_dashscope_ft.frontend.stopping import StopRequest

STORM = """
import signal, time
from pulumi_dashscope_ft.frontend.stopping import StopRequest

requests = []
signal.signal(signal.SIGALRM, lambda *_: requests[-1].ask())
requests.append(StopRequest())
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
end = time.monotonic() + 3
while time.monotonic() < end:
    requests[:] = [StopRequest()]
    while not requests[-1].wait(0.00003):
        pass
signal.setitimer(signal.ITIMER_REAL, 0)
print("ended")
"""


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs a timer that sends signals")
def test_a_storm_of_signals_never_blocks_a_wait() -> None:
    """With a `threading.Event` it did within a second: the handler waited for a lock that the wait was holding."""
    done = subprocess.run([sys.executable, "-c", STORM], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout == "ended\n"


def test_a_request_is_made_once_and_lasts() -> None:
    request = StopRequest()
    assert not request.is_asked
    assert not request.wait(0.001)
    request.ask()
    request.ask()
    assert request.is_asked
    assert request.wait()
    assert request.wait()
