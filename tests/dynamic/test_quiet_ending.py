"""The traceback of the interrupt that Pulumi ends a program with is not printed, and every other one is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

HOST = """
import asyncio, os, runpy, signal, sys, threading
from concurrent.futures import ThreadPoolExecutor

signal.signal(signal.SIGINT, signal.default_int_handler)  # a run in the background has it ignored
loop = asyncio.new_event_loop()
executor = ThreadPoolExecutor(1)


async def program():
    runpy.run_path(sys.argv[1], run_name="__main__")
    await asyncio.sleep(60)


try:
    loop.run_until_complete(program())
finally:
    executor.shutdown(wait=True)
"""
"""What Pulumi's host for Python does, as far as it matters here: the program runs, and then the loop waits."""

PROGRAM = """
import asyncio, os, signal, threading, time
from pulumi_dashscope_ft.program import quiet_ending

quiet_ending.arrange()
interrupt = lambda: os.kill(os.getpid(), signal.SIGINT)
"""
SOON = PROGRAM + "threading.Timer(0.3, interrupt).start()\n"


def ended(folder: Path, program: str, host: str = "pulumi-language-python-exec") -> tuple[str, int]:
    """What the interpreter prints at the end of the program, and its exit status."""
    (folder / host).write_text(HOST)
    (folder / "program.py").write_text(program)
    done = subprocess.run(
        [sys.executable, "-u", str(folder / host), str(folder / "program.py")],
        env={**os.environ, "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stderr, done.returncode


def test_the_interrupt_of_a_waiting_program_is_not_printed(tmp_path: Path) -> None:
    assert ended(tmp_path, SOON) == ("", -signal.SIGINT)


def test_a_second_interrupt_while_the_threads_are_awaited_is_not_printed(tmp_path: Path) -> None:
    """As Pulumi does: the second one comes while the first is handled."""
    program = SOON + (
        "import __main__, gc, concurrent.futures\n"
        "(executor,) = [it for it in gc.get_objects() if isinstance(it, concurrent.futures.ThreadPoolExecutor)]\n"
        "executor.submit(time.sleep, 2)\n"
        "threading.Timer(0.8, interrupt).start()\n"
    )
    assert ended(tmp_path, program) == ("", -signal.SIGINT)


@pytest.mark.parametrize(
    ("program", "printed"),
    [
        (SOON + "time.sleep(30)\n", 'program.py", line'),
        (
            SOON + "async def apply():\n    time.sleep(30)\n\nasyncio.get_running_loop().create_task(apply())\n",
            "in apply",
        ),
        (PROGRAM + "raise ValueError('mine')\n", "ValueError: mine"),
        (PROGRAM + "raise KeyboardInterrupt('mine')\n", "KeyboardInterrupt: mine"),
        (PROGRAM + "try:\n    1 / 0\nfinally:\n    raise KeyboardInterrupt\n", "ZeroDivisionError"),
        (PROGRAM + "threading.Thread(target=lambda: 1 / 0).start()\ninterrupt()\n", "ZeroDivisionError"),
        (
            PROGRAM + "class Odd:\n    def __del__(self):\n        raise KeyboardInterrupt('in mine')\n\ndel Odd\n"
            "class Odd:\n    def __del__(self):\n        raise KeyboardInterrupt('in mine')\n\nOdd()\ninterrupt()\n",
            "in mine",
        ),
    ],
    ids=[
        "the program's own code",
        "a callback",
        "an error",
        "its own interrupt",
        "a chain",
        "a thread",
        "a destructor",
    ],
)
def test_everything_else_is_printed(tmp_path: Path, program: str, printed: str) -> None:
    said, status = ended(tmp_path, program)
    assert printed in said
    assert status


def test_a_program_that_pulumi_does_not_run_is_left_alone(tmp_path: Path) -> None:
    said, status = ended(tmp_path, SOON, host="another.py")
    assert "KeyboardInterrupt" in said
    assert status == -signal.SIGINT
