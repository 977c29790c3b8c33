"""Which outputs of a resource follow from which inputs: what is made of a secret is one.

Each kind has its own in `derived.py`, which a program's side loads alone: it imports nothing of what the kind does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Derivation:
    """What follows from the inputs of a kind.

    An output of the same name as an input is not listed: Pulumi marks it by itself. Ids are not covered where they are
    Pulumi's own (`id`): a state shows those in the clear, whatever they are made of.

    :param outputs: input → the outputs that follow from it.
    :param paths: inputs that name a file of this machine. Messages spell such a path in several ways.
    """

    outputs: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    paths: tuple[str, ...] = ()
