"""Makes the golden states of a release: runs the installed package, and writes down what came of it.

    python tests/golden/make.py RELEASE

Why it exists: the states of users must outlive every rebuild. So a release leaves its own states behind, made by
running it, never by hand, and every later release is held against them (see README.md in this folder). It uses only
what the package has in public: the emulator, `open_stack` and the two front ends. With the `pulumi` command on PATH the
states are made by the real engine, too; behind RELEASE the engines can be named (`local`, `command`).

For each flavour and engine it writes `RELEASE/FLAVOUR-ENGINE/state.json` (as `pulumi stack export --show-secrets`
shows it, the secrets being made up) and `service.json`: what reached the service, and when, so that a test can bring
an emulator to hold the very same objects.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests
from golden_world import FLAVOURS, HERE, KEY, START, project, still_emulator

from pulumi_dashscope_ft.emulator import EmulatorServer
from pulumi_dashscope_ft.testing import open_stack, pulumi_command

PASSPHRASE = "golden"
DEPLOYMENTS = {"starting": "PENDING", "stopped": "STOPPED"}
"""Statuses of the deployments that do not run, by resource name."""

_SECRET = "1b47061264138c4ac30d75fd1eb44270"
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_MADE = ("created", "modified")
_PLACES = ("sourcePosition", "stackTrace")


def main() -> int:
    release = sys.argv[1]
    engines = sys.argv[2:] or ["local", *(["command"] if pulumi_command() else [])]
    for flavour in FLAVOURS:
        for engine in engines:
            folder = HERE / release / f"{flavour}-{engine}"
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            with tempfile.TemporaryDirectory() as scratch, still_emulator() as emulator:
                state = Maker(flavour, engine, Path(scratch) / "project", emulator).state()
                write(folder / "state.json", state)
                write(folder / "service.json", service(emulator))
            print(folder.relative_to(HERE), len(state["deployment"]["resources"]), "resources")
    return 0


def write(path: Path, data: Any) -> None:
    """JSON with an object to a line: small, and `git diff` can show it."""
    path.write_text(_lines(data) + "\n", encoding="utf-8")


def _lines(value: Any) -> str:
    if isinstance(value, dict):
        return "{\n" + ",\n".join(f"{json.dumps(name)}: {_lines(one)}" for name, one in value.items()) + "\n}"
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(json.dumps(one, ensure_ascii=False) for one in value) + "\n]"
    return json.dumps(value, ensure_ascii=False)


class Maker:
    """One stack with everything in it, brought to the statuses that the program's names tell."""

    def __init__(self, flavour: str, engine: str, directory: Path, emulator: EmulatorServer) -> None:
        self.flavour, self.engine, self.directory, self.emulator = flavour, engine, directory, emulator
        project(directory, flavour)
        self.environment = {
            "DASHSCOPE_HTTP_BASE_URL": emulator.base_url,
            "DASHSCOPE_API_KEY": KEY,
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_BACKEND_URL": (directory.parent / "backend").as_uri(),
            "PULUMI_HOME": str(directory.parent / "home"),
        }
        (directory.parent / "backend").mkdir()
        self.stack = open_stack(engine, directory, env=self.environment, parallel=1)

    def state(self) -> dict[str, Any]:
        adopted = self._job_of_another()
        settings: dict[str, Any] = {"adopt": adopted, **({"native": True} if self.flavour == "plugin" else {})}
        self._up(settings)
        self.emulator.clock.advance(60)
        for job, resource in self._resources("FineTuningJob").items():
            status = job.partition("-")[0].upper()
            self.emulator.force(resource["id"], status if "-" in job else "RUNNING")
        self.stack.refresh()
        self.emulator.clock.advance(60)
        with self._trained():
            self._up({**settings, "served": True})
        self.emulator.clock.advance(60)
        for name, resource in self._resources("ModelDeployment").items():
            self.emulator.force_deployment(resource["id"], DEPLOYMENTS.get(name, "RUNNING"))
        self.stack.refresh()
        self.stack.preview(expect_no_changes=True)
        return timeless(self._export())

    def _up(self, settings: dict[str, Any]) -> None:
        self.stack.set_config("settings", json.dumps(settings))
        self.stack.up()

    @contextlib.contextmanager
    def _trained(self) -> Iterator[None]:
        """Meanwhile, a new job succeeds at once: `FineTunedModel` waits for that."""
        known, over = set(self.emulator.jobs), threading.Event()

        def train() -> None:
            while not over.wait(0.1):
                for job_id in set(self.emulator.jobs) - known:
                    self.emulator.force(job_id, "SUCCEEDED")

        thread = threading.Thread(target=train)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _job_of_another(self) -> str:
        body = {"model": "qwen3-8b", "training_file_ids": ["file-of-another"], "job_name": "somebody's"}
        answer = requests.post(
            f"{self.emulator.base_url}/fine-tunes", json=body, headers={"Authorization": f"Bearer {KEY}"}, timeout=30
        )
        return str(answer.json()["output"]["job_id"])

    def _resources(self, kind: str) -> dict[str, dict[str, Any]]:
        return {one["urn"].split("::")[-1]: one for one in self.stack.resources if one["type"].endswith(f":{kind}")}

    def _export(self) -> dict[str, Any]:
        if self.engine == "local":
            shown: dict[str, Any] = self._revealed(self.stack.export())
            return shown
        done = subprocess.run(
            ["pulumi", "stack", "export", "--show-secrets", "--stack", self.stack.stack],
            cwd=self.directory,
            env={**os.environ, **self.environment, "PULUMI_SKIP_UPDATE_CHECK": "true"},
            capture_output=True,
            text=True,
            check=True,
        )
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def _revealed(self, value: Any) -> Any:
        """As `--show-secrets` writes it; the local engine has no such option."""
        from pulumi_dashscope_ft.testing.state.vault import Vault

        if isinstance(value, list):
            return [self._revealed(one) for one in value]
        if not isinstance(value, dict):
            return value
        if value.get(_SIGNATURE) == _SECRET and "ciphertext" in value:
            vault = Vault(self.directory / ".local-engine" / f"{self.stack.stack}.key")
            return {_SIGNATURE: _SECRET, "plaintext": json.dumps(vault.decrypt(value["ciphertext"]))}
        return {name: self._revealed(one) for name, one in value.items()}


