"""A client asks twice a second by the name that the program publishes, while its model is trained anew, replaced,
scaled and rolled back: no request fails.

The client does what a real one does: it reads the name as it is published now (`examples/serve` writes a file; of the
others it is what the state has of the deployment), and asks that deployment over HTTP. When the name has changed
between the reading and the answer it asks once more by the new name. The stack's outputs would come too late: both
engines record them after the old deployment is gone.
"""

from __future__ import annotations

import json
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from liked import liked

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings
from pulumi_dashscope_ft.testing import StackOperationFailed, open_stack

EXAMPLES = Path(__file__).parents[2] / "examples"
KEY = "sk-e2e-0123456789abcdef"
ROW = '{"messages":[{"role":"user","content":"Where is %s %d?"},{"role":"assistant","content":"On its way."}]}\n'
EVERY = 0.5

NATIVE = """
import json
import pulumi
from pulumi_dashscope_ft.native import FineTunedModel, ModelDeployment, TrainingFile

settings = json.loads(pulumi.Config().require("settings"))
data = TrainingFile("data", path="data/train.jsonl")
tuned = FineTunedModel(
    "tuned", model="qwen3-8b", training_file_ids=[data.file_id], hyper_parameters={"n_epochs": settings["epochs"]}
)
served = ModelDeployment("served", model_name=tuned.model_id, **settings["served"])
pulumi.export("model", served.deployed_model)
"""

YAML = """
resources:
  data:
    type: dashscope-ft:TrainingFile
    properties: {path: data/train.jsonl}
  tuned:
    type: dashscope-ft:FineTunedModel
    properties:
      model: qwen3-8b
      trainingFileIds: ["${data.fileId}"]
      hyperParameters: {n_epochs: EPOCHS}
  served:
    type: dashscope-ft:ModelDeployment
    properties: SERVED
outputs:
  model: ${served.deployedModel}
"""


class Client:
    """Asks until it is told to stop, in a thread of its own."""

    def __init__(self, emulator: EmulatorServer, name: Callable[[], str]) -> None:
        self._url = f"{emulator.root_url}/compatible-mode/v1/chat/completions"
        self._name = name
        self._stop = threading.Event()
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {KEY}"
        self._thread = threading.Thread(target=self._go_on)
        self.answered: Counter[str] = Counter()
        self.failed: list[str] = []

    def __enter__(self) -> Client:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._session.close()

    def _go_on(self) -> None:
        while not self._stop.wait(EVERY):
            name = self._name()
            while (status := self._ask(name)) != 200:
                by_now = self._name()
                if by_now == name:
                    self.failed.append(f"{name}: {status}")
                    break
                name = by_now
            else:
                self.answered[name] += 1

    def _ask(self, name: str) -> int:
        body = {"model": name, "messages": [{"role": "user", "content": "Where is my order?"}]}
        return self._session.post(self._url, json=body, timeout=60).status_code


class Shop:
    """One project on one engine, whose published name a client reads."""

    def __init__(self, engine: str, directory: Path, emulator: EmulatorServer) -> None:
        self.engine, self.directory, self.emulator = engine, directory, emulator
        environment = {"DASHSCOPE_HTTP_BASE_URL": emulator.base_url, "DASHSCOPE_API_KEY": KEY}
        self.stack = open_stack(engine, directory, env=environment)

    def data(self, subject: str) -> None:
        (self.directory / "data").mkdir(exist_ok=True)
        (self.directory / "data" / "train.jsonl").write_text("".join(ROW % (subject, number) for number in range(20)))

    def name(self) -> str:
        """The name to call, as it is published now."""
        published = self.directory / "current-model"
        if published.exists():
            return published.read_text()
        (served,) = (
            one for one in self._resources() if one["type"].endswith(":ModelDeployment") and not one.get("delete")
        )
        return str(served["outputs"]["deployedModel"])

    def _resources(self) -> list[dict[str, Any]]:
        """What the state has now, in the middle of an operation as well."""
        if self.engine == "local":
            state = json.loads((self.directory / ".local-engine" / "test.json").read_text())["deployment"]
        else:
            (path,) = (self.directory / ".pulumi-command" / "state" / ".pulumi" / "stacks").glob("*/test.json")
            state = json.loads(path.read_text())["checkpoint"]["latest"]
        return list(state["resources"])

    def up(self, client: Client | None = None) -> Any:
        """`pulumi up`; a client that asks meanwhile is answered, by the new name in the end."""
        before = sum(client.answered.values()) if client else 0
        done = self.stack.up()
        if client is not None:
            assert client.failed == []
            assert sum(client.answered.values()) > before, "nobody has asked"
        return done


