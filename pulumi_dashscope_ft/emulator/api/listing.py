"""The order of the lists, which no page names (see `list_order` in the settings)."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from typing import TypeVar

from pulumi_dashscope_ft.emulator.model.facts.answers import OLDEST_FIRST, OTHER
from pulumi_dashscope_ft.emulator.model.settings import Settings

Item = TypeVar("Item")


def in_order(items: Iterable[Item], settings: Settings, place: Callable[[Item], tuple[int, str]]) -> list[Item]:
    """Return the items in the order that the settings name.

    :param place: the number and the id of an item; later ones have a higher number.
    """
    if settings.list_order == OTHER:
        return sorted(items, key=lambda item: zlib.crc32(place(item)[1].encode()))
    return sorted(items, key=place, reverse=settings.list_order != OLDEST_FIRST)
