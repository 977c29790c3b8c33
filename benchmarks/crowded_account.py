"""An account with thousands of jobs that can only be listed.

Why it exists: the emulator plays the life of each job, which takes it minutes for ten thousand of them. Here one real
job is shown again and again under other ids and names; everything else is the emulator's own answer.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings

from .serving import serving

KEY = "sk-benchmark-0123456789"
PAGE = 100


@dataclass
class CrowdedAccount:
    """The account: its base URL, the ids of its jobs, the oldest first, and how many pages of jobs were read."""

    base_url: str
    ids: list[str]
    pages: int = 0
    job: dict[str, Any] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    made: str = ""

    def page(self, number: int, size: int) -> bytes:
        """One page of the list of jobs, the newest first."""
        self.pages += 1
        total = len(self.ids)
        shown = range(total - 1 - (number - 1) * size, max(total - 1 - number * size, -1), -1)
        jobs = [
            {**self.job, "job_id": self.ids[at], "job_name": self.names[at], "create_time": self.made} for at in shown
        ]
        output = {"page_no": number, "page_size": size, "total": total, "jobs": jobs}
        return json.dumps({"request_id": f"page-{number}", "output": output}).encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    account: CrowdedAccount
    behind: str

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path.endswith("/fine-tunes") and self.headers.get("Authorization"):
            query = parse_qs(parts.query)
            content = self.account.page(int(query["page_no"][0]), min(int(query["page_size"][0]), PAGE))
            self._answer(200, content)
            return
        headers = {"Authorization": self.headers.get("Authorization") or ""}
        with requests.Session() as session:
            session.trust_env = False
            answer = session.get(f"{self.behind}{self.path}", headers=headers, timeout=60)
        self._answer(answer.status_code, answer.content)

    def _answer(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: hundreds of requests are no news."""


@contextmanager
def crowded_account(names: list[str], age: float) -> Iterator[CrowdedAccount]:
    """An account with running jobs of these names, which were made so many seconds ago."""
    with EmulatorServer(Settings(running_seconds=1e9, check_file_ids=False), speed=1.0) as emulator:
        path = urlsplit(emulator.base_url)
        behind = f"{path.scheme}://{path.netloc}"
        with requests.Session() as session:
            session.trust_env = False
            session.headers["Authorization"] = f"Bearer {KEY}"
            body = {"model": "qwen3-8b", "training_file_ids": ["file-1"], "hyper_parameters": {"n_epochs": 3}}
            session.post(f"{emulator.base_url}/fine-tunes", json=body, timeout=60).raise_for_status()
            (job_id,) = emulator.jobs
            emulator.force(job_id, "RUNNING")
            answer = session.get(f"{emulator.base_url}/fine-tunes?page_no=1&page_size=1", timeout=60)
            (job,) = answer.json()["output"]["jobs"]
        made = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(time.time() - age + 8 * 3600))
        ids = [f"ft-202611301200-{at:05}" for at in range(len(names))]
        account = CrowdedAccount("", ids, job=job, names=names, made=made)
        with serving(_Handler, account=account, behind=behind) as address:
            account.base_url = f"{address}{path.path}"
            yield account
