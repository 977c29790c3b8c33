"""The process itself: how it starts and ends, what it says of itself, its configuration, secrets and errors."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import empty_pb2
from jsonschema import Draft202012Validator
from pulumi.runtime.proto import provider_pb2

from pulumi_dashscope_ft import __version__, schema
from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.lifecycle.base.state import ESTIMATES
from pulumi_dashscope_ft.plugin.wire import decode, encode
from pulumi_dashscope_ft.schema import UNKNOWN
from pulumi_dashscope_ft.schema.marks import SECRET, SIGNATURE

HIDDEN = "hush-hush-0123456789"


def test_the_schema_is_served_before_any_configuration(start: Any) -> None:
    plugin = start(DASHSCOPE_API_KEY="")
    answer = json.loads(plugin.call("GetSchema", provider_pb2.GetSchemaRequest()).schema)
    assert answer["version"] == __version__
    assert "jsonschema" not in json.dumps(answer).replace('"jsonschema" ', "")
    assert set(answer["resources"]) == set(schema.load()["resources"])
    assert answer["provider"]["inputProperties"]["apiKey"]["secret"] is True
    job = answer["resources"]["dashscope-ft:index:FineTuningJob"]
    assert job["requiredInputs"] == ["model"]
    assert plugin.call("GetPluginInfo", empty_pb2.Empty()).version == __version__


def test_what_serves_a_schema_loads_neither_pulumi_nor_a_client() -> None:
    code = (
        "import sys; from pulumi_dashscope_ft.plugin.start import main; main(['--version']);"
        "import pulumi_dashscope_ft.plugin.package_schema as p; p.served_schema();"
        "sys.exit(bool({'pulumi.automation', 'requests', 'jsonschema', 'starlette', 'click'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert __version__ in done.stdout


def test_the_schemas_two_jobs_are_one() -> None:
    job, model = (schema.load()["resources"][schema.token(name)] for name in ("FineTuningJob", "FineTunedModel"))
    same = {name: spec for name, spec in model["inputProperties"].items() if name != "waitTimeout"}
    assert same == job["inputProperties"]
    more = {name: spec for name, spec in model["properties"].items() if name not in ("waitTimeout", "modelId")}
    assert more == job["properties"]
    assert model["requiredInputs"] == job["requiredInputs"]
    assert set(model["required"]) == {*job["required"], "modelId"}, "a program deploys it without asking whether it is"
    assert model["language"] == job["language"]
    listed = schema.load()["functions"]["dashscope-ft:index:getJob"]["outputs"]["properties"]
    assert listed == schema.load()["types"]["dashscope-ft:index:Job"]["properties"]
    for function in schema.load()["functions"].values():
        Draft202012Validator.check_schema(function["inputs"])


def check_config(plugin: Any, **settings: Any) -> Any:
    """As Pulumi's engine asks (3.260): without a mark on what is secret."""
    return plugin.call("CheckConfig", provider_pb2.CheckRequest(news=encode(settings)))


def test_the_configuration_is_checked_by_property(plugin: Any) -> None:
    """With a property the engine prints that property's value, whatever mark is on it."""
    password = "https://me:hunter2@example.com/api/v1"
    answer = check_config(
        plugin, apiKey=f"Bearer {HIDDEN}", baseUrl=password, region="Beijing!", version="1.2.3", apikey=HIDDEN
    )
    found = [(one.property, one.reason.partition(" ")[0]) for one in answer.failures]
    assert sorted(found) == [("", "apiKey:"), ("", "apikey:"), ("", "baseUrl:"), ("region", "must")]
    assert HIDDEN not in str(answer.failures)
    assert "hunter2" not in str(answer.failures)
    assert not check_config(plugin, region="cn-beijing").failures


def test_a_key_is_recorded_as_a_secret_however_it_was_set(plugin: Any) -> None:
    recorded = check_config(plugin, apiKey=HIDDEN, region="cn-beijing").inputs
    key = decode(recorded).values["__stampKey"]
    settings = {"apiKey": HIDDEN, "region": "cn-beijing", "__stampKey": key}
    assert recorded == encode(settings, {"apiKey": True, "__stampKey": True})
    unknown = decode(check_config(plugin, apiKey=UNKNOWN).inputs).values
    assert {**unknown, "__stampKey": ""} == {"apiKey": UNKNOWN, "__stampKey": ""}


