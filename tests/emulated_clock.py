"""A clock for tests that share one account with an emulator on a manual clock."""

from __future__ import annotations

import threading

from pulumi_dashscope_ft.emulator import EmulatorServer


class EmulatedClock:
    """Time passes only when somebody sleeps; the service's time is the same."""

    def __init__(self, emulator: EmulatorServer) -> None:
        self._emulator = emulator
        self._slept = 0.0
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        return self._slept

    def time(self) -> float:
        return self._emulator.clock.now()

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            with self._lock:
                self._slept += seconds
                self._emulator.clock.advance(seconds)
