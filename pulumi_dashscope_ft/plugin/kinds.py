"""Find the kind of a resource by its type token."""

from __future__ import annotations

from pulumi_dashscope_ft.lifecycle.base.kind.descriptor import Kind
from pulumi_dashscope_ft.lifecycle.kinds import registry


def kind_of(token: str) -> Kind:
    """Return the kind with this token (`dashscope-ft:index:FineTuningJob`).

    :raises LookupError: there is none; the message lists those that exist.
    """
    package, _, name = token.partition(":")
    short = name.rpartition(":")[2]
    if package != "dashscope-ft" or short not in registry.type_names():
        known = ", ".join(sorted(registry.type_names()))
        raise LookupError(f"there is no resource {token!r} in this package; it has {known}.")
    return registry.of_type(short)
