"""How large a page the service takes, where it takes less than documented.

The pages disagree about the largest page of a list (100, 200, 1000), and nobody has asked the real service. If it takes
less than we ask for, it refuses every list call, and without lists no create is safe. So a refused first page is asked
for again, smaller; the size that the service took serves the rest of the process.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from pulumi_dashscope_ft.api.errors import InvalidParameterError

__all__ = ["PageSizes"]

T = TypeVar("T")

_SMALLER = (100, 50, 20, 10, 5, 1)
"""Sizes to try. Ten is the documented default of most lists; what takes less has never been seen."""


class PageSizes:
    """The sizes that the service takes, by operation. Thread-safe."""

    def __init__(self) -> None:
        self._most: dict[str, int] = {}

    def fetch(self, operation: str, page_no: int, page_size: int, call: Callable[[int], T]) -> T:
        """Return the page of that number.

        :param page_size: the size to ask for. Where the service takes less, the pages are smaller, and `page_no` counts
            those.
        :param call: fetches the page in the size that it is given.
        :raises InvalidParameterError: the service refuses the page in every size.
        """
        size = min(page_size, self._most.get(operation, page_size))
        try:
            return call(size)
        except InvalidParameterError as refused:
            if page_no > 1:
                raise
            for smaller in (one for one in _SMALLER if one < size):
                try:
                    page = call(smaller)
                except InvalidParameterError:
                    continue
                self._most[operation] = smaller
                return page
            raise refused from None