def timeless(export: dict[str, Any]) -> dict[str, Any]:
    """An export without what only the day and the machine of its making decide."""
    deployment = export["deployment"]
    deployment["manifest"]["time"] = "2026-09-21T00:00:00Z"
    deployment["secrets_providers"] = {"type": "passphrase"}
    for resource in deployment["resources"]:
        resource.update({name: "2026-09-21T00:00:00Z" for name in _MADE if name in resource})
        for name in _PLACES:
            resource.pop(name, None)
    return export


def service(emulator: EmulatorServer) -> dict[str, Any]:
    """What the service holds, as the requests that made it and the steps that followed. Times are service time."""
    made: dict[str, list[Any]] = {operation: [] for operation in ("create", "create_deployment", "export")}
    for record in emulator.requests:
        if record.operation in made and record.status == 200:
            made[record.operation].append(record)
    jobs, deployments = emulator.jobs, emulator.deployments
    return {
        "start": START,
        "now": emulator.clock.now(),
        "files": [
            {"id": one.file_id, "name": one.name, "description": one.description, "at": one.created_at}
            for one in emulator.files.values()
        ],
        "jobs": [
            {"id": job_id, "body": json.loads(record.body), "steps": _steps(jobs[job_id])}
            for job_id, record in zip(jobs, made["create"], strict=True)
        ],
        "exports": [
            {"path": re.sub(r"^.*(?=/fine-tunes/)", "", record.path), "query": record.query, "at": record.time}
            for record in made["export"]
        ],
        "deployments": [
            {"id": name, "body": json.loads(record.body), "steps": _steps(deployments[name])}
            for name, record in zip(deployments, made["create_deployment"], strict=True)
        ],
    }


def _steps(history: Any) -> list[dict[str, Any]]:
    return [{"at": step.at, "status": step.status} for step in history.transitions]


if __name__ == "__main__":
    sys.exit(main())
