"""A stack with a running job, a finished job and a deployment, whose options a test sets."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from liked import let_lists_show

from pulumi_dashscope_ft.emulator import EmulatorServer
from pulumi_dashscope_ft.testing import StackOperationFailed, open_stack

KEY = "sk-e2e-0123456789abcdef"
ROW = '{"messages":[{"role":"user","content":"Where is order %s?"},{"role":"assistant","content":"On its way."}]}\n'
FINAL = ("SUCCEEDED", "FAILED", "CANCELED")
PROGRAM = """
import json
import pulumi
from pulumi_dashscope_ft import FineTuningJob, ModelDeployment, TrainingFile

settings = json.loads(pulumi.Config().require("settings"))
data = TrainingFile("data", path="train.jsonl")
other = TrainingFile("other", path="other.jsonl")


class Box(pulumi.ComponentResource):
    pass


parent = Box("shop:index:Box", "box", None, pulumi.ResourceOptions(deleted_with=other)) if "box" in settings else None


def options(kind):
    chosen = {"parent": parent, **settings.get(kind, {})}
    for name in ("deleted_with", "replace_with", "depends_on"):
        if name in chosen:
            chosen[name] = [other] if name != "deleted_with" else other
    return pulumi.ResourceOptions(**chosen)


def job(name, epochs):
    more = settings.get("more", {})
    FineTuningJob(name, model="qwen3-8b", training_file_ids=[data.file_id], hyper_parameters={"n_epochs": epochs},
                  opts=options("jobs"), **more)


job("active", settings.get("epochs", 1))
job("done", settings.get("epochs", 1) + 10)
if "served" in settings:
    ModelDeployment("served", model_name="qwen3-8b", plan="lora", suffix=settings.get("suffix", "a"),
                    opts=options("served"))
"""


class Shop:
    """One stack with a running job, a finished job and, if asked for, a deployment."""

    def __init__(self, engine: str, flavour: Any, directory: Path, emulator: EmulatorServer) -> None:
        directory.mkdir()
        self.engine, self.flavour, self.emulator, self.directory = engine, flavour, emulator, directory
        (directory / "Pulumi.yaml").write_text(flavour.project("shop"))
        (directory / "__main__.py").write_text(flavour.program(PROGRAM))
        (directory / "train.jsonl").write_text("".join(ROW % number for number in range(10)))
        self.write_other("one")
        self.stack = self.open("test")
        self.settings: dict[str, Any] = {}
        self.said = ""
        self.ids: dict[str, str] = {}
        self.failed = False

    def open(self, stack: str) -> Any:
        environment = {"DASHSCOPE_HTTP_BASE_URL": self.emulator.base_url, "DASHSCOPE_API_KEY": KEY}
        return open_stack(self.engine, self.directory, stack=stack, env=environment)

    def write_other(self, word: str) -> None:
        """Another content of the file `other`, so that the next run replaces it."""
        (self.directory / "other.jsonl").write_text("".join(ROW % f"{word}{number}" for number in range(10)))

    def program(self, **settings: Any) -> None:
        self.settings = settings
        self.stack.set_config("settings", json.dumps(settings))

    def start(self, **settings: Any) -> None:
        """The first `up`; then one job runs, the other has succeeded, and the deployment serves."""
        self.program(**settings)
        assert not self.run("up").errors
        self.ids = {name: self.id_of(name) for name in ("active", "done", "served") if self.id_of(name)}
        self.emulator.force(self.ids["active"], "RUNNING")
        self.emulator.force(self.ids["done"], "SUCCEEDED")
        if "served" in self.ids:
            self.emulator.force_deployment(self.ids["served"], "RUNNING")
        let_lists_show(self.emulator)
        assert not self.run("refresh").errors

    def change(self, **more: Any) -> None:
        """Other inputs of all three."""
        self.program(**{**self.settings, "epochs": 2, "suffix": "b", **more})

    def run(self, operation: str, **options: Any) -> Any:
        self._before = len(self.emulator.requests)
        try:
            result, self.failed = getattr(self.stack, operation)(**options), False
        except StackOperationFailed as failure:
            result, self.failed = failure.result, True
        self.said = "\n".join([*result.output, *(item.message for item in result.diagnostics)])
        return result

    def urn(self, name: str) -> str:
        return next(str(one["urn"]) for one in self.stack.resources if one["urn"].endswith(f"::{name}"))

    def id_of(self, name: str) -> str:
        """The id of what the resource has now; empty when it is not in the state."""
        found = [one for one in self.stack.resources if one["urn"].endswith(f"::{name}") and not one.get("delete")]
        return str(found[0]["id"]) if found else ""

    def calls(self, *names: str) -> list[str]:
        """The changing calls of the last run, in order, with the object's name at the start of the stack."""
        changing = ("create", "cancel", "delete", "create_deployment", "delete_deployment")
        known = {id_: name for name, id_ in self.ids.items()}
        found = []
        for one in self.emulator.requests[self._before :]:
            if one.operation in changing:
                last = one.path.rstrip("/").split("/")
                name = next((known[part] for part in last if part in known), "")
                if not names or name in names or not name:
                    found.append(f"{one.operation} {name}".strip())
        return found

    def alive(self) -> set[str]:
        """Ids of what costs money now."""
        jobs = {id_ for id_, job in self.emulator.jobs.items() if job.status not in FINAL}
        return jobs | {id_ for id_, one in self.emulator.deployments.items() if one.status not in ("FAILED",)}

    def check_truth(self) -> None:
        """What costs money is in the state, or was spoken of by its id; what was said to go has gone."""
        held = {str(one.get("id")) for one in self.stack.resources}
        lost = {id_ for id_ in self.alive() - held if id_ not in self.said}
        assert not lost, f"lost without a word: {lost}\n{self.said}"
        for id_ in re.findall(r"(\S+): (?:deleted|cancelled and deleted)\b", self.said):
            assert id_ not in self.alive(), f"said to be deleted, and still there: {id_}"

    def told(self, text: str) -> str:
        """A message with options as this flavour spells them."""
        return (
            text if self.flavour.is_plugin else re.sub(r"(?<=[a-z])([A-Z])", lambda hump: f"_{hump[1].lower()}", text)
        )
