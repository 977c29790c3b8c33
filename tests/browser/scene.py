"""An afternoon in the life of an emulator, for the screenshot.

Why it exists: a picture in the docs should look like real use and come out the same each time it is taken. So the
clock stands still, the seed is fixed, and the jobs, the faults and the calls are a script.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests

from pulumi_dashscope_ft.emulator import EmulatorServer, FaultRule, Settings

START = 1_782_197_100.0
PORT = 8765


def stamped(name: str, rest: str) -> str:
    """A name as the provider makes it."""
    return f"{name}--p1-k7m2x9qd4t-{rest}"


class Caller:
    """A program that uses the API."""

    def __init__(self, emulator: EmulatorServer) -> None:
        self.base_url = emulator.base_url
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["Authorization"] = "Bearer sk-scene"
        self.session.headers["User-Agent"] = "pulumi-dashscope-ft/0.1.0"

    def __call__(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        try:
            return dict(self.session.request(method, self.base_url + path, timeout=20, **options).json())
        except requests.RequestException:
            return {}

    def upload(self, name: str, lines: int, description: str = "") -> str:
        content = b'{"messages": [{"role": "user", "content": "Where is my parcel?"}]}\n' * lines
        sent = {"data": {"descriptions": description}} if description else {}
        answer = self("POST", "/files", files=[("files", (name, content))], **sent)
        return str(answer["data"]["uploaded_files"][0]["file_id"])

    def create(self, name: str, file_id: str, *, model: str = "qwen3-14b", epochs: int = 3) -> str:
        fields = {"model": model, "job_name": name, "training_file_ids": [file_id]}
        answer = self("POST", "/fine-tunes", json={**fields, "hyper_parameters": {"n_epochs": epochs}})
        return str(answer["output"]["job_id"])


@contextmanager
def scene(*, port: int = 0) -> Iterator[EmulatorServer]:
    """An emulator in the middle of it: jobs in every state, a fault in force, a fault that struck."""
    settings = Settings(running_seconds=1500, queuing_seconds=20, canceling_seconds=40, seed=7)
    with EmulatorServer(settings, speed=None, start=START, port=port) as emulator:
        play(emulator, Caller(emulator))
        yield emulator


def play(emulator: EmulatorServer, call: Caller) -> None:
    advance = emulator.clock.advance
    triage = call.upload("support-triage.jsonl", 9_200, f"[{stamped('triage-data', '5b21c0de-m4z8pa')}]")
    tone = call.upload("brand-voice.jsonl", 2_700)
    first = call.create(stamped("support-triage", "4e1f09c2-h3v8wz"), triage)
    advance(640)
    emulator.plan_next_job(outcome="FAILED", running_seconds=280)
    call.create(stamped("brand-voice", "91c27ab0-q8d2mk"), tone, model="qwen3-8b")
    advance(900)
    deploy(emulator, call, first)
    advance(400)
    stopped = call.create(stamped("support-triage-lr-high", "77ab10f3-t5r0ze"), triage, epochs=5)
    advance(420)
    call("POST", f"/fine-tunes/{stopped}/cancel")
    advance(60)
    call.create(stamped("support-triage-lr-low", "c03d5510-w2n7yb"), triage, epochs=5)
    advance(130)
    call.create(stamped("brand-voice", "91d7e3aa-e6k4jp"), tone, model="qwen3-8b")
    advance(840)
    emulator.add_fault(FaultRule(operation="list", kind="status", error="rate", count=1))
    emulator.add_fault(FaultRule(operation="cancel", kind="lost"))
    for wait in (3, 4, 6):
        call("GET", "/fine-tunes?page_size=100")
        advance(wait)
    running = next(job.job_id for job in emulator.jobs.values() if job.status == "RUNNING")
    call("GET", f"/fine-tunes/{running}/logs?offset=20")
    call("GET", f"/fine-tunes/{stopped}")
    call("GET", "/fine-tunes/ft-202606230900-0000")
    advance(2)
    call.create(stamped("brand-voice", "2ab8f0d9-c9x1vs"), tone, model="qwen3-8b")
    advance(2)


def deploy(emulator: EmulatorServer, call: Caller, job_id: str) -> None:
    model = emulator.jobs[job_id].finetuned_output
    call("POST", "/deployments", json={"model_name": model, "capacity": 2})
