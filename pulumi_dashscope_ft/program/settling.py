"""Lets the program wait for a resource once, not for each of its outputs.

At its end, a program of the SDK waits until every output is known. It does so in rounds: in each round it starts to
wait for every open output, until any of them is known. A job has some forty outputs, so a hundred jobs cost a hundred
rounds over thousands of outputs, which was a third of the program's work in an `up`. They all become known together,
by the answer to the registration of their resource, and the program waits for that anyway. What is derived from an
output (`apply`, exports) has its own entry, so nothing is left unfinished.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pulumi


def leave_to_registration(resource: pulumi.Resource, names: Iterable[str]) -> None:
    """Take the outputs that the registration has just made for these properties off the program's list.

    Outputs that the program passes in stay on it. Without the SDK's own (private) method, nothing changes.
    """
    for name in names:
        output: Any = resource.__dict__.get(name)
        untrack = getattr(output, "_untrack", None) if isinstance(output, pulumi.Output) else None
        if callable(untrack):
            untrack()
