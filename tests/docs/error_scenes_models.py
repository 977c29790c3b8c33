"""Why this exists: the scenes of the page of errors that are about deployments, checkpoints and waits (see
`error_scenes`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from error_scenes import Scene, local
from error_stage import Stage
from verbs import model_deployment

from pulumi_dashscope_ft.lifecycle.deployment.wait import wait_until_running
from pulumi_dashscope_ft.lifecycle.identity import resource as stack_identity
from pulumi_dashscope_ft.lifecycle.job.model_wait import wait_for_model

# Deployments: making


def refused(error: str) -> Scene:
    """The service refuses to deploy, in the words that the emulator's catalogue has for `error`."""

    def run(stage: Stage, _: Any) -> str:
        stage.fault("create_deployment", error=error)
        return stage.deploy()

    return Scene("up", run)


@local("up")
def lost_deployment(stage: Stage) -> str:
    stage.fault("create_deployment", kind="lost", count=1)
    return stage.deploy()


@local("up")
def killed_deployment(stage: Stage) -> str:
    stage.deployment()
    stage.restart()
    return stage.deploy(__nonce="n0nce5")


@local("up")
def deployment_in_doubt(stage: Stage) -> str:
    stage.fault("create_deployment", kind="lost", count=1)
    _before_the_create(stage, lambda _: stage.fault("list_deployments", kind="html", status=502))
    return stage.deploy()


@local("up")
def deployment_never_answered(stage: Stage) -> str:
    stage.fault("create_deployment", kind="reset")
    return stage.deploy()


@local("up")
def two_deployments_fit(stage: Stage) -> str:
    stage.emulator.configure(echo_job_name=False)
    stage.fault("create_deployment", kind="lost", nth=2)
    original = stage.client.deployments.create
    _before_the_create(stage, lambda body: original({**body, "suffix": "theirs"}))
    return stage.deploy()


def _before_the_create(stage: Stage, happens: Callable[[Any], Any]) -> None:
    client: Any = stage.client
    original = client.deployments.create

    def create(body: Any) -> Any:
        client.deployments.create = original
        happens(body)
        return original(body)

    client.deployments.create = create


@local("up")
def no_such_model(stage: Stage) -> str:
    return stage.deploy(modelName="qwen3-8b-ft-202610291653-1c7f")


@local("up")
def name_taken(stage: Stage) -> str:
    stage.deployment()
    stage.restart()
    return stage.deploy(__owner="another000")


@local("up")
def old_one_leaving(stage: Stage) -> str:
    deployed_model, _ = stage.deployment()
    stage.client.deployments.delete(deployed_model)
    return stage.deploy(__nonce="n0nce5")


@local("up")
def bad_capacity(stage: Stage) -> str:
    stage.emulator.configure(base_capacity=8)
    return stage.deploy(capacity=3)


@local("preview")
def bad_deployment_inputs(stage: Stage) -> str:
    given = {"modelName": "qwen3-8b", "plan": "ptu", "capacity": -1, "suffix": "much-too-long", "adoptDeploy": "x"}
    return stage.violations(model_deployment.check({}, given, stage.run_registry))


@local("up")
def no_deployment_to_adopt(stage: Stage) -> str:
    return stage.deploy(adoptDeployment="qwen3-8b-0a1b2c3d")


@local("up")
def another_deployment_to_adopt(stage: Stage) -> str:
    deployed_model, _ = stage.deployment(modelName="qwen3-14b")
    return stage.deploy(adoptDeployment=deployed_model)


@local("up")
def held_deployment_to_adopt(stage: Stage) -> str:
    deployed_model, outputs = stage.deployment()
    model_deployment.diff(stage.connection, deployed_model, outputs, stage.serving())
    return stage.deploy(adoptDeployment=deployed_model, __name="second")


# Deployments: changing


@local("up")
def change_has_to_wait(stage: Stage) -> str:
    return stage.adjust(stage.deployment("UPDATING"), capacity=2)


@local("up")
def never_settles(stage: Stage) -> str:
    stage.emulator.configure(updating_seconds=3600.0)
    return stage.adjust(stage.deployment("UPDATING"), capacity=2)


@local("up")
def limits_refused(stage: Stage) -> str:
    return stage.adjust(stage.deployment(plan="lora", deploySpec=None), plan="lora", deploySpec=None, rpmLimit=100)


@local("up")
def gone_before_the_change(stage: Stage) -> str:
    deployment = stage.deployment()
    stage.emulator.remove_deployment(deployment[0])
    return stage.adjust(deployment, capacity=2)


# Deployments: ending


@local("destroy")
def deployment_gone(stage: Stage) -> str:
    deployment = stage.deployment()
    stage.emulator.remove_deployment(deployment[0])
    return stage.undeploy(deployment)


@local("destroy")
def delete_has_to_wait(stage: Stage) -> str:
    stage.fault("delete_deployment", error="unsupported", count=1)
    return stage.undeploy(stage.deployment("UPDATING"))


