"""Why this exists: each message on the page of errors comes out of a scene, a few lines that bring the failure about.

A scene gets a fresh stage (and, for a code of the service, the catalogue's row) and returns what the user is told.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from error_stage import KEY, ROW, Stage
from pulumi import RunError

from pulumi_dashscope_ft.api import resolve_settings
from pulumi_dashscope_ft.api.http.catalogue import Entry as Row
from pulumi_dashscope_ft.lifecycle.base.connection import connect
from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.file import resource as training_file
from pulumi_dashscope_ft.lifecycle.identity import resource as stack_identity
from pulumi_dashscope_ft.lifecycle.job import resource as fine_tuning_job
from pulumi_dashscope_ft.plugin.cancelling import CancelToken, InterruptibleClock
from pulumi_dashscope_ft.program.values import carried
from pulumi_dashscope_ft.schema import to_snake_case


@dataclass(frozen=True)
class Scene:
    """How a message is brought about.

    :param command: what the user had typed.
    :param run: plays it; the row is None but for codes of the service.
    """

    command: str
    run: Callable[[Stage, Row | None], str]


_COMMANDS = {"create": "up", "upload": "up", "list": "up"}
"""What the user types for an operation to be called; all others belong to a destroy of a running job."""


def answered(operation: str, status: int | None = None) -> Scene:
    """The service answers `operation` with the row's code, each time it is asked."""

    def run(stage: Stage, row: Row | None) -> str:
        assert row is not None
        http = status or row.statuses[0]
        rule = {"kind": "status", "status": http, "code": row.code, "message": row.example or "No right."}
        return asked(stage, operation, rule)

    return Scene(_COMMANDS.get(operation, "destroy"), run)


def faulty(operation: str, **rule: Any) -> Scene:
    """The emulator's fault `rule` hits `operation`."""
    return Scene(_COMMANDS.get(operation, "destroy"), lambda stage, _: asked(stage, operation, rule))


def asked(stage: Stage, operation: str, rule: dict[str, Any]) -> str:
    if operation in ("create", "list"):
        stage.fault(operation, **rule)
        return stage.up()
    if operation == "upload":
        stage.fault(operation, **rule)
        return stage.upload()
    job = stage.job()
    stage.fault(operation, **rule)
    return stage.destroy(job)


def local(command: str) -> Callable[[Callable[[Stage], str]], Scene]:
    """Makes a scene of a function; for what is not a code of the service."""
    return lambda run: Scene(command, lambda stage, _: run(stage))


# Wait


@local("destroy")
def paused(stage: Stage) -> str:
    job = stage.job()
    limiter, sleep = stage.limiter, stage.clock.sleep

    def meanwhile(seconds: float) -> None:
        sleep(seconds)
        limiter.penalize(25.0)

    stage.clock.sleep = meanwhile  # type: ignore[method-assign]
    limiter.penalize(25.0)
    return stage.destroy(job)


# Nothing to do


@local("destroy")
def gone(stage: Stage) -> str:
    job = stage.job()
    stage.emulator.remove_job(job[0])
    return stage.destroy(job)


@local("destroy")
def gone_at_cancel(stage: Stage) -> str:
    return _gone_at(stage, "cancel")


@local("destroy")
def gone_at_delete(stage: Stage) -> str:
    return _gone_at(stage, "delete")


def _gone_at(stage: Stage, operation: str) -> str:
    """The job is deleted by somebody else just before `operation` gets there."""
    job = stage.job()
    original = getattr(stage.client.fine_tunes, operation)

    def too_late(job_id: str) -> Any:
        stage.emulator.remove_job(job_id)
        return original(job_id)

    setattr(stage.client.fine_tunes, operation, too_late)
    return stage.destroy(job)


@local("destroy")
def file_gone(stage: Stage) -> str:
    inputs = stage.file_inputs(stage.data())
    file = training_file.create(stage.connection, Request.of(inputs))
    stage.emulator.configure(missing_file_status=400)
    stage.client.files.delete(file[0])
    return stage.destroy_file(file)


@local("destroy")
def ended_before_cancel(stage: Stage) -> str:
    stage.emulator.configure(ends_before_cancel=True)
    return stage.destroy(stage.job())


@local("destroy")
def undeletable(stage: Stage) -> str:
    stage.emulator.configure(literal_reading=True)
    return stage.destroy(stage.job("SUCCEEDED"))


@local("destroy")
def undeletable_error(stage: Stage) -> str:
    stage.emulator.configure(literal_reading=True)
    return stage.destroy(stage.job("SUCCEEDED", onUndeletable="error"))


