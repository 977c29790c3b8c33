"""Why this exists: the scenes of an account whose quota of jobs is used up, with a job that waits for a place."""

from __future__ import annotations

from dataclasses import replace

from error_scenes import local
from error_stage import Stage
from verbs import fine_tuning_job

from pulumi_dashscope_ft.frontend.accounts import Accounts


def _full(stage: Stage) -> str:
    """Two places, and two jobs: one of another stack that has succeeded, and one that nobody's stamp is on."""
    stage.emulator.configure(quota=2, runners=10)
    others, _ = stage.job("SUCCEEDED", __name="tickets", __owner="k7m2x9qd4t")
    stage.job("RUNNING", jobName="by hand")
    return others


@local("up")
def waited(stage: Stage) -> str:
    others = _full(stage)
    sleep = stage.clock.sleep

    def meanwhile(seconds: float) -> None:
        sleep(seconds)
        if stage.clock.monotonic() > 100 and others in stage.emulator.jobs:
            stage.emulator.remove_job(others)

    stage.clock.sleep = meanwhile  # type: ignore[method-assign]
    return stage.up(waitForQuota="2h")


@local("up")
def timed_out(stage: Stage) -> str:
    _full(stage)
    return stage.up(waitForQuota="2h")


@local("up")
def interrupted(stage: Stage) -> str:
    _full(stage)
    connection = replace(stage.connection, interrupted=lambda: stage.clock.monotonic() > 60)
    inputs = stage.inputs(waitForQuota="2h")
    return stage.told(lambda: fine_tuning_job.create(connection, inputs))


@local("up")
def refused_key(stage: Stage) -> str:
    _full(stage)
    stage.fault("list", kind="status", status=401, code="InvalidApiKey", message="Invalid API-key provided.", nth=2)
    return stage.up(waitForQuota="2h")


@local("preview")
def no_length_of_time(stage: Stage) -> str:
    accounts = Accounts(stage.lines.append, stage.clock)
    accounts.configure({"waitForQuota": "soon"})
    return stage.told(lambda: accounts.settings({}))
