"""A state: what Pulumi has recorded of a resource."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pulumi_dashscope_ft.lifecycle.base.hidden import Carrier, Field, split, united
from pulumi_dashscope_ft.lifecycle.base.request import Request


@dataclass(frozen=True, slots=True)
class State(Carrier):
    """What Pulumi has recorded of a resource, or is to record.

    :param outputs: the user's inputs, and what the service chose, by the schema's names.
    """

    outputs: Mapping[str, Any]

    @classmethod
    def of(cls, properties: Mapping[str, Any]) -> State:
        """Translate the properties that a front end has received."""
        outputs, hidden = split(properties)
        return cls(hidden, outputs)

    def properties(self, without: Collection[Field] = ()) -> dict[str, Any]:
        """Return the properties that Pulumi records.

        :param without: what the front end is sent anew with each call, so that it is not recorded.
        """
        return united(self.outputs, self, without)

    @property
    def inputs(self) -> dict[str, Any]:
        """The user's inputs among the outputs, as they were when the resource was created or last updated."""
        names = self.input_names or ()
        return {name: self.outputs[name] for name in names if name in self.outputs}

    @property
    def known_inputs(self) -> dict[str, Any]:
        """The user's inputs; where no outputs list them yet, all that is known."""
        return dict(self.outputs) if self.input_names is None else self.inputs

    def get(self, output: str) -> Any:
        """Return this output; None where there is none."""
        return self.outputs.get(output)

    def without_output(self, name: str) -> State:
        """Return the same without this output."""
        return replace(self, outputs={key: value for key, value in self.outputs.items() if key != name})

    def showing(self, **outputs: Any) -> State:
        """Return the same with these outputs changed."""
        return replace(self, outputs={**self.outputs, **outputs})

    def updated(self, news: Request, *, keep: Collection[str] = ()) -> State:
        """Return the old outputs with the new inputs: an input that was dropped is gone.

        :param keep: inputs whose old value stays when they are dropped.
        """
        inputs = written(news.inputs)
        dropped = set(self.inputs) - set(inputs) - set(keep)
        kept = {name: value for name, value in self.outputs.items() if name not in dropped}
        hidden = {**self.hidden, **news.lasting}
        return State(hidden, {**kept, **inputs}).knowing(input_names=sorted(inputs))


def recorded(
    carrier: Carrier, inputs: Mapping[str, Any], chosen: Mapping[str, Any], *, computed: Collection[str] = ()
) -> State:
    """Return the state to record: the inputs as the user wrote them, and what the service chose.

    :param carrier: the request or the old state, whose hidden properties the new state keeps.
    :param computed: inputs that `check` has added: the user did not write them.
    """
    given = written(inputs)
    names = sorted(name for name in given if name not in computed)
    return State(carrier.lasting, {**chosen, **given}).knowing(input_names=names)


def written(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs that have a value."""
    return {name: value for name, value in inputs.items() if value is not None}
