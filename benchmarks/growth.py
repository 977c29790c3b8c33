"""How the provider host grows with the number of jobs.

Why it exists: the host keeps something of each job that it has met (what it has read, who holds it), and a build
machine that serves a stack of ten jobs must serve one of a thousand, too.

An `up` of a thousand jobs is slow on any engine, because the state is written after each step, and it is not what is
measured here. So most of the jobs are started without Pulumi, and the stack's state gets a copy of a job for each.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import requests

from .figures import Figure, Target
from .host_memory import watched
from .scene import ENGINE_NAMES, KEY, OURS, PLUGIN, Contestant, bare_scene, require_jobs

KIB = 1024
MOST = Target(20)
"""KiB by which a job may enlarge the host."""


@dataclass(frozen=True, slots=True)
class Growth:
    """The host's resident memory (MiB) at its largest during a `refresh` of few jobs and of many."""

    few: float
    many: float
    more_jobs: int

    @property
    def per_job(self) -> float:
        """KiB by which a job enlarges the host."""
        return (self.many - self.few) * KIB / self.more_jobs


def measure(contestant: Contestant, engine: str, few: int, many: int) -> Growth | None:
    """Refresh a stack of `few` finished jobs, and the same stack with `many`. None where no host could be watched."""
    with bare_scene(contestant, engine, few) as scene:
        scene.stack.up()
        sizes: list[float] = []
        for jobs in (few, many):
            _start_more(scene.emulator.base_url, jobs - len(scene.emulator.jobs))
            require_jobs(scene, jobs)
            ids = list(scene.emulator.jobs)
            for job_id in ids:
                scene.emulator.force(job_id, "SUCCEEDED")
            exported = scene.stack.export()
            scene.stack.import_state({**exported, "deployment": _with(exported["deployment"], ids)})
            with watched() as memory:
                scene.stack.refresh()
            largest = memory()
            if largest is None:
                return None
            sizes.append(largest.resident)
    return Growth(sizes[0], sizes[1], many - few)


def _start_more(base_url: str, jobs: int) -> None:
    body = {"model": "qwen3-8b", "training_file_ids": ["file-ft-benchmark"]}
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {KEY}"
        for _ in range(jobs):
            session.post(f"{base_url}/fine-tunes", json=body, timeout=60).raise_for_status()


def _with(deployment: dict[str, object], job_ids: Sequence[str]) -> dict[str, object]:
    """The deployment with a copy of its last job for each of these jobs that it does not have yet."""
    resources = deployment["resources"]
    assert isinstance(resources, list)
    known = {resource.get("id") for resource in resources}
    model, made = resources[-1], []
    for job_id in job_ids:
        if job_id not in known:
            job = copy.deepcopy(model)
            job["urn"] = f"{model['urn']}-{job_id}"
            job["id"] = job_id
            for name in ("jobId", "job_id"):
                if name in job["outputs"]:
                    job["outputs"][name] = job_id
            made.append(job)
    return {**deployment, "resources": [*resources, *made]}


def figures(few: int, many: int, engine: str, results: Mapping[Contestant, Growth | None]) -> list[Figure]:
    """The rows of the table."""
    what = f"`refresh` of {many} finished jobs, {ENGINE_NAMES[engine]}"
    rows: list[Figure] = []
    for contestant, flavour in ((OURS, ""), (PLUGIN, ", plugin")):
        grown = results[contestant]
        if grown is not None:
            rows += [
                Figure(f"resident memory of the provider host{flavour}: {what}", "MiB", [grown.many]),
                Figure(
                    f"memory for each job beyond the first {few}{flavour}: {what}", "KiB", [grown.per_job], None, MOST
                ),
            ]
    return rows
