"""An imported model: started once, waited for, read, planned, adopted."""

from __future__ import annotations

from typing import Any

import pytest
from bucket import BASE, NEVER, OWNER, Bucket
from verbs import imported_model

from pulumi_dashscope_ft.api import Import
from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.lifecycle.base.creating.init_failed import ResourceInitFailedError
from pulumi_dashscope_ft.lifecycle.base.kind.takeover import TakeoverOptions
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.base.product.creation import intent_of
from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.errors import AmbiguousCreateError, LifecycleError
from pulumi_dashscope_ft.lifecycle.imported.kind import KIND
from pulumi_dashscope_ft.lifecycle.imported.product import IMPORT

MADE_ALL_THE_SAME = ["lost", "effect_then_status", "malformed", "no_output"]
"""Faults after which the request has taken effect all the same."""


@pytest.fixture
def bucket(world: Any) -> Bucket:
    return Bucket(world)


# Creating


def test_a_create_starts_an_import_and_returns_with_its_model(bucket: Bucket) -> None:
    job_id, outputs = bucket.create()
    job = bucket.emulator.imports[job_id]
    assert outputs["modelId"] == job.model_name
    assert outputs["modelId"].startswith(f"{BASE}-offline-")
    assert (outputs["status"], outputs["teardown"]) == ("SUCCESSED", "delete, with the model's files")
    assert (job.weight_type, job.storage_info) == ("lora", {"bucket_name": "weights", "object_key": "triage/"})
    assert stamp.parse(job.display_name) is not None
    assert bucket.calls == ["create_import"]
    assert f"import {job_id} is PENDING: waiting for the imported model" in bucket.world.told
    assert f"import {job_id} is SUCCESSED: {outputs['modelId']}" in bucket.world.told


def test_a_stamp_fits_into_the_names_that_the_service_accepts() -> None:
    for name in ("x", "a-very-long-name-of-a-resource-that-goes-on", "shop:index:Part::eighteen_characters-"):
        given = {"baseModel": "m", "__name": name, "__owner": OWNER, "__nonce": "n0nce5"}
        intent = intent_of(IMPORT, Request.of(given), key="key")
        found = stamp.parse(intent.name)
        assert len(intent.name) <= 50
        assert found is not None
        assert intent.stamp is not None
        assert found.same_run(intent.stamp)


@pytest.mark.parametrize("kind", MADE_ALL_THE_SAME)
def test_a_create_whose_answer_is_lost_is_found_not_repeated(bucket: Bucket, kind: str) -> None:
    bucket.emulator.add_fault(FaultRule(operation="create_import", kind=kind, count=1, after_effect=True))
    job_id, _ = bucket.create()
    assert (bucket.made, list(bucket.emulator.imports)) == (1, [job_id])
    assert "nothing is imported twice" in bucket.world.told


@pytest.mark.parametrize("kind", ["reset", "html"])
def test_a_create_that_took_no_effect_is_sent_again(bucket: Bucket, kind: str) -> None:
    bucket.emulator.add_fault(FaultRule(operation="create_import", kind=kind, count=1))
    bucket.create()
    assert bucket.made == 1


def test_an_import_of_a_killed_up_is_taken_over(bucket: Bucket) -> None:
    job_id, _ = bucket.under_way()
    bucket.world.restart()
    bucket.emulator.force_import(job_id, "SUCCESSED")
    again, _ = bucket.create()
    assert (again, bucket.made) == (job_id, 1)
    assert "was started by this stack with the same inputs: adopted" in bucket.world.told


def test_an_import_for_other_triggers_is_not_taken_over(bucket: Bucket) -> None:
    job_id, _ = bucket.under_way()
    bucket.world.restart()
    again, _ = bucket.create(triggers=["again"])
    assert (again != job_id, bucket.made) == (True, 2)


def test_without_a_list_it_is_not_asked_for_twice(bucket: Bucket) -> None:
    bucket.emulator.add_fault(FaultRule(operation="create_import", kind="lost", count=1))
    bucket.emulator.add_fault(FaultRule(operation="list_imports", kind="html", status=403, nth=2))
    with pytest.raises(AmbiguousCreateError):
        bucket.create()
    assert bucket.calls == ["create_import"]


def test_a_display_name_of_the_users_own_proves_a_lost_import_if_no_other_fits(bucket: Bucket) -> None:
    bucket.emulator.add_fault(FaultRule(operation="create_import", kind="lost", count=1))
    job_id, outputs = bucket.create(displayName="Our triage")
    assert (outputs["displayName"], list(bucket.emulator.imports)) == ("Our triage", [job_id])


