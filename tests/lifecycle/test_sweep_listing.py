"""A list is read until it is proven to be complete or two readings agree; one that never settles is not relied on."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nouns import JOB

from pulumi_dashscope_ft.api.clock import SystemClock
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.kind.live_object import LiveObject
from pulumi_dashscope_ft.lifecycle.base.kind.objects import Listed
from pulumi_dashscope_ft.lifecycle.base.sources import Readers, Source
from pulumi_dashscope_ft.lifecycle.sweep.account import settled_list
from pulumi_dashscope_ft.lifecycle.waiting.listing import PAGE_SIZE, Page


class Readings:
    """Answers each listing with the next of these; the last one repeats."""

    def __init__(self, *readings: str, confirmed: bool = False) -> None:
        self.confirmed = confirmed
        self.readings = list(readings)
        self.count = 0

    def list(self, kind: str) -> dict[str, LiveObject]:
        shown = self.readings[min(self.count, len(self.readings) - 1)]
        self.count += 1
        return {name: LiveObject(kind, name, name, None) for name in shown}

    def confirm(self, kind: str) -> bool:
        return self.confirmed and self.count == 1

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


def test_a_reading_that_is_confirmed_is_not_repeated() -> None:
    account = Readings("ab", "abc", confirmed=True)
    assert (set(settled_list(account, JOB)[0]), account.count) == ({"a", "b"}, 1)


class Service:
    """A list of objects, the newest first; something may happen to it before each page is read."""

    def __init__(self, count: int, *, between: Callable[[Service, int], object] = lambda service, call: None) -> None:
        self.made = 0
        self.ids: list[int] = []
        self.calls = 0
        self.between = between
        for _ in range(count):
            self.create()

    def create(self) -> None:
        self.made += 1
        self.ids.insert(0, self.made)

    def delete(self, at: int) -> None:
        if self.ids:
            del self.ids[at % len(self.ids)]

    def page(self, client: Any, number: int) -> Page[int]:
        self.between(self, self.calls)
        self.calls += 1
        shown = self.ids[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
        return Page({str(one): one for one in shown}, number * PAGE_SIZE < len(self.ids), len(self.ids))

    def look(self) -> tuple[set[str], bool]:
        """List all, and whether that was confirmed."""
        source = Source(get=lambda client, one: 0, page=self.page, operation="list")
        kind = Listed(source, _live, str, lambda one, now: {}, cast(Any, None))
        client = cast(Any, None)
        connection = cast(Connection, SimpleNamespace(client=client, readers=Readers(client, _Clock())))
        return set(kind.list(connection)), kind.confirm(connection)


class _Clock(SystemClock):
    def sleep(self, seconds: float) -> None: ...


def _live(number: int) -> LiveObject:
    minute, second = divmod(number, 60)
    return LiveObject(JOB, str(number), str(number), None, create_time=f"2026-11-29 12:{minute:02}:{second:02}")


def test_one_more_call_confirms_a_list_that_does_not_change() -> None:
    service = Service(1000)
    found, confirmed = service.look()
    assert (len(found), confirmed, service.calls) == (1000, True, 11)


def test_a_list_of_one_page_is_read_again_as_it_is() -> None:
    service = Service(100)
    assert service.look()[1] is False
    assert service.calls == 1


def test_a_list_in_another_order_is_not_confirmed() -> None:
    service = Service(300)
    service.ids.reverse()
    assert service.look()[1] is False
    assert service.calls == 3


@given(
    st.integers(101, 450),
    st.lists(st.lists(st.one_of(st.none(), st.integers(0, 450)), max_size=3), max_size=7),
)
def test_what_is_confirmed_is_what_there_is(count: int, events: list[list[int | None]]) -> None:
    """Whatever appears (None) and disappears (at a place) before the first page, between pages, and at the end."""

    def between(service: Service, call: int) -> None:
        for event in events[call] if call < len(events) else ():
            if event is None:
                service.create()
            else:
                service.delete(event)

    service = Service(count, between=between)
    found, confirmed = service.look()
    if confirmed:
        assert found == {str(one) for one in service.ids}


def test_one_that_goes_while_another_hides_is_not_overlooked() -> None:
    """As many were found as there are in the end, and the first page looks as before: but one was never shown."""
    service = Service(500, between=lambda service, call: service.delete(120) if call == 3 else None)
    found, confirmed = service.look()
    assert len(found) == len(service.ids) == 499
    assert not {str(one) for one in service.ids} <= found
    assert not confirmed


def test_one_that_comes_while_another_goes_is_not_overlooked() -> None:
    """Each page names as many objects as were found. Only the first page shows the new one, when it is asked again."""

    def exchange(service: Service, call: int) -> None:
        if call == 3:
            service.delete(120)
            service.create()

    service = Service(500, between=exchange)
    found, confirmed = service.look()
    assert len(found) == len(service.ids) == 500
    assert found != {str(one) for one in service.ids}
    assert not confirmed


def test_one_that_has_gone_since_is_not_confirmed() -> None:
    service = Service(500, between=lambda service, call: service.delete(450) if call == 5 else None)
    assert service.look()[1] is False
