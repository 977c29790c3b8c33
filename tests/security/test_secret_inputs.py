"""What a program makes secret is in no line, message, report or state of either flavour, nor what is made of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_dashscope_ft import schema
from pulumi_dashscope_ft.emulator import EmulatorServer, FaultRule
from pulumi_dashscope_ft.emulator import Settings as Times
from pulumi_dashscope_ft.lifecycle.base.hidden import KEYS
from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.base.state import State
from pulumi_dashscope_ft.lifecycle.deployment.diff import adjustment, compare
from pulumi_dashscope_ft.lifecycle.kinds.derived import with_derived
from pulumi_dashscope_ft.program import secrets
from pulumi_dashscope_ft.schema.marks import from_paths
from pulumi_dashscope_ft.testing import StackOperationFailed, open_stack
from pulumi_dashscope_ft.testing.result import Reporter
from pulumi_dashscope_ft.text import SecretTexts, redact_secrets

HUSH = "Xq7-hush"
ROW = '{"messages":[{"role":"user","content":"Where is order %d?"},{"role":"assistant","content":"On its way."}]}\n'
PROGRAM = """
import json
import pulumi
from pulumi_dashscope_ft import CompressedModel, FineTuningJob, ImportedModel, ModelDeployment, TrainingFile

settings = json.loads(pulumi.Config().require("settings"))

def read(value):
    if isinstance(value, dict) and set(value) == {"secret"}:
        return pulumi.Output.secret(read(value["secret"]))
    if isinstance(value, dict) and set(value) == {"config"}:
        return pulumi.Config().require_secret("hush").apply(lambda text: value["config"])
    if isinstance(value, dict):
        return {key: read(item) for key, item in value.items()}
    return [read(item) for item in value] if isinstance(value, list) else value

def hiding(asked):
    props = {**asked.props, **{name: read({"secret": value}) for name, value in settings["transformed"].items()}}
    return pulumi.ResourceTransformationResult(props, asked.opts)

if "transformed" in settings:
    pulumi.runtime.register_stack_transformation(hiding)
kinds = {
    "file": TrainingFile,
    "job": FineTuningJob,
    "deployment": ModelDeployment,
    "compressed": CompressedModel,
    "imported": ImportedModel,
}
options = pulumi.ResourceOptions(**settings.get("options", {}))
made = kinds[settings["kind"]]("it", opts=options, **read(settings["arguments"]))
"""
JOB = {"model": "qwen3-8b", "training_file_ids": ["file-1"], "hyper_parameters": {"n_epochs": 3}}


def secret(value: Any) -> dict[str, Any]:
    return {"secret": value}


class Place:
    """A project whose program declares one resource."""

    def __init__(self, engine: str, flavour: Any, directory: Path, emulator: EmulatorServer) -> None:
        directory.mkdir()
        self.flavour, self.directory, self.emulator = flavour, directory, emulator
        self.lines: list[str] = []
        self.report = directory / "report.jsonl"
        environment = {
            "DASHSCOPE_HTTP_BASE_URL": emulator.base_url,
            "DASHSCOPE_API_KEY": "sk-e2e-0123456789abcdef",
            "DASHSCOPE_FT_REPORT": str(self.report),
        }
        (directory / "Pulumi.yaml").write_text(flavour.project("shop"))
        (directory / "__main__.py").write_text(flavour.program(PROGRAM))
        (directory / f"{HUSH}.jsonl").write_text("".join(ROW % number for number in range(10)))
        (directory / "open.jsonl").write_text("".join(ROW % number for number in range(10)))
        self.stack = open_stack(engine, directory, env=environment, on_line=self.lines.append)
        self.stack.set_config("hush", HUSH, secret=True)

    def program(self, kind: str, arguments: dict[str, Any], **more: Any) -> None:
        self.stack.set_config("settings", json.dumps({"kind": kind, "arguments": arguments, **more}))

    def fails(self, operation: Any) -> str:
        """All that is shown of an operation that fails."""
        self.lines.clear()
        with pytest.raises(StackOperationFailed) as caught:
            operation()
        return "\n".join([*self.lines, str(caught.value)])


@pytest.fixture(autouse=True)
def as_providers_say_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The local engine hides secrets by itself; Pulumi's does not, so neither must it here."""
    monkeypatch.setattr(Reporter, "add_secrets", lambda reporter, value: None)


