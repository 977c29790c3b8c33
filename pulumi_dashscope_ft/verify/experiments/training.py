"""One run to its end: the model's name, checkpoints, an export and the log."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.api import JobStatus
from pulumi_dashscope_ft.lifecycle.base.owner.stamp import new_nonce
from pulumi_dashscope_ft.verify.plan import job_body
from pulumi_dashscope_ft.verify.workbench import Workbench

from .mistakes import failed_job

TRAIN_SECONDS = 3 * 3600.0
_EXPORT_SECONDS = 900.0
_OPEN = ("PENDING", "PROCESSING")
_END_MARK = "##FT_COMPLETE##"


def train(bench: Workbench, file_id: str, model: str) -> str | None:
    """Train to the end; return the id of the model, None when there is none."""
    reply = bench.create_job(job_body(file_id, model=model, epochs=2))
    job_id = reply.fields.get("job_id")
    if not isinstance(job_id, str) or job_id not in bench.jobs:
        told = f"no job could be made: {reply.problem()}"
        for fact_id in ("train_end", "checkpoints_form", "export_form", "logs_form"):
            bench.findings.unseen(fact_id, told)
        return None
    status = bench.follow(job_id, (), TRAIN_SECONDS)
    output = _train_end(bench, job_id, status)
    _logs(bench, job_id)
    if status != JobStatus.SUCCEEDED:
        for fact_id in ("checkpoints_form", "export_form"):
            bench.findings.unseen(fact_id, f"the run was {status}")
        return None
    bench.models += 1
    _export(bench, job_id, _checkpoints(bench, job_id))
    return output


def _train_end(bench: Workbench, job_id: str, status: str) -> str | None:
    job = bench.job(job_id)
    output = job.get("finetuned_output")
    if status == JobStatus.SUCCEEDED:
        answer = "with_output" if output else "without_output"
        bench.findings.note("train_end", answer, f"SUCCEEDED; finetuned_output {'shown' if output else 'absent'}")
    elif status == JobStatus.FAILED:
        bench.findings.note("train_end", "failed", "FAILED")
        failed_job(bench, job_id)
    else:
        bench.findings.unseen("train_end", f"the run was {status} after {TRAIN_SECONDS / 3600:.0f} hours")
    return output if isinstance(output, str) else None


def _checkpoints(bench: Workbench, job_id: str) -> list[Mapping[str, Any]]:
    reply = bench.calls.ask("checkpoints", job_id)
    output = reply.output
    if reply.error is not None:
        bench.findings.unseen("checkpoints_form", f"they could not be listed: {reply.told()}")
        return []
    if isinstance(output, list):
        rows: list[Mapping[str, Any]] = [row for row in output if isinstance(row, dict)]
        bench.findings.note("checkpoints_form", "array", f"output is an array of {len(rows)}")
        return rows
    found = next((rows for rows in output.values() if isinstance(rows, list)), []) if isinstance(output, dict) else []
    bench.findings.note("checkpoints_form", "object" if isinstance(output, dict) else "other", "output is no array")
    return [row for row in found if isinstance(row, dict)]


def _export(bench: Workbench, job_id: str, checkpoints: list[Mapping[str, Any]]) -> None:
    """Export a checkpoint that is not published yet, or else the last one."""
    named = [row for row in checkpoints if isinstance(row.get("checkpoint"), str)]
    if not named:
        bench.findings.unseen("export_form", "there is no checkpoint")
        return
    chosen = next((row for row in named if row.get("status") != JobStatus.SUCCEEDED), named[0])
    name = str(chosen["checkpoint"])
    query = {"model_name": f"dashscope-ft-verify-{new_nonce()}"}
    reply = bench.calls.ask("export", f"{job_id}/{name}", query=query, tries=1)
    if reply.refused:
        bench.findings.note("export_form", "refused", f"export: {reply.told()}")
    elif reply.error is not None:
        bench.findings.unseen("export_form", f"the export failed: {reply.told()}")
    else:
        form = "boolean" if isinstance(reply.output, bool) else "object"
        bench.findings.note("export_form", form, f"export: {reply.told()}, then {_exported(bench, job_id, name)}")
        bench.models += chosen.get("status") != JobStatus.SUCCEEDED


def _exported(bench: Workbench, job_id: str, name: str) -> str:
    """Wait until a checkpoint is published, and return its status."""
    began = bench.clock.monotonic()
    while True:
        output = bench.calls.ask("checkpoints", job_id).output
        rows = output if isinstance(output, list) else []
        status = next(
            (row.get("status") for row in rows if isinstance(row, dict) and row.get("checkpoint") == name), None
        )
        passed = bench.clock.monotonic() - began
        if status not in _OPEN or passed >= _EXPORT_SECONDS:
            return str(status) if status in (*_OPEN, "SUCCEEDED", "FAILED", "UNSUPPORTED") else "unknown"
        bench.pause(passed, _EXPORT_SECONDS)


def _logs(bench: Workbench, job_id: str) -> None:
    reply = bench.calls.ask("logs", job_id, query={"offset": "0", "line": "1000"})
    lines = reply.fields.get("logs")
    if reply.error is not None:
        bench.findings.unseen("logs_form", f"the log could not be read: {reply.told()}")
    elif isinstance(lines, list) and all(isinstance(line, str) for line in lines):
        ends = any(_END_MARK in line for line in lines[-5:])
        usage = any(re.search(r"training usage \d+", line) for line in lines)
        told = f"{len(lines)} lines; end mark {'shown' if ends else 'absent'}; usage {'shown' if usage else 'absent'}"
        bench.findings.note("logs_form", "lines_and_end" if ends else "lines", told)
    else:
        bench.findings.note("logs_form", "other", "logs is no array of texts")
