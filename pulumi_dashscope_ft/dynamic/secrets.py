"""What is secret, in the provider host of the dynamic flavour.

Why this exists: Pulumi hands a dynamic provider all secrets unmarked. The program's side says which inputs are secret
(see `program.secrets`), in a hidden input. Outputs do not keep it, so a read and a delete look at the inputs that the
engine has recorded. Where nobody has said, as in a state of an earlier release, nothing is quoted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.dynamic import host
from pulumi_dashscope_ft.dynamic.session import SESSION
from pulumi_dashscope_ft.lifecycle.base.property_bag import SECRETS, secret_marks
from pulumi_dashscope_ft.lifecycle.kinds.derived import texts_of, with_derived
from pulumi_dashscope_ft.schema import contains_unknown
from pulumi_dashscope_ft.schema.marks import Marks, is_secret, united

Properties = dict[str, Any]

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the protocol's mark of a secret, not one

_UNSAID: Marks = {"path": True}
"""What is hidden where nobody has said what is secret: no message but those about files repeats an input then."""


def declared(kind: str, news: Properties) -> Properties:
    """The inputs of a program, with what it says of secrets; these are shown nowhere from now on."""
    said = secret_marks(news) if isinstance(news.get(SECRETS), list) else None
    return _noted(kind, news, said)


def recorded(kind: str, properties: Properties) -> Properties:
    """Outputs as the state has them, with what the program that was run last has said of secrets."""
    told = host.registered(SECRETS)
    said = secret_marks({SECRETS: told}) if isinstance(told, list) else None
    return _noted(kind, properties, said)


def compared(kind: str, olds: Properties, news: Properties) -> tuple[Properties, Properties]:
    """Old outputs and new inputs. Where the state says nothing of an input, the program does."""
    before = host.registered(SECRETS)
    after = declared(kind, news)
    said = united(secret_marks({SECRETS: before if isinstance(before, list) else []}), secret_marks(after))
    SESSION.secrets.add(texts_of(kind, olds, _UNSAID if said is True else said))
    return {**olds, SECRETS: said}, {**after, SECRETS: said}


def kept(outputs: Mapping[str, Any]) -> Properties:
    """The outputs as they are recorded."""
    return {name: value for name, value in outputs.items() if name != SECRETS}


def marked(kind: str, inputs: Properties) -> Properties:
    """The inputs that a check answers. What it has derived from secrets is marked: Pulumi marks only what it has sent
    itself.
    """
    marks = secret_marks(inputs)
    if not isinstance(marks, dict):
        return inputs
    derived = with_derived(kind, marks)
    return {
        name: {_SIGNATURE: _SECRET, "value": value}
        if is_secret(derived, name) and not is_secret(marks, name) and not contains_unknown(value)
        else value
        for name, value in inputs.items()
    }


def _noted(kind: str, properties: Mapping[str, Any], said: Marks | None) -> Properties:
    SESSION.secrets.add(texts_of(kind, properties, _UNSAID if said is None else said))
    return {**properties, SECRETS: True if said is None else said}