@pytest.fixture
def emulator() -> Iterator[EmulatorServer]:
    settings = Settings(
        pending_seconds=1, queuing_seconds=1, running_seconds=20, deploying_seconds=60, updating_seconds=40
    )
    with EmulatorServer(settings=liked(settings), speed=30.0) as server:
        yield server


@pytest.fixture
def shop(engine: str, tmp_path: Path, emulator: EmulatorServer) -> Callable[..., Shop]:
    def opened(example: str | None = None, **files: str) -> Shop:
        directory = tmp_path / "shop"
        if example is not None:
            shutil.copytree(EXAMPLES / example, directory, ignore=shutil.ignore_patterns("Pulumi.*.yaml", ".*"))
        else:
            directory.mkdir()
        for name, text in files.items():
            (directory / name.replace("_yaml", ".yaml").replace("_py", ".py")).write_text(text)
        return Shop(engine, directory, emulator)

    return opened


def judge(shop: Shop, client: Client, names: list[str]) -> None:
    """Each of these has been the name, and all that is left is the last one."""
    assert client.failed == []
    assert len(set(names)) == len(names), names
    shop.stack.destroy()
    assert shop.emulator.deployments == {}
    assert shop.stack.resources == []


@pytest.mark.timeout(600)
def test_examples_serve(shop: Callable[..., Shop]) -> None:
    """In the default classes, as the example is shipped."""
    serve = shop("serve")
    first = (serve.directory / "data" / "train.jsonl").read_text()
    names = [serve.up().outputs["model"]]
    with Client(serve.emulator, serve.name) as client:
        serve.data("parcel")  # trained anew
        names.append(serve.up(client).outputs["model"])
        (serve.directory / "data" / "train.jsonl").write_text(first)  # back to the previous data
        names.append(serve.up(client).outputs["model"])
        serve.stack.set_config("plan", "mu")  # replaced
        serve.stack.set_config("suffix", "mu1")
        names.append(serve.up(client).outputs["model"])
        serve.stack.set_config("capacity", "2")  # scaled
        assert serve.up(client).outputs["model"] == names[-1]
        (served,) = serve.emulator.deployments.values()
        assert (served.capacity, served.status) == (2, "RUNNING")
    judge(serve, client, names)


def of_the_plugin(shop: Shop, write: Callable[[int, dict[str, Any]], None]) -> None:
    """The same story with a `FineTunedModel`: `write(epochs, deployment's inputs)` writes the program."""
    by_token: dict[str, Any] = {"plan": "lora"}
    units: dict[str, Any] = {"plan": "mu", "deploySpec": "MU1", "capacity": 1, "suffix": "mu1"}
    shop.data("parcel")
    write(3, by_token)
    names = [shop.up().outputs["model"]]
    with Client(shop.emulator, shop.name) as client:
        write(2, by_token)  # trained anew
        names.append(shop.up(client).outputs["model"])
        shop.data("letter")
        names.append(shop.up(client).outputs["model"])
        shop.data("parcel")  # back to the previous data
        names.append(shop.up(client).outputs["model"])
        write(2, units)  # replaced
        names.append(shop.up(client).outputs["model"])
        write(2, {**units, "capacity": 2})  # scaled
        assert shop.up(client).outputs["model"] == names[-1]
    judge(shop, client, names)


