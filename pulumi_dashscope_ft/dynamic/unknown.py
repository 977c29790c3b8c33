"""Unknown values of a preview, which reach the provider as a magic string.

Only this module deals with that string; everywhere else an unknown value is `UNKNOWN`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi.runtime import known_types, rpc

from pulumi_dashscope_ft.schema import UNKNOWN


def from_pulumi(value: Any) -> Any:
    """Turn every unknown in `value` into `UNKNOWN`, at any depth."""
    if known_types.is_unknown(value) or (isinstance(value, str) and value == rpc.UNKNOWN):
        return UNKNOWN
    if isinstance(value, Mapping):
        return {key: from_pulumi(item) for key, item in value.items()}
    if isinstance(value, list):
        return [from_pulumi(item) for item in value]
    return value


def to_pulumi(value: Any) -> Any:
    """Do the reverse of :func:`from_pulumi`."""
    if value is UNKNOWN:
        return rpc.UNKNOWN
    if isinstance(value, Mapping):
        return {key: to_pulumi(item) for key, item in value.items()}
    if isinstance(value, list):
        return [to_pulumi(item) for item in value]
    return value