@local("destroy")
def running_may_not_be_deleted(stage: Stage) -> str:
    stage.emulator.configure(running_deployment_undeletable=True)
    return stage.undeploy(stage.deployment())


@local("destroy")
def slow_delete(stage: Stage) -> str:
    stage.emulator.configure(deleting_seconds=3600.0)
    return stage.undeploy(stage.deployment())


@local("destroy")
def key_refused_at_delete(stage: Stage) -> str:
    deployment = stage.deployment()
    stage.fault("delete_deployment", error="invalid_key")
    return stage.undeploy(deployment)


@local("destroy")
def nobody_holds_it(stage: Stage) -> str:
    stage.deployment()
    stage.restart()
    return stage.told(lambda: stack_identity.delete(stage.connection, "0wner0wner"))


# Checkpoints


def _trained(stage: Stage) -> tuple[str, str]:
    """A job that has succeeded, and a checkpoint of it that is not published."""
    job_id = stage.model(save_total_limit=3)
    return job_id, stage.client.fine_tunes.checkpoints(job_id)[1].checkpoint


@local("up")
def export_lost(stage: Stage) -> str:
    trained = _trained(stage)
    stage.fault("export", kind="lost", count=1)
    return stage.export(*trained)


@local("up")
def published_already(stage: Stage) -> str:
    job_id = stage.model(save_total_limit=3)
    return stage.export(job_id, stage.client.fine_tunes.checkpoints(job_id)[0].checkpoint)


@local("up")
def export_in_doubt(stage: Stage) -> str:
    trained = _trained(stage)
    stage.fault("export", kind="lost", count=1)
    stage.fault("checkpoints", error="access_denied", after_effect=False, nth=2)
    return stage.export(*trained)


@local("up")
def export_not_accepted(stage: Stage) -> str:
    trained = _trained(stage)
    stage.fault("export", kind="not_accepted")
    return stage.export(*trained)


@local("up")
def export_refused(stage: Stage) -> str:
    trained = _trained(stage)
    stage.fault("export", error="access_denied")
    return stage.export(*trained)


@local("up")
def export_failed(stage: Stage) -> str:
    stage.emulator.configure(export_outcome="FAILED")
    return stage.export(*_trained(stage))


@local("up")
def slow_export(stage: Stage) -> str:
    stage.emulator.configure(export_seconds=7200.0)
    return stage.export(*_trained(stage))


@local("up")
def no_such_checkpoint(stage: Stage) -> str:
    job_id, _ = _trained(stage)
    return stage.export(job_id, "checkpoint-1")


@local("up")
def checkpoint_of_no_job(stage: Stage) -> str:
    return stage.export("ft-202610291653-1c7f", "checkpoint-9")


@local("up")
def unsupported_checkpoint(stage: Stage) -> str:
    trained = _trained(stage)
    stage.fault("checkpoints", kind="unknown_status", shown_status="UNSUPPORTED")
    return stage.export(*trained)


# Waits


def _waited(stage: Stage, job_id: str, timeout: float = 3600.0) -> str:
    return stage.told(lambda: wait_for_model(stage.connection, job_id, timeout, stage.lines.append))


@local("up")
def run_failed(stage: Stage) -> str:
    return _waited(stage, stage.job("FAILED")[0])


@local("up")
def run_cancelled(stage: Stage) -> str:
    return _waited(stage, stage.job("CANCELED")[0])


@local("up")
def run_gone(stage: Stage) -> str:
    job_id, _ = stage.job()
    stage.emulator.remove_job(job_id)
    return _waited(stage, job_id)


@local("up")
def run_too_long(stage: Stage) -> str:
    return _waited(stage, stage.job()[0])


@local("up")
def wait_refused(stage: Stage) -> str:
    job_id, _ = stage.job()
    stage.fault("get", error="invalid_key")
    return _waited(stage, job_id)


def does_not_run(status: str) -> Scene:
    """A wait for a deployment that is in this status."""
    return Scene("up", lambda stage, _: _waited_until_running(stage, stage.deployment(status)[0]))


@local("up")
def deployment_failed(stage: Stage) -> str:
    stage.emulator.configure(deployment_outcome="FAILED")
    return stage.deploy_and_wait()


@local("up")
def deployment_too_slow(stage: Stage) -> str:
    stage.emulator.configure(deploying_seconds=7200.0)
    return stage.deploy_and_wait()


@local("up")
def deployment_interrupted(stage: Stage) -> str:
    return stage.deploy_and_wait(replace(stage.connection, interrupted=lambda: True))


@local("up")
def deployment_vanished(stage: Stage) -> str:
    deployed_model, _ = stage.deployment()
    stage.emulator.remove_deployment(deployed_model)
    return _waited_until_running(stage, deployed_model)


def _waited_until_running(stage: Stage, deployed_model: str) -> str:
    return stage.told(lambda: wait_until_running(stage.connection, deployed_model, 1800.0))
