"""What an answer says about the emulator that gave it.

The emulator names itself in the `Server` header of every answer. Much advice of `doctor` is for the real service: an
emulator's key is in no console, and time that runs sixty times as fast is no wrong clock.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from pulumi_dashscope_ft._version import __version__
from pulumi_dashscope_ft.cli.output.ages import zoned

from .checkup import Finding, fine, unusual

__all__ = ["Emulator", "emulator_of"]

_SERVER = re.compile(r"dashscope-ft-emulator/([0-9A-Za-z.+-]{1,40}) \(speed ([0-9.e+-]{1,20})\)")


@dataclass(frozen=True)
class Emulator:
    """An emulator: its version, and its time.

    :param speed: service seconds per real second; 0 when its clock stands still.
    :param now: its time in seconds since 1970; None when the answer had no date.
    """

    version: str
    speed: float
    now: float | None

    key_advice = (
        "this is an emulator: set DASHSCOPE_API_KEY to a key from its settings; where they list none, to any that "
        "starts with sk-, such as sk-emulator."
    )
    """What to do when it refuses the key."""

    def check(self, seconds: float) -> Finding:
        """Say that it is one. `seconds`: how long its answer took."""
        message = (
            f"an emulator, version {self.version}, not the real service; answers in {seconds:.2f} s, takes the key"
        )
        if self.version != __version__:
            return unusual("service", message, f"this command is {__version__}: start the emulator with that version.")
        return fine("service", message)

    def check_clock(self) -> Finding:
        """Say what its time is, and how fast it goes."""
        pace = "stands still" if not self.speed else "real time" if self.speed == 1 else f"{self.speed:g} × real time"
        return fine("clock", f"the emulator's: {self._time()}, {pace}")

    def _time(self) -> str:
        from pulumi_dashscope_ft.lifecycle.base.expiry import BEIJING

        if self.now is None:
            return "unknown"
        here = timezone(timedelta(seconds=BEIJING))
        return str(zoned(f"{datetime.fromtimestamp(self.now, here):%Y-%m-%d %H:%M:%S}"))


def emulator_of(base_url: str, headers: Mapping[str, str]) -> Emulator | None:
    """Return the emulator that gave this answer; None for the real service.

    Only a server on this machine is believed, which is where plain http is allowed.

    :param headers: by lower-case name.
    """
    from pulumi_dashscope_ft.api import time_in_header

    match = _SERVER.fullmatch(headers.get("server", ""))
    if match is None or not base_url.lower().startswith("http:"):
        return None
    try:
        speed = float(match[2])
    except ValueError:
        return None
    return Emulator(match[1], speed, time_in_header(headers.get("date")))
