"""A provider as the Pulumi SDK pickles it into states: the same reference by every Python, in its own protocol."""

from __future__ import annotations

import base64
import pickle

PROTOCOLS = (4, 5)
"""Python writes the fifth by itself since 3.14; every Python that this package allows reads both."""


def in_protocol(text: str, protocol: int) -> str:
    """Return what a Python with this protocol writes for the same provider."""
    return base64.b64encode(pickle.dumps(pickle.loads(base64.b64decode(text)), protocol)).decode()  # noqa: S301


def of_any_python(text: str) -> set[str]:
    """Return all that may stand in a state for the same provider."""
    return {in_protocol(text, protocol) for protocol in PROTOCOLS}
