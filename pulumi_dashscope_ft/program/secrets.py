"""Tells the provider of the dynamic flavour which inputs are secret.

Pulumi passes all secrets to a dynamic provider unmarked, so the provider could not know what no message may repeat. The
program knows: an output says whether it is secret, once it is known. The paths travel in a hidden input (see
`lifecycle.base.hidden`).

The inputs are read after all transformations have run, including those of parents and of the stack. A transform
(`pulumi.ResourceOptions.transforms`) runs later, in the engine; secrets that only a transform adds are not known here.
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
    """Mixin for resource classes of the dynamic flavour."""

    # The SDK keeps the transformations of a resource and its parents in this list, and applies them in this order. The
    # last one therefore sees the inputs as they are sent.

    @property
    def _transformations(self) -> list[Callable[[Any], Any]]:
        return [*self.__dict__["_dashscope_ft_transformations"], self._note_inputs]

    @_transformations.setter
    def _transformations(self, given: Sequence[Callable[[Any], Any]]) -> None:
        self.__dict__["_dashscope_ft_transformations"] = list(given)

    def _note_inputs(self, asked: Any) -> None:
        if asked.resource is self:  # and not a child of it
            remember(self, asked.props)


def note(resource: pulumi.Resource, opts: pulumi.ResourceOptions) -> None:
    """Remember the options of a resource: `additional_secret_outputs` are secret too, with all that derives from them.

    :param opts: the SDK's own copy.
    """
    resource.__dict__[_OPTIONS] = opts


def remember(resource: pulumi.Resource, inputs: Mapping[str, Any]) -> None:
    """Remember the inputs of a resource, secret ones included, for `hidden_inputs` and `hide`."""
    resource.__dict__[_INPUTS] = inputs


async def hide(resource: pulumi.Resource) -> None:
    """From now on the program's own lines do not repeat the secret inputs of this resource."""
    for value in (resource.__dict__.get(_INPUTS) or {}).values():
        await _secret(value, [])


def hidden_inputs(resource: pulumi.Resource, kind: str) -> dict[str, Any]:
    """Return the hidden input of this resource. It is awaited when the inputs are sent."""
    return {"__secrets": _SecretPaths(resource, kind)}


@dataclass(frozen=True, slots=True)
class _SecretPaths:
    """The paths of secret inputs, computed when they are awaited. Unlike a coroutine, this object may be dropped."""

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
            # imported late: importing the package must stay fast
            from pulumi_dashscope_ft.lifecycle.kinds import derived

            given = list(opts.additional_secret_outputs or ())
            paths += [[self.resource.translate_input_property(name)] for name in given]
            # The engine receives these options after the inputs, and so includes what is added here.
            more = derived.outputs_of(self.kind, dict.fromkeys(str(path[0]) for path in paths))
            if more:
                opts.additional_secret_outputs = [*given, *more]
        return paths


async def _secret(value: Any, path: Path) -> list[Path]:
    """Return the paths of the secrets in an input."""
    if isinstance(value, pulumi.Output):
        if await value.is_secret():
            if await value.is_known():
                # The program's own output, such as the log of a job that it waits for, must not repeat a secret either.
                _SHOWN_NOWHERE.add(secret_texts(await value.future(), True))
            return [path]
        return await _secret(await value.future(with_unknowns=True), path)
    if inspect.isawaitable(value):
        return [path]  # it can be awaited only once, and Pulumi does that
    if isinstance(value, str) or known_types.is_unknown(value):
        return []
    if isinstance(value, Mapping):
        return [secret_path for key, item in value.items() for secret_path in await _secret(item, [*path, key])]
    if isinstance(value, Sequence):
        return [secret_path for at, item in enumerate(value) for secret_path in await _secret(item, [*path, at])]
    return []
