"""A list is read until two readings agree, and one that never settles is not relied on."""

from __future__ import annotations

from typing import Any

import pytest
from nouns import JOB

from pulumi_dashscope_ft.lifecycle.base.kind.live_object import LiveObject
from pulumi_dashscope_ft.lifecycle.sweep.account import settled_list


class Readings:
    """Answers each listing with the next of these; the last one repeats."""

    def __init__(self, *readings: str) -> None:
        self.readings = list(readings)
        self.count = 0

    def list(self, kind: str) -> dict[str, LiveObject]:
        shown = self.readings[min(self.count, len(self.readings) - 1)]
        self.count += 1
        return {name: LiveObject(kind, name, name, None) for name in shown}

    def get(self, kind: str, object_id: str) -> Any: ...

    def tear_down(self, one: LiveObject, policy: Any) -> None: ...


@pytest.mark.parametrize(
    ("readings", "found", "settled", "calls"),
    [
        (["abc"], "abc", True, 2),
        (["ac", "abc"], "abc", True, 3),
        (["ab", "bc", "cd"], "abcd", True, 4),
        (["a", "b", "a", "b", "a"], "ab", False, 5),
        ([""], "", True, 2),
    ],
)
def test_readings(readings: list[str], found: str, settled: bool, calls: int) -> None:
    account = Readings(*readings)
    objects, agreed = settled_list(account, JOB)
    assert ("".join(sorted(objects)), agreed, account.count) == (found, settled, calls)
