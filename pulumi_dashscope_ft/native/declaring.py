"""Why this exists: what all resource classes of this front end share: the type by which the engine finds the plugin,
and which account a question of the program's own goes to.

No version of the plugin is named: a program uses the one that is installed beside it, and a provider whose version
changes would be a new provider to the engine, with another owner id (see docs/plugin.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi

from pulumi_dashscope_ft.program import options
from pulumi_dashscope_ft.program.spelling import Spelled, properties
from pulumi_dashscope_ft.program.values import carried

PACKAGE = "dashscope-ft"


def token(name: str) -> str:
    """The type or function of that name, as the engine knows it."""
    return f"{PACKAGE}:index:{name}"


class Declared(Spelled, pulumi.CustomResource):
    """A resource of the plugin's, with the spelling of this package."""

    if not TYPE_CHECKING:
        # Takes any argument: a wrong one is reported by `check`, together with everything else that is wrong.
        def __init__(self, resource_name, *, opts=None, **arguments):
            hidden_inputs = options.hidden_inputs(self, if_any=False) if self.is_paid_for else None
            given = carried(f"{self.kind} {resource_name}", properties(self.kind, arguments, hidden_inputs))
            super().__init__(token(self.kind), resource_name, given, opts)
            self.remember_account(arguments)

    @property
    def account(self) -> tuple[Any, Any]:
        """As everywhere; but what a provider instance is configured with is known to the plugin alone.

        :raises ValueError: the resource has a provider of its own.
        """
        if self._provider is not None:
            raise ValueError(
                f"{self._name}: a program can't ask with the settings of a provider instance. Use `FineTunedModel`, "
                "which waits in the plugin, or leave the `provider` option out."
            )
        return super().account