def test_the_key_for_stamps_is_made_once_and_is_no_change(plugin: Any) -> None:
    first = decode(check_config(plugin).inputs).values
    again = plugin.call("CheckConfig", provider_pb2.CheckRequest(olds=encode(first), news=encode({}))).inputs
    assert decode(again).values == first
    other = decode(check_config(plugin).inputs).values
    assert other["__stampKey"] != first["__stampKey"]
    for broken in ("", "f" * 63, 7, UNKNOWN):
        request = provider_pb2.CheckRequest(olds=encode({"__stampKey": broken}), news=encode({}))
        assert re.fullmatch("[0-9a-f]{64}", decode(plugin.call("CheckConfig", request).inputs).values["__stampKey"])
    for olds, news in (({}, first), (first, other)):
        change = provider_pb2.DiffRequest(old_inputs=encode(olds), news=encode(news))
        assert plugin.call("DiffConfig", change).changes == provider_pb2.DiffResponse.DIFF_NONE


def test_a_key_in_the_wrong_place_is_not_shown(plugin: Any) -> None:
    key, token = f"sk-{HIDDEN}", "files.example/a?token=hunter2"
    given = {
        "model": key,
        "trainingDatasets": [{"data_source_type": "download_url", "data_source": {"download_url": token}}],
        "apiKeyEnv": key,
        "onDestroy": "drop",
        "api": key,
    }
    failures = plugin.check("FineTuningJob", "job", given).failures
    assert [one.property for one in failures if one.property] == ["onDestroy"], "whose values the engine shows"
    said = str(failures)
    assert {"apiKeyEnv", "trainingDatasets", "api"} <= {one.reason.split(":")[0].split("[")[0] for one in failures}
    assert HIDDEN not in said
    assert "hunter2" not in said


def test_another_configuration_replaces_nothing(plugin: Any) -> None:
    request = provider_pb2.DiffRequest(old_inputs=encode({"region": "cn-beijing"}), news=encode({"apiKey": "sk-1"}))
    answer = plugin.call("DiffConfig", request)
    assert answer.changes == provider_pb2.DiffResponse.DIFF_SOME
    assert list(answer.diffs) == ["apiKey", "region"]
    assert not answer.replaces


def test_an_explicit_provider_has_an_account_of_its_own(start: Any, emulator: Any) -> None:
    config = {"apiKey": "sk-other-9876543210", "baseUrl": emulator.base_url}
    plugin = start(DASHSCOPE_API_KEY="", DASHSCOPE_HTTP_BASE_URL="").configure(config)
    data = plugin.create("TrainingFile", "data", {"path": "train.jsonl"})
    assert data.id in emulator.files
    assert "sk-other" not in plugin.said()


def test_a_missing_key_is_said_in_check(start: Any) -> None:
    plugin = start(DASHSCOPE_API_KEY="", HOME="/nonexistent").configure()
    (failure,) = plugin.check("FineTuningJob", "job", {"model": "m", "trainingFileIds": ["f"]}).failures
    assert failure.property == ""
    assert "DASHSCOPE_API_KEY" in failure.reason


def test_a_variable_that_is_not_set_is_told_as_the_schema_spells_it(plugin: Any) -> None:
    inputs = {"model": "m", "trainingFileIds": ["f"], "apiKeyEnv": "DASHSCOPE_TEAM_B"}
    (failure,) = plugin.check("FineTuningJob", "job", inputs).failures
    assert failure.reason.startswith(
        "no API key: apiKeyEnv names the environment variable DASHSCOPE_TEAM_B, which is not"
    )
    made = provider_pb2.DeleteRequest(
        id="ft-1",
        urn="urn:pulumi:a::b::dashscope-ft:index:FineTuningJob::job",
        properties=encode(inputs),
        type="dashscope-ft:index:FineTuningJob",
    )
    with pytest.raises(Exception, match="apiKeyEnv names the environment variable DASHSCOPE_TEAM_B"):
        plugin.call("Delete", made)


