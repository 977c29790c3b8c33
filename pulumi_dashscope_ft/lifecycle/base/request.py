"""A request: what a program wants of a resource."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar, cast

from pulumi_dashscope_ft.lifecycle.base.hidden import Carrier, Field, split, united
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry

Inputs = TypeVar("Inputs", bound=Mapping[str, Any], covariant=True)


@dataclass(frozen=True, slots=True)
class Request(Carrier, Generic[Inputs]):
    """What a program wants of a resource.

    `schema.properties` has the type of the inputs for each kind.

    :param inputs: what the user wrote, with what `check` has added (a file's digest and the like), by the schema's
        names.
    """

    inputs: Inputs

    @classmethod
    def of(cls, properties: Mapping[str, Any]) -> AnyRequest:
        """Translate the properties that a front end has received."""
        inputs, hidden = split(properties)
        return Request(hidden, inputs)

    def properties(self, without: Collection[Field] = ()) -> dict[str, Any]:
        """Return the properties that Pulumi records.

        :param without: what the front end is sent anew with each call, so that it is not recorded.
        """
        return united(self.inputs, self, without)

    @property
    def is_empty(self) -> bool:
        """Whether nothing came at all: there is no old resource."""
        return not (self.inputs or self.hidden)

    @property
    def run_nonce(self) -> str:
        """The nonce of a kind that needs one.

        :raises KeyError: `check` made none.
        """
        if self.nonce is None:
            raise KeyError("nonce")
        return self.nonce

    def with_inputs(self, inputs: Mapping[str, Any]) -> Request[Inputs]:
        """Return the same about other inputs of the same kind."""
        return replace(self, inputs=cast(Inputs, inputs))

    def continuing(self, olds: AnyRequest, run_registry: RunRegistry) -> Request[Inputs]:
        """Return the same with the nonce of `olds`, or with a new one.

        A nonce is kept as long as the resource lives, and made anew for each replacement, as Pulumi does with names.
        """
        if olds.nonce is None:
            return self.knowing(nonce=stamp.new_nonce())
        run_registry.note_recorded(olds.nonce)
        return self.knowing(nonce=olds.nonce)


AnyRequest = Request[Any]
"""A request for a resource of any kind."""
