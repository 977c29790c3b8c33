"""Pipelines that share an account: each a process that refreshes ten jobs and tears them down.

Fifty Pulumi engines do not fit on two cores, and what they cost is measured elsewhere. So a pipeline here is the real
lifecycle and the real client over real sockets, with a thread for each job as the engine would have, and no engine:
all are forked from one process that has everything imported, and begin at the same moment.

Started as `python -m benchmarks.pipeline URL LIMITER FILE`; the file has one list of jobs for each pipeline. Prints one
line of JSON for each: how long it took, and which steps failed.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from pulumi_dashscope_ft.api import SYSTEM_CLOCK, Client, RateLimiter, resolve_settings
from pulumi_dashscope_ft.api.http.pace import Pace
from pulumi_dashscope_ft.api.http.ratelimit import Place
from pulumi_dashscope_ft.lifecycle.base.connection import Connection, connect
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.base.state import State
from pulumi_dashscope_ft.lifecycle.job import resource as fine_tuning_job

KEY = "sk-benchmark-0123456789"
ADAPTIVE, FIXED = "adaptive", "fixed"


class _FixedPace(Pace):
    """A rate that never changes."""

    def throttled(self, sent: float, now: float) -> None:
        """Change nothing."""

    def _grow(self, now: float) -> None:
        self._fill(now)


class FixedRate(RateLimiter):
    """What this provider did before its rate was adaptive, and what a careful person writes: 10 calls a second.

    After a refusal all callers of the process pause for a second, and the refused one backs off by itself.
    """

    def __init__(self) -> None:
        super().__init__(10.0, 20)
        self._pace = _FixedPace(10.0, 20, SYSTEM_CLOCK.monotonic())

    def throttled(self, place: Place) -> float | None:
        """Pause for a second."""
        self.penalize(1.0)
        return None


LIMITERS: dict[str, Callable[[], RateLimiter]] = {ADAPTIVE: RateLimiter, FIXED: FixedRate}


def connection_to(url: str, limiter: RateLimiter) -> Connection:
    """A process's connection to the service, as a front end makes it."""
    client = Client(resolve_settings(base_url=url, api_key=KEY, environ={}), limiter=limiter)
    return connect(client, clock=SYSTEM_CLOCK, run_registry=RunRegistry(), report=lambda line: None)


def _pipeline(url: str, limiter: RateLimiter, jobs: list[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    """Refresh the jobs, then tear them down: what it took, and what failed."""
    began = time.monotonic()
    connection = connection_to(url, limiter)
    failed: list[str] = []

    def step(action: Callable[[str, State[Any, Any]], object], job: tuple[str, dict[str, Any]]) -> None:
        try:
            action(job[0], State.of(job[1]))
        except Exception as error:
            failed.append(str(error).partition("\n")[0])

    with ThreadPoolExecutor(len(jobs)) as pool:
        for verb in (fine_tuning_job.read, fine_tuning_job.delete):
            list(pool.map(lambda job, verb=verb: step(lambda *given: verb(connection, *given), job), jobs))
    return {"seconds": time.monotonic() - began, "failed": failed}


def _fork(work: Callable[[], dict[str, Any]], begins: int, ready: int) -> tuple[int, int]:
    """Start a process that does this once nobody has `ready` open; return its id, and where its result can be read.

    :param begins: the end of the same pipe that is read.
    """
    result, told = os.pipe()
    child = os.fork()
    if child:
        os.close(told)
        return child, result
    try:
        os.close(ready)
        os.read(begins, 1)
        os.write(told, json.dumps(work()).encode() + b"\n")
    finally:
        os._exit(0)


def main(url: str, limiter: str, file: str) -> None:
    """Run all pipelines of the file at the same time."""
    begins, ready = os.pipe()
    pipelines = json.loads(Path(file).read_text(encoding="utf-8"))

    def work(jobs: list[Any]) -> dict[str, Any]:
        return _pipeline(url, LIMITERS[limiter](), jobs)

    children = [_fork(partial(work, jobs), begins, ready) for jobs in pipelines]
    os.close(ready)
    for child, result in children:
        with os.fdopen(result, encoding="utf-8") as told:
            sys.stdout.write(told.read())
        os.waitpid(child, 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