@pytest.fixture(scope="module")
def service() -> Iterator[EmulatorServer]:
    times = Times(pending_seconds=1, queuing_seconds=1, running_seconds=100_000, canceling_seconds=1)
    with EmulatorServer(settings=times, speed=20.0) as server:
        yield server


@pytest.fixture(scope="module")
def refusing(service: EmulatorServer, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A project for each flavour that many programs are refused in; on the local engine, which is quick."""
    found: dict[str, Place] = {}

    def place(flavour: Any) -> Place:
        if flavour.name not in found:
            folder = tmp_path_factory.mktemp("refusing") / flavour.name
            found[flavour.name] = Place("local", flavour, folder, service)
        return found[flavour.name]

    return place


@pytest.fixture
def place(engine: str, flavour: Any, tmp_path: Path, service: EmulatorServer) -> Place:
    return Place(engine, flavour, tmp_path / "project", service)


WRONG: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "learning_rate": (
        "job",
        {"hyper_parameters": {"learning_rate": secret(HUSH)}},
        ["hyper_parameters.learning_rate: must be a positive number", "1.6e-5"],
    ),
    "a long one, which is cut": (
        "job",
        {"hyper_parameters": {"learning_rate": secret(HUSH * 30)}},
        ["hyper_parameters.learning_rate", "not shown"],
    ),
    "a short number": ("job", {"hyper_parameters": {"batch_size": secret(-7)}}, ["hyper_parameters.batch_size"]),
    "all of it": (
        "job",
        {"hyper_parameters": secret({"n_epochs": 3, "batch_size": HUSH, HUSH: {}})},
        ["hyper_parameters.batch_size"],
    ),
    "of the configuration": (
        "job",
        {"hyper_parameters": {"learning_rate": {"config": HUSH}}},
        ["hyper_parameters.learning_rate"],
    ),
    "in a list": ("job", {"training_file_ids": ["file-1", secret({HUSH: 1})]}, ["training_file_ids[1]"]),
    "model": ("job", {"model": secret([HUSH])}, ["model"]),
    "training_type": ("job", {"training_type": secret({"a": HUSH}), "on_destroy": "nonsense"}, ["training_type"]),
    "finetuned_output_suffix": (
        "job",
        {"finetuned_output_suffix": secret(f"{HUSH} much too long for this")},
        ["finetuned_output_suffix"],
    ),
    "job_name": ("job", {"job_name": secret([HUSH])}, ["job_name"]),
    "on_destroy": ("job", {"on_destroy": secret(HUSH)}, ["on_destroy", '"retain"']),
    "teardown_timeout": ("job", {"teardown_timeout": secret(HUSH)}, ["teardown_timeout", '"10m"']),
    "path": ("file", {"path": secret(f"{HUSH}-nowhere.jsonl")}, ["path: [secret]", "there is no such file"]),
    "a short path": ("file", {"path": secret("x")}, ["path: [secret]: there is no such file"]),
    "suffix": ("deployment", {"model_name": "qwen3-8b", "suffix": secret(f"{HUSH}!?*")}, ["suffix"]),
    "template": ("compressed", {"model": "m", "template_id": secret(f"{HUSH} / {HUSH}")}, ["template_id"]),
    "description": (
        "compressed",
        {"model": "m", "template_id": "t", "job_description": secret(HUSH * 40)},
        ["job_description"],
    ),
    "folder": (
        "imported",
        {"base_model": "m", "weight_type": "lora", "bucket_name": "b", "object_key": secret(f"{HUSH} without a slash")},
        ["object_key"],
    ),
    "kind of weights": (
        "imported",
        {"base_model": "m", "weight_type": secret(HUSH), "bucket_name": "b", "object_key": "k/"},
        ["weight_type"],
    ),
    "capacity": ("deployment", {"model_name": "qwen3-8b", "plan": "mu", "capacity": secret(HUSH)}, ["capacity"]),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_mistake_in_a_secret_is_named_and_not_quoted(refusing: Any, flavour: Any, case: str) -> None:
    kind, arguments, needed = WRONG[case]
    place = refusing(flavour)
    place.program(kind, {**JOB, **arguments} if kind == "job" else arguments)
    shown = place.fails(place.stack.preview)
    for word in needed:
        assert flavour.told(word) in shown
    assert HUSH.lower() not in shown.lower()
    assert "-7" not in shown
    assert '"x"' not in shown


@pytest.mark.parametrize(
    "more",
    [{"transformed": {"on_destroy": HUSH}}, {"options": {"additional_secret_outputs": ["on_destroy"]}}],
    ids=["transformation", "option"],
)
def test_what_is_made_secret_elsewhere(refusing: Any, flavours: Any, more: dict[str, Any]) -> None:
    place = refusing(flavours["dynamic"])
    place.program("job", {**JOB, "on_destroy": HUSH}, **more)
    shown = place.fails(place.stack.preview)
    assert "on_destroy: must be" in shown
    assert HUSH not in shown


def test_what_is_no_secret_is_quoted(refusing: Any, flavour: Any) -> None:
    place = refusing(flavour)
    rates = {"learning_rate": "open-value", "note": secret(HUSH)}
    place.program("job", {**JOB, "hyper_parameters": rates})
    assert '(got "open-value")' in place.fails(place.stack.preview)


def test_the_service_repeats_it(place: Place) -> None:
    """In an error, and in a report of a teardown."""
    rule = FaultRule(operation="create", kind="status", status=400, code="InvalidParameter", message=f"no {HUSH} here")
    place.emulator.add_fault(rule)
    place.program("job", {**JOB, "finetuned_output_suffix": secret(HUSH)})
    try:
        shown = place.fails(place.stack.up)
    finally:
        place.emulator.clear_faults()
    assert "no [secret] here" in shown
    assert HUSH not in shown


def test_a_file_of_a_secret_path(place: Place) -> None:
    """Its name and digests are in no state and no line, until it is gone."""
    place.program("file", {"path": secret(f"{HUSH}.jsonl")})
    place.stack.up()
    state = next(one for one in place.stack.resources if one["type"].endswith("TrainingFile"))
    assert HUSH not in json.dumps(state), state
    for bag in (state["inputs"], state["outputs"]):
        for name in ("path", "name", "sha256", "size", "format", "__md5"):
            assert isinstance(bag[name], dict), (name, bag)
    place.stack.preview(expect_no_changes=True)
    place.stack.refresh()
    place.program("job", {**JOB, "training_file_ids": [state["id"]]})
    place.stack.destroy()
    said = "\n".join([*place.lines, place.report.read_text()])
    assert HUSH not in said
    assert json.loads(place.report.read_text().splitlines()[-1])["outcome"] == "deleted"


TRAINED = """
import pulumi
from pulumi_dashscope_ft import FineTuningJob, TrainingFile

data = TrainingFile("data", path="open.jsonl")
suffix = pulumi.Config().require_secret("hush")
job = FineTuningJob("it", finetuned_output_suffix=suffix, model="qwen3-8b", training_file_ids=[data.file_id])
pulumi.export("model", job.wait_for_model())
"""


def test_the_model_of_a_secret_suffix(engine: str, flavour: Any, tmp_path: Path) -> None:
    """It is secret also when it was waited for: the state has no model yet that Pulumi could mark."""
    times = Times(pending_seconds=1, queuing_seconds=1, running_seconds=1)
    with EmulatorServer(settings=times, speed=20.0) as server:
        place = Place(engine, flavour, tmp_path / "project", server)
        (place.directory / "__main__.py").write_text(flavour.program(TRAINED))
        for operation in (place.stack.up, place.stack.preview, place.stack.up):
            operation()
        (job,) = server.jobs.values()
        model = job.finetuned_output
        assert HUSH in model
        for resource in place.stack.resources:
            assert model not in json.dumps(resource), resource
        assert HUSH not in "\n".join(place.lines)


@settings(max_examples=20)
@given(
    text=st.text(st.characters(codec="ascii", exclude_characters="\x00"), min_size=9, max_size=90).filter(
        lambda text: len("".join(text.split())) > 8 and any(char.isalpha() for char in text)
    ),
    place=st.sampled_from([*schema.input_names("FineTuningJob"), "learning_rate", "batch_size"]),
)
def test_a_secret_text_anywhere_is_in_no_message(text: str, place: str) -> None:
    inputs: dict[str, Any] = {"model": "m", "trainingFileIds": ["f"], "hyperParameters": {}}
    path = [place]
    if place in ("learning_rate", "batch_size"):
        inputs["hyperParameters"][place], path = text, ["hyperParameters", place]
    else:
        inputs[place] = text
    found = schema.validate("FineTuningJob", inputs, from_paths([path]))
    said = "\n".join(map(str, (*found.violations, *found.warnings)))
    assert text not in said
    registry = SecretTexts()
    registry.add([text])
    for shown in (f'job "{text}" failed', json.dumps({"message": text}), f"<p>{text}</p>"):
        assert text not in redact_secrets(shown)
        assert json.dumps(text)[1:-1] not in redact_secrets(shown)


@pytest.mark.parametrize(
    "kind", ["FineTuningJob", "FineTunedModel", "TrainingFile", "ModelDeployment", "CompressedModel", "ImportedModel"]
)
def test_outputs_that_follow_from_secrets(kind: str) -> None:
    """The table names what there is; a whole secret and a part of one count the same."""
    hidden = {KEYS["content_md5"]}
    every = with_derived(kind, dict.fromkeys(schema.input_names(kind), True))
    assert isinstance(every, dict)
    known = {*schema.input_names(kind), *schema.output_names(kind), *hidden}
    if kind == "FineTuningJob":
        known.add("modelId")  # of a FineTunedModel
    assert set(every) <= known
    inputs = set(schema.input_names(kind))
    ours = {
        "status",
        "createTime",
        "startTime",
        "endTime",
        "modifyTime",
        "usage",
        "creator",
        "failure",
        "fileId",
        "jobId",
    }
    assert set(schema.output_names(kind)) - inputs - set(every) <= ours


def test_a_scaled_deployment_shows_no_capacity() -> None:
    olds = {"capacity": 1, "plan": "mu", "modelName": "m", KEYS["input_names"]: ["capacity", "plan", "modelName"]}
    news = {"capacity": 2, "plan": "mu", "modelName": "m"}
    state = State.of(olds)
    requests = [Request.of({**news, KEYS["secrets"]: paths}) for paths in ([], [["capacity"]])]
    told = [adjustment("d-1", "RUNNING", compare("d-1", state, one), state, one) for one in requests]
    assert told == [
        "d-1, which is RUNNING: capacity 1 → 2: scaled in place, and billed for 2 model units from then on",
        "d-1, which is RUNNING: capacity changes: it is changed in place",
    ]


def test_the_program_finds_secrets_and_shows_none_itself() -> None:
    async def paths() -> list[secrets.Path]:
        nested = {"open": 1, "shut": [pulumi.Output.from_input("no"), pulumi.Output.secret(f"{HUSH}-of-a-program")]}
        return await secrets._secret(pulumi.Output.from_input({"a": 1}), ["b"]) + await secrets._secret(nested, ["a"])

    assert asyncio.run(paths()) == [["a", "shut", 1]]
    assert redact_secrets(f"the log ends with {HUSH}-of-a-program") == "the log ends with [secret]"


def test_a_secret_that_a_word_is_leaves_other_words() -> None:
    registry = SecretTexts()
    registry.add(["chat", "ab", "42", "my own"])
    assert redact_secrets('chat "ab" ab chatter 42: my own') == '[secret] "[secret]" ab chatter 42: [secret]'
