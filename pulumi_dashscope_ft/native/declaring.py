"""The base class of this front end's resources: the type token, and the account that a program's own questions use.

The classes name no version of the plugin. A program uses the installed one, and a provider whose version changes would
be a new provider to the engine, with another owner id (see the page on the plugin).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from pulumi_dashscope_ft.program import options, quiet_ending, secrets
from pulumi_dashscope_ft.program.settling import leave_to_registration
from pulumi_dashscope_ft.program.spelling import Spelled, properties
from pulumi_dashscope_ft.program.values import carried

PACKAGE = "dashscope-ft"


def token(name: str) -> str:
    """Return the engine's token for a type or function of the package."""
    return f"{PACKAGE}:index:{name}"


class Declared(Spelled, pulumi.CustomResource):
    """A resource of the plugin, with properties spelled as in Python."""

    def __init__(
        self,
        resource_name: str,
        arguments: Mapping[str, Any],
        opts: pulumi.ResourceOptions | None,
        hidden: Mapping[str, Any] | None = None,
    ) -> None:
        """Register the resource with any arguments: `check` reports all that is wrong with them at once.

        :param hidden: hidden inputs beside those that all kinds have.
        """
        quiet_ending.arrange()
        hidden_inputs = options.hidden_inputs(self, if_any=False) if self.is_paid_for else {}
        all_hidden = {**(hidden or {}), **hidden_inputs}
        given = carried(f"{self.kind} {resource_name}", properties(self.kind, arguments, all_hidden))
        super().__init__(token(self.kind), resource_name, given, opts)
        leave_to_registration(self, given)
        self.remember_account(arguments)
        secrets.remember(self, given)

    @property
    def account(self) -> tuple[Any, Any]:
        """The account as in every front end. Only the plugin knows the settings of a provider instance.

        :raises ValueError: the resource has a provider of its own.
        """
        if self._provider is not None:
            raise ValueError(
                f"{self._name}: a program can't ask with the settings of a provider instance. Use `FineTunedModel`, "
                "which waits in the plugin, or leave the `provider` option out."
            )
        return super().account
