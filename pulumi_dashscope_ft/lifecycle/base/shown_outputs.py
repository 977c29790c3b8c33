"""Why this exists: what the service chose ends up in the state as outputs, and `pulumi stack output` prints those as
they are. A name must not be able to move the cursor there either; and where the service repeats the key, in whatever
field, it must not get into the state.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.api import KeySource
from pulumi_dashscope_ft.text import escape


def shown_outputs(chosen: Mapping[str, Any], key: KeySource | None) -> dict[str, Any]:
    """What there is of `chosen`, its texts without control characters and without the key; what is None is left out.

    :param key: of the account that was asked; None where the outputs go nowhere.
    """
    hidden = key.redact_values(chosen) if key is not None else chosen
    return {
        name: escape(value) if isinstance(value, str) else value for name, value in hidden.items() if value is not None
    }
