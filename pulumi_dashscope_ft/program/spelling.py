"""Translates property names between Python's snake_case and Pulumi's camelCase.

A user's own mapping must reach the service with its keys untouched, so the name of a property must be distinguishable
from a key that merely looks like one. The same names appear in resource options, as in
`ignore_changes=["hyper_parameters"]`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

import pulumi

from pulumi_dashscope_ft.program import options
from pulumi_dashscope_ft.program.describing import Description
from pulumi_dashscope_ft.schema import input_names, output_names, to_camel_case, to_snake_case

_FIRST = re.compile(r"^[^.\[]+")


class _PropertyName(str):
    """The name of one of our properties, or a path that begins with one (`hyper_parameters.n_epochs`).

    Keys inside a user's own mapping are plain strings and stay as they are.
    """

    __slots__ = ()

    def in_camel_case(self) -> str:
        """Translate only the first part: the rest of a path is a key of the user's, or an index."""
        return _FIRST.sub(lambda first: to_camel_case(first[0]), self)


class Spelled:
    """Mixin for resource classes whose properties are snake_case in programs and camelCase everywhere else."""

    kind: ClassVar[str]
    """The resource's name in the schema."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "kind" in cls.__dict__:
            own_text = next((base.__dict__["__doc__"] for base in cls.__mro__ if base.__dict__.get("__doc__")), None)
            cls.__doc__ = cast("str", Description(cls.kind, own_text))

    @property
    def is_paid_for(self) -> bool:
        """Whether the resource costs money as long as it exists. Then an input says how it ends."""
        return "onDestroy" in input_names(self.kind)

    if not TYPE_CHECKING:

        def _get_providers(self, t, pkg, opts):
            # A private method of the SDK, because there is no public one. It is called after all transformations,
            # including those of parents, with the SDK's own copy of the options.
            for option in ("ignore_changes", "replace_on_changes", "additional_secret_outputs"):
                setattr(opts, option, _option_names(self.kind, getattr(opts, option)))
            if self.is_paid_for:
                other = opts.deleted_with
                options.note(self, opts, ends_nothing=isinstance(other, (Spelled, pulumi.ComponentResource)))
            return super()._get_providers(t, pkg, opts)

    def translate_input_property(self, prop: str) -> str:
        """Return the name under which the provider gets this input: camelCase for names of ours."""
        hidden = prop.startswith("__")
        return prop.in_camel_case() if isinstance(prop, _PropertyName) and not hidden else prop

    def translate_output_property(self, prop: str) -> str:
        """Return the name of this output in the program: snake_case, except for hidden ones."""
        return prop if prop.startswith("__") else to_snake_case(prop)

    @property
    def account(self) -> tuple[Any, Any]:
        """The arguments that choose the account, `workspace_id` and `api_key_env`, as the program gave them.

        (The output `workspace_id` is something else: the service sets it.)
        """
        return self._account

    def remember_account(self, arguments: Mapping[str, Any]) -> None:
        """Keep those arguments for later questions about this resource."""
        self._account = (arguments.get("workspace_id"), arguments.get("api_key_env"))


def properties(kind: str, given: Mapping[str, Any], hidden_inputs: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return what to register: the arguments, a place for each output, and the hidden inputs."""
    outputs = dict.fromkeys(map(to_snake_case, output_names(kind)))
    return {_PropertyName(name): value for name, value in {**outputs, **given, **(hidden_inputs or {})}.items()}


def _option_names(kind: str, given: Sequence[str] | None) -> list[str] | None:
    """Return the names in a resource option, with our properties marked as such.

    Others stay as they are, as in Pulumi: `*`, or a name in camelCase.
    """
    if given is None:
        return None
    known = set(map(to_snake_case, (*input_names(kind), *output_names(kind))))
    return [_PropertyName(name) if known.intersection(_FIRST.findall(name)) else name for name in given]