@local("destroy")
def deleted_while_active(stage: Stage) -> str:
    job = stage.job()
    # The read shows a finished job, and the service knows better when it comes to deleting.
    stage.fault("get", kind="unknown_status", shown_status="FAILED", count=1)
    return stage.destroy(job)


@local("up")
def lost_and_found(stage: Stage) -> str:
    stage.fault("create", kind="lost", count=1)
    return stage.up()


@local("up")
def killed(stage: Stage) -> str:
    stage.job()
    stage.restart()
    return stage.up(__nonce="n0nce3")


# Wait


@local("destroy")
def no_answer(stage: Stage) -> str:
    job = stage.job()
    stage.restart(impatient=True)
    stage.fault("get", kind="hang")
    return stage.destroy(job)


@local("destroy")
def interrupted(stage: Stage) -> str:
    job_id, outputs = stage.job()
    token = CancelToken()
    token.cancel()
    connection = connect(
        stage.client,
        clock=InterruptibleClock(token),
        run_registry=stage.run_registry,
        report=stage.lines.append,
    )
    told = stage.told(lambda: fine_tuning_job.delete(connection, job_id, outputs))
    return f"{stage.renamed(job_id)}: {told}"  # as the plugin's servicer puts it


@local("up")
def in_doubt(stage: Stage) -> str:
    original = stage.client.fine_tunes.create

    def create_then_outage(body: Any) -> Any:
        stage.fault("list", kind="html", status=502)
        return original(body)

    stage.fault("create", kind="lost", count=1)
    stage.client.fine_tunes.create = create_then_outage
    return stage.up()


@local("destroy")
def slow_cancel(stage: Stage) -> str:
    stage.emulator.configure(canceling_seconds=3600)
    return stage.destroy(stage.job())


# Room and money


@local("up")
def storage_full(stage: Stage) -> str:
    stage.emulator.configure(max_total_bytes=100)
    return stage.upload()


@local("up")
def too_many_files(stage: Stage) -> str:
    stage.emulator.configure(max_files=0)
    return stage.upload()


# Key and workspace


@local("preview")
def no_key(stage: Stage) -> str:
    return _settings(stage, {})


@local("preview")
def key_with_line_break(stage: Stage) -> str:
    return _settings(stage, {"DASHSCOPE_API_KEY": f"{KEY}\nmore"})


@local("preview")
def key_of_other_plan(stage: Stage) -> str:
    return _settings(stage, {"DASHSCOPE_API_KEY": f"sk-sp-{KEY}"})


@local("preview")
def unset_variable(stage: Stage) -> str:
    return _settings(stage, {}, api_key_env="DASHSCOPE_API_KEY_TEAM_B")


@local("preview")
def unlisted_variable(stage: Stage) -> str:
    return _settings(stage, {"TEAM_B": KEY}, api_key_env="TEAM_B")


@local("preview")
def foreign_variable(stage: Stage) -> str:
    return _settings(stage, {"AWS_SECRET_ACCESS_KEY": KEY}, api_key_env="AWS_SECRET_ACCESS_KEY")


@local("preview")
def second_configuration(stage: Stage) -> str:
    from pulumi_dashscope_ft.frontend.accounts import Accounts

    accounts = Accounts(print)
    accounts.configure({})
    return stage.told(lambda: accounts.configure({"baseUrl": "https://elsewhere.example/api/v1"}))


@local("preview")
def region_without_host(stage: Stage) -> str:
    return _settings(stage, {"DASHSCOPE_API_KEY": KEY, "DASHSCOPE_API_REGION": "eu-central-1"})


@local("refresh")
def other_workspace(stage: Stage) -> str:
    colleague = "sk-of-a-colleague-0123"
    stage.emulator.configure(keys={KEY: "llm-ours", colleague: "llm-theirs"})
    job = stage.job()
    stage.restart(api_key=colleague)
    stage.job(__owner="an0therone")
    stage.restart(api_key=colleague)
    return stage.refresh(job)


def _settings(stage: Stage, environ: dict[str, str], **given: Any) -> str:
    return stage.told(lambda: resolve_settings(environ=environ, home=stage.folder, **given).check())


# Program and data


@local("preview")
def bad_inputs(stage: Stage) -> str:
    given = {
        "model": "qwen3-8b",
        "trainingFileIds": [],
        "hyperParameters": {"n_epochs": 0, "learning_rate": "abc"},
        "onDestory": "cancel",
        "teardownTimeout": "soon",
    }
    return stage.violations(fine_tuning_job.check({}, given, stage.run_registry))


