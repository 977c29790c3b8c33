"""What is secret, in the provider host of the dynamic flavour.

Pulumi passes all secrets to a dynamic provider unmarked. The program's side says in a hidden input which inputs are
secret (see `program.secrets`). Outputs do not keep it, so a read and a delete use the inputs that the engine has
recorded. If nobody has said what is secret, as in a state of an earlier release, no value is quoted.
"""

from __future__ import annotations

from typing import Any

from pulumi_dashscope_ft.dynamic import host
from pulumi_dashscope_ft.dynamic.session import SESSION
from pulumi_dashscope_ft.lifecycle.base.hidden import KEYS, Field, marks_of_paths
from pulumi_dashscope_ft.lifecycle.base.request import AnyRequest
from pulumi_dashscope_ft.lifecycle.base.state import AnyState
from pulumi_dashscope_ft.lifecycle.kinds.derived import texts_of, with_derived
from pulumi_dashscope_ft.schema import contains_unknown
from pulumi_dashscope_ft.schema.marks import SECRET, SIGNATURE, Marks, is_secret, united

Properties = dict[str, Any]

_PROGRAMS_WORD: tuple[Field, ...] = ("secrets",)
"""What outputs do not keep."""

_UNSAID: Marks = {"path": True}
"""What is hidden if nobody has said what is secret: then only messages about files repeat an input."""


def declared(kind: str, news: AnyRequest) -> AnyRequest:
    """Return a program's request, with what it says about secrets; those are not shown anywhere from now on."""
    said = news.said_secrets
    SESSION.secrets.add(texts_of(kind, news.properties(), _UNSAID if said is None else said))
    return news.knowing(secrets=True if said is None else said)


def recorded(kind: str, state: AnyState) -> AnyState:
    """Return a state, with what the last run of the program said about secrets."""
    said = _registered()
    SESSION.secrets.add(texts_of(kind, state.properties(), _UNSAID if said is None else said))
    return state.knowing(secrets=True if said is None else said)


def compared(kind: str, olds: AnyState, news: AnyRequest) -> tuple[AnyState, AnyRequest]:
    """Return the old state and the new request. If the state says nothing about an input, the program decides."""
    before, after = _registered(), declared(kind, news)
    said = united(False if before is None else before, after.secrets)
    SESSION.secrets.add(texts_of(kind, olds.properties(), _UNSAID if said is True else said))
    return olds.knowing(secrets=said), after.knowing(secrets=said)


def kept(state: AnyState) -> Properties:
    """Return the outputs as they are recorded."""
    return state.properties(without=_PROGRAMS_WORD)


def marked(kind: str, request: AnyRequest) -> Properties:
    """Return the inputs that a check answers.

    What the check derived from secrets is marked here, because Pulumi marks only what it has sent itself.
    """
    inputs, marks = request.properties(), request.secrets
    if not isinstance(marks, dict):
        return inputs
    derived = with_derived(kind, marks)
    return {
        name: {SIGNATURE: SECRET, "value": value}
        if is_secret(derived, name) and not is_secret(marks, name) and not contains_unknown(value)
        else value
        for name, value in inputs.items()
    }


def _registered() -> Marks | None:
    """Return what the engine has recorded of the program's word about secrets; None where it has recorded none."""
    return marks_of_paths(host.registered(KEYS["secrets"]))
