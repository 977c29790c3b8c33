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

    def upload(self, name: str, lines: int) -> str:
        content = b'{"messages": [{"role": "user", "content": "Where is my parcel?"}]}\n' * lines
        return str(self("POST", "/files", files=[("files", (name, content))])["data"]["uploaded_files"][0]["file_id"])

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
    triage = call.upload("support-triage.jsonl", 9_200)
    tone = call.upload("brand-voice.jsonl", 2_700)
    first = call.create("support-triage-prod-4e1f", triage)
    advance(640)
    emulator.plan_next_job(outcome="FAILED", running_seconds=280)
    call.create("brand-voice-staging-91c2", tone, model="qwen3-8b")
    advance(900)
    deploy(emulator, call, first)
    advance(400)
    stopped = call.create("support-triage-lr-high-77ab", triage, epochs=5)
    advance(420)
    call("POST", f"/fine-tunes/{stopped}/cancel")
    advance(60)
    call.create("support-triage-lr-low-c03d", triage, epochs=5)
    advance(130)
    call.create("brand-voice-staging-91d7", tone, model="qwen3-8b")
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
    call.create("brand-voice-prod-2ab8", tone, model="qwen3-8b")
    advance(2)


def deploy(emulator: EmulatorServer, call: Caller, job_id: str) -> None:
    model = emulator.jobs[job_id].finetuned_output
    call("POST", "/deployments", json={"model_name": model, "capacity": 2})
