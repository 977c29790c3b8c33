"""The two query parameters of every list, and the three numbers of every page.

Jobs, files and deployments have the same pages (list-fine-tuning-jobs-api, model-customization-file-management-service,
model-deployment-api). The service's behaviour outside the documented ranges is unknown, so such values are not sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.api.errors import InvalidRequestError

from .fields import number

__all__ = ["LARGEST_PAGE", "is_followed", "page_query", "paging"]

LARGEST_PAGE = 100


def page_query(operation: str, page_no: int, page_size: int, largest: int = LARGEST_PAGE) -> dict[str, str]:
    """Return the query for one page.

    :raises InvalidRequestError: not (`page_no` ≥ 1 and 1 ≤ `page_size` ≤ `largest`).
    """
    if page_no < 1 or not 1 <= page_size <= largest:
        raise InvalidRequestError(
            f"page_no must be 1 or more and page_size 1 to {largest}, not {page_no} and {page_size}.",
            operation=operation,
        )
    return {"page_no": str(page_no), "page_size": str(page_size)}


def paging(data: Mapping[str, Any], count: int, page_no: int, page_size: int) -> tuple[int, int, int]:
    """Return `page_no`, `page_size` and `total` from the service, or as asked; a full page implies one more."""
    number_of_page = number(data.get("page_no")) or page_no
    size = number(data.get("page_size")) or page_size
    total = number(data.get("total"))
    if total is None:
        total = (number_of_page - 1) * size + count + (1 if count >= size else 0)
    return number_of_page, size, total


def is_followed(count: int, page_no: int, page_size: int, total: int) -> bool:
    """Whether there is a page after this one, which has `count` items. An empty page is the last one."""
    return count > 0 and page_no * page_size < total
