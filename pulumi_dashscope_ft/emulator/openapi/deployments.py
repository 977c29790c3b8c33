"""The deployment endpoints in words and shapes, for `/openapi.json`.

As in :mod:`.jobs`. The pages on deployments leave more open than the others (no HTTP statuses, examples that differ
from the tables), so each operation names its sources.
"""

from __future__ import annotations

from pulumi_dashscope_ft.emulator.api.deployment_request import MOST_CAPACITY, ROLES
from pulumi_dashscope_ft.emulator.model.deployments import STATUSES
from pulumi_dashscope_ft.emulator.model.facts.plans import SEPARATED_STEP

from .shapes import (
    ISO_TIME,
    Description,
    Parameter,
    Schema,
    choice,
    named,
    open_record,
    or_null,
    paged,
    pages,
    record,
    several,
    text,
    truth,
    whole,
)

_CAPACITY = whole("a multiple of the model's base_capacity", least=0, most=MOST_CAPACITY)
_LIMIT = whole("a minute")
_ROLE = {**whole("model units of one role", least=SEPARATED_STEP, most=MOST_CAPACITY), "multipleOf": SEPARATED_STEP}


def _of_plan(about: str, plan: Schema, *needed: str, **fields: Schema) -> Schema:
    """Return the shape of a plan, with its additional fields."""
    return {"description": about, "properties": {"plan": plan, **fields}, "required": list(needed)}


def _spelled(name: str) -> Schema:
    """Return the shape of a plan's name in any case: the SDK's help has a capital that the pages don't have."""
    return text(pattern="^" + "".join(f"[{letter}{letter.upper()}]" for letter in name) + "$")


SCHEMAS: dict[str, Schema] = {
    "NewDeployment": {
        **open_record(
            "Unknown fields are ignored (inferred).",
            model_name=text("a produced model, a published checkpoint or a base model", filled=True),
            capacity=or_null({"type": "number", "description": "needed even where it is ignored"}),
            plan=or_null(text("lora, mu, ptu or cu; compute units when left out")),
            suffix=or_null(text("needed from the second deployment of a model on", pattern="^[A-Za-z0-9_-]{0,8}$")),
            name=or_null(text("display name")),
            deploy_spec=or_null(text("MU1 to MU9, or the id of a template")),
            prefill_capacity=or_null(whole("of a separated template")),
            decode_capacity=or_null(whole("of a separated template")),
            service_tier=or_null(text("of plan ptu: ptu_fast or ptu_default")),
            charge_type=or_null(text("of plan ptu: post_paid or pre_paid")),
            pre_paid_info=or_null(open_record("of plan ptu")),
            ptu_capacity=or_null(open_record("input_tpm, output_tpm, thinking_output_tpm")),
            billing_method=or_null(text()),
            template_id=or_null(text()),
            model_version=or_null(text()),
            enable_thinking=or_null(truth()),
            max_context_length=or_null(whole()),
            rpm_limit=or_null(_LIMIT),
            tpm_limit=or_null(_LIMIT),
            aigc_config=or_null(open_record("of video models")),
        ),
        "required": ["model_name"],
        "anyOf": [
            _of_plan(
                "by token; the capacity is ignored",
                _spelled("lora"),
                *("plan", "capacity"),
                capacity={"type": "number"},
            ),
            _of_plan(
                "model units",
                {"const": "mu"},
                *("plan", "capacity", "deploy_spec"),
                capacity=_CAPACITY,
                deploy_spec=text(pattern=r"^(MU[1-9]|dps-[0-9]{14}-[0-9a-z]+)$"),
            ),
            _of_plan(
                "model units, prefill and decode apart",
                {"const": "mu"},
                *("plan", "deploy_spec", *ROLES),
                capacity=or_null(_CAPACITY),
                deploy_spec=text(pattern=r"^(MU[1-9]-PD|dps-[0-9]{14}-[0-9a-z]+)$"),
                **dict.fromkeys(ROLES, _ROLE),
            ),
            _of_plan(
                "reserved throughput",
                {"const": "ptu"},
                *("plan", "ptu_capacity"),
                capacity=or_null(_CAPACITY),
                ptu_capacity={"type": "object", "minProperties": 1, "additionalProperties": whole()},
            ),
            _of_plan("compute units", {"enum": ["cu", "", None]}, "capacity", capacity=_CAPACITY),
        ],
    },
    "Scale": {
        **open_record(
            "By the plan and the template. The SDK repeats the id as deployed_model.",
            capacity=or_null(_CAPACITY),
            ptu_capacity=or_null({"type": "object", "additionalProperties": whole()}),
            **dict.fromkeys(ROLES, or_null(whole())),
        ),
        "anyOf": [
            {"required": ["capacity"], "properties": {"capacity": _CAPACITY}},
            {"required": ["ptu_capacity"], "properties": {"ptu_capacity": {"type": "object", "minProperties": 1}}},
            {"required": list(ROLES), "properties": dict.fromkeys(ROLES, _ROLE)},
        ],
    },
    "Limits": {
        **open_record("At least one of the two; plan mu only.", rpm_limit=or_null(_LIMIT), tpm_limit=or_null(_LIMIT)),
        "anyOf": [
            {"required": ["rpm_limit"], "properties": {"rpm_limit": {"type": "integer"}}},
            {"required": ["tpm_limit"], "properties": {"tpm_limit": {"type": "integer"}}},
        ],
    },
    "Deployment": record(
        {
            "deployed_model": text("the id, and the name to call it by", filled=True),
            "gmt_create": text("Beijing time (inferred)", pattern=ISO_TIME),
            "gmt_modified": text(pattern=ISO_TIME),
            "status": choice(STATUSES),
            "model_name": text(),
            "base_model": text(),
            "workspace_id": text(filled=True),
            "charge_type": text(),
            "creator": text(pattern=r"^\d+$"),
            "modifier": text(pattern=r"^\d+$"),
        },
        {
            "plan": text(),
            "base_capacity": whole("the smallest step", least=1),
            "capacity": whole("asked for"),
            "ready_capacity": whole("answering calls now"),
            "prefill_capacity": whole("of a separated template (inferred)"),
            "decode_capacity": whole("of a separated template (inferred)"),
            "ptu_capacity": {"type": "object", "additionalProperties": whole()},
            "ptu_service_tier": text("of plan ptu"),
            "name": text("that it comes back is inferred"),
            "model_unit_spec": text("of plan mu"),
            "enable_thinking": truth(),
            "max_context_length": whole(),
            "rpm_limit": whole("a string in the table, a number in the example"),
            "tpm_limit": whole(),
        },
        "create-deployment-api. Speech models have no capacities; without them the official SDK fails.",
    ),
    "Deployments": paged("deployments", named("Deployment")),
    "DeployableModel": {
        "oneOf": [
            record({"model_name": text(filled=True), "base_capacity": whole(least=1)}),
            record({"model_name": text(filled=True), "plans": several(named("PlanOfModel"))}),
        ]
    },
    "Models": paged("models", record({"model": text(filled=True)})),
    "PlanOfModel": record(
        {"plan": text(), "templates": several(named("Template")), "cu_specs": several(text())},
        None,
        "list-deployable-models-api, version v1.0",
    ),
    "Template": record(
        {
            "template_id": text(filled=True),
            "template_name": text(),
            "template_type": choice(("COUPLED", "SEPERATED"), "the misspelling is the service's"),
            "template_version": text(),
            "template_desc": text(),
            "roles": {
                "type": "object",
                "propertyNames": {"enum": ["unified", "prefill", "decode"]},
                "additionalProperties": record(
                    {"model_unit_spec": text(), "capacity_unit_per_instance": whole(least=1)}
                ),
            },
        }
    ),
    "DeployableModels": paged("models", named("DeployableModel")),
}

