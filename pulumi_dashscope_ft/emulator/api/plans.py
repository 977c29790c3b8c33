"""The plans that a model can be deployed with, as `version=v1.0` of the list of deployable models shows them.

The newer shape nests plans, templates and roles (5.1), with a misspelling that is literal. The figures in it are made
up; the shape is documented.
"""

from __future__ import annotations

from typing import Any

from pulumi_dashscope_ft.emulator.model.facts.support import is_media, is_voice


def plans_of(model: str) -> list[dict[str, Any]]:
    """Return compute units for image, video and voice models; by token and by model unit for the others."""
    if is_media(model) or is_voice(model):
        return [{"plan": "cu", "templates": [], "cu_specs": ["CU1"]}]
    return [{"plan": "lora", "templates": [], "cu_specs": []}, {"plan": "mu", "templates": _TEMPLATES, "cu_specs": []}]


def _template(number: int, kind: str, roles: dict[str, tuple[str, int]]) -> dict[str, Any]:
    return {
        "template_id": f"template-{number}",
        "template_name": f"{kind.lower()}-{number}",
        "template_type": kind,
        "template_version": "1",
        "template_desc": f"an emulated template of type {kind}",
        "roles": {
            role: {"model_unit_spec": unit, "capacity_unit_per_instance": instances}
            for role, (unit, instances) in roles.items()
        },
    }


_TEMPLATES = [
    _template(1, "COUPLED", {"unified": ("MU1", 1)}),
    _template(2, "SEPERATED", {"prefill": ("MU1", 1), "decode": ("MU1", 2)}),  # the misspelling is the service's
]
