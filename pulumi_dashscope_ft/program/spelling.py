"""Why this exists: a program spells properties in snake_case, Pulumi carries them in camelCase, and a user's own
mapping must reach the service with its keys untouched; so a property's name has to be told from a key that merely
looks like one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.schema import output_names, to_camel_case, to_snake_case


class _PropertyName(str):
    """The name of a property of ours, as opposed to a key inside a user's own mapping, which must stay as it is."""

    __slots__ = ()


class Spelled:
    """Mixed into a resource class: its properties are spelled in snake_case by programs and in camelCase by everything
    else.
    """

    def translate_input_property(self, prop: str) -> str:
        hidden = prop.startswith("__")
        return to_camel_case(prop) if isinstance(prop, _PropertyName) and not hidden else prop

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


def properties(kind: str, given: Mapping[str, Any], hidden: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What to register: the arguments, a place for each output, and the hidden inputs."""
    outputs = dict.fromkeys(map(to_snake_case, output_names(kind)))
    return {_PropertyName(name): value for name, value in {**outputs, **given, **(hidden or {})}.items()}