def test_of_two_imports_with_one_display_name_the_user_chooses(bucket: Bucket) -> None:
    """A display name is not unique, so it proves nothing where two new imports have it."""
    original = bucket.world.client.imports.create

    def create(body: Any) -> Any:
        original(body)
        return original(body)

    bucket.world.client.imports.create = create
    bucket.emulator.add_fault(FaultRule(operation="create_import", kind="lost", nth=2, count=1))
    with pytest.raises(AmbiguousCreateError, match="more than one job could be it") as caught:
        bucket.create(displayName="Our triage")
    assert all(job_id in str(caught.value) for job_id in bucket.emulator.imports)
    assert "set adoptImportId to its id" in str(caught.value)


@pytest.mark.parametrize(
    ("status", "changes", "refused"),
    [
        ("RUNNING", {}, True),
        ("SUCCESSED", {}, True),
        ("FAILED", {}, False),
        ("SUCCESSED", {"objectKey": "another/"}, False),
        ("SUCCESSED", {"displayName": "Another"}, False),
    ],
)
def test_a_lost_import_with_the_users_display_name_is_not_repeated(
    bucket: Bucket, status: str, changes: dict[str, Any], refused: bool
) -> None:
    job_id, _ = bucket.under_way(status, displayName="Our triage")
    bucket.world.restart()
    bucket.begin()
    wanted = {"displayName": "Our triage", **changes}
    if not refused:
        assert bucket.create(**wanted)[0] != job_id
        return
    with pytest.raises(LifecycleError, match='an import job named "Our triage" exists already') as caught:
        bucket.create(**wanted)
    assert f'set adoptImportId to "{job_id}"' in str(caught.value)
    assert bucket.calls == []


def test_what_a_resource_of_the_state_holds_does_not_stand_in_the_way(bucket: Bucket) -> None:
    """A replacement, for new `triggers` say, keeps the user's display name while the old import exists."""
    job_id, _ = bucket.create(displayName="Our triage")
    bucket.world.restart()
    bucket.world.connection.run_registry.note_met(job_id, "brought")
    assert bucket.create(displayName="Our triage", triggers=["again"])[0] != job_id


def test_what_the_service_refuses_is_said_and_nothing_is_recorded(bucket: Bucket) -> None:
    with pytest.raises(LifecycleError, match="InvalidParameter") as caught:
        bucket.create(baseModel="no-such-model")
    assert "nothing was started" in str(caught.value)
    assert bucket.made == 0


def test_where_the_service_has_no_imports_the_create_says_so(bucket: Bucket) -> None:
    """Outside Beijing there is no such path: the list is empty, and a create is refused."""
    rule: dict[str, Any] = {"kind": "status", "status": 404, "code": "NotFound", "message": "Request path not found."}
    for operation in ("list_imports", "create_import"):
        bucket.emulator.add_fault(FaultRule(operation=operation, **rule))
    assert KIND.objects is not None
    assert KIND.objects.list(bucket.world.connection) == {}
    with pytest.raises(LifecycleError, match="Request path not found"):
        bucket.create()


def test_a_gateways_404_is_no_empty_list(bucket: Bucket) -> None:
    bucket.emulator.add_fault(FaultRule(operation="list_imports", kind="html", status=404))
    with pytest.raises(LifecycleError, match="could not read the list of import jobs"):
        bucket.create()
    assert bucket.calls == []


# Waiting


def test_a_wait_that_ends_too_early_is_gone_on_with(bucket: Bucket) -> None:
    error = bucket.refused(waitTimeout="10s")
    assert "has no imported model yet after 10s" in str(error)
    assert "`pulumi destroy` waits for its end, and deletes it." in str(error)
    assert error.state.outputs["jobId"] == error.resource_id
    assert "modelId" not in error.state.outputs, "the service names the model before it exists"
    olds = error.state.properties()
    planned = bucket.diff(error.resource_id, olds)
    assert (planned.replaces, planned.changes) == ((), True)
    assert "goes on waiting for its model, nothing is imported twice" in str(planned.consequence)
    done = imported_model.update(bucket.world.connection, error.resource_id, olds, bucket.inputs())
    assert done["modelId"].startswith(BASE)
    assert bucket.made == 1


