"""The plans and templates that a model can be deployed with.

The newer list of deployable models nests plans, templates and roles (API reference 5.1), with a misspelling that is
literal. A template's id is what a deployment of plan `mu` sends as `deploy_spec`; the list of templates is an open set
(5.2). The shape, `MU1-PD` and the steps of `MU1-PD` and `MU2` are documented, the other figures are made up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .support import is_decision, is_media, is_voice

COUPLED = "COUPLED"
SEPARATED = "SEPERATED"
"""The misspelling is the service's."""
SEPARATED_STEP = 4
"""Model units of one instance of each role (documented for `MU1-PD`)."""
_MODEL_UNIT = re.compile(r"MU[1-9]")
_SPLIT_UNIT = re.compile(r"MU[1-9]-PD")
_TEMPLATE_ID = re.compile(r"dps-\d{14}-[0-9a-z]+")
_STEPS = {"MU2": 8}
"""Units that are only deployed in multiples (documented); of the others any number."""


@dataclass(frozen=True, slots=True)
class Template:
    """One template: the unit of each role, and how many units one instance of it takes."""

    template_id: str
    kind: str
    unit: str
    step: int

    @property
    def roles(self) -> tuple[str, ...]:
        """`unified`, or `prefill` and `decode`."""
        return ("unified",) if self.kind == COUPLED else ("prefill", "decode")

    def to_payload(self) -> dict[str, Any]:
        """Return the template object (5.1)."""
        return {
            "template_id": self.template_id,
            "template_name": self.template_id,
            "template_type": self.kind,
            "template_version": "1",
            "template_desc": f"an emulated template of type {self.kind}",
            "roles": {
                role: {"model_unit_spec": self.unit, "capacity_unit_per_instance": self.step} for role in self.roles
            },
        }


def _coupled(unit: str) -> Template:
    return Template(unit, COUPLED, unit, _STEPS.get(unit, 1))


def _separated(template_id: str) -> Template:
    return Template(template_id, SEPARATED, template_id.removesuffix("-PD"), SEPARATED_STEP)


_LISTED_ID = "dps-20260521172224-1vabse"
_LISTED: Mapping[str, tuple[Template, ...]] = {
    "text": (_coupled("MU1"), _separated("MU1-PD"), Template(_LISTED_ID, COUPLED, "MU1", 1)),
    "voice": (_coupled("MU5"), _coupled("MU2"), Template(_LISTED_ID, COUPLED, "MU5", 1)),
    "decision": (_coupled("MU5"),),
}


def template_of(deploy_spec: str, *, separated: bool) -> Template | None:
    """Return the template that a `deploy_spec` names, or `None` if it can't be one.

    An id in the service's form that no list shows is taken, too: the real list changes (inferred).

    :param separated: whether the request has the capacities of two roles, which tells what an unlisted id stands for.
    """
    if _MODEL_UNIT.fullmatch(deploy_spec):
        return _coupled(deploy_spec)
    if _SPLIT_UNIT.fullmatch(deploy_spec):
        return _separated(deploy_spec)
    if deploy_spec == _LISTED_ID or not _TEMPLATE_ID.fullmatch(deploy_spec):
        return next((template for template in _LISTED["text"] if template.template_id == deploy_spec), None)
    kind, step = (SEPARATED, SEPARATED_STEP) if separated else (COUPLED, 1)
    return Template(deploy_spec, kind, deploy_spec, step)


def plans_of(base_model: str, *, full: bool) -> list[dict[str, Any]]:
    """Return the plans of a model, by family.

    :param full: whether it is a custom model with full weights, which has no plan by token.
    """
    if is_media(base_model):
        return [_plan("lora"), _plan("cu", cu_specs=["CU1"])]
    if is_voice(base_model) or is_decision(base_model):
        return [_plan("mu", _LISTED["voice" if is_voice(base_model) else "decision"])]
    return [*([] if full else [_plan("lora")]), _plan("mu", _LISTED["text"])]


def _plan(name: str, templates: tuple[Template, ...] = (), cu_specs: list[str] | None = None) -> dict[str, Any]:
    return {
        "plan": name,
        "templates": [template.to_payload() for template in templates],
        "cu_specs": cu_specs or [],
    }
