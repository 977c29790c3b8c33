"""The life of a deployment: its name, its suffix, and whether it can be deleted while it runs."""

from __future__ import annotations

from pulumi_dashscope_ft.api import DeploymentStatus
from pulumi_dashscope_ft.lifecycle.base.owner.stamp import new_nonce
from pulumi_dashscope_ft.verify.ending import wait_until_gone
from pulumi_dashscope_ft.verify.workbench import Workbench

_FACTS = ("deployment_name_shown", "suffix_reuse", "deployment_delete_running", "deployment_gone")
_UP_SECONDS = 45 * 60.0


def deploy(bench: Workbench, model: str | None) -> None:
    """Deploy the model by token, which is free without calls; end the deployment while it runs."""
    if model is None:
        for fact_id in _FACTS:
            bench.findings.unseen(fact_id, "there was no model to deploy")
        return
    body = {"model_name": model, "plan": "lora", "capacity": 1, "suffix": new_nonce()}
    before = len(bench.deployments)
    reply = bench.create_deployment(body)
    if len(bench.deployments) == before:
        for fact_id in _FACTS:
            bench.findings.unseen(fact_id, f"nothing could be deployed: {reply.problem()}")
        return
    name = bench.deployments[-1]
    _suffix(bench, body)
    _running(bench, name)


def _suffix(bench: Workbench, body: dict[str, object]) -> None:
    reply = bench.create_deployment(body)
    if reply.refused:
        bench.findings.note("suffix_reuse", "refused", f"second create with the same suffix: {reply.told()}")
    elif reply.error is None:
        bench.findings.note("suffix_reuse", "taken", f"second create with the same suffix: {reply.told()}")
    else:
        bench.findings.unseen("suffix_reuse", f"the second create failed: {reply.problem()}")


def _running(bench: Workbench, name: str) -> None:
    began = bench.clock.monotonic()
    while True:
        shown = bench.calls.ask("get_deployment", name)
        status = shown.fields.get("status")
        passed = bench.clock.monotonic() - began
        if shown.error is None:
            named = "shown" if shown.fields.get("name") == bench.label else "absent"
            bench.findings.note("deployment_name_shown", named, f"get after the create: name {named}")
        if status in (DeploymentStatus.RUNNING, DeploymentStatus.FAILED) or passed >= _UP_SECONDS:
            break
        bench.pause(passed, _UP_SECONDS)
    if status != DeploymentStatus.RUNNING:
        known = status if status == DeploymentStatus.FAILED else "not RUNNING in time"
        bench.findings.unseen("deployment_delete_running", f"the deployment was {known}")
        return
    reply = bench.calls.ask("delete_deployment", name)
    if reply.refused:
        bench.findings.note("deployment_delete_running", "refused", f"delete while RUNNING: {reply.told()}")
        bench.findings.unseen("deployment_gone", "the deployment could not be deleted")
    elif reply.error is None:
        bench.findings.note("deployment_delete_running", "deleted", f"delete while RUNNING: {reply.told()}")
        wait_until_gone(bench, name)
    else:
        bench.findings.unseen("deployment_delete_running", f"the delete failed: {reply.problem()}")