@pytest.mark.parametrize(
    ("code", "advice"),
    [("AvailableModelFileNotFound", "the rank of LoRA weights must be 8, 16, 32 or 64"), ("Other", "fix the cause")],
)
def test_an_import_that_fails_is_recorded_with_its_code_and_advice(bucket: Bucket, code: str, advice: str) -> None:
    bucket.emulator.plan_next_import(import_outcome="FAILED", import_error=code)
    error = bucket.refused()
    assert "has ended without an imported model" in str(error)
    assert f"FAILED: code {code}" in str(error)
    assert advice in str(error)
    read = bucket.read(error.resource_id, error.state.properties())
    assert (read["status"], read["failure"], read["teardown"]) == ("FAILED", {"code": code}, "delete")
    planned = bucket.diff(error.resource_id, read)
    assert "has no model, so this fails; to start anew, change an input" in str(planned.consequence)
    again = bucket.diff(error.resource_id, read, triggers=["again"])
    assert (again.replaces, again.delete_before_replace) == (("triggers",), False)
    assert "FAILED: it is deleted after the new one has its model; it has no model" in str(again.consequence)


def test_an_import_that_vanishes_during_the_wait(bucket: Bucket) -> None:
    job_id, outputs = bucket.under_way()
    bucket.emulator.remove_import(job_id)
    with pytest.raises(ResourceInitFailedError, match=r"404"):
        imported_model.update(bucket.world.connection, job_id, outputs, bucket.inputs())
    assert bucket.read(job_id, outputs) is None


# Reading and planning


def test_a_read_shows_the_end_and_the_next_plan_is_empty(bucket: Bucket) -> None:
    job_id, outputs = bucket.under_way()
    bucket.emulator.force_import(job_id, "SUCCESSED")
    bucket.world.clock.sleep(3)
    read = bucket.read(job_id, outputs)
    assert f"→ SUCCESSED, model {read['modelId']}" in bucket.world.told
    assert read["weightType"] == "lora", "the service shows it no more, and the state keeps it"
    assert not bucket.diff(job_id, read, waitTimeout="1s").changes


@pytest.mark.parametrize(
    ("status", "first", "said"),
    [
        (
            "RUNNING",
            True,
            "it can't be cancelled, so its end is awaited first; then it is deleted, and the files of its model",
        ),
        ("SUCCESSED", False, "it is deleted after the new one has its model, and the files of its model with it"),
    ],
)
def test_another_folder_is_another_import(bucket: Bucket, status: str, first: bool, said: str) -> None:
    job_id, outputs = bucket.under_way(status)
    planned = bucket.diff(job_id, outputs, objectKey="another/")
    assert (planned.replaces, planned.delete_before_replace) == (("objectKey",), first)
    assert f"objectKey: replaces import {job_id}, which is {status}: {said}" in str(planned.consequence)
    kept = bucket.diff(job_id, {**outputs, "onDestroy": "retain"}, objectKey="another/")
    assert "it is kept (onDestroy: retain)" in str(kept.consequence)


def test_a_replacement_that_pulumi_makes_by_itself_names_what_goes(bucket: Bucket) -> None:
    given = bucket.inputs()
    said = imported_model.replaced_unasked(bucket.world.connection, None, given, given)
    assert said.startswith("the model is imported anew; the job that it has now is deleted, and the files of its model")


def test_what_only_steers_changes_in_place_without_a_call(bucket: Bucket) -> None:
    job_id, outputs = bucket.create()
    news = bucket.inputs(onDestroy="retain", waitTimeout="1h", teardownTimeout="1m")
    planned = imported_model.diff(bucket.world.connection, job_id, outputs, news)
    assert (planned.replaces, planned.changes) == ((), True)
    assert imported_model.is_local_update(outputs, news)
    before = len(bucket.emulator.requests)
    assert imported_model.update(bucket.world.connection, job_id, outputs, news)["teardown"] == "keep"
    assert len(bucket.emulator.requests) == before


def test_a_refused_key_is_not_gone(bucket: Bucket) -> None:
    job_id, outputs = bucket.under_way()
    bucket.emulator.add_fault(FaultRule(operation="get_import", kind="status", status=401, code="InvalidApiKey"))
    with pytest.raises(LifecycleError, match="401"):
        bucket.read(job_id, outputs)


# Adopting, importing, listing


