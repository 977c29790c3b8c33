"""What the maker of golden states and their tests share: the project, the emulator, and how to fill it again."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings

HERE = Path(__file__).parent
KEY = "sk-golden-0123456789abcdef"
WORKSPACE = "llm-golden"
START = 2_500_000_000.0  # 2049-03-22, service time: what expires on the service has not, when a test looks at it
NEVER = 1e9
STILL: dict[str, Any] = {
    **dict.fromkeys(("pending_seconds", "queuing_seconds", "running_seconds", "canceling_seconds"), NEVER),
    **dict.fromkeys(("deploying_seconds", "updating_seconds", "deleting_seconds"), NEVER),
    "export_seconds": 0,
    "runners": 1000,
    "quota": 1000,
    "check_file_ids": False,
    "keys": {KEY: WORKSPACE},
}
"""Settings of an emulator on which nothing happens by itself."""

FLAVOURS = {"dynamic": "pulumi_dashscope_ft", "plugin": "pulumi_dashscope_ft.native"}


def still_emulator(start: float = START) -> EmulatorServer:
    """An emulator on which nothing happens by itself, and whose clock stands still."""
    return EmulatorServer(Settings(**STILL), None, start=start)


def settings_of(held: dict[str, Any], flavour: str, **more: Any) -> str:
    """The program's settings, as they were when the golden state was written."""
    adopted = held["jobs"][0]["id"]
    native = {"native": True} if flavour == "plugin" else {}
    return json.dumps({"adopt": adopted, **native, "served": True, **more})


def project(directory: Path, flavour: str) -> None:
    """A project whose program declares everything, for this flavour."""
    shutil.copytree(HERE / "data", directory)
    place = Path(sys.executable).parent
    plugin = f"plugins:\n  providers:\n    - name: dashscope-ft\n      path: {place}\n" if flavour == "plugin" else ""
    (directory / "Pulumi.yaml").write_text(f"name: golden\nruntime: python\n{plugin}")
    program = (HERE / "programs" / "everything.py").read_text(encoding="utf-8")
    imported = "from pulumi_dashscope_ft import "
    assert imported in program
    (directory / "__main__.py").write_text(program.replace(imported, f"from {FLAVOURS[flavour]} import "))


def fill(emulator: EmulatorServer, held: dict[str, Any]) -> None:
    """Bring a new emulator to hold what `service.json` says: the same requests, at the same times, with the same ids.

    :param held: the content of `service.json`.
    """
    emulator.next_ids(
        jobs=[one["id"] for one in held["jobs"]],
        files=[one["id"] for one in held["files"]],
        deployments=[one["id"] for one in held["deployments"]],
    )
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {KEY}"
    for at, action in sorted(_events(emulator, session, held), key=lambda event: event[0]):
        emulator.clock.advance(max(0.0, at - emulator.clock.now()))
        action()
    emulator.clock.advance(max(0.0, held["now"] - emulator.clock.now()))
    session.delete(f"{emulator.root_url}/_emulator/requests", timeout=30).raise_for_status()


def _events(
    emulator: EmulatorServer, session: requests.Session, held: dict[str, Any]
) -> list[tuple[float, Callable[[], object]]]:
    def post(path: str, **body: Any) -> Callable[[], object]:
        return lambda: session.post(f"{emulator.base_url}{path}", timeout=30, **body).raise_for_status()

    def get(path: str, query: dict[str, str]) -> Callable[[], object]:
        return lambda: session.get(f"{emulator.base_url}{path}", params=query, timeout=30).raise_for_status()

    def force(change: Callable[[str, str], None], name: str, status: str) -> Callable[[], object]:
        return lambda: change(name, status)

    events: list[tuple[float, Callable[[], object]]] = []
    for file in held["files"]:
        content = (HERE / "data" / file["name"]).read_bytes()
        upload = post("/files", files={"files": (file["name"], content)}, data={"descriptions": file["description"]})
        events.append((file["at"], upload))
    for path, objects, change in (
        ("/fine-tunes", held["jobs"], emulator.force),
        ("/deployments", held["deployments"], emulator.force_deployment),
    ):
        for one in objects:
            events.append((one["steps"][0]["at"], post(path, json=one["body"])))
            events += [(step["at"], force(change, one["id"], step["status"])) for step in one["steps"][1:]]
    return events + [(one["at"], get(one["path"], one["query"])) for one in held["exports"]]
