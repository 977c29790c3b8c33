"""The engine names resources by type token; this finds the kind that a token names."""

from __future__ import annotations

from pulumi_dashscope_ft.lifecycle.base.kind.descriptor import Kind
from pulumi_dashscope_ft.lifecycle.kinds import registry


def kind_of(token: str) -> Kind:
    """The kind with this token (`dashscope-ft:index:FineTuningJob`).

    :raises LookupError: there is none; the message lists those there are.
    """
    package, _, name = token.partition(":")
    short = name.rpartition(":")[2]
    if package != "dashscope-ft" or short not in registry.type_names():
        known = ", ".join(sorted(registry.type_names()))
        raise LookupError(f"there is no resource {token!r} in this package; it has {known}.")
    return registry.of_type(short)
