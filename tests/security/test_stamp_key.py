"""Everyone in the account can read a display name. Nobody may find a short secret among a job's inputs from it by
trying, and what hides the secret may buy nothing again.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pulumi_dashscope_ft.emulator import EmulatorServer, FaultRule, Settings
from pulumi_dashscope_ft.lifecycle.base.hidden import KEYS
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.base.owner.key import new_stamp_key
from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.identity.resource import TARGET
from pulumi_dashscope_ft.lifecycle.job import creation as job_creation
from pulumi_dashscope_ft.testing import StackOperationFailed, open_stack
from pulumi_dashscope_ft.testing.command import CommandStack

pytestmark = pytest.mark.timeout(600)  # whole stacks, on a machine that may be busy

KEY = "sk-stamps-0123456789abcdef"
SIGNATURE = "4dabf18193072939515e22adb298388d"
PIN = "4711"
PINS = range(4_000, 5_000)
"""The tenth of all pins that is tried: an attacker has the seconds for the others, too."""
ROW = '{"messages":[{"role":"user","content":"Where is order %d?"},{"role":"assistant","content":"On its way."}]}\n'
PROGRAM = """
import json
import pulumi
from pulumi_dashscope_ft import FineTuningJob, ModelDeployment, TrainingFile
EXTRA_IMPORTS

settings = json.loads(pulumi.Config().require("settings"))
options = None
EXPLICIT_PROVIDER
data = TrainingFile("data", path="train.jsonl", opts=options)
ids = {"training_file_ids": [data.file_id]}
if settings.get("datasets"):
    ids = {"training_datasets": [{"data_source_type": "file_id", "file_id": data.file_id}]}
for name in settings["jobs"]:
    FineTuningJob(name, model="qwen3-8b", hyper_parameters={"pin": pulumi.Output.secret("4711")}, **ids, opts=options)
if settings.get("deployment"):
    ModelDeployment("served", model_name="qwen3-8b", capacity=2, opts=options)
"""
EXPLICIT = """
if settings.get("explicit"):
    options = pulumi.ResourceOptions(provider=Provider("mine"))
