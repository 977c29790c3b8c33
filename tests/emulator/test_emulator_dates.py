"""Answers are dated by the service's clock, whatever the wall clock says."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

import requests

from pulumi_dashscope_ft._version import __version__
from pulumi_dashscope_ft.emulator import EmulatorServer


def test_every_answer_bears_the_date_of_the_service() -> None:
    with EmulatorServer(speed=None, start=1_795_600_800.0) as emulator:
        for path in ("/fine-tunes", "/nowhere"):
            dates = [
                value
                for name, value in requests.get(emulator.base_url + path, timeout=5).raw.headers.items()
                if name.lower() == "date"
            ]
            assert [parsedate_to_datetime(date).timestamp() for date in dates] == [1_795_600_800.0]
        emulator.clock.advance(3600)
        later = requests.get(emulator.root_url + "/", timeout=5).headers["Date"]
        assert parsedate_to_datetime(later).timestamp() == 1_795_604_400.0


def test_every_answer_says_that_it_is_an_emulators() -> None:
    with EmulatorServer(speed=None) as emulator:
        for path, speed in (("/api/v1/fine-tunes", None), ("/", 60.0), ("/nowhere", 0.5)):
            emulator.clock.set_speed(speed)
            server = requests.get(emulator.root_url + path, timeout=5).headers["Server"]
            assert server == f"dashscope-ft-emulator/{__version__} (speed {speed or 0:g})"
