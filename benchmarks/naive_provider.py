"""The provider to beat: what a careful person writes in an afternoon with the API page and the Pulumi documentation.

Why it exists: every figure of the benchmark is relative to this. It is meant well: it keeps its connections open,
cancels before it deletes, waits for the end, and takes a 404 for an answer. What it lacks is what takes longer than an
afternoon, and that is what the benchmark shows.

Configured by `DASHSCOPE_HTTP_BASE_URL` and `DASHSCOPE_API_KEY`.
"""

from __future__ import annotations

import os
import time
from typing import Any

import pulumi
import requests
from pulumi import dynamic

FINAL = ("SUCCEEDED", "FAILED", "CANCELED")
TIMEOUT_SECONDS = 60
POLL_SECONDS = 1.0

_session = requests.Session()


def _call(method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any] | None:
    """The `output` of an answer; None when the service says 404.

    :raises requests.HTTPError: any other answer that is not a success.
    """
    url = os.environ["DASHSCOPE_HTTP_BASE_URL"] + path
    key = os.environ["DASHSCOPE_API_KEY"]
    answer = _session.request(
        method, url, json=body, headers={"Authorization": f"Bearer {key}"}, timeout=TIMEOUT_SECONDS
    )
    if answer.status_code == 404:
        return None
    answer.raise_for_status()
    output: dict[str, Any] = answer.json().get("output") or {}
    return output


class FineTuningJobProvider(dynamic.ResourceProvider):
    """Create, read, delete; every change replaces the job."""

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        body = {key: value for key, value in props.items() if value is not None and not key.startswith("__")}
        job = _call("POST", "/fine-tunes", body)
        if job is None:
            raise RuntimeError("the service does not know fine-tuning jobs")
        return dynamic.CreateResult(job["job_id"], {**props, "job_id": job["job_id"], "status": job["status"]})

    def diff(self, id_: str, olds: dict[str, Any], news: dict[str, Any]) -> dynamic.DiffResult:
        compared = ("model", "training_file_ids", "hyper_parameters")
        changed = [key for key in compared if olds.get(key) != news.get(key)]
        return dynamic.DiffResult(changes=bool(changed), replaces=changed, delete_before_replace=True)

    def read(self, id_: str, props: dict[str, Any]) -> dynamic.ReadResult:
        job = _call("GET", f"/fine-tunes/{id_}")
        if job is None:
            return dynamic.ReadResult(None, {})
        return dynamic.ReadResult(id_, {**props, "status": job["status"]})

    def delete(self, id_: str, props: dict[str, Any]) -> None:
        job = _call("GET", f"/fine-tunes/{id_}")
        if job is None:
            return
        if job["status"] not in FINAL:
            _call("POST", f"/fine-tunes/{id_}/cancel")
            while job is not None and job["status"] not in FINAL:
                time.sleep(POLL_SECONDS)
                job = _call("GET", f"/fine-tunes/{id_}")
        _call("DELETE", f"/fine-tunes/{id_}")


class FineTuningJob(dynamic.Resource, module="naive", name="FineTuningJob"):
    """A job; takes the same arguments as the class it is compared with, as far as the benchmark uses them."""

    job_id: pulumi.Output[str]
    status: pulumi.Output[str]

    def __init__(
        self,
        resource_name: str,
        *,
        model: pulumi.Input[str],
        training_file_ids: pulumi.Input[list[str]],
        hyper_parameters: pulumi.Input[dict[str, Any]] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        properties = {
            "model": model,
            "training_file_ids": training_file_ids,
            "hyper_parameters": hyper_parameters,
            "job_id": None,
            "status": None,
        }
        super().__init__(FineTuningJobProvider(), resource_name, properties, opts)
