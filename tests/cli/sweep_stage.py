"""An account with jobs and a state of one stack that sweeps are tried on, and a `pulumi` command that only lists and
exports."""

from __future__ import annotations

import json
import stat
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from pulumi_dashscope_ft.lifecycle.base.owner import stamp

OWNER, STRANGER = "k7m2x9qd4t", "zzzzzzzzzz"
PREFIX = "pulumi-python:dynamic/dashscope-ft:"
TYPES = {"job": "FineTuningJob", "file": "TrainingFile", "deployment": "ModelDeployment"}


def label(owner: str = OWNER, **more: Any) -> str:
    return str(stamp.make("pr-7", owner, stamp.new_nonce(), {}, **more))


class Stage:
    """An account with jobs, and a state of one stack."""

    def __init__(self, line: Any, folder: Path) -> None:
        self.line = line
        self.state = folder / "state.json"
        self.held: dict[tuple[str, str], dict[str, Any]] = {}
        self.pending: list[Any] = []
        self.write()

    def job(self, owner: str = OWNER, status: str = "RUNNING", hold: dict[str, Any] | None = None, **more: Any) -> str:
        job_id: str = self.line.job(status, label(owner, **more))
        if hold is not None:
            self.hold("job", job_id, **hold)
        return job_id

    def hold(self, kind: str, object_id: str, **properties: Any) -> None:
        if kind == "job":
            properties["createTime"] = self.line.client.fine_tunes.get(object_id).create_time
        self.held[kind, object_id] = {"outputs": properties, "created": self.moment()}
        self.write()

    def moment(self) -> str:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.line.emulator.clock.now() + 1))

    def document(self) -> dict[str, Any]:
        stack = "urn:pulumi:pr-7::previews::"
        identity = {"urn": f"{stack}{PREFIX}StackIdentity::id", "type": f"{PREFIX}StackIdentity", "id": OWNER}
        held = [
            {"urn": f"{stack}{PREFIX}{TYPES[kind]}::{key}", "type": PREFIX + TYPES[kind], "id": key, **more}
            for (kind, key), more in self.held.items()
        ]
        deployment = {"manifest": {"time": self.moment()}, "resources": [identity, *held]}
        return {"version": 3, "deployment": {**deployment, "pending_operations": self.pending}}

    def write(self) -> None:
        self.state.write_text(json.dumps(self.document()))

    def later(self, seconds: float = 7200) -> None:
        """Time passes, and the stack is refreshed."""
        self.line.later(seconds / 2)
        self.write()
        self.line.later(seconds / 2)

    def sweep(self, *arguments: str, code: int = 0, stdin: str = "") -> str:
        result = self.line.run("sweep", "--state", str(self.state), *arguments, stdin=stdin)
        assert result.exit_code == code, result.output
        return str(result.output)

    def facts(self, *arguments: str, code: int = 0) -> Any:
        result = self.line.run("sweep", "--state", str(self.state), "--json", *arguments)
        assert result.exit_code == code, result.output
        return json.loads(result.stdout)

    def verdicts(self, *arguments: str, code: int = 0) -> dict[str, tuple[str, str | None]]:
        return {one["id"]: (one["verdict"], one["action"]) for one in self.facts(*arguments, code=code)["objects"]}

    @property
    def live(self) -> set[str]:
        return set(self.line.emulator.jobs)


def checkpoint(export: dict[str, Any], name: str = "organization/previews/pr-7") -> bytes:
    """What Pulumi writes into a folder or bucket where `pulumi stack export` shows this document."""
    inside = {"stack": name, "latest": export["deployment"]}
    return json.dumps({"version": export["version"], "checkpoint": inside}).encode()


class Backend:
    """A folder as Pulumi lays it out, with the state of the stage's stack and an empty one."""

    def __init__(self, stage: Stage, folder: Path) -> None:
        self.stage = stage
        self.folder = folder
        self.file = folder / ".pulumi" / "stacks" / "previews" / "pr-7.json"
        self.put("meta.yaml", b"version: 1\n")
        self.put("stacks/other/main.json", checkpoint({"version": 3, "deployment": None}))
        self.write()

    def write(self) -> None:
        self.put("stacks/previews/pr-7.json", checkpoint(self.stage.document()))

    def put(self, key: str, content: bytes) -> Path:
        file = self.folder / ".pulumi" / key
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        return file

    def lock(self, name: str = "organization/previews/pr-7") -> Path:
        return self.put(f"locks/{name}/0f5b8c1e.json", b'{"pid":1,"username":"u","hostname":"h"}')


FAKE_PULUMI = """#!{python}
import json, os, sys
with open({calls!r}, "a") as calls:
    calls.write(os.environ.get("PULUMI_BACKEND_URL", "") + " " + " ".join(sys.argv[1:]) + "\\n")
if sys.argv[1] == "whoami":
    print(json.dumps({{"user": "me", "url": open({login!r}).read()}}))
elif sys.argv[1:3] == ["stack", "ls"]:
    print(json.dumps(json.load(open({stacks!r}))))
else:
    name = sys.argv[sys.argv.index("--stack") + 1]
    try:
        print(open({folder!r} + "/" + name.replace("/", "-") + ".json").read())
    except OSError:
        sys.exit("error: no such stack")
"""


class FakePulumi:
    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder / "fake"
        self.folder.mkdir()
        self.stacks: list[dict[str, str]] = [
            {"name": "organization/previews/pr-7"},
            {"name": "organization/other/main"},
        ]
        program = self.folder / "pulumi"
        self.calls = self.folder / "calls"
        text = FAKE_PULUMI.format(
            python=sys.executable,
            calls=str(self.calls),
            stacks=str(self.folder / "stacks.json"),
            folder=str(self.folder),
            login=str(self.folder / "login"),
        )
        program.write_text(text)
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", str(self.folder))
        self.logged_in_to("https://states.example")
        monkeypatch.setenv("AWS_PROFILE", "of-somebody")  # so that buckets, too, are read through the command
        empty = {"version": 3, "deployment": {"manifest": {"time": "0001-01-01T00:00:00Z"}}}
        (self.folder / "organization-other-main.json").write_text(json.dumps(empty))

    def logged_in_to(self, url: str) -> None:
        (self.folder / "login").write_text(url)

    def write(self, stage: Stage) -> None:
        (self.folder / "stacks.json").write_text(json.dumps(self.stacks))
        (self.folder / "organization-previews-pr-7.json").write_text(json.dumps(stage.document()))
