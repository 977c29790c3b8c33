"""The rate limit of an account."""

from __future__ import annotations

from caller import Caller

from pulumi_dashscope_ft.emulator import EmulatorServer


def _statuses(call: Caller, number: int) -> list[int]:
    return [call("GET", "/fine-tunes").status_code for _ in range(number)]


def test_calls_beyond_the_limit_are_refused_until_a_second_has_passed(emulator: EmulatorServer, call: Caller) -> None:
    emulator.configure(rate_limit=3)
    assert _statuses(call, 5) == [200, 200, 200, 429, 429]
    refused = call("POST", "/fine-tunes", json={"model": "qwen3-14b", "training_file_ids": ["file-1"]})
    assert (refused.status_code, refused.json()["code"]) == (429, "Throttling.RateQuota")
    assert not emulator.jobs, "a refused call has no effect"
    emulator.clock.advance(0.9)
    assert _statuses(call, 1) == [429]
    emulator.clock.advance(0.2)
    assert _statuses(call, 4) == [200, 200, 200, 429]


def test_each_account_has_its_own(emulator: EmulatorServer, call: Caller, caller_of: type[Caller]) -> None:
    emulator.configure(rate_limit=1)
    assert _statuses(call, 2) == [200, 429]
    other = caller_of(emulator, key="sk-other-0123456789")
    assert _statuses(other, 1) == [200]
    other.session.close()


def test_there_is_none_unless_one_is_set(emulator: EmulatorServer, call: Caller) -> None:
    assert set(_statuses(call, 50)) == {200}
