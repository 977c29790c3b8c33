"""An exported checkpoint that exists: what is read, planned, updated, deleted and checked."""

from __future__ import annotations

from typing import Any

import pytest
from trained import Trained, shown
from verbs import exported_checkpoint

from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.schema import UNKNOWN


def test_read_is_fresh_and_plans_nothing(trained: Trained) -> None:
    id_, outputs = trained.create(exportTimeout="1h")
    fresh = exported_checkpoint.read(trained.world.connection, id_, outputs)
    assert fresh == outputs
    planned = trained.diff(fresh or {}, exportTimeout="1h")
    assert (planned.changes, planned.replaces, planned.consequence) == (False, (), None)


def test_a_model_keeps_its_id_when_the_list_leaves_it_out(trained: Trained, script: Any) -> None:
    id_, outputs = trained.create()
    script("SUCCEEDED", model_name=None)
    fresh = exported_checkpoint.read(trained.world.connection, id_, outputs)
    assert fresh is not None
    assert fresh["modelName"] == outputs["modelName"]


def test_read_by_id_alone(trained: Trained) -> None:
    id_, outputs = trained.create()
    fresh = exported_checkpoint.read(trained.world.connection, id_, {})
    assert fresh is not None
    assert {name: fresh[name] for name in ("jobId", "checkpoint", "modelName")} == {
        name: outputs[name] for name in ("jobId", "checkpoint", "modelName")
    }


def test_gone_with_its_job(trained: Trained) -> None:
    id_, outputs = trained.create()
    trained.world.emulator.remove_job(trained.job_id)
    assert exported_checkpoint.read(trained.world.connection, id_, outputs) is None
    assert "the job is gone" in trained.world.told
    assert f"the exported model {outputs['modelName']} stays in the account" in trained.world.told


def test_gone_because_it_has_expired(trained: Trained, script: Any) -> None:
    _, outputs = trained.create()
    script("SUCCEEDED")
    assert exported_checkpoint.read(trained.world.connection, f"{trained.job_id}/checkpoint-1", outputs) is None
    assert "no longer listed" in trained.world.told


@pytest.mark.parametrize("kind", ["html", "status"])
def test_a_404_of_something_else_proves_nothing(trained: Trained, kind: str) -> None:
    id_, outputs = trained.create()
    code = {} if kind == "html" else {"code": "WorkSpaceNotFound"}
    trained.fault(kind, "checkpoints", status=404, **code)
    with pytest.raises(LifecycleError, match="could not read") as caught:
        exported_checkpoint.read(trained.world.connection, id_, outputs)
    assert "stays in the state" in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "replaces", "changed"),
    [
        ({}, (), False),
        ({"checkpoint": "checkpoint-1"}, ("checkpoint",), True),
        ({"jobId": UNKNOWN}, ("jobId",), True),
        ({"workspaceId": "llm-2"}, ("workspaceId",), True),
        ({"modelDisplayName": "x"}, (), True),
        ({"exportTimeout": "2h"}, (), True),
        ({"apiKeyEnv": "OTHER"}, (), True),
        ({"__name": "renamed"}, (), False),
    ],
    ids=str,
)
def test_plans(trained: Trained, changes: dict[str, Any], replaces: tuple[str, ...], changed: bool) -> None:
    _, outputs = trained.create()
    calls = trained.world.counts()
    planned = trained.diff(outputs, **changes)
    assert (planned.replaces, planned.changes, planned.delete_before_replace) == (replaces, changed, False)
    assert trained.world.counts() == calls
    if replaces:
        assert f"the exported model {outputs['modelName']} stays in the account" in planned.consequence
    elif "modelDisplayName" in changes:
        assert "keeps the name it was exported with" in planned.consequence
    else:
        assert planned.consequence is None


def test_an_update_makes_no_call(trained: Trained) -> None:
    id_, outputs = trained.create(exportTimeout="1h")
    calls = trained.world.counts()
    news = trained.inputs(modelDisplayName="renamed")
    updated = exported_checkpoint.update(trained.world.connection, id_, outputs, news)
    assert trained.world.counts() == calls
    assert updated["modelDisplayName"] == "renamed"
    assert updated["modelName"] == outputs["modelName"]
    assert "exportTimeout" not in updated
    assert not exported_checkpoint.diff(trained.world.connection, id_, updated, news).changes


@pytest.mark.parametrize(("days", "told"), [(4, None), (3.1, None), (2.9, "expires at"), (-1, "expired at")])
def test_it_says_when_it_is_about_to_expire(
    trained: Trained, monkeypatch: pytest.MonkeyPatch, days: float, told: str | None
) -> None:
    id_, outputs = trained.create()
    # 2027-01-15T16:00:00 in UTC+8
    outputs["expireTime"] = "2027-01-15T16:00:00"
    now = 1_800_000_000.0 - days * 86_400
    monkeypatch.setattr(trained.world.clock, "time", lambda: now)
    planned = trained.diff(outputs)
    assert not planned.changes
    listed = shown(trained.job_id, "SUCCEEDED", trained.inner, model_name="m", expire_time=outputs["expireTime"])
    monkeypatch.setattr(trained.world.client.fine_tunes, "checkpoints", lambda job_id: (listed,))
    trained.world.lines.clear()
    exported_checkpoint.read(trained.world.connection, id_, outputs)
    if told is None:
        assert planned.consequence is None
        assert trained.world.lines == []
    else:
        assert f"{told} 2027-01-15T16:00:00" in planned.consequence
        assert trained.world.lines[0].startswith("warning: ")
        assert f"{told} 2027-01-15T16:00:00" in trained.world.lines[0]


@pytest.mark.parametrize("expires", [None, "", "soon", "2027-01-15"])
def test_an_expiry_that_is_none_is_no_matter(trained: Trained, expires: Any) -> None:
    _, outputs = trained.create()
    trained.diff({**outputs, "expireTime": expires})


def test_delete_says_what_stays_and_makes_no_call(trained: Trained) -> None:
    id_, outputs = trained.create()
    calls = trained.world.counts()
    trained.world.lines.clear()
    exported_checkpoint.delete(trained.world.connection, id_, outputs)
    assert trained.world.lines == [
        f"{trained.inner} of {trained.job_id}: the exported model {outputs['modelName']} stays in the account (the "
        "service has no call to delete it; delete it in the console under My models)"
    ]
    assert trained.world.counts() == calls


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"jobId": None}, "jobId"),
        ({"checkpoint": None}, "checkpoint"),
        ({"modelDisplayName": None}, "modelDisplayName"),
        ({"modelDisplayName": "  "}, "modelDisplayName"),
        ({"jobId": "ft-1/ft-2"}, "jobId"),
        ({"checkpoint": "../x"}, "checkpoint"),
        ({"exportTimeout": "soon"}, "exportTimeout"),
        ({"apiKeyEnv": "sk-0123456789"}, "apiKeyEnv"),
        ({"retries": 3}, "retries"),
        ({}, None),
        ({"jobId": UNKNOWN, "exportTimeout": 90}, None),
    ],
    ids=str,
)
def test_check(changes: dict[str, Any], field: str | None) -> None:
    given = {"jobId": "ft-1", "checkpoint": "checkpoint-2", "modelDisplayName": "m", "__name": "ckpt", **changes}
    checked = exported_checkpoint.check({}, given, RunRegistry())
    assert [violation.path[0] for violation in checked.violations] == ([field] if field else [])
    assert checked.inputs["__name"] == "ckpt"
