"""What all resource classes of this front end share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi import dynamic
from pulumi.runtime import get_root_resource

from pulumi_dashscope_ft.program import quiet_ending, secrets
from pulumi_dashscope_ft.program.settling import leave_to_registration
from pulumi_dashscope_ft.program.spelling import Spelled
from pulumi_dashscope_ft.program.values import carried


class Declared(secrets.TellsSecrets, Spelled, dynamic.Resource):
    """A dynamic resource with the spelling of this package."""

    def __init__(
        self,
        provider: dynamic.ResourceProvider,
        name: str,
        props: Mapping[str, Any],
        opts: pulumi.ResourceOptions | None,
    ) -> None:
        """Register the resource with any arguments: `check` reports all that is wrong with them at once."""
        quiet_ending.arrange()
        given = {**carried(f"{self.kind} {name}", props), **secrets.hidden_inputs(self, self.kind)}
        super().__init__(provider, name, given, opts)
        leave_to_registration(self, given)

    if not TYPE_CHECKING:

        def _get_providers(self, t, pkg, opts):
            # See `Spelled`: the names in these options are marked as properties by then.
            found = super()._get_providers(t, pkg, opts)
            secrets.note(self, opts)
            return found


def qualified_name(name: str, opts: pulumi.ResourceOptions | None) -> pulumi.Input[str]:
    """Return the name with its parent's, because a name is unique only below one parent."""
    parent = opts.parent if opts is not None else None
    if parent is None or parent is get_root_resource():
        return name

    async def below(urn: pulumi.Output[str]) -> str:
        # Awaited, not applied: an applied output would make the resource depend on its own parent.
        # A URN ends in `…::types::name`; what stands before that is the stack, which the owner id already tells.
        return "::".join([*(await urn.future() or "").split("::")[2:], name])

    return below(parent.urn)