@pytest.mark.timeout(600)
def test_native_python(shop: Callable[..., Shop], flavours: Any) -> None:
    served = shop(Pulumi_yaml=flavours["plugin"].project("shop"), __main___py=NATIVE)

    def write(epochs: int, inputs: dict[str, Any]) -> None:
        spelled = {"deploySpec": "deploy_spec"}
        settings = {"epochs": epochs, "served": {spelled.get(name, name): value for name, value in inputs.items()}}
        served.stack.set_config("settings", json.dumps(settings))

    of_the_plugin(served, write)


@pytest.mark.timeout(600)
def test_yaml(shop: Callable[..., Shop], flavours: Any, engine: str) -> None:
    if engine == "local":
        pytest.skip("only Pulumi's own YAML host runs such a program")
    if shutil.which("pulumi-language-yaml") is None:
        pytest.skip("no YAML host on PATH")
    project = flavours["plugin"].project("shop").replace("runtime: python", "runtime: yaml")
    served = shop(Pulumi_yaml=project)

    def write(epochs: int, inputs: dict[str, Any]) -> None:
        given = json.dumps({"modelName": "${tuned.modelId}", **inputs})
        program = project + YAML.replace("EPOCHS", str(epochs)).replace("SERVED", given)
        (served.directory / "Pulumi.yaml").write_text(program)

    of_the_plugin(served, write)


def test_the_client_notices_an_outage(shop: Callable[..., Shop], flavours: Any, engine: str) -> None:
    """Without the wait the old one goes when the new one is merely asked for: what the tests above would show."""
    if engine != "local":
        pytest.skip("one engine is enough to show that the client has eyes")
    served = shop(Pulumi_yaml=flavours["plugin"].project("shop"), __main___py=NATIVE)
    served.data("parcel")

    def write(epochs: int) -> None:
        settings = {"epochs": epochs, "served": {"plan": "lora", "wait_until_running": epochs == 3}}
        served.stack.set_config("settings", json.dumps(settings))

    write(3)
    served.up()
    with Client(served.emulator, served.name) as client:
        write(2)
        served.stack.up()
        name = served.name()
        waited = threading.Event()
        while served.emulator.deployments[name].status != "RUNNING":
            waited.wait(0.1)
    assert client.failed
    served.stack.destroy()


AGAIN = {
    "plugin": """
import json
import pulumi
from pulumi_dashscope_ft.native import FineTunedModel, ModelDeployment

settings = json.loads(pulumi.Config().require("settings"))
tuned = FineTunedModel(
    "tuned",
    model="qwen3-8b",
    training_file_ids=["file-1"],
    hyper_parameters={"n_epochs": settings["epochs"]},
    wait_timeout=settings["timeout"],
)
served = ModelDeployment("served", model_name=tuned.model_id, plan="lora")
pulumi.export("model", served.deployed_model)
""",
    "dynamic": """
import json
import pulumi
from pulumi_dashscope_ft import FineTuningJob, ModelDeployment

settings = json.loads(pulumi.Config().require("settings"))
job = FineTuningJob(
    "tuned", model="qwen3-8b", training_file_ids=["file-1"], hyper_parameters={"n_epochs": settings["epochs"]}
)
served = ModelDeployment("served", model_name=job.wait_for_model(timeout=settings["timeout"]), plan="lora")
pulumi.export("model", served.deployed_model)
""",
}


@pytest.mark.timeout(600)
def test_a_run_that_is_given_up_for_another_takes_no_deployment_along(shop: Callable[..., Shop], flavour: Any) -> None:
    """The job that trains goes before its successor, for it holds the only training slot. The deployment depends on it
    and serves the model of the job before: it stays until the new one runs.
    """
    served = shop(Pulumi_yaml=flavour.project("shop"), __main___py=AGAIN[flavour.name])
    served.emulator.configure(check_file_ids=False)

    def write(epochs: int, timeout: float) -> None:
        served.stack.set_config("settings", json.dumps({"epochs": epochs, "timeout": timeout}))

    write(3, 600)
    names = [served.up().outputs["model"]]
    with Client(served.emulator, served.name) as client:
        served.emulator.plan_next_job(running_seconds=100_000)
        write(2, 1)
        with pytest.raises(StackOperationFailed, match="has no model yet"):
            served.up(client)
        write(1, 600)
        names.append(served.up(client).outputs["model"])
    judge(served, client, names)
