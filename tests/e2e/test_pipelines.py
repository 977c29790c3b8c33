"""Previews for each change: what the pipelines of `examples/pr-environments` do, step by step, on both engines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import pipeline_runner as pipelines

from pulumi_dashscope_ft.emulator import EmulatorServer, FaultRule

EXAMPLE: Path = pipelines.EXAMPLE
DAY = 86400.0


@pytest.fixture
def pipeline(engine: str, tmp_path: Path, service: EmulatorServer) -> Any:
    return pipelines.Pipeline(engine, tmp_path, service)


@pytest.mark.timeout(300)
def test_from_open_to_close(pipeline: Any) -> None:
    opened = pipeline.github("preview", "up")
    assert not opened.failed, opened.output
    (job_id,) = pipeline.emulator.jobs
    said = pipeline.called()
    assert "pip install --require-hashes -r requirements.lock" in said
    assert "gh pr comment 7 --repo shop/models --edit-last --create-if-none --body-file comment.md" in said
    assert "### Preview `pr-7`" in said
    assert job_id in said
    assert "cancel, then delete" in said
    assert "cost:   about 0.03 CNY" in said

    (pipeline.project / "Pulumi.pr-7.yaml").unlink()  # a checkout of its own
    pushed = pipeline.github("preview", "up")
    assert not pushed.failed, pushed.output
    assert pipeline.changing() == {"upload": 1, "create": 1}

    # The pull request is closed: the program may be gone with its branch, and its data.
    pipeline.called()
    (pipeline.project / "__main__.py").unlink()
    (pipeline.project / "data" / "train.jsonl").unlink()
    pipeline.emulator.force(job_id, "RUNNING")
    closed = pipeline.github("preview", "down")
    assert not closed.failed, closed.output
    assert pipeline.changing() == {"upload": 1, "create": 1, "cancel": 1, "delete": 1, "delete_file": 1}
    assert not pipeline.emulator.jobs
    assert not pipeline.emulator.files
    assert "pr-7" not in pipeline.pulumi("stack", "ls", "--json")
    said = pipeline.called()
    assert f"| {job_id} |" in said
    assert "| deleted |" in said

    again = pipeline.github("preview", "down")
    assert not again.failed, again.output
    assert "nothing to tear down" in pipeline.called()


@pytest.mark.timeout(300)
def test_a_night_ends_what_was_left(pipeline: Any) -> None:
    """An expired run, a run that nobody recorded, and a stack whose pull request went unnoticed and which is locked."""
    service = pipeline.emulator
    assert not pipeline.github("preview", "up").failed
    (held,) = service.jobs
    lost = _lost_copy(service, held)
    _cut_short(pipeline)
    _locked(pipeline)
    service.force(held, "RUNNING")
    service.clock.advance(5 * DAY)
    listed = pipeline.github("nightly", "previews")
    assert json.loads(listed.outputs["stacks"]) == ["pr-7"]
    refreshed = pipeline.github("nightly", "refresh", matrix__stack="pr-7")
    assert not refreshed.failed, refreshed.output
    swept = pipeline.github("nightly", "sweep")
    assert not swept.failed, swept.output
    for job_id, verdict in ((held, "expired"), (lost, "orphan")):
        assert job_id not in service.jobs
        assert verdict in next(line for line in pipeline.summary().splitlines() if job_id in line)

    pipeline.open.write_text("7\n12\n")
    assert pipeline.github("nightly", "leftovers").outputs == {"stacks": "[]"}
    pipeline.open.write_text("12\n")
    listed = pipeline.github("nightly", "leftovers")
    assert json.loads(listed.outputs["stacks"]) == ["pr-7"]
    for stack in json.loads(listed.outputs["stacks"]):
        ended = pipeline.github("nightly", "down", matrix__stack=stack)
        assert not ended.failed, ended.output
    assert not service.jobs
    assert not service.files
    assert json.loads(pipeline.github("nightly", "leftovers").outputs["stacks"]) == []


def test_a_teardown_is_tried_again(local: Any) -> None:
    assert not local.github("preview", "up").failed
    local.emulator.add_fault(FaultRule(operation="delete", kind="status", status=403, code="AccessDenied", count=2))
    closed = local.github("preview", "down")
    assert not closed.failed, closed.output
    assert "attempt 2 of 3 to destroy pr-7 has failed" in closed.output
    assert local.changing()["cancel"] == 1
    assert not local.emulator.jobs


def test_a_teardown_that_is_refused_stays_in_sight(local: Any) -> None:
    assert not local.github("preview", "up").failed
    (job_id,) = local.emulator.jobs
    local.emulator.add_fault(FaultRule(operation="delete", kind="status", status=403, code="AccessDenied"))
    local.called()
    closed = local.github("preview", "down")
    assert closed.failed
    said = local.called()
    assert "**The stack stays**" in said
    assert f"| {job_id} |" in said
    assert "| refused |" in said
    assert "pr-7" in local.pulumi("stack", "ls", "--json")

    local.emulator.clear_faults()
    assert not local.github("nightly", "down", matrix__stack="pr-7").failed
    assert not local.emulator.jobs


@pytest.mark.timeout(300)
def test_a_lock_that_a_killed_run_has_left_is_removed_where_nobody_else_can_be_at_work(pipeline: Any) -> None:
    assert not pipeline.github("preview", "up").failed
    _locked(pipeline)
    alone = pipelines.Run()
    secrets = {"DASHSCOPE_API_KEY": pipelines.KEY, "PULUMI_CONFIG_PASSPHRASE": "not a secret here", "ATTEMPTS": "1"}
    pipeline.shell("ci/down.sh pr-7", secrets, alone)
    assert alone.failed
    assert pipeline.emulator.jobs
    closed = pipeline.github("preview", "down")
    assert not closed.failed, closed.output
    assert not pipeline.emulator.jobs


def test_an_up_that_fails_says_so_in_the_comment(local: Any) -> None:
    local.emulator.add_fault(FaultRule(operation="create", kind="status", status=403, code="AccessDenied"))
    opened = local.github("preview", "up")
    assert opened.failed
    said = local.called()
    assert "**`pulumi up` has failed.**" in said
    assert "AccessDenied" in said


def test_a_backend_that_can_not_be_read_is_not_an_empty_one(local: Any) -> None:
    assert not local.github("preview", "up").failed
    (local.project.parent / "bin" / "pulumi").write_text("#!/usr/bin/env bash\necho 'error: no backend' >&2\nexit 1\n")
    local.called()
    assert local.github("preview", "down").failed
    assert "did not start" in local.called()
    assert local.github("nightly", "leftovers").failed
    assert local.github("nightly", "sweep").failed
    assert "delete" not in local.changing()


def test_nothing_is_torn_down_when_the_open_changes_can_not_be_listed(local: Any) -> None:
    assert not local.github("preview", "up").failed
    local.open.unlink()
    listed = local.github("nightly", "leftovers")
    assert listed.failed
    assert listed.outputs == {}


def test_a_change_that_is_opened_while_leftovers_are_listed_is_none(local: Any) -> None:
    """Whichever is asked first, stacks or changes: the other is there by then."""
    previews = local.project.parent / "state" / "previews"
    previews.mkdir()
    opened = f"echo '{{}}' >'{previews}/pr-8.json'; echo 8 >>\"$OPEN_CHANGES\""
    for name in ("pulumi", "gh"):
        script = local.project.parent / "bin" / name
        script.write_text(script.read_text().replace("exec ", "").replace("\n", "\nset -e\n", 1) + f"{opened}\n")
    listed = local.github("nightly", "leftovers")
    assert not listed.failed, listed.output
    assert listed.outputs == {"stacks": "[]"}


def test_a_change_that_is_opened_again_before_its_turn_is_left_alone(local: Any) -> None:
    assert not local.github("preview", "up").failed
    assert json.loads(local.github("nightly", "leftovers").outputs["stacks"]) == ["pr-7"]
    local.open.write_text("7\n")
    down = local.github("nightly", "down", matrix__stack="pr-7")
    assert not down.failed, down.output
    assert len(local.emulator.jobs) == 1
    assert "pr-7" in local.pulumi("stack", "ls", "--json")
    local.open.unlink()
    assert local.github("nightly", "down", matrix__stack="pr-7").failed, "when it can't be asked, nothing is torn down"
    assert len(local.emulator.jobs) == 1


def test_of_several_pushes_that_wait_only_the_newest_is_run(local: Any) -> None:
    """Each has its turn, for nothing that waits is cancelled; but each could buy a run."""
    for now in ("OPEN a-newer-push", f"CLOSED {pipelines.HEAD}"):
        local.newest.write_text(now)
        passed_by = local.github("preview", "up")
        assert not passed_by.failed, passed_by.output
        assert not local.changing()
        assert "gh pr comment" not in local.called()
    local.newest.unlink()
    assert local.github("preview", "up").failed, "when it can't be asked, nobody may believe that it is up"
    assert not local.changing()


def test_a_change_that_is_closed_and_opened_again_at_once_keeps_its_run(local: Any) -> None:
    assert not local.github("preview", "up").failed
    (local.project / "comment.md").unlink()  # the next job has a checkout of its own
    local.open.write_text("7\n")
    local.called()
    passed_by = local.github("preview", "down")
    assert not passed_by.failed, passed_by.output
    assert "gh pr comment" not in local.called()
    assert len(local.emulator.jobs) == 1
    assert "pr-7" in local.pulumi("stack", "ls", "--json")


def test_the_sweep_locks_no_stack(local: Any) -> None:
    """It is in the group of none: the teardown of a closed change would break its lock, and be undone by it."""
    assert not local.github("preview", "up").failed
    local.called()
    script = local.project.parent / "bin" / "pulumi"
    script.write_text(script.read_text().replace("\n", '\necho "pulumi $*" >>"$CALLS"\n', 1))
    assert not local.github("nightly", "sweep").failed
    calls = [line.split() for line in local.called().splitlines() if line.startswith("pulumi ")]
    assert {" ".join(words[1:3]) for words in calls} == {"stack ls"}, "it reads the states itself"


def test_the_same_on_gitlab(local: Any) -> None:
    opened = local.gitlab("preview up", GITLAB_NOTE_TOKEN=pipelines.TOKEN)
    assert not opened.failed, opened.output
    (job_id,) = local.emulator.jobs
    said = local.called()
    assert "http://gitlab.example/api/v4/projects/12/merge_requests/7/notes" in said
    assert f"PRIVATE-TOKEN: {pipelines.TOKEN}" in said
    assert pipelines.TOKEN not in next(line for line in said.splitlines() if line.startswith("curl "))
    assert job_id in said

    _locked(local)
    swept = local.gitlab("sweep")
    assert not swept.failed, swept.output
    assert "could not be refreshed" not in swept.output
    assert job_id in local.emulator.jobs

    closed = local.gitlab("preview down")
    assert not closed.failed, closed.output
    assert not local.emulator.jobs
    assert "curl" not in local.called()


def test_a_look_is_no_failure(local: Any) -> None:
    """`ci/sweep.sh` without --execute: what there is to do is an answer."""
    assert not local.github("preview", "up").failed
    (held,) = local.emulator.jobs
    local.emulator.clock.advance(5 * DAY)
    looked = pipelines.Run()
    local.shell("ci/sweep.sh", {"DASHSCOPE_API_KEY": pipelines.KEY}, looked)
    assert not looked.failed, looked.output
    assert "expired" in looked.output
    assert held in local.emulator.jobs


WORKFLOWS = [str(file) for file in sorted(EXAMPLE.glob(".github/workflows/*.yml"))]
SCHEMA = ["check-jsonschema", "--builtin-schema"]
LINTERS = {
    "github": [*SCHEMA, "vendor.github-workflows", *WORKFLOWS],
    "timeouts": [*SCHEMA, "custom.github-workflows-require-timeout", *WORKFLOWS],
    "gitlab": [*SCHEMA, "vendor.gitlab-ci", "--data-transform", "gitlab-ci", str(EXAMPLE / ".gitlab-ci.yml")],
    "yaml": ["yamllint", "--strict", "-c", str(EXAMPLE / ".yamllint.yml"), str(EXAMPLE)],
    "shell": ["shellcheck", *(str(file) for file in sorted(EXAMPLE.glob("ci/*.sh")))],
    "security": ["zizmor", "--offline", "--no-progress", "--no-config", *WORKFLOWS],
}


@pytest.mark.parametrize("command", LINTERS.values(), ids=LINTERS.keys())
def test_the_files_pass_their_linters(command: list[str]) -> None:
    tool = Path(sys.executable).with_name(command[0])
    if not tool.exists():
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run([tool, *command[1:]], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_secrets_reach_only_the_steps_that_need_them() -> None:
    for file in EXAMPLE.glob(".github/workflows/*.yml"):
        steps = [step for job in pipelines.load(file)["jobs"].values() for step in job["steps"]]
        with_secrets = [step for step in steps if "secrets." in str(step)]
        assert file.read_text().count("secrets.") == sum(str(step["env"]).count("secrets.") for step in with_secrets)
        assert {step["run"].partition(" ")[0] for step in with_secrets} <= {
            *("ci/up.sh", "ci/down.sh", "ci/refresh.sh", "ci/sweep.sh")
        }


def test_what_locks_a_stack_runs_in_a_group_that_lets_nothing_else_lock_it() -> None:
    """That is what makes UNLOCK right: a lock that is found there is nobody's."""
    locking = ("ci/up.sh", "ci/down.sh", "ci/refresh.sh")
    found = []
    for file in EXAMPLE.glob(".github/workflows/*.yml"):
        workflow = pipelines.load(file)
        for name, job in workflow["jobs"].items():
            for step in job["steps"]:
                if step.get("run", "").startswith(locking):
                    group = job.get("concurrency") or workflow["concurrency"]
                    plain = group["group"].replace("preview-pr-", "pr-").replace("preview-${{ matrix", "${{ matrix")
                    assert plain == step["env"]["STACK"], name
                    assert group["cancel-in-progress"] is False
                    assert group["queue"] == "max", "else it cancels what waits: a push that then never comes up"
                    found.append(name)
                assert "REFRESH" not in step.get("env", {}), "that would lock stacks outside of their groups"
    assert sorted(found) == ["down", "down", "refresh", "up"]
    gitlab = pipelines.load(EXAMPLE / ".gitlab-ci.yml")
    jobs = [job for job in gitlab.values() if isinstance(job, dict) and "ci/" in str(job.get("script"))]
    assert [job["resource_group"] for job in jobs] == ["previews"] * 3


