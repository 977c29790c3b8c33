"""A fleet of stacks: what one sweep of an account costs, with the states of up to thousands of stacks to compare with.

Why it exists: a sweep runs every night and in pipelines, over everything that an account has. What it costs must grow
with the number of stacks no faster than they do, and fit a small machine. The naive way beside it is the one that a
script has: `pulumi stack export` for each stack.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pulumi_dashscope_ft.testing import pulumi_command

from . import host_memory
from .bucket_server import ENVIRONMENT, bucket_server
from .crowded_account import KEY, CrowdedAccount, crowded_account
from .figures import Figure, Target

STACKS = (10, 100, 1_000, 3_000)
JUDGED = 1_000
JOBS_OF_A_STACK = 10
EXPORTED = 20
"""Stacks that the naive way really exports; the time for all is that of these, multiplied."""

AGE = 7200.0
"""Seconds since the jobs were made."""

_PREFIX = "pulumi-python:dynamic/dashscope-ft:"
_PROVIDER = (
    "gASVRQAAAAAAAACMJHB1bHVtaV9kYXNoc2NvcGVfZnQuZHluYW1pYy5wcm92aWRlcpSMFUZpbmVUdW5pbmdKb2JQcm92aWRlcpSTlCmBlC4="
)
_PASSPHRASE = "benchmark"

NOTES = (
    f"A fleet: one account, in which {JUDGED * JOBS_OF_A_STACK:,} jobs are active, and a backend with so many stacks "
    f"of {JOBS_OF_A_STACK} jobs. Every hundredth job is an orphan. What is measured is `dashscope-ft sweep --json` as "
    "a process of its own, from start to end; memory is its largest resident size. The bucket is a small server on "
    f"loopback. The naive way is `pulumi stack export` for each stack, measured with {EXPORTED} stacks and multiplied. "
    "It has the exports alone, without the lists and the verdicts, which take a sweep of few stacks most of its time.",
)

Files = Mapping[str, bytes]
"""The files of a backend, by key."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """One sweep: seconds, MiB, and calls of the list of jobs."""

    wall: float
    memory: float
    listed: int


def run(stacks: Sequence[int], jobs: int, say: Callable[[str], None]) -> list[Figure]:
    """Measure sweeps with so many stacks in a folder and in a bucket, on an account with so many jobs."""
    figures: list[Figure] = []
    names = [_label(at) for at in range(jobs)]
    with (
        crowded_account(names, AGE) as account,
        TemporaryDirectory(prefix="fleet-") as folder,
        bucket_server() as bucket,
    ):
        listed: list[float] = []
        for count in stacks:
            say(f"sweeps with {count} stacks")
            files = backend_files(count, account.ids)
            place = Path(folder, str(count))
            for key, content in files.items():
                file = place / key
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
                bucket.put(f"{count}/{key}", content)
            each = _export(place.as_uri(), count)
            for what, url in (("folder", place.as_uri()), ("bucket", bucket.backend(f"/{count}"))):
                swept = _sweep(account, url, orphans=min(count * JOBS_OF_A_STACK, jobs) // 100)
                listed.append(swept.listed)
                figures += _rows(count, what, swept, each)
    most = jobs // 100 + 10
    figures.append(Figure(f"calls for the list of jobs: a sweep, {jobs:,} jobs", "calls", listed, target=Target(most)))
    return figures


def _rows(count: int, what: str, swept: Sweep, each: float | None) -> list[Figure]:
    name = f"a sweep with {count:,} stacks in a {what}"
    judged = count == JUDGED
    naive = None if each is None else [each * count]
    return [
        Figure(f"wall time: {name}", "s", [swept.wall], naive, Target(60) if judged else None),
        Figure(f"memory: {name}", "MiB", [swept.memory], target=Target(300) if judged else None),
    ]


def backend_files(stacks: int, job_ids: Sequence[str]) -> Files:
    """What Pulumi has written for so many stacks that hold these jobs, ten each; it has lost every hundredth."""
    files = {".pulumi/meta.yaml": b"version: 1\n"}
    for number in range(stacks):
        first = number * JOBS_OF_A_STACK
        held = [
            (at, job_ids[at] if at < len(job_ids) else f"ft-{at:012}-gone")
            for at in range(first, first + JOBS_OF_A_STACK)
            if at % 100 != 50
        ]
        content = _checkpoint(number, held)
        key = f".pulumi/stacks/fleet/s{number:05}.json"
        files |= {key: content, f"{key}.bak": content}
    return files


def owner_of(number: int) -> str:
    """The owner id of the stack with this number."""
    return f"fleet{number:05}"


def _checkpoint(number: int, held: Sequence[tuple[int, str]]) -> bytes:
    stack = f"urn:pulumi:s{number:05}::fleet::"
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    root = f"{stack}pulumi:pulumi:Stack::fleet-s{number:05}"
    provider = f"{stack}pulumi:providers:pulumi-python::default"
    identity = f"{stack}{_PREFIX}StackIdentity::dashscope-ft"
    common = {"custom": True, "parent": root, "provider": f"{provider}::04da6b54-80e4-46f7-96ec-b56ff0331ba9"}
    made = time.gmtime(time.time() - AGE)
    times = {"created": time.strftime("%Y-%m-%dT%H:%M:%SZ", made), "modified": moment}
    trace = [{"sourcePosition": f"project:///__main__.py#{line}"} for line in range(12)]
    resources: list[dict[str, Any]] = [
        {"urn": root, "type": "pulumi:pulumi:Stack", "custom": False, **times},
        {"urn": provider, "type": "pulumi:providers:pulumi-python", "custom": True, "id": "04da6b54", **times},
        {"urn": identity, "type": f"{_PREFIX}StackIdentity", "id": owner_of(number), **common, **times},
    ]
    for at, job_id in held:
        inputs = {
            "__name": f"job-{at:05}",
            "__owner": owner_of(number),
            "__provider": _PROVIDER,
            "hyperParameters": {"batch_size": 16, "learning_rate": "1e-4", "n_epochs": 3},
            "model": "qwen3-8b",
            "trainingFileIds": [f"file-ft-{at:05}"],
        }
        outputs = {
            **inputs,
            "createTime": time.strftime("%Y-%m-%d %H:%M:%S", made),
            "jobId": job_id,
            "jobName": _label(at),
            "status": "RUNNING",
            "teardown": "cancel, then delete",
            "workspaceId": "llm-emulator0001",
        }
        resources.append(
            {
                "urn": f"{stack}{_PREFIX}FineTuningJob::job-{at:05}",
                "type": f"{_PREFIX}FineTuningJob",
                "id": job_id,
                "inputs": inputs,
                "outputs": outputs,
                "dependencies": [identity],
                "propertyDependencies": {"__owner": [identity], "__stampKey": [identity]},
                "stackTrace": trace,
                **common,
                **times,
            }
        )
    latest = {"manifest": {"time": moment, "version": "v3.260.0"}, "resources": resources}
    name = f"organization/fleet/s{number:05}"
    return json.dumps({"version": 3, "checkpoint": {"stack": name, "latest": latest}}, separators=(",", ":")).encode()


def _label(at: int) -> str:
    return f"job-{at:05}--p1-{owner_of(at // JOBS_OF_A_STACK)}-9c41f0e2-n{at:05}"


_STATUS = "FLEET_STATUS_FILE"
_PROGRAM = f"""
import atexit, os, pathlib
status = pathlib.Path("/proc/self/status")
atexit.register(lambda: pathlib.Path(os.environ[{_STATUS!r}]).write_text(status.read_text()))
from pulumi_dashscope_ft.cli import main
main()
"""
# The process says itself how large it was: what the kernel tells its parent counts the parent's size, from the fork.


def _sweep(account: CrowdedAccount, url: str, orphans: int) -> Sweep:
    """Sweep as a process of its own. Raises `RuntimeError` unless it finds just these orphans."""
    environment = {
        **os.environ,
        **ENVIRONMENT,
        "DASHSCOPE_HTTP_BASE_URL": account.base_url,
        "DASHSCOPE_API_KEY": KEY,
        "NO_PROXY": "127.0.0.1",
    }
    command = [sys.executable, "-c", _PROGRAM, "sweep", "--state-dir", url]
    before = account.pages
    started = time.perf_counter()
    with TemporaryDirectory() as folder:
        peak = Path(folder, "status")
        environment[_STATUS] = str(peak)
        done = subprocess.run(
            [*command, "--utc-offset", "8", "--json"], env=environment, capture_output=True, check=False
        )
        wall = time.perf_counter() - started
        facts, said = json.loads(done.stdout or b"{}"), done.stderr
        resident = host_memory.largest_resident(peak)
    if facts.get("counts", {}).get("orphan", 0) != orphans:
        raise RuntimeError(f"the sweep found {facts.get('counts')}, not {orphans} orphans: {said.decode()[-500:]}")
    return Sweep(wall, resident, account.pages - before)


def _export(url: str, stacks: int) -> float | None:
    """The seconds that `pulumi stack export` takes for one stack; None where the command is not on PATH."""
    command = pulumi_command()
    if command is None:
        return None
    names = [f"organization/fleet/s{number:05}" for number in range(min(EXPORTED, stacks))]
    with TemporaryDirectory() as home:
        settings = {"PULUMI_HOME": home, "PULUMI_BACKEND_URL": url, "PULUMI_CONFIG_PASSPHRASE": _PASSPHRASE}
        environment = {**os.environ, **settings, "PULUMI_SKIP_UPDATE_CHECK": "true"}
        started = time.perf_counter()
        for name in names:
            arguments = ["stack", "export", "--stack", name, "--non-interactive"]
            subprocess.run([str(command), *arguments], env=environment, cwd=home, check=True, capture_output=True)
        return (time.perf_counter() - started) / len(names)
