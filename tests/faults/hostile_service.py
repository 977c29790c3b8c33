"""What the tests of hostile answers share: a process of either front end, and which text is fit to be printed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from front_ends import FRONT_ENDS
from processes import ProviderProcess
from records import Record
from simulation import KEY, Cloud, an_emulator

HOUR = 3600.0
NASTY = f"\x1b[2J\x1b[1;31m{KEY}\x07\r\u202e\x00"


def begun(front: str, cloud_of: type[Cloud] = Cloud) -> ProviderProcess:
    """A process of that front end, in an account where nothing is done yet."""
    emulator = an_emulator()
    emulator.configure(check_file_ids=False, running_seconds=HOUR)
    process = FRONT_ENDS[front](cloud_of(emulator))
    process.configure(process.new_owner())
    return process


def another(process: ProviderProcess) -> ProviderProcess:
    """The process of the next operation."""
    following = type(process)(process.cloud)
    following.configure(process.new_owner())
    return following


def create(process: ProviderProcess, kind: str, written: dict[str, Any]) -> Record:
    inputs = process.check(kind, "s", {}, written, b"")
    made = process.create(kind, "s", inputs)
    return Record(kind, "s", made.id, made.inputs, made.outputs)


def is_printable(text: str) -> bool:
    return KEY not in text and all(char == "\n" or char.isprintable() for char in text)


class ScriptedCalls:
    """In the place of the calls of one group: answers by operation; the others go to the service.

    :param group: the client's name of the group: `compressions`.
    :param answers: operation → what is answered, or a function of what the service has answered.
    """

    def __init__(self, process: ProviderProcess, group: str, answers: dict[str, Any]) -> None:
        calls: Any = getattr(process.client, group)
        self._caller, self._answers = calls._caller, answers
        calls._caller = self

    def call(self, operation: str, resource_id: str | None = None, *, read: Callable[..., Any], **more: Any) -> Any:
        def scripted(answer: Any, about: Any) -> Any:
            given = self._answers.get(operation, answer)
            return read(given(answer) if callable(given) else given, about)

        return self._caller.call(operation, resource_id, read=scripted, **more)
