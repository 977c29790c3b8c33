"""Tells the provider of the dynamic flavour which inputs are secret.

Why this exists: Pulumi hands a dynamic provider all secrets unmarked, so it could not know what no message may repeat.
The program knows: an output says whether it is secret, once it is known. What it says travels in a hidden input (see
`lifecycle.property_bag.SECRETS`).

The inputs are looked at as they are once transformations have had their say, those of parents and of the stack
included. A transform (`pulumi.ResourceOptions.transforms`) runs in the engine, after this: what only a transform makes
secret is not known here.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.runtime import known_types

from pulumi_dashscope_ft.schema.marks import secret_texts
from pulumi_dashscope_ft.text import SecretTexts

Path = list[str | int]

_SHOWN_NOWHERE = SecretTexts()

_INPUTS, _OPTIONS = "_dashscope_ft_inputs", "_dashscope_ft_secret_outputs"


class TellsSecrets:
    """Mixed into a resource class of the dynamic flavour."""

    # The SDK keeps the transformations of a resource and its parents here, and applies them in this order: one that is
    # always the last sees the inputs as they are sent.

    @property
    def _transformations(self) -> list[Callable[[Any], Any]]:
        return [*self.__dict__["_dashscope_ft_transformations"], self._note_inputs]

    @_transformations.setter
    def _transformations(self, given: Sequence[Callable[[Any], Any]]) -> None:
        self.__dict__["_dashscope_ft_transformations"] = list(given)

    def _note_inputs(self, asked: Any) -> None:
        if asked.resource is self:  # and not one below it
            self.__dict__[_INPUTS] = asked.props


def note(resource: pulumi.Resource, opts: pulumi.ResourceOptions) -> None:
    """Note the options of a resource: `additional_secret_outputs` are secret, too, and get what follows from secrets.

    :param opts: the SDK's own copy.
    """
    resource.__dict__[_OPTIONS] = opts


def hidden_inputs(resource: pulumi.Resource, kind: str) -> dict[str, Any]:
    """The hidden input for this resource. It is awaited when the inputs are sent."""
    return {"__secrets": _SecretPaths(resource, kind)}


@dataclass(frozen=True, slots=True)
class _SecretPaths:
    """What is secret, asked for when it is awaited. Unlike a coroutine, it may be dropped."""

    resource: pulumi.Resource
    kind: str

    def __await__(self) -> Generator[Any, None, list[Path]]:
        return self._paths().__await__()

    async def _paths(self) -> list[Path]:
        paths: list[Path] = []
        inputs = self.resource.__dict__.get(_INPUTS) or {}
        for name, value in inputs.items():
            spelled = self.resource.translate_input_property(name)
            if not spelled.startswith("__"):
                paths += await _secret(value, [spelled])
        opts = self.resource.__dict__.get(_OPTIONS)
        if opts is not None:
            from pulumi_dashscope_ft.lifecycle.base import derived  # not with the package: its import has to stay quick

            given = list(opts.additional_secret_outputs or ())
            paths += [[self.resource.translate_input_property(name)] for name in given]
            # The engine is told of these options after the inputs, and so with what is added here.
            more = derived.outputs_of(self.kind, dict.fromkeys(str(path[0]) for path in paths))
            if more:
                opts.additional_secret_outputs = [*given, *more]
        return paths


async def _secret(value: Any, path: Path) -> list[Path]:
    """The paths of what is secret in an input."""
    if isinstance(value, pulumi.Output):
        if await value.is_secret():
            if await value.is_known():
                # What the program itself shows, such as the log of a job that it waits for, repeats none either.
                _SHOWN_NOWHERE.add(secret_texts(await value.future(), True))
            return [path]
        return await _secret(await value.future(with_unknowns=True), path)
    if inspect.isawaitable(value):
        return [path]  # it can be awaited once only, and that is Pulumi's
    if isinstance(value, str) or known_types.is_unknown(value):
        return []
    if isinstance(value, Mapping):
        return [found for key, item in value.items() for found in await _secret(item, [*path, key])]
    if isinstance(value, Sequence):
        return [found for at, item in enumerate(value) for found in await _secret(item, [*path, at])]
    return []