def test_every_job_says_what_it_may_do() -> None:
    for file in EXAMPLE.glob(".github/workflows/*.yml"):
        workflow = pipelines.load(file)
        assert workflow["permissions"] == {}
        for job in workflow["jobs"].values():
            assert set(job["permissions"]) <= {"contents", "pull-requests"}
            assert job["permissions"]["contents"] == "read"


def _locked(pipeline: Any) -> None:
    """Leave the lock of a run that is gone, in the way of either engine."""
    states = pipeline.project.parent / "state"
    lock = states / ".pulumi" / "locks" / "organization" / "previews" / "pr-7" / f"{uuid.uuid4()}.json"
    lock.parent.mkdir(parents=True, exist_ok=True)
    holder = {"pid": 1, "username": "ci", "hostname": "gone", "timestamp": "2026-11-22T00:00:00Z"}
    lock.write_text(json.dumps(holder))
    if (states / "previews").exists():  # the local engine has a lock of its own
        (states / "previews" / "pr-7.lock").write_text(str(os.getpid()))


def _cut_short(pipeline: Any) -> None:
    """Make the stack's state what a killed `up` leaves: with an operation that was begun and never ended."""
    files = [path for path in (pipeline.project.parent / "state").rglob("pr-7.json") if "history" not in path.parts]
    for file in files:  # the local engine has a state of its own beside the checkpoint
        data = json.loads(file.read_text())
        deployment = data["deployment"] if "deployment" in data else data["checkpoint"]["latest"]
        job = next(one for one in deployment["resources"] if one["type"].endswith(":FineTuningJob"))
        begun = {key: value for key, value in job.items() if key not in ("id", "outputs")}
        begun["urn"] += "-cut-short"
        deployment["pending_operations"] = [{"resource": begun, "type": "creating"}]
        file.write_text(json.dumps(data))


def _lost_copy(service: EmulatorServer, held: str) -> str:
    """Another job of the same stack, as a killed `up` leaves it: started, and never recorded."""
    import requests

    job = service.jobs[held]
    head, _, nonce = job.job_name.rpartition("-")
    other = "z" * len(nonce)
    body = {"model": job.model, "training_file_ids": list(job.training_file_ids), "job_name": f"{head}-{other}"}
    url, headers = f"{service.base_url}/fine-tunes", {"Authorization": f"Bearer {pipelines.KEY}"}
    answer = requests.post(url, json=body, headers=headers, timeout=10)
    answer.raise_for_status()
    return str(answer.json()["output"]["job_id"])
