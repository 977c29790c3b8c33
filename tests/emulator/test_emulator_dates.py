"""Answers are dated by the service's clock, whatever the wall clock says."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

import requests

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
