"""A rule: what it looks at, what can be set about it, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from pulumi_dashscope_ft.lifecycle.spend import money
from pulumi_dashscope_ft.lifecycle.spend.money import Money
from pulumi_dashscope_ft.schema import parse_duration

from .subject import Subject

Settings = Mapping[str, Any]
Check = Callable[[Subject, Settings], Iterator[str]]
StackCheck = Callable[[Sequence[Subject], Settings], Iterator[tuple[Subject, str]]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule about each resource of some kinds.

    :param name: its name in the configuration of the pack.
    :param description: one sentence: what holds when nobody violates the rule.
    :param check: yields what is wrong, each as a sentence that says what to change.
    :param options: what can be set about the rule → JSON schema, with the default.
    """

    name: str
    description: str
    kinds: frozenset[str]
    check: Check
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: MappingProxyType({}))

    def settings(self, given: Mapping[str, Any]) -> Settings:
        """Return what is set, with the defaults of the rest."""
        return settings(self.options, given)


@dataclass(frozen=True, slots=True)
class StackRule:
    """A rule about all resources together, as they are once they exist. Otherwise like `Rule`."""

    name: str
    description: str
    check: StackCheck
    options: Mapping[str, Mapping[str, Any]]

    def settings(self, given: Mapping[str, Any]) -> Settings:
        """Return what is set, with the defaults of the rest."""
        return settings(self.options, given)


class SettingError(Exception):
    """A setting of a rule can't be used. The text names it, without a full stop."""


def amount(given: Settings, name: str) -> Money | None:
    """Return a setting that is an amount, such as `30 CNY`; None when it is not set.

    :raises SettingError: it is no amount.
    """
    text = given.get(name)
    try:
        return None if text is None else money.parse(str(text))
    except ValueError as error:
        raise SettingError(f"its setting {name}, {text!r}, {error}") from None


def seconds(given: Settings, name: str) -> float:
    """Return a setting that is a length of time, in seconds.

    :raises SettingError: it is none.
    """
    try:
        return parse_duration(given[name])
    except ValueError as error:
        raise SettingError(f"its setting {name} {error}") from None


def number_text(number: float) -> str:
    """Return a number as a person writes it. Pulumi sends all numbers as floating ones."""
    return f"{number:g}"


def settings(options: Mapping[str, Mapping[str, Any]], given: Mapping[str, Any]) -> Settings:
    """Return the settings of a rule: what is given, and defaults."""
    defaults = {name: option["default"] for name, option in options.items() if "default" in option}
    return {**defaults, **given}


def names(description: str, default: Sequence[str] = ()) -> dict[str, Any]:
    """Return the schema of a list of names or patterns."""
    return {"type": "array", "items": {"type": "string"}, "default": list(default), "description": description}