_PAGES = pages(default=50, most=200)

DESCRIPTIONS: dict[str, Description] = {
    "deployable_models": Description(
        "What can be deployed",
        {"output": named("DeployableModels")},
        query=(
            *_PAGES,
            Parameter("version", choice(("v1.0",), "answers plans with their templates; at most 100 to a page")),
            Parameter("model_source", choice(("base", "custom", "public"))),
        ),
    ),
    "models": Description(
        "Base models; the official command line tries a key with it",
        {"output": named("Models")},
        query=(*pages(default=10, most=100), Parameter("model", text("only this one"))),
    ),
    "create_deployment": Description(
        "Put a model into service; asynchronous, and billed from when it runs",
        {"output": named("Deployment")},
        body=named("NewDeployment"),
        refusals=(404, 409),
        follow={
            name: {"deployed_model": "$response.body#/output/deployed_model"}
            for name in ("get_deployment", "scale_deployment", "delete_deployment")
        },
    ),
    "list_deployments": Description(
        "Deployments, newest first",
        {"output": named("Deployments")},
        query=(*_PAGES, Parameter("status", choice(STATUSES)), Parameter("plan", text("only of this plan"))),
    ),
    "get_deployment": Description("One deployment", {"output": named("Deployment")}, refusals=(404,)),
    "scale_deployment": Description(
        "Change the capacity; asynchronous",
        {"output": named("Deployment")},
        body=named("Scale"),
        refusals=(404,),
    ),
    "update_deployment": Description(
        "Change the rate limits; plan mu only",
        {"output": named("Deployment")},
        body=named("Limits"),
        refusals=(404,),
    ),
    "delete_deployment": Description(
        "Take it out of service, at once and for good",
        {"output": named("Deployment")},
        refusals=(404,),
    ),
}
