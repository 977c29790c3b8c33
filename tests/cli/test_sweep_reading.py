"""How the states of many stacks are read: some ahead, in their order, and with the progress of each."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sweep_stage import checkpoint

from pulumi_dashscope_ft.cli.sweeping.backends.ahead import read_ahead
from pulumi_dashscope_ft.cli.sweeping.backends.opening import Backend
from pulumi_dashscope_ft.cli.sweeping.states import States


def test_the_progress_of_each_state_is_reported(tmp_path: Path) -> None:
    for number in range(50):
        file = tmp_path / ".pulumi" / "stacks" / "shop" / f"s{number}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(checkpoint({"version": 3, "deployment": None}))
    seen: list[tuple[int, int]] = []
    states = States(
        [], [Backend(str(tmp_path), None)], 86_400, lambda: 0.0, lambda done, total: seen.append((done, total))
    )
    assert len(states()) == 50
    assert seen == [(number, 50) for number in range(50)]


def test_what_is_read_comes_in_its_order_and_not_far_ahead() -> None:
    lock, begun, most = threading.Lock(), 0, 0

    def read(number: int) -> int:
        nonlocal begun
        with lock:
            begun += 1
        return number * number

    found: list[tuple[int, int]] = []
    for number, square in read_ahead(read, range(200), 4):
        with lock:
            most = max(most, begun - len(found))
        found.append((number, square))
    assert found == [(number, number * number) for number in range(200)]
    assert most <= 2 * 4 + 1


def test_an_error_comes_out_and_nothing_more_is_begun() -> None:
    begun: list[int] = []

    def read(number: int) -> int:
        begun.append(number)
        if number == 3:
            raise LookupError("three")
        return number

    with pytest.raises(LookupError, match="three"):
        list(read_ahead(read, range(100), 1))
    assert len(begun) <= 8


def test_nothing_is_read_of_nothing() -> None:
    assert list(read_ahead(str, [], 4)) == []
