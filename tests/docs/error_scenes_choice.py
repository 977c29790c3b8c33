"""The scenes of the page of errors in which somebody has to decide (see `error_scenes`)."""

from __future__ import annotations

from typing import Any

from error_scenes import local
from error_stage import ROW, Stage
from verbs import fine_tuning_job, training_file

from pulumi_dashscope_ft.lifecycle.identity import resource as stack_identity

# Decide


@local("destroy")
def nobody_holds_it(stage: Stage) -> str:
    stage.job()
    stage.restart()
    return stage.told(lambda: stack_identity.delete(stage.connection, "0wner0wner"))


@local("destroy")
def file_of_a_lost_job(stage: Stage) -> str:
    return _file_in_use(stage)


@local("up")
def file_of_a_job_that_stays(stage: Stage) -> str:
    return _file_in_use(stage, stays=True)


@local("destroy")
def file_of_another_stacks_job(stage: Stage) -> str:
    return _file_in_use(stage, __owner="an0ther0ne")


@local("destroy")
def file_of_a_retained_job(stage: Stage) -> str:
    return _file_in_use(stage, __retain=True)


@local("destroy")
def file_and_no_job_list(stage: Stage) -> str:
    file_id, outputs = training_file.create(stage.connection, stage.file_inputs(stage.data()))
    stage.fault("list", kind="status", status=403, code="AccessDenied", message="No right.")
    return stage.told(lambda: training_file.delete(stage.connection, file_id, outputs))


def _file_in_use(stage: Stage, *, stays: bool = False, **job: Any) -> str:
    """A file is to be deleted that a job reads.

    :param stays: whether the program keeps the job.
    """
    file_id, outputs = training_file.create(stage.connection, stage.file_inputs(stage.data()))
    job_id, job_outputs = stage.job(trainingFileIds=[file_id], **job)
    stage.restart()
    if stays:
        stage.run_registry.note_met(job_id, "triage")
        stage.run_registry.note_kept(job_id, job_outputs["__nonce"])
    return stage.told(lambda: training_file.delete(stage.connection, file_id, outputs))


@local("up")
def two_candidates(stage: Stage) -> str:
    stage.fault("create", kind="lost", nth=2)
    original = stage.client.fine_tunes.create

    def both(body: Any) -> Any:
        original(body)  # a colleague, at the same moment
        return original(body)

    client: Any = stage.client
    client.fine_tunes.create = both
    return stage.up(jobName="nightly")


@local("up")
def trained_already(stage: Stage) -> str:
    stage.job("SUCCEEDED")
    stage.restart()
    return stage.up(__nonce="n0nce3")


@local("up")
def same_name(stage: Stage) -> str:
    stage.job(jobName="nightly")
    stage.restart()
    return stage.up(jobName="nightly")


@local("up")
def nothing_to_adopt(stage: Stage) -> str:
    return stage.up(adoptJobId="ft-202610291653-1c7f")


@local("up")
def adopt_another(stage: Stage) -> str:
    job_id, _ = stage.job()
    return stage.up(adoptJobId=job_id, model="qwen3-14b")


@local("up")
def adopt_a_held_job(stage: Stage) -> str:
    job_id, outputs = stage.job()
    stage.restart()
    fine_tuning_job.diff(stage.connection, job_id, outputs, stage.inputs())
    return stage.up(__name="other", adoptJobId=job_id)


@local("up")
def no_file_to_adopt(stage: Stage) -> str:
    inputs = stage.file_inputs(stage.data())
    return stage.upload({**inputs, "adoptFileId": "976bd01a-f30b-4414-86fd-50c54486e3ef"})


@local("up")
def adopt_another_content(stage: Stage) -> str:
    file_id = stage.client.files.upload(stage.data(ROW * 2)).file_id
    return stage.upload({**stage.file_inputs(stage.data()), "adoptFileId": file_id})


@local("up")
def adopt_what_is_held(stage: Stage) -> str:
    file_id, _ = training_file.create(stage.connection, stage.file_inputs(stage.data()))
    return stage.upload({**stage.file_inputs(stage.data()), "__name": "other", "adoptFileId": file_id})
