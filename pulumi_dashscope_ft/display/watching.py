"""Whether a person watches the engine's display at the moment.

The engine tells nobody how it displays its messages. It also prints those that are only meant to be seen for a moment
(`ephemeral`) into logs, one line each (seen at 3.260), so they must not be sent there.

Its interactive display, and only that, holds the terminal in raw mode for as long as it draws (`terminal.Open` in the
engine's `pkg/backend/display`). The processes that it starts have the same terminal and can see that. `--diff`,
`--json`, `--non-interactive`, a pipe and a CI system leave the terminal as it is, or there is none.
"""

from __future__ import annotations

import os

VARIABLE = "DASHSCOPE_FT_STATUS_LINES"
"""`1` shows status lines always, `0` never. Where it is unset, they are shown in terminals."""


def is_watched() -> bool:
    """Whether status lines should be shown. Cheap: some microseconds.

    Windows has no raw mode that could be seen, so only the variable shows status lines there.
    """
    setting = os.environ.get(VARIABLE, "")
    return setting != "0" if setting else _is_drawn_on()


def _is_drawn_on() -> bool:
    try:
        import termios

        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (ImportError, OSError):
        return False
    try:
        local_modes = termios.tcgetattr(terminal)[3]
    except termios.error:
        return False
    finally:
        os.close(terminal)
    return not local_modes & termios.ICANON
