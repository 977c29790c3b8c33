"""Why this exists: what the service chose ends up in the state as outputs, and `pulumi stack output` prints those as
they are. A name must not be able to move the cursor there either.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.api import escaped


def shown_outputs(chosen: Mapping[str, Any]) -> dict[str, Any]:
    """What there is of `chosen`, its texts without control characters; what is None is left out."""
    return {
        name: escaped(value) if isinstance(value, str) else value for name, value in chosen.items() if value is not None
    }
