"""The scenes of the page of errors about the key, the program, its data and the address (see `error_scenes`)."""

from __future__ import annotations

import socket
from decimal import Decimal
from typing import Any

from error_scenes import local
from error_stage import KEY, ROW, Stage
from pulumi import RunError
from verbs import fine_tuning_job, training_file

from pulumi_dashscope_ft.api import resolve_settings
from pulumi_dashscope_ft.lifecycle.identity import resource as stack_identity
from pulumi_dashscope_ft.program.values import carried
from pulumi_dashscope_ft.schema import to_snake_case

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
    told = [f"warning: {warning.message(to_snake_case)}" for warning in checked.warnings]
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
