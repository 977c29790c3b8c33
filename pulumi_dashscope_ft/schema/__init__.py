"""Reads schema.json, the single source of resources, properties, defaults and rules.

This package validates inputs against the schema and translates its names, so that front ends and lifecycle never repeat
any of it. It depends neither on Pulumi nor on the service.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi_dashscope_ft.schema.document import (
    defaults,
    enum_values,
    input_names,
    lengths_of_time,
    load,
    output_names,
    replacing,
    token,
)
from pulumi_dashscope_ft.schema.durations import parse_duration
from pulumi_dashscope_ft.schema.names import to_camel_case, to_snake_case
from pulumi_dashscope_ft.schema.unknown import UNKNOWN, Unknown, contains_unknown
from pulumi_dashscope_ft.schema.violations import Report, Violation

if TYPE_CHECKING:
    from pulumi_dashscope_ft.schema.convert import to_json_schema
    from pulumi_dashscope_ft.schema.validation import validate

__all__ = [
    "UNKNOWN",
    "Report",
    "Unknown",
    "Violation",
    "contains_unknown",
    "defaults",
    "enum_values",
    "input_names",
    "lengths_of_time",
    "load",
    "output_names",
    "parse_duration",
    "replacing",
    "to_camel_case",
    "to_json_schema",
    "to_snake_case",
    "token",
    "validate",
]


def __getattr__(name: str) -> Any:
    # Validation code is loaded by the first validation: a refresh or a destroy validates nothing.
    if name == "validate":
        from pulumi_dashscope_ft.schema.validation import validate

        return validate
    if name == "to_json_schema":
        from pulumi_dashscope_ft.schema.convert import to_json_schema

        return to_json_schema
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