"""


class Stage:
    """One program on one engine and flavour, and the service it talks to."""

    def __init__(self, engine: str, flavour: Any, directory: Path, emulator: EmulatorServer) -> None:
        self.engine, self.flavour, self.emulator = engine, flavour, emulator
        directory.mkdir()
        (directory / "Pulumi.yaml").write_text(flavour.project("stamps"))
        more = ("from pulumi_dashscope_ft.native import Provider", EXPLICIT) if flavour.is_plugin else ("", "")
        program = PROGRAM.replace("EXTRA_IMPORTS", more[0]).replace("EXPLICIT_PROVIDER", more[1])
        (directory / "__main__.py").write_text(flavour.program(program))
        (directory / "train.jsonl").write_text("".join(ROW % number for number in range(10)))
        environment = {"DASHSCOPE_HTTP_BASE_URL": emulator.base_url, "DASHSCOPE_API_KEY": KEY}
        self.lines: list[str] = []
        self.stack = open_stack(engine, directory, env=environment, on_line=self.lines.append)
        self.program("job")

    def program(self, *jobs: str, **settings: Any) -> None:
        self.stack.set_config("settings", json.dumps({"jobs": jobs, **settings}))

    def found(self, kind: str, name: str | None = None) -> dict[str, Any]:
        return next(
            one
            for one in self.stack.resources
            if one["type"].endswith(kind) and name in (None, one["urn"].rpartition("::")[2])
        )

    @property
    def holder(self) -> dict[str, Any]:
        """The resource that holds the key."""
        return self.found("pulumi:providers:dashscope-ft" if self.flavour.is_plugin else ":StackIdentity")

    def age(self) -> None:
        """The state as an earlier release has written it: it holds no key."""
        state = self.stack.export()
        for one in state["deployment"]["resources"]:
            for bag in (one.get("inputs") or {}, one.get("outputs") or {}):
                bag.pop(KEYS["stamp_key"], None)
        self.stack.import_state(state)

    def lose(self, kind: str, name: str | None = None) -> str:
        """Let the state forget a resource, as an `up` that is killed leaves it; its id."""
        lost = self.found(kind, name)
        self.stack.state_delete([lost["urn"]], force=True)
        return str(lost["id"])

    def made(self) -> dict[str, int]:
        counted = self.emulator.count()
        return {name: counted.get(name, 0) for name in ("create", "upload", "create_deployment")}


@pytest.fixture
def emulator() -> Iterator[EmulatorServer]:
    settings = Settings(pending_seconds=1, queuing_seconds=1, running_seconds=100_000, canceling_seconds=1)
    with EmulatorServer(settings=settings, speed=20.0) as server:
        yield server


@pytest.fixture
def stage(engine: str, flavour: Any, tmp_path: Path, emulator: EmulatorServer) -> Stage:
    return Stage(engine, flavour, tmp_path / "project", emulator)


def secret(value: Any) -> bool:
    return isinstance(value, dict) and SIGNATURE in value


def held_in_clear(state: dict[str, Any]) -> list[str]:
    """The places of the state where a key, or anything that looks like one, is in clear."""
    digest = hashlib.sha256("".join(ROW % number for number in range(10)).encode()).hexdigest()
    text = json.dumps(state.get("deployment", state).get("resources", state))  # beside them is the engine's own digest
    return [one for one in re.findall(r"(?<![0-9A-Za-z+/])[0-9a-f]{64}(?![0-9A-Za-z+/=])", text) if one != digest]


def inputs_with(pin: str, file_id: str) -> dict[str, Any]:
    return {"model": "qwen3-8b", "trainingFileIds": [file_id], "hyperParameters": {"pin": pin}}


def pins_found(name: str, file_id: str, key: str | None = None) -> list[str]:
    """The attack: who knows everything of a job but its pin tries all of them against its name."""
    seen = stamp.parse(name)
    assert seen is not None
    tried = (f"{number:04}" for number in PINS)
    return [pin for pin in tried if made(inputs_with(pin, file_id), key, seen.owner, seen.nonce).digest == seen.digest]


def made(inputs: dict[str, Any], key: str | None, owner: str = "k7m2x9qd4t", nonce: str = "h3v8wz") -> stamp.Stamp:
    hidden = {"__name": "job", "__owner": owner, "__nonce": nonce}
    found = job_creation.intent_of(Request.of({**inputs, **hidden}), key=key).stamp
    assert found is not None
    return found


A, B = hashlib.sha256(b"a").hexdigest(), hashlib.sha256(b"b").hexdigest()


def test_a_pin_is_found_only_with_the_key() -> None:
    told, hidden = (str(made(inputs_with(PIN, "f1"), key)) for key in (None, A))
    assert pins_found(told, "f1") == [PIN], "the names of earlier releases tell it"
    assert PIN not in pins_found(hidden, "f1")
    assert PIN not in pins_found(hidden, "f1", B), "another stack's key finds nothing"
    assert PIN in pins_found(hidden, "f1", A)


def test_two_stacks_give_the_same_work_different_hashes() -> None:
    assert made(inputs_with(PIN, "f1"), A).digest != made(inputs_with(PIN, "f1"), B).digest
    assert new_stamp_key() != new_stamp_key()


def test_a_new_stack_keeps_its_key_secret_and_its_names_tell_nothing(stage: Stage) -> None:
    stage.program("job", deployment=True)
    stage.stack.up()
    holder = stage.holder
    assert all(secret(holder[bag][KEYS["stamp_key"]]) for bag in ("inputs", "outputs"))
    bags = {one["urn"]: [one.get("inputs"), one.get("outputs")] for one in stage.stack.resources}
    assert [urn for urn, both in bags.items() if KEYS["stamp_key"] in json.dumps(both)] == [holder["urn"]]
    assert held_in_clear(stage.stack.export()) == []
    assert held_in_clear({"lines": stage.lines}) == []

    job, file = stage.found(":FineTuningJob"), stage.found(":TrainingFile")
    assert PIN not in pins_found(job["outputs"]["jobName"], file["id"])
    content = {"sha256": file["outputs"]["sha256"]}
    for description in [str(one.description) for one in stage.emulator.files.values()]:
        seen = stamp.parse(next(word for word in description.split() if stamp.parse(word)))
        assert seen is not None
        assert seen.digest != stamp.make("data", seen.owner, seen.nonce, content).digest
    served = stage.found(":ModelDeployment")["outputs"]["name"]
    seen = stamp.parse(served)
    assert seen is not None
    plain = {"modelName": "qwen3-8b", "capacity": 2}
    assert seen.digest not in {
        stamp.make("served", seen.owner, seen.nonce, one).digest for one in (plain, {"modelName": "qwen3-8b"})
    }

    # What an `up` that was killed has left is found by the same key, after a refresh, too.
    before = stage.made()
    stage.stack.refresh()
    lost = stage.lose(":FineTuningJob")
    stage.stack.up()
    assert stage.found(":FineTuningJob")["id"] == lost
    assert stage.made() == before, "nothing is bought again"
    assert held_in_clear(stage.stack.export()) == []


def test_an_old_state_gets_its_key_without_a_change(stage: Stage) -> None:
    stage.stack.up()
    stage.age()
    stage.stack.preview(expect_no_changes=True)
    assert KEYS["stamp_key"] not in stage.holder.get("inputs", {}), "a preview records nothing"

    # The first `up` of this release is killed after it has bought a job, and before anybody knows.
    stage.program("job", "late")
    stage.emulator.add_fault(FaultRule(operation="create", kind="hang", after_effect=True, seconds=300.0, count=1))
    failures: list[BaseException] = []
    up = threading.Thread(target=lambda: failures.append(failure_of(stage.stack.up)))
    up.start()
    wait_until(lambda: len(stage.emulator.jobs) == 2)
    kill(stage)
    up.join(120)
    assert failures
    if isinstance(stage.stack, CommandStack):
        stage.stack.unlock()
    assert secret(stage.holder["inputs"][KEYS["stamp_key"]]), "the key is recorded before anything is started"
    assert held_in_clear(stage.stack.export()) == []
    before = stage.made()
    if stage.engine == "command":
        stage.stack.refresh(clear_pending_creates=True)
    stage.stack.up()
    assert stage.made() == before, "the job is taken over, not bought again"
    assert len(stage.emulator.jobs) == 2
    # The real engine configures a plugin's provider with what the state held when the operation began. So what the very
    # first `up` starts still has the old hash there; the next has the key.
    stage.program("job", "late", "later")
    stage.stack.up()
    assert stage.made() == {**before, "create": before["create"] + 1}
    file = stage.found(":TrainingFile")["id"]
    names = ("later",) if stage.flavour.is_plugin else ("late", "later")
    for name in names:
        assert PIN not in pins_found_for(name, stage.found(":FineTuningJob", name)["outputs"]["jobName"], file)
    assert held_in_clear(stage.stack.export()) == []
    stage.stack.preview(expect_no_changes=True)


def failure_of(operation: Callable[[], Any]) -> BaseException:
    with pytest.raises((StackOperationFailed, OSError)) as caught:
        operation()
    return caught.value


def kill(stage: Stage) -> None:
    """All at once, as far as the engine can be killed: the local one lives in this process."""
    if isinstance(stage.stack, CommandStack):
        stage.stack.kill(everything=True)
    else:
        stage.stack.kill_host()


def wait_until(condition: Callable[[], bool], seconds: float = 240.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def pins_found_for(resource: str, name: str, file_id: str) -> list[str]:
    seen = stamp.parse(name)
    assert seen is not None
    return [
        f"{number:04}"
        for number in PINS
        if stamp.make(resource, seen.owner, seen.nonce, inputs_with(f"{number:04}", file_id)).digest == seen.digest
    ]


@pytest.mark.parametrize("flavour", ["plugin"], indirect=True)
def test_a_provider_of_the_users_own_has_a_key_of_its_own(stage: Stage) -> None:
    stage.program("job", explicit=True)
    stage.stack.up()
    holder = stage.found("pulumi:providers:dashscope-ft", "mine")
    assert secret(holder["inputs"][KEYS["stamp_key"]])
    assert held_in_clear(stage.stack.export()) == []
    job, file = stage.found(":FineTuningJob"), stage.found(":TrainingFile")
    assert PIN not in pins_found(job["outputs"]["jobName"], file["id"])
    stage.age()
    stage.stack.preview(expect_no_changes=True)
    stage.program("job", "late", explicit=True)
    stage.stack.up()
    before, lost = stage.made(), stage.lose(":FineTuningJob", "late")
    stage.stack.up()
    assert stage.found(":FineTuningJob", "late")["id"] == lost
    assert stage.made() == before


@pytest.mark.parametrize("flavour", ["dynamic"], indirect=True)
def test_without_the_identity_of_an_old_stack_nothing_new_is_made(stage: Stage) -> None:
    """Its key is told only when the identity takes part; a name without it would tell the inputs."""
    stage.stack.up()
    stage.age()
    stage.stack.up()
    stage.program("job", "late")
    before = stage.made()
    job = stage.found(":FineTuningJob")["urn"]
    late = job.replace("::job", "::late")
    with pytest.raises(StackOperationFailed) as caught:
        stage.stack.up(target=[late])
    for needed in ("FineTuningJob late", f"'{TARGET}'", "done:", "next:"):
        assert needed in str(caught.value)
    assert stage.made() == before
    stage.stack.up(target=[job])  # what exists goes on
    identity = TARGET if stage.engine == "command" else stage.holder["urn"]
    stage.stack.up(target=[late, identity])
    assert stage.made()["create"] == before["create"] + 1