@local("preview")
def both_sources(stage: Stage) -> str:
    given = stage.inputs(trainingDatasets=[{"data_source_type": "file_id", "file_id": "file-2"}])
    return stage.violations(fine_tuning_job.check({}, given, stage.run_registry))


@local("preview")
def wrong_shape(stage: Stage) -> str:
    given = stage.inputs(trainingType="dpo_lora", __formats=["chat"])
    return stage.violations(fine_tuning_job.check({}, given, stage.run_registry))


@local("preview")
def no_file(stage: Stage) -> str:
    return _checked(stage, None)


@local("preview")
def bad_rows(stage: Stage) -> str:
    lines = [ROW, '{"messages": [}\n', '{"messages": [{"role": "human", "content": "Hello"}]}\n']
    return _checked(stage, "".join(lines))


@local("preview")
def unsupported_keys(stage: Stage) -> str:
    asked, answered = '{"role": "user", "name": "mate", "content": "Hi"}', '{"role": "assistant", "content": "Hello"'
    later = '{"role": "user", "content": "And now?"}'
    rows = f'{{"messages": [{asked}, {answered}, "weight": 0}}, {later}, {answered}}}]}}\n'
    checked = training_file.check({}, {"path": str(stage.data(rows))}, stage.run_registry)
    told = [f"warning: TrainingFile tickets: {warning.message(to_snake_case)}" for warning in checked.warnings]
    return "\n".join(told).replace(f"{stage.folder}/", "data/")


@local("preview")
def not_carried(stage: Stage) -> str:
    wrong = {"model": b"qwen3-8b", "hyper_parameters": {"learning_rate": Decimal("1e-4")}}
    try:
        carried("FineTuningJob triage", wrong)
    except RunError as refusal:
        return str(refusal)
    raise AssertionError("nothing was refused")


@local("preview")
def identity_left_out(stage: Stage) -> str:
    return str(stack_identity.left_out("FineTuningJob triage"))


@local("preview")
def key_left_out(stage: Stage) -> str:
    return str(stack_identity.key_left_out("FineTuningJob triage"))


def _checked(stage: Stage, text: str | None) -> str:
    path = stage.folder / "train.jsonl" if text is None else stage.data(text)
    return stage.violations(training_file.check({}, {"path": str(path)}, stage.run_registry))


@local("up")
def file_changed(stage: Stage) -> str:
    inputs = stage.file_inputs(stage.data())
    stage.data(ROW * 4)
    return stage.upload(inputs)


@local("up")
def file_changed_inside(stage: Stage) -> str:
    inputs = stage.file_inputs(stage.data())
    stage.data((ROW * 3).swapcase())
    return stage.upload(inputs)


@local("up")
def file_vanished(stage: Stage) -> str:
    path = stage.data()
    inputs = stage.file_inputs(path)
    path.unlink()
    return stage.upload(inputs)


# Base URL and network


@local("destroy")
def refused_connection(stage: Stage) -> str:
    job = stage.job()
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    stage.restart(f"http://127.0.0.1:{port}/api/v1")
    return stage.destroy(job)


@local("preview")
def plain_http(stage: Stage) -> str:
    return _settings(stage, _at("http://dashscope.example.com/api/v1"))


@local("preview")
def password_in_url(stage: Stage) -> str:
    return _settings(stage, _at("https://me:secret@dashscope.example.com/api/v1"))


def _at(base_url: str) -> dict[str, str]:
    return {"DASHSCOPE_API_KEY": KEY, "DASHSCOPE_HTTP_BASE_URL": base_url}


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
    file_id, outputs = training_file.create(stage.connection, Request.of(stage.file_inputs(stage.data())))
    stage.fault("list", kind="status", status=403, code="AccessDenied", message="No right.")
    return stage.told(lambda: training_file.delete(stage.connection, file_id, outputs))


def _file_in_use(stage: Stage, *, stays: bool = False, **job: Any) -> str:
    """A file is to be deleted that a job reads.

    :param stays: whether the program keeps the job.
    """
    file_id, outputs = training_file.create(stage.connection, Request.of(stage.file_inputs(stage.data())))
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

    stage.client.fine_tunes.create = both
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
    file_id, _ = training_file.create(stage.connection, Request.of(stage.file_inputs(stage.data())))
    return stage.upload({**stage.file_inputs(stage.data()), "__name": "other", "adoptFileId": file_id})
