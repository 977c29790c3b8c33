"""Which outputs of a resource follow from which inputs: an output made from a secret is a secret too.

Each kind has its own in `derived.py`, the only module of the kind that a user's program loads: it imports nothing of
what the kind does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Derivation:
    """Which outputs follow from the inputs of a kind.

    An output with the same name as an input is not listed, because Pulumi marks it by itself. Ids are not covered where
    they are Pulumi's own (`id`): a state always shows those in the clear.

    :param outputs: input → the outputs that follow from it.
    :param paths: inputs that name a file of this machine. Messages spell such a path in several ways, and a digest of
        the file is among the hidden properties.
    """

    outputs: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    paths: tuple[str, ...] = ()

    def sources(self, output: str) -> tuple[str, ...]:
        """Return the inputs that this output follows from."""
        return tuple(name for name, outputs in self.outputs.items() if output in outputs)
