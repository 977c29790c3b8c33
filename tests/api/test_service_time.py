"""The service's time, as its answers show it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from pulumi_dashscope_ft.api import Client, ServiceTime, resolve_settings, time_in_header
from pulumi_dashscope_ft.emulator import EmulatorServer

START = 1_795_377_600.0
HEADER = "Sun, 22 Nov 2026 20:00:00 GMT"


@dataclass
class Wrong:
    """A machine's clock that shows any time."""

    now: float

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_it_goes_on_from_the_last_answer() -> None:
    clock = Wrong(START + 7200)
    service = ServiceTime(clock)
    assert (service(), service.ahead) == (START + 7200, None), "nothing is known yet"
    service.note(HEADER)
    assert (service(), service.ahead) == (START, 7200)
    clock.now += 60
    assert service() == START + 60
    for nothing in (None, "", "rubbish"):
        service.note(nothing)
        assert service() == START + 60, "an answer without a date says nothing"


@pytest.mark.parametrize(
    "date", [None, "", "rubbish", "Sun, 22 Nov 99999 20:00:00 GMT", "Sun, 31 Feb 2026 20:00:00 GMT"]
)
def test_a_header_that_is_no_date(date: str | None) -> None:
    assert time_in_header(date) is None


def test_a_client_learns_it_from_every_answer() -> None:
    with EmulatorServer(speed=None, start=START) as emulator:
        settings = resolve_settings(base_url=emulator.base_url, api_key="sk-time-0123456789abcdef", environ={})
        with Client(settings, clock=Wrong(0.0)) as client:
            client.fine_tunes.list()
            assert client.service_time() == START
            emulator.clock.advance(3600)
            assert client.service_time() == START, "no call of its own"
            client.files.list()
            assert client.service_time() == START + 3600
        assert emulator.count() == {"list": 1, "list_files": 1}
