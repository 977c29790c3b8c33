"""Make values that the service chose safe for the state.

They end up in the state as outputs, and `pulumi stack output` prints those as they are. A name must not be able to move
the cursor there; and if the service repeats the key, in any field, the key must not get into the state.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.api import KeySource
from pulumi_dashscope_ft.text import escape


def sanitized_outputs(chosen: Mapping[str, Any], key: KeySource | None) -> dict[str, Any]:
    """Return the values of `chosen` that are set, with control characters and the key removed from their texts.

    :param key: the key of the account that was asked; None where the outputs are not stored.
    """
    hidden = key.redact_values(chosen) if key is not None else chosen
    return {
        name: escape(value) if isinstance(value, str) else value for name, value in hidden.items() if value is not None
    }
