"""The order of the lists, which no page names (see `list_order` in the settings)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from pulumi_dashscope_ft.emulator.model.facts.answers import OLDEST_FIRST, OTHER
from pulumi_dashscope_ft.emulator.model.settings import Settings

Item = TypeVar("Item")


def in_order(items: Iterable[Item], settings: Settings, place: Callable[[Item], tuple[int, str]]) -> list[Item]:
    """Return the items in the order that the settings name.

    :param place: the number and the id of an item; later ones have a higher number.
    """
    ordered = sorted(items, key=place, reverse=settings.list_order != OLDEST_FIRST)
    if settings.list_order == OTHER:
        # Any three that follow each other are in neither order then.
        return [item for at in range(0, len(ordered), 2) for item in reversed(ordered[at : at + 2])]
    return ordered
