"""Every row of the teardown of an imported model."""

from __future__ import annotations

from typing import Any

import pytest
from bucket import Bucket

from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.lifecycle.base.kind.teardown import TeardownOptions
from pulumi_dashscope_ft.lifecycle.errors import InUseError, LifecycleError, TeardownTimeoutError
from pulumi_dashscope_ft.lifecycle.imported.kind import KIND


@pytest.fixture
def bucket(world: Any) -> Bucket:
    return Bucket(world)


@pytest.mark.parametrize("status", ["PENDING", "RUNNING"])
def test_an_import_under_way_is_awaited_and_deleted(bucket: Bucket, status: str) -> None:
    job_id, outputs = bucket.under_way(status)
    bucket.delete(job_id, outputs)
    assert bucket.calls == ["delete_import"]
    assert not bucket.emulator.imports
    assert f"import {job_id} was SUCCESSED: deleted, and the files of its model" in bucket.world.told


def test_an_import_that_does_not_end_in_time_stays_in_the_state(bucket: Bucket) -> None:
    job_id, outputs = bucket.under_way(teardownTimeout="30s")
    bucket.emulator.replan_import(job_id, importing_seconds=1e6)
    with pytest.raises(TeardownTimeoutError) as caught:
        bucket.delete(job_id, outputs)
    assert "was not torn down within 30s (teardownTimeout)" in str(caught.value)
    assert "an import can't be cancelled, so it goes on until it ends" in str(caught.value)
    assert bucket.calls == []


def test_the_model_of_a_finished_import_is_said_to_go(bucket: Bucket) -> None:
    job_id, outputs = bucket.create()
    bucket.begin()
    bucket.delete(job_id, outputs)
    assert bucket.calls == ["delete_import"]
    assert f"the files of its model {outputs['modelId']} with it" in bucket.world.told


def test_a_failed_import_has_no_model(bucket: Bucket) -> None:
    job_id, outputs = bucket.under_way("FAILED")
    bucket.delete(job_id, outputs)
    assert bucket.calls == ["delete_import"]
    assert f"import {job_id} was FAILED: deleted; it had no model" in bucket.world.told


def test_an_import_that_is_gone_is_deleted_already(bucket: Bucket) -> None:
    job_id, outputs = bucket.under_way()
    bucket.emulator.remove_import(job_id)
    bucket.delete(job_id, outputs)
    assert bucket.calls == []
    assert "was already gone" in bucket.world.told


def test_an_import_that_vanishes_between_the_read_and_the_delete(bucket: Bucket) -> None:
    job_id, outputs = bucket.under_way("SUCCESSED")
    original = bucket.world.client.imports.delete

    def delete(asked: str) -> Any:
        bucket.emulator.remove_import(asked)
        return original(asked)

    bucket.world.client.imports.delete = delete
    bucket.delete(job_id, outputs)
    assert "is gone" in bucket.world.told


@pytest.mark.parametrize("kind", ["lost", "effect_then_status", "malformed", "no_output"])
def test_a_lost_answer_to_a_delete_does_no_harm(bucket: Bucket, kind: str) -> None:
    job_id, outputs = bucket.under_way("SUCCESSED")
    bucket.emulator.add_fault(FaultRule(operation="delete_import", kind=kind, count=1, after_effect=True))
    bucket.delete(job_id, outputs)
    assert not bucket.emulator.imports


def test_a_retained_import_is_left_alone(bucket: Bucket) -> None:
    job_id, outputs = bucket.under_way(onDestroy="retain")
    bucket.delete(job_id, outputs)
    assert bucket.calls == []
    assert job_id in bucket.emulator.imports


@pytest.mark.parametrize("policy", ["cancel", "retain"])
def test_outside_a_stack_too_only_a_delete_removes_the_model(bucket: Bucket, policy: str) -> None:
    """The command's `--keep-record` ends a job and keeps its record; an import can't be ended."""
    job_id, _ = bucket.create()
    assert KIND.teardown is not None
    KIND.teardown.tear_down(bucket.world.connection, job_id, "", TeardownOptions(on_destroy=policy))
    assert job_id in bucket.emulator.imports


def test_a_sweep_knows_by_which_id_others_use_it(bucket: Bucket) -> None:
    done, outputs = bucket.create()
    running, _ = bucket.under_way(triggers=["again"])
    assert KIND.objects is not None
    live = KIND.objects.list(bucket.world.connection)
    assert {one: (KIND.sweep.needed_as(seen), seen.active) for one, seen in live.items()} == {
        done: (outputs["modelId"], False),
        running: (None, True),
    }


# The model is deployed


def test_a_deployed_model_is_named_and_stays(bucket: Bucket) -> None:
    job_id, outputs = bucket.create()
    deployed = bucket.deployed(outputs["modelId"])
    bucket.begin()
    with pytest.raises(InUseError) as caught:
        bucket.delete(job_id, outputs)
    assert f"its model is deployed as {deployed} (RUNNING) (OperationDenied" in str(caught.value)
    assert "The import stays in the state, and its model is untouched." in str(caught.value)
    assert bucket.calls == ["delete_import"], "one refusal is enough where a deployment stays"
    assert job_id in bucket.emulator.imports


def test_a_deployment_that_goes_is_awaited(bucket: Bucket) -> None:
    job_id, outputs = bucket.create()
    deployed = bucket.deployed(outputs["modelId"])
    bucket.world.client.deployments.delete(deployed)
    assert bucket.emulator.deployments[deployed].status == "DELETING"
    bucket.delete(job_id, outputs)
    assert not bucket.emulator.imports
    assert "can't be deleted yet (OperationDenied" in bucket.world.told


def test_a_refusal_without_a_deployment_passes_by_itself_or_is_reported(bucket: Bucket) -> None:
    """The service may go on refusing for a moment after a deployment is gone."""
    job_id, outputs = bucket.create()
    refusal: dict[str, Any] = {"operation": "delete_import", "kind": "status", "status": 400, "code": "OperationDenied"}
    bucket.emulator.add_fault(FaultRule(count=2, **refusal))
    bucket.delete(job_id, outputs)
    assert not bucket.emulator.imports

    job_id, outputs = bucket.create()
    bucket.emulator.add_fault(FaultRule(**refusal))
    bucket.begin()
    with pytest.raises(InUseError, match="its model may be in use"):
        bucket.delete(job_id, outputs)
    assert bucket.calls == ["delete_import"] * 3


def test_deployments_that_cannot_be_listed_do_not_hide_the_refusal(bucket: Bucket) -> None:
    job_id, outputs = bucket.create()
    bucket.deployed(outputs["modelId"])
    bucket.emulator.add_fault(FaultRule(operation="list_deployments", kind="status", status=403, code="AccessDenied"))
    with pytest.raises(LifecycleError, match="its model may be in use"):
        bucket.delete(job_id, outputs)


def test_a_refused_delete_does_not_outlast_the_time_limit(bucket: Bucket) -> None:
    job_id, outputs = bucket.create(teardownTimeout="20s")
    deployed = bucket.deployed(outputs["modelId"])
    bucket.emulator.replan_deployment(deployed, deleting_seconds=1e6)
    bucket.world.client.deployments.delete(deployed)
    with pytest.raises(TeardownTimeoutError, match="within 20s"):
        bucket.delete(job_id, outputs)
