"""`pulumi import`: the inputs are those of the live object; and what can't be imported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from verbs import exported_checkpoint, model_deployment, training_file

from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.lifecycle.file.description import stamp_in
from pulumi_dashscope_ft.lifecycle.kinds import registry

ROW = '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}\n'
OWNER = "0wner0wner"


def imported(world: Any, type_name: str, object_id: str) -> Any:
    return registry.of_type(type_name).import_request(world.connection, object_id)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "train.jsonl").write_text(ROW, encoding="utf-8")
    return tmp_path


def uploaded(world: Any, **changes: Any) -> str:
    given = {"path": "train.jsonl", "__name": "data", "__owner": OWNER, "__nonce": stamp.new_nonce(), **changes}
    checked = training_file.check({}, given, world.run_registry)
    assert checked.violations == ()
    return training_file.create(world.connection, checked.inputs)[0]


def test_a_file_is_imported_where_its_content_is(world: Any, here: Path) -> None:
    file_id = uploaded(world, description="of May")
    request = imported(world, "TrainingFile", file_id)
    assert (request.inputs["path"], request.inputs["description"]) == ("train.jsonl", "of May")
    found = stamp_in(world.client.files.get(file_id))
    assert found is not None
    assert request.nonce == found.nonce, "the state proves from now on that this is the file which it has uploaded"


@pytest.mark.parametrize("content", [None, ROW * 2])
def test_a_file_whose_content_is_not_here_is_not_imported(world: Any, here: Path, content: str | None) -> None:
    """The next `up` would upload what is here in its place, and delete the file."""
    file_id = uploaded(world)
    (here / "train.jsonl").unlink()
    if content is not None:
        (here / "train.jsonl").write_text(content, encoding="utf-8")
    with pytest.raises(LifecycleError, match="can be imported only where its content is") as caught:
        imported(world, "TrainingFile", file_id)
    assert "train.jsonl, MD5" in str(caught.value)


def test_a_file_that_the_provider_would_refuse_is_not_imported(world: Any, here: Path) -> None:
    (here / "train.jsonl").write_text("{}\n", encoding="utf-8")
    file_id = world.client.files.upload(here / "train.jsonl").file_id
    with pytest.raises(LifecycleError, match=f"file {file_id} can't be imported: path: "):
        imported(world, "TrainingFile", file_id)


def test_a_deployment_is_imported_as_it_runs(fleet: Any) -> None:
    deployed_model, _ = fleet.running(rpmLimit=60.0)
    request = imported(fleet.world, "ModelDeployment", deployed_model)
    assert {name: request.inputs[name] for name in ("modelName", "plan", "capacity", "deploySpec", "rpmLimit")} == {
        "modelName": fleet.model,
        "plan": "mu",
        "capacity": 1,
        "deploySpec": "MU1",
        "rpmLimit": 60,
    }
    again = imported(fleet.world, "ModelDeployment", deployed_model)
    planned = model_deployment.diff(
        fleet.world.connection, deployed_model, fleet.read(deployed_model, again.properties()), again.properties()
    )
    assert not planned.replaces


def test_the_capacity_of_a_deployment_by_token_is_no_input(fleet: Any) -> None:
    """The service ignores what is asked for, and shows what it likes."""
    deployed_model, _ = fleet.running(plan="lora", deploySpec=None, capacity=None)
    assert "capacity" not in imported(fleet.world, "ModelDeployment", deployed_model).inputs


def test_a_checkpoint_is_imported_by_its_job_and_its_name(trained: Any) -> None:
    id_, _ = trained.create()
    request = imported(trained.world, "ExportedCheckpoint", id_)
    assert request.inputs == {"jobId": trained.job_id, "checkpoint": trained.inner, "modelDisplayName": "tickets"}
    state = exported_checkpoint.read(trained.world.connection, id_, request.properties())
    assert state is not None
    asked = trained.asked
    assert not exported_checkpoint.diff(trained.world.connection, id_, state, request.properties()).changes
    assert trained.asked == asked
    assert imported(trained.world, "ExportedCheckpoint", f"{trained.job_id}/checkpoint-0") is None
    with pytest.raises(LifecycleError, match="is not the id of an exported checkpoint"):
        imported(trained.world, "ExportedCheckpoint", trained.job_id)
