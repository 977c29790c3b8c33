"""A small caller that speaks plain HTTP to an emulator."""

from __future__ import annotations

from typing import Any

import requests

from pulumi_dashscope_ft.emulator import EmulatorServer

KEY = "sk-test-0123456789abcdef"


class Caller:
    """What `curl` would do: verbs and paths relative to /api/v1, with a key."""

    def __init__(self, emulator: EmulatorServer, key: str | None = KEY) -> None:
        self.emulator = emulator
        self.session = requests.Session()
        self.session.trust_env = False
        if key is not None:
            self.session.headers["Authorization"] = f"Bearer {key}"

    def __call__(self, method: str, path: str, *, base: str = "/api/v1", **options: Any) -> requests.Response:
        return self.session.request(method, self.emulator.root_url + base + path, timeout=20, **options)

    def control(self, method: str, path: str, **options: Any) -> requests.Response:
        return self.session.request(method, f"{self.emulator.root_url}/_emulator{path}", timeout=20, **options)

    def create(self, **fields: Any) -> str:
        body = {"model": "qwen3-14b", "training_file_ids": ["file-1"], **fields}
        answer = self("POST", "/fine-tunes", json=body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["output"]["job_id"])

    def upload(self, content: bytes = b'{"text": "x"}\n', name: str = "train.jsonl", **fields: Any) -> dict[str, Any]:
        answer = self("POST", "/files", files=[("files", (name, content))], data=fields)
        assert answer.status_code == 200, answer.text
        data: dict[str, Any] = answer.json()["data"]
        return data


def checkpoints_of(call: Caller, job_id: str) -> dict[str, dict[str, Any]]:
    found = call("GET", f"/fine-tunes/{job_id}/checkpoints").json()["output"]
    return {one["checkpoint"]: one for one in found}
