"""The pages of a list, and how large a page the service takes, where it takes less than documented.

The pages disagree about the largest page of a list (100, 200, 1000), and nobody has asked the real service. If it takes
less than we ask for, it refuses every list call, and without lists no create is safe. So a refused first page is asked
for again, smaller; the size that the service took serves the rest of the process.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, Protocol, TypeVar

from pulumi_dashscope_ft.api.errors import InvalidParameterError
from pulumi_dashscope_ft.api.http.call import Caller
from pulumi_dashscope_ft.api.models.fields import output
from pulumi_dashscope_ft.api.models.pages import LARGEST_PAGE, page_query

__all__ = ["Pages"]

P = TypeVar("P")
P_co = TypeVar("P_co", covariant=True)

_SMALLER = (100, 50, 20, 10, 5, 1)
"""Sizes to try. Ten is the documented default of most lists; what takes less has never been seen."""


class _FromJson(Protocol[P_co]):
    def __call__(self, data: Any, *, page_no: int, page_size: int) -> P_co: ...


class Pages(Generic[P]):
    """The pages of one list, and the size that the service takes. Thread-safe.

    :param operation: the call that lists.
    :param from_json: reads a page.
    :param part: the field of an answer that holds the page.
    :param largest: the largest documented size.
    """

    def __init__(
        self,
        caller: Caller,
        operation: str,
        from_json: _FromJson[P],
        *,
        part: str = "output",
        largest: int = LARGEST_PAGE,
    ) -> None:
        self._caller = caller
        self._operation = operation
        self._from_json = from_json
        self._part = part
        self._largest = largest
        self._most: int | None = None

    def fetch(self, page_no: int, page_size: int, more: Mapping[str, str] | None = None) -> P:
        """Return the page of that number.

        :param page_size: the size to ask for. Where the service takes less, the pages are smaller, and `page_no` counts
            those.
        :param more: of the query.
        :raises InvalidParameterError: the service refuses the page in every size.
        :raises InvalidRequestError: there is no such page, or the size is too large.
        """
        size = page_size if self._most is None else min(page_size, self._most)
        try:
            return self._ask(page_no, size, more)
        except InvalidParameterError as refused:
            if page_no > 1:
                raise
            for smaller in (one for one in _SMALLER if one < size):
                try:
                    found = self._ask(page_no, smaller, more)
                except InvalidParameterError:
                    continue
                self._most = smaller
                return found
            raise refused from None

    def _ask(self, page_no: int, size: int, more: Mapping[str, str] | None) -> P:
        return self._caller.call(
            self._operation,
            read=lambda answer, _: self._from_json(output(answer, self._part), page_no=page_no, page_size=size),
            query={**page_query(self._operation, page_no, size, self._largest), **(more or {})},
        )
