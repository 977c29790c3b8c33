"""What a rule looks at: one resource, or the stack itself, the same for both flavours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from pulumi_dashscope_ft.schema import UNKNOWN
from pulumi_dashscope_ft.schema.names import to_snake_case

JOBS = frozenset({"FineTuningJob", "FineTunedModel"})
DEPLOYMENTS = frozenset({"ModelDeployment"})
STACK = frozenset({"Stack"})

_DYNAMIC, _PLUGIN = "pulumi-python:dynamic/dashscope-ft:", "dashscope-ft:index:"
_STACK_TYPE = "pulumi:pulumi:Stack"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The stack that is checked, and where its configuration is.

    :param stack: its name, without organisation and project.
    :param configuration: full key, such as `dashscope-ft:maxCost`, → value.
    :param folder: the folder that `pulumi` was started in, as far as known.
    """

    stack: str
    configuration: Mapping[str, str] = field(default_factory=dict)
    folder: str | None = None

    def is_one_of(self, patterns: list[str]) -> bool:
        """Whether the stack's name matches one of these patterns, such as `pr-*`."""
        return any(fnmatchcase(self.stack, pattern) for pattern in patterns)


@dataclass(frozen=True, slots=True)
class Subject:
    """One resource.

    :param kind: such as `FineTuningJob`; `Stack` for the stack itself.
    :param properties: the inputs, or the outputs in a rule about the whole stack. `UNKNOWN` stands for what a preview
        does not know.
    :param provider: the inputs of its provider.
    """

    kind: str
    name: str
    properties: Mapping[str, Any]
    surroundings: Surroundings
    provider: Mapping[str, Any] = field(default_factory=dict)
    is_dynamic: bool = False
    urn: str = ""

    def get(self, name: str) -> Any:
        """Return a property by its name in the schema; None when it is not set."""
        return self.properties.get(name)

    def known(self, name: str) -> Any:
        """Return a property; None when it is not set or not known yet."""
        value = self.properties.get(name)
        return None if value is UNKNOWN else value

    def spelled(self, name: str) -> str:
        """Return a property's name as the program spells it: Python only has the dynamic flavour."""
        return to_snake_case(name) if self.is_dynamic else name


def kind_of(type_token: str) -> tuple[str, bool] | None:
    """Return the kind of a resource and whether it is of the dynamic flavour; None when it is not of this package."""
    if type_token == _STACK_TYPE:
        return "Stack", False
    for prefix, is_dynamic in ((_DYNAMIC, True), (_PLUGIN, False)):
        kind = type_token.removeprefix(prefix)
        if kind != type_token and re.fullmatch(r"\w+", kind):
            return kind, is_dynamic
    return None
