"""What is secret, in the provider host of the dynamic flavour.

Pulumi passes all secrets to a dynamic provider unmarked. The program's side says in a hidden input which inputs are
secret (see `program.secrets`). Outputs do not keep it, so a read and a delete use the inputs that the engine has
recorded. If nobody has said what is secret, as in a state of an earlier release, no value is quoted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.dynamic import host
from pulumi_dashscope_ft.dynamic.session import SESSION
from pulumi_dashscope_ft.lifecycle.base.property_bag import SECRETS, secret_marks
from pulumi_dashscope_ft.lifecycle.kinds.derived import texts_of, with_derived
from pulumi_dashscope_ft.schema import contains_unknown
from pulumi_dashscope_ft.schema.marks import SECRET, SIGNATURE, Marks, is_secret, united

Properties = dict[str, Any]

_UNSAID: Marks = {"path": True}
"""What is hidden if nobody has said what is secret: then only messages about files repeat an input."""


def declared(kind: str, news: Properties) -> Properties:
    """Return a program's inputs, with what it says about secrets; those are not shown anywhere from now on."""
    said = secret_marks(news) if isinstance(news.get(SECRETS), list) else None
    return _noted(kind, news, said)


def recorded(kind: str, properties: Properties) -> Properties:
    """Return outputs of the state, with what the last run of the program said about secrets."""
    told = host.registered(SECRETS)
    said = secret_marks({SECRETS: told}) if isinstance(told, list) else None
    return _noted(kind, properties, said)


def compared(kind: str, olds: Properties, news: Properties) -> tuple[Properties, Properties]:
    """Return old outputs and new inputs. If the state says nothing about an input, the program decides."""
    before = host.registered(SECRETS)
    after = declared(kind, news)
    said = united(secret_marks({SECRETS: before if isinstance(before, list) else []}), secret_marks(after))
    SESSION.secrets.add(texts_of(kind, olds, _UNSAID if said is True else said))
    return {**olds, SECRETS: said}, {**after, SECRETS: said}


def kept(outputs: Mapping[str, Any]) -> Properties:
    """Return the outputs as they are recorded."""
    return {name: value for name, value in outputs.items() if name != SECRETS}


def marked(kind: str, inputs: Properties) -> Properties:
    """Return the inputs that a check answers.

    What the check derived from secrets is marked here, because Pulumi marks only what it has sent itself.
    """
    marks = secret_marks(inputs)
    if not isinstance(marks, dict):
        return inputs
    derived = with_derived(kind, marks)
    return {
        name: {SIGNATURE: SECRET, "value": value}
        if is_secret(derived, name) and not is_secret(marks, name) and not contains_unknown(value)
        else value
        for name, value in inputs.items()
    }


def _noted(kind: str, properties: Mapping[str, Any], said: Marks | None) -> Properties:
    SESSION.secrets.add(texts_of(kind, properties, _UNSAID if said is None else said))
    return {**properties, SECRETS: True if said is None else said}
