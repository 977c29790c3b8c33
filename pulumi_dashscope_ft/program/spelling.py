"""Why this exists: a program spells properties in snake_case, Pulumi carries them in camelCase, and a user's own
mapping must reach the service with its keys untouched; so a property's name has to be told from a key that merely
looks like one. The same names stand in resource options, as in `ignore_changes=["hyper_parameters"]`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import pulumi

from pulumi_dashscope_ft.program import options
from pulumi_dashscope_ft.schema import input_names, output_names, to_camel_case, to_snake_case

_FIRST = re.compile(r"^[^.\[]+")


class _PropertyName(str):
    """The name of a property of ours, or a path that begins with one (`hyper_parameters.n_epochs`), as opposed to a
    key inside a user's own mapping, which must stay as it is.
    """

    __slots__ = ()

    def in_camel_case(self) -> str:
        """Only the first part is ours: what a path goes on with is a key of the user's, or an index."""
        return _FIRST.sub(lambda first: to_camel_case(first[0]), self)


class Spelled:
    """Mixed into a resource class: its properties are spelled in snake_case by programs and in camelCase by everything
    else.
    """

    kind: ClassVar[str]
    """The resource's name in the schema."""

    @property
    def is_paid_for(self) -> bool:
        """Whether it costs money for as long as it exists: a job, or a deployment."""
        return self.kind in ("FineTuningJob", "FineTunedModel", "ModelDeployment")

    if not TYPE_CHECKING:

        def _get_providers(self, t, pkg, opts):
            # The SDK's private method, for want of another: it is called once transformations, a parent's too, have
            # had their say, and with a copy of the options that is the SDK's own.
            for option in ("ignore_changes", "replace_on_changes", "additional_secret_outputs"):
                setattr(opts, option, _option_names(self.kind, getattr(opts, option)))
            if self.is_paid_for:
                other = opts.deleted_with
                options.note(self, opts, ends_nothing=isinstance(other, (Spelled, pulumi.ComponentResource)))
            return super()._get_providers(t, pkg, opts)

    def translate_input_property(self, prop: str) -> str:
        hidden = prop.startswith("__")
        return prop.in_camel_case() if isinstance(prop, _PropertyName) and not hidden else prop

    def translate_output_property(self, prop: str) -> str:
        return prop if prop.startswith("__") else to_snake_case(prop)

    @property
    def account(self) -> tuple[Any, Any]:
        """The arguments that choose the account: `workspace_id` and `api_key_env`, as the program gave them. (The
        output `workspace_id` is another thing: the service fills it in.)
        """
        return self._account

    def remember_account(self, arguments: Mapping[str, Any]) -> None:
        """Keep those arguments for what the program asks about this resource later."""
        self._account = (arguments.get("workspace_id"), arguments.get("api_key_env"))


def properties(kind: str, given: Mapping[str, Any], hidden_inputs: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What to register: the arguments, a place for each output, and the hidden inputs."""
    outputs = dict.fromkeys(map(to_snake_case, output_names(kind)))
    return {_PropertyName(name): value for name, value in {**outputs, **given, **(hidden_inputs or {})}.items()}


def _option_names(kind: str, given: Sequence[str] | None) -> list[str] | None:
    """The names in a resource option, with those of properties marked as such. Others stay as they are, as Pulumi
    leaves them: `*`, or a name in camelCase.
    """
    if given is None:
        return None
    known = set(map(to_snake_case, (*input_names(kind), *output_names(kind))))
    return [_PropertyName(name) if known.intersection(_FIRST.findall(name)) else name for name in given]
