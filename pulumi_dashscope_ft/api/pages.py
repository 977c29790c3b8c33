"""The two query parameters that every list takes.

Why it exists: jobs and files page alike (list-fine-tuning-jobs-api, model-customization-file-management-service), and
what the service does outside the documented ranges is unknown, so they are not sent.
"""

from __future__ import annotations

from .errors import InvalidRequestError

__all__ = ["LARGEST_PAGE", "page_query"]

LARGEST_PAGE = 100


def page_query(operation: str, page_no: int, page_size: int) -> dict[str, str]:
    """The query for one page. Raises `InvalidRequestError` outside `page_no` ≥ 1 and 1 ≤ `page_size` ≤ 100."""
    if page_no < 1 or not 1 <= page_size <= LARGEST_PAGE:
        raise InvalidRequestError(
            f"page_no must be 1 or more and page_size 1 to {LARGEST_PAGE}, not {page_no} and {page_size}.",
            operation=operation,
        )
    return {"page_no": str(page_no), "page_size": str(page_size)}
