"""The memory of the provider host that is running below this process, as the kernel counts it.

Why it exists: the host ends with its operation, so it has to be looked at from outside while it runs, and nothing but
`/proc` tells how large it was at its largest. Where there is no `/proc`, there is no figure.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_COMMANDS = ("pulumi.dynamic", "pulumi-resource-dashscope-ft")
_LOOK_SECONDS = 0.03


@dataclass(frozen=True, slots=True)
class Memory:
    """The largest sizes seen, in MiB.

    :param resident: resident set, pages shared with other processes included (`VmHWM`).
    :param proportional: shared pages counted in proportion (`Pss`).
    """

    resident: float
    proportional: float


@contextmanager
def watched() -> Iterator[Callable[[], Memory | None]]:
    """Watch the provider host that starts within the block; the result is to be called after it.

    None when no host was seen.
    """
    over = threading.Event()
    seen: list[Memory] = []

    def watch() -> None:
        while not over.wait(_LOOK_SECONDS):
            for process in _hosts():
                while not over.wait(_LOOK_SECONDS) and (memory := _memory_of(process)):
                    seen.append(memory)

    watcher = threading.Thread(target=watch, name="host-memory", daemon=True)
    watcher.start()
    try:
        yield lambda: _largest(seen)
    finally:
        over.set()
        watcher.join()


def _largest(seen: list[Memory]) -> Memory | None:
    if not seen:
        return None
    return Memory(max(one.resident for one in seen), max(one.proportional for one in seen))


def _memory_of(process: int) -> Memory | None:
    with suppress(OSError, KeyError):
        status = _fields(_PROC / str(process) / "status")
        rollup = _fields(_PROC / str(process) / "smaps_rollup")
        return Memory(status["VmHWM"] / 1024, rollup["Pss"] / 1024)
    return None


def largest_resident(status: Path) -> float:
    """MiB that a process had in memory at most, by (a copy of) its `/proc/…/status`."""
    return _fields(status)["VmHWM"] / 1024


def _fields(path: Path) -> dict[str, float]:
    """The lines of the form `Name:   123 kB`."""
    pairs = (line.split() for line in path.read_text().splitlines() if line.endswith("kB"))
    return {parts[0].rstrip(":"): float(parts[-2]) for parts in pairs}


def _hosts() -> list[int]:
    """Provider hosts among the descendants of this process; a shell that waits for one is none."""
    parents: dict[int, int] = {}
    for folder in _PROC.glob("[0-9]*"):
        with suppress(OSError):
            parents[int(folder.name)] = int(folder.joinpath("stat").read_text().rpartition(")")[2].split()[1])
    ours = {os.getpid()}
    while more := {process for process, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sorted(process for process in ours if _is_host(process))


def _is_host(process: int) -> bool:
    with suppress(OSError):
        words = _PROC.joinpath(str(process), "cmdline").read_text().split("\0")
        return "python" in Path(words[0]).name and any(command in word for command in _COMMANDS for word in words)
    return False
