"""A state: what Pulumi has recorded of a resource."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar, cast

from pulumi_dashscope_ft.lifecycle.base.hidden import Carrier, Field, split, united
from pulumi_dashscope_ft.lifecycle.base.request import AnyRequest, Inputs

ESTIMATES = ("estimatedTokens", "estimatedCost")
"""Outputs that were estimated before the object was started, and stay what they are."""

Outputs = TypeVar("Outputs", bound=Mapping[str, Any], covariant=True)


@dataclass(frozen=True, slots=True)
class State(Carrier, Generic[Inputs, Outputs]):
    """What Pulumi has recorded of a resource, or will record.

    `schema.properties` has the types of inputs and outputs for each kind.

    :param outputs: the user's inputs, and what the service chose, by the schema's names.
    """

    outputs: Outputs

    @classmethod
    def of(cls, properties: Mapping[str, Any]) -> AnyState:
        """Translate the properties that a front end has received."""
        outputs, hidden = split(properties)
        return State(hidden, outputs)

    def properties(self, without: Collection[Field] = ()) -> dict[str, Any]:
        """Return the properties that Pulumi records.

        :param without: what the front end is sent anew with each call, so that it is not recorded.
        """
        return united(self.outputs, self, without)

    @property
    def inputs(self) -> Inputs:
        """The user's inputs among the outputs, as they were when the resource was created or last updated."""
        names = self.input_names or ()
        return cast(Inputs, {name: self.outputs[name] for name in names if name in self.outputs})

    @property
    def known_inputs(self) -> Inputs:
        """The user's inputs; where no outputs list them yet, all that is known."""
        return cast(Inputs, self.outputs) if self.input_names is None else self.inputs

    def without_output(self, name: str) -> State[Inputs, Outputs]:
        """Return the same without this output."""
        return self._with({key: value for key, value in self.outputs.items() if key != name})

    def showing(self, **outputs: Any) -> State[Inputs, Outputs]:
        """Return the same with these outputs changed."""
        return self._with({**self.outputs, **outputs})

    def updated(self, news: AnyRequest, *, keep: Collection[str] = ()) -> State[Inputs, Outputs]:
        """Return the old outputs with the new inputs: an input that was dropped is gone.

        :param keep: inputs whose old value stays when they are dropped.
        """
        inputs = written(news.inputs)
        dropped = set(self.inputs) - set(inputs) - set(keep)
        kept = {name: value for name, value in self.outputs.items() if name not in dropped}
        merged = replace(self, hidden={**self.hidden, **news.lasting})
        return merged._with({**kept, **inputs}).knowing(input_names=sorted(inputs))

    def _with(self, outputs: Mapping[str, Any]) -> State[Inputs, Outputs]:
        return replace(self, outputs=cast(Outputs, outputs))


AnyState = State[Any, Any]
"""A state of a resource of any kind."""


def recorded(
    carrier: Carrier, inputs: Mapping[str, Any], chosen: Mapping[str, Any], *, computed: Collection[str] = ()
) -> AnyState:
    """Return the state to record: the inputs as the user wrote them, and what the service chose.

    :param carrier: the request or the old state, whose hidden properties the new state keeps.
    :param computed: inputs that `check` has added: the user did not write them.
    """
    given = written(inputs)
    kept = carrier.outputs if isinstance(carrier, State) else {}
    lasting = {name: kept[name] for name in ESTIMATES if kept.get(name) is not None}
    names = sorted(name for name in given if name not in computed)
    return State(carrier.lasting, {**lasting, **chosen, **given}).knowing(input_names=names)


def written(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs that have a value."""
    return {name: value for name, value in inputs.items() if value is not None}