def test_what_is_secret_stays_secret(plugin: Any) -> None:
    data = plugin.create("TrainingFile", "data", {"path": "train.jsonl"})
    inputs = {"model": "qwen3-8b", "trainingFileIds": [data.id], "hyperParameters": {"n_epochs": 3, "note": HIDDEN}}
    marks = {"hyperParameters": {"note": True}, "trainingFileIds": {0: True}}
    job = plugin.create("FineTuningJob", "job", inputs, marks)
    for bag in (job.inputs, job.outputs, plugin.refresh(job).outputs, plugin.refresh(job).inputs):
        note = bag.fields["hyperParameters"].struct_value.fields["note"].struct_value
        assert note.fields[SIGNATURE].string_value == SECRET
        found = decode(bag).marks
        assert isinstance(found, dict)
        # An estimate follows from hyper-parameters, so it is a secret where one of them is.
        assert {name: mark for name, mark in found.items() if name not in ESTIMATES} == marks
        assert all(found.get(name) is True for name in ESTIMATES if name in bag.fields)
        assert bag.fields["model"].string_value == "qwen3-8b"
    planned = plugin.diff(job, {**inputs, "hyperParameters": {"n_epochs": 3, "note": f"{HIDDEN}-2"}}, marks)
    assert "hyperParameters.note" in planned.detailedDiff
    answer = plugin.check(
        "FineTuningJob", "job", {**inputs, "onDestroy": HIDDEN, "model": 5}, marks={"onDestroy": True}
    )
    assert {one.property for one in answer.failures} == {"", "model"}
    assert HIDDEN not in str(answer.failures)
    assert HIDDEN not in plugin.said()


def test_a_secret_is_in_no_error(plugin: Any, emulator: Any) -> None:
    emulator.add_fault(
        FaultRule(operation="create", kind="status", status=400, code="InvalidParameter", message=HIDDEN)
    )
    inputs = {"model": "qwen3-8b", "trainingFileIds": [HIDDEN]}
    with pytest.raises(Exception, match=r"\[secret\]") as caught:
        plugin.create("FineTuningJob", "job", inputs, marks={"trainingFileIds": True})
    assert HIDDEN not in str(caught.value)


def test_errors_are_messages(plugin: Any, emulator: Any) -> None:
    inputs = {"model": "qwen3-8b", "trainingFileIds": ["file-none"]}
    with pytest.raises(Exception, match="next: ") as caught:
        plugin.create("FineTuningJob", "job", inputs)
    assert "Traceback" not in str(caught.value)
    with pytest.raises(Exception, match="there is no resource 'dashscope-ft:index:Nothing'"):
        plugin.check("Nothing", "job", {})
    with pytest.raises(Exception, match="the provider has a defect: KeyError at ") as caught:
        plugin.call("Create", provider_pb2.CreateRequest(urn="urn:pulumi:a::b::dashscope-ft:index:TrainingFile::c"))
    assert "DASHSCOPE_FT_DEBUG" in str(caught.value)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_when_it_is_told_to(start: Any, number: int) -> None:
    plugin = start()
    plugin.process.send_signal(number)
    assert plugin.process.wait(60) == 0


@pytest.mark.skipif(not hasattr(os, "getppid") or shutil.which("sh") is None, reason="needs a shell to be orphaned by")
def test_it_ends_with_an_engine_that_was_killed(tmp_path: Path) -> None:
    script = f'"{sys.executable}" -m pulumi_dashscope_ft.plugin > port & echo $!; exec sleep 30'
    with subprocess.Popen(["sh", "-c", script], cwd=tmp_path, stdout=subprocess.PIPE, text=True) as engine:
        assert engine.stdout is not None
        plugin = int(engine.stdout.readline())
        port = tmp_path / "port"
        while not (port.exists() and port.read_text().strip()):
            time.sleep(0.05)
        engine.kill()
    deadline = time.monotonic() + 10
    while Path(f"/proc/{plugin}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{plugin}").exists()