@pytest.mark.parametrize("weights", ["lora", None])
def test_an_existing_import_is_adopted(bucket: Bucket, weights: str | None) -> None:
    job_id, _ = bucket.create()
    bucket.world.restart()
    bucket.begin()
    adopted, outputs = bucket.create(adoptImportId=job_id, weightType=weights)
    assert (adopted, bucket.calls) == (job_id, [])
    assert outputs["modelId"].startswith(BASE)


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"objectKey": "another/"}, "objectKey"),
        ({"baseModel": "qwen3-32b"}, "baseModel"),
        ({"bucketName": "b"}, "buck"),
    ],
)
def test_another_import_is_not_adopted(bucket: Bucket, given: dict[str, Any], wrong: str) -> None:
    job_id, _ = bucket.create()
    bucket.world.restart()
    with pytest.raises(LifecycleError, match=f"was made with another {wrong}") as caught:
        bucket.create(adoptImportId=job_id, **given)
    assert f"SUCCESSED, base model {BASE}, bucket weights, folder triage/." in str(caught.value)
    with pytest.raises(LifecycleError, match=f"there is no import job {NEVER}"):
        bucket.create(adoptImportId=NEVER)


def test_an_import_fills_in_what_was_submitted(bucket: Bucket) -> None:
    job_id, _ = bucket.create()
    request = KIND.import_request(bucket.world.connection, job_id)
    assert request is not None
    assert request.nonce
    assert request.inputs == {
        "adoptImportId": job_id,
        "baseModel": BASE,
        "bucketName": "weights",
        "objectKey": "triage/",
    }
    checked = imported_model.check({}, request.properties(), bucket.world.connection.run_registry)
    assert checked.violations == ()


def test_the_type_of_the_weights_can_be_added_later_and_then_counts(bucket: Bucket) -> None:
    """The service does not show it, so a resource that has adopted an import does not know it."""
    job_id, outputs = bucket.create()
    bucket.world.restart()
    _, adopted = bucket.create(adoptImportId=job_id, weightType=None)
    assert "weightType" not in adopted
    planned = bucket.diff(job_id, adopted, weightType="full")
    assert (planned.replaces, planned.changes) == ((), True)
    written = imported_model.update(bucket.world.connection, job_id, adopted, bucket.inputs(weightType="full"))
    assert bucket.diff(job_id, written, weightType="lora").replaces == ("weightType",)
    assert bucket.diff(job_id, outputs, weightType="full").replaces == ("weightType",)


def test_a_replacement_of_an_adopted_import_needs_the_type_of_the_weights(bucket: Bucket) -> None:
    job_id, _ = bucket.create()
    bucket.world.restart()
    _, adopted = bucket.create(adoptImportId=job_id, weightType=None)
    changes: dict[str, Any] = {"adoptImportId": job_id, "weightType": None, "objectKey": "another/"}
    assert bucket.diff(job_id, adopted, **changes).replaces == ("objectKey",)
    bucket.begin()
    with pytest.raises(LifecycleError, match="weightType: is required to start a new import"):
        bucket.create(**changes)
    assert bucket.calls == []


def test_both_spellings_of_success_are_read(bucket: Bucket) -> None:
    """Every other kind of job is `SUCCEEDED`: if the service corrects its spelling, nothing may hang."""
    for word in ("SUCCESSED", "SUCCEEDED"):
        read = Import.from_json({"job_id": NEVER, "status": word, "model_name": "m-offline-20260101-abcd"})
        assert (read.is_final, read.model_id) == (True, "m-offline-20260101-abcd")
    assert Import.from_json({"job_id": NEVER, "status": "RUNNING", "model_name": "m"}).model_id is None


def test_without_an_import_to_adopt_the_type_of_the_weights_is_required(bucket: Bucket) -> None:
    checked = imported_model.check({}, bucket.inputs(weightType=None), bucket.world.connection.run_registry)
    assert [str(one) for one in checked.violations] == ['weightType: is required: "full" or "lora"']


def test_two_resources_never_hold_one_import(bucket: Bucket) -> None:
    job_id, _ = bucket.create()
    with pytest.raises(LifecycleError, match="already"):
        imported_model.create(bucket.world.connection, bucket.inputs(adoptImportId=job_id, __name="other"))


def test_a_takeover_says_what_a_destroy_would_remove(bucket: Bucket) -> None:
    job_id, _ = bucket.create(displayName="Our triage")
    assert KIND.objects is not None
    found = KIND.objects.takeover(bucket.world.client, job_id, TakeoverOptions())
    assert found.name == "Our triage"
    assert found.inputs["adoptImportId"] == job_id
    assert (
        "the service does not show weight_type: it can be left out as long as the program says adopt_import_id"
        in found.notes
    )
    assert "once adopted, `pulumi destroy` would: delete, with the model's files" in found.notes
    kept = KIND.objects.takeover(bucket.world.client, job_id, TakeoverOptions(retain=True))
    assert "once adopted, `pulumi destroy` would: keep" in kept.notes
