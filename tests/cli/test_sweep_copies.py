"""`dashscope-ft sweep` with exports: how old each is, by which clock, and what follows from that."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import Any

from sweep_stage import Stage


def aged(stage: Stage, seconds: float) -> None:
    os.utime(stage.state, (time.time() - seconds,) * 2)


def expiring(stage: Stage) -> str:
    """A job that has expired an hour ago, for all that the export shows."""
    at = stage.line.emulator.clock.now() + 3600
    job_id = stage.job(hold={"expiresIn": "1h", "expires": time.strftime("%Y-%m-%dT%H:%MZ", time.gmtime(at))})
    stage.later()
    return job_id


def test_an_export_from_before_the_expiry_ends_nothing_for_the_expiry_may_have_been_extended(stage: Stage) -> None:
    job_id = expiring(stage)
    aged(stage, 2 * 3600)
    told = stage.sweep("--execute", "--yes")
    assert "its end may have been put off since. Export it again" in told
    assert "note: the copy of the state previews/pr-7 is 2h" in told
    assert job_id in stage.live
    assert stage.verdicts()[job_id] == ("not checked", None)
    aged(stage, 1200)
    assert stage.verdicts(code=2)[job_id] == ("expired", "cancel, then delete")
    stage.sweep("--execute", "--yes")
    assert job_id not in stage.live


def test_an_export_that_was_just_made_is_not_remarked_upon(stage: Stage) -> None:
    expiring(stage)
    assert "the copy of the state" not in stage.sweep(code=2)
    copied = stage.facts(code=2)["states"][0]["copied"]
    now = time.gmtime(stage.line.emulator.clock.now())
    assert copied[:13] == time.strftime("%Y-%m-%dT%H", now)


def test_the_oldest_of_several_exports_is_named(stage: Stage) -> None:
    expiring(stage)
    other = stage.state.with_name("other.json")
    other.write_text(json.dumps({"version": 3, "deployment": {}}))
    os.utime(other, (time.time() - 7300,) * 2)
    told = stage.sweep("--state", str(other), code=2)
    assert f"the copy of the state in {other} is the oldest of 2, and 2h1m old" in told


def test_an_export_that_comes_from_the_future_proves_nothing(stage: Stage) -> None:
    job_id = expiring(stage)
    aged(stage, -1800)
    assert stage.verdicts()[job_id] == ("not checked", None)
    assert "the file has a time that is 30 minutes ahead of this machine's" in stage.sweep()


def test_a_file_on_the_standard_input_is_as_old_as_it_is(stage: Stage) -> None:
    """`sweep - < old.json`; what comes through a pipe is of this moment."""
    job_id = expiring(stage)
    aged(stage, 2 * 3600)
    command = [sys.executable, "-c", "from pulumi_dashscope_ft.cli import main; main()", "sweep", "-", "--json"]
    environment = {**os.environ, "DASHSCOPE_HTTP_BASE_URL": stage.line.emulator.base_url}

    def verdict(**stdin: Any) -> str:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, **stdin)
        return str({one["id"]: one["verdict"] for one in json.loads(done.stdout)["objects"]}[job_id])

    with stage.state.open() as file:
        assert verdict(stdin=file) == "not checked"
    assert verdict(input=stage.state.read_text()) == "expired"
