"""What calls with a JSON body, and calls that only acknowledge, have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pulumi_dashscope_ft.api.errors import InvalidRequestError
from pulumi_dashscope_ft.api.http.answer import Answer
from pulumi_dashscope_ft.api.http.body import JsonBody
from pulumi_dashscope_ft.api.models.fields import UnusableError, output, text

__all__ = ["acknowledged", "json_body"]


def json_body(body: Mapping[str, Any], operation: str, resource_id: str | None = None) -> Callable[[], JsonBody]:
    """Return what makes the body of each try.

    :raises InvalidRequestError: a value has no JSON form.
    """
    try:
        JsonBody(body)
    except (TypeError, ValueError) as problem:
        raise InvalidRequestError(
            f"a value has no JSON form ({problem}). Use text, numbers, true or false, lists and objects.",
            operation=operation,
            resource_id=resource_id,
        ) from None
    return lambda: JsonBody(body)


def acknowledged(body: Any, _: Answer) -> None:
    """Accept only an explicit success.

    :raises UnusableError: the answer does not say success.
    """
    done = output(body, "output")
    said = text(done.get("status")) if isinstance(done, Mapping) else None
    if said is None or said.lower() != "success":
        raise UnusableError("does not say success")
