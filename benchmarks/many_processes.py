"""Many processes on one account with a rate limit: do they share it, does it all get done, and how soon?

Why it exists: nothing but the service's refusals tells a pipeline of the fifty others. A rate that is right for one of
them is far too fast for fifty, and a rate that is right for fifty wastes the account's limit when there is one.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from pulumi_dashscope_ft.api import RateLimiter
from pulumi_dashscope_ft.emulator import EmulatorServer, Settings
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.job import resource as fine_tuning_job

from .figures import Figure, Target
from .pipeline import ADAPTIVE, FIXED, connection_to

LIMIT = 20
"""Calls that the account may make in any second."""
JOBS = 10
"""Jobs of each process."""
CANCEL_SECONDS = 1.0
_MOST_SECONDS = 600.0
_OWNER = "0wner0wner"


@dataclass(frozen=True, slots=True)
class Shared:
    """What processes that share an account have needed.

    :param walls: seconds of each process.
    :param failed: steps that failed, of all processes.
    :param served: calls that were not refused.
    """

    walls: tuple[float, ...]
    failed: tuple[str, ...]
    served: int
    refused: int

    @property
    def wall(self) -> float:
        """Seconds until the last one was done."""
        return max(self.walls)

    @property
    def alone(self) -> float:
        """The seconds that the limit alone costs: the same calls as fast as it allows, and one cancel."""
        return CANCEL_SECONDS + self.served / LIMIT

    @property
    def fairness(self) -> float:
        """The slowest over the median."""
        return self.wall / median(self.walls)


def measure(processes: int, limiter: str) -> Shared:
    """Let so many processes refresh and tear down their jobs at the same time."""
    with _account(processes) as (emulator, file):
        before = len(emulator.requests)
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.pipeline", emulator.base_url, limiter, str(file)],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            timeout=_MOST_SECONDS,
            cwd=Path(__file__).parent.parent,
        )
        results = [json.loads(line) for line in done.stdout.splitlines()]
        statuses = [record.status for record in emulator.requests[before:]]
        failed = tuple(reason for result in results for reason in result["failed"])
        if len(results) != processes or (emulator.jobs and not failed):
            raise RuntimeError(
                f"{len(results)} of {processes} processes have ended, {len(emulator.jobs)} jobs are left"
            )
        refused = statuses.count(429)
        return Shared(tuple(result["seconds"] for result in results), failed, len(statuses) - refused, refused)


@contextmanager
def _account(processes: int) -> Iterator[tuple[EmulatorServer, Path]]:
    """An account with the running jobs of so many processes, and the file that says which are whose."""
    settings = Settings(
        running_seconds=100_000,
        canceling_seconds=CANCEL_SECONDS,
        runners=10_000,
        quota=10_000,
        check_file_ids=False,
    )
    with TemporaryDirectory(prefix="benchmark-") as folder, EmulatorServer(settings, speed=1.0) as emulator:
        connection = connection_to(emulator.base_url, RateLimiter(10_000.0, 10_000))
        pipelines = [
            [_job(connection, f"job-{process}-{number}") for number in range(JOBS)] for process in range(processes)
        ]
        for job_id in emulator.jobs:
            emulator.force(job_id, "RUNNING")
        emulator.configure(rate_limit=LIMIT)
        file = Path(folder) / "pipelines.json"
        file.write_text(json.dumps(pipelines), encoding="utf-8")
        yield emulator, file


def _job(connection: Connection, name: str) -> tuple[str, dict[str, object]]:
    inputs = {"model": "qwen3-8b", "trainingFileIds": ["file-1"], "hyperParameters": {"n_epochs": 3}}
    hidden = {"__name": name, "__owner": _OWNER, "__nonce": f"{abs(hash(name)) % 10**6:06}"}
    job_id, state = fine_tuning_job.create(connection, Request.of({**inputs, **hidden}))
    return job_id, dict(state.properties())


def figures(sizes: Sequence[int], say: Callable[[str], None]) -> list[Figure]:
    """The rows of the table, for each number of processes."""
    rows: list[Figure] = []
    for processes in sizes:
        say(f"{processes} process{'es' if processes > 1 else ''} on one account")
        # Side by side, because both mostly wait. Each has an account, and so a limit, of its own.
        with ThreadPoolExecutor(2) as pool:
            ours, fixed = pool.map(measure, (processes, processes), (ADAPTIVE, FIXED))
        what = (
            f"{processes} process{'es' if processes > 1 else ''} that refresh and tear down {JOBS} jobs each, one "
            f"account with {LIMIT} calls a second; beside it a fixed rate"
        )
        rows += [
            Figure(f"steps that fail: {what}", "steps", [len(ours.failed)], [len(fixed.failed)], Target(0)),
            Figure(
                f"wall time over what the limit alone costs: {what}",
                "×",
                [ours.wall / ours.alone],
                [fixed.wall / fixed.alone],
                Target(1.5),
            ),
            Figure(f"slowest process over the median: {what}", "×", [ours.fairness], [fixed.fairness], Target(2)),
            Figure(f"wall time: {what}", "s", [ours.wall], [fixed.wall]),
            Figure(f"refused calls: {what}", "calls", [ours.refused], [fixed.refused]),
        ]
    return rows
