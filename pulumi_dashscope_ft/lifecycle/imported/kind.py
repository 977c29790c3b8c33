"""The descriptor of the kind `import`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from pulumi_dashscope_ft.api import Import, ImportStatus
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.ending.policy import DELETE, RETAIN
from pulumi_dashscope_ft.lifecycle.base.kind.closeup import CloseUp
from pulumi_dashscope_ft.lifecycle.base.kind.descriptor import Kind, Updates
from pulumi_dashscope_ft.lifecycle.base.kind.live_object import LiveObject
from pulumi_dashscope_ft.lifecycle.base.kind.objects import Listed
from pulumi_dashscope_ft.lifecycle.base.kind.teardown import SweepRules, Teardown, TeardownOptions
from pulumi_dashscope_ft.lifecycle.base.product.takeover import takeover
from pulumi_dashscope_ft.lifecycle.base.product.verbs import WAIT_LIMIT, ProductVerbs
from pulumi_dashscope_ft.lifecycle.imported.derived import DERIVATION
from pulumi_dashscope_ft.lifecycle.imported.product import IMPORT, RESOURCE, policy_of
from pulumi_dashscope_ft.lifecycle.imported.source import IMPORTS
from pulumi_dashscope_ft.lifecycle.imported.teardown import KIND as NOUN
from pulumi_dashscope_ft.lifecycle.imported.teardown import TeardownPolicy, plan, tear_down
from pulumi_dashscope_ft.lifecycle.imported.view import all_facts, facts, import_request, live_object, wait_for_model
from pulumi_dashscope_ft.schema.properties import ImportedModelInputs, ImportedModelOutputs

VERBS = ProductVerbs[Import, ImportedModelInputs, ImportedModelOutputs](IMPORT)


def _name(job: Import) -> str | None:
    return job.display_name


def _on_destroy(options: TeardownOptions) -> str:
    """Return the policy: an import can't be cancelled, so a request to do only that changes nothing."""
    return DELETE if options.on_destroy == DELETE else RETAIN


def _tear_down(connection: Connection, job_id: str, name: str, options: TeardownOptions) -> None:
    tear_down(connection, job_id, TeardownPolicy(_on_destroy(options), options.timeout))


def _options(properties: Mapping[str, Any]) -> TeardownOptions:
    policy = policy_of(properties)
    return TeardownOptions(policy.on_destroy, timeout=policy.timeout)


def _action(one: LiveObject, options: TeardownOptions) -> str:
    planned = plan(one.status, _on_destroy(options))
    return "" if planned == "keep" else planned


KIND = Kind(
    RESOURCE,
    NOUN,
    VERBS,
    import_request,
    derivation=DERIVATION,
    id_property="jobId",
    waits=WAIT_LIMIT,
    settled=ImportStatus.FINAL,
    updates=Updates(
        are_local=VERBS.is_local_update,
        failure=VERBS.failure_foreseen,
        lasting=("jobId", "displayName", "createTime"),
    ),
    objects=Listed(IMPORTS, live_object, _name, facts, partial(takeover, VERBS)),
    # Ids of files have this form, too, and come first where the form alone decides.
    id_form=re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    closeup=CloseUp(
        read=lambda connection, job_id: connection.client.imports.get(job_id),
        facts=all_facts,
        log=None,
        wait=lambda connection, job_id, timeout, _: wait_for_model(connection, job_id, timeout),
        product="modelId",
        unit="",
        can_be_cancelled=False,
    ),
    teardown=Teardown(_tear_down, options_of=_options, action=_action),
    has_models=True,
    sweep=SweepRules(
        needed_as=lambda one: one.model,
        part_used="its model",
        is_record=lambda one: not one.active,
        left_over="nothing runs, but deleting it removes the files of its model",
    ),
    # No search for orphans when a stack ends: an import that nobody holds ends by itself and costs nothing while it
    # runs, and a sweep finds it. So the key need not be allowed to list imports.
)
