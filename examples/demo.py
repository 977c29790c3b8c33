"""`make demo`: the quickstart from nothing to nothing, against the emulator, with every API call shown.

It runs `examples/quickstart` in a folder of its own (`.demo`) on the real Pulumi engine where `pulumi` is on PATH
(state in that folder, no account), and on the local engine otherwise. Exit code 0 means that a job was started, seen
in every status on its way, shown as running by the outputs, ended and deleted, and that nothing is left.
"""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path
from typing import Any

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings
from pulumi_dashscope_ft.testing import StackOperationFailed, open_stack, pulumi_command

HERE = Path(__file__).parent
PROJECT = HERE.parent / ".demo" / "quickstart"
KEY = "sk-demo-no-real-key"
SPEED = 8.0
EXPECTED = ("PENDING", "QUEUING", "RUNNING", "CANCELING", "CANCELED")


def main() -> int:
    """The exit code: 0 when everything was seen and nothing is left."""
    command = pulumi_command()
    if command is not None:
        title(f"Running examples/quickstart on {command}, with a state folder of its own and no account")
    else:
        title("Running examples/quickstart on the local engine: `pulumi` is not on PATH (pulumi.com/docs/install)")
    shutil.rmtree(PROJECT, ignore_errors=True)
    shutil.copytree(HERE / "quickstart", PROJECT)
    settings = Settings(pending_seconds=8, queuing_seconds=8, running_seconds=3600, canceling_seconds=12)
    with EmulatorServer(settings=settings, speed=SPEED) as emulator:
        say(f"The emulator stands in for Model Studio at {emulator.base_url}; a second here is {SPEED:g} s there.")
        stack = open_stack(
            "local" if command is None else "command",
            PROJECT,
            env={"DASHSCOPE_HTTP_BASE_URL": emulator.base_url, "DASHSCOPE_API_KEY": KEY},
            on_line=lambda line: say(f"  | {line}") if line.strip() else None,
        )
        try:
            walk(emulator, stack)
        except StackOperationFailed as failed:
            say(f"\nThe demo failed: {failed}")
            return 1
        return verdict(emulator, stack)


def walk(emulator: EmulatorServer, stack: Any) -> None:
    """Up, wait for the job to run, refresh, up again for the outputs, destroy."""
    title("pulumi up: upload the file, start the job")
    outputs = stack.up().outputs
    say(f"  job_id {outputs['job_id']}, status {outputs['status']}")

    title("The job makes its way to the only runner")
    (job,) = emulator.jobs.values()
    seen = ""
    while seen != "RUNNING":
        if job.status != seen:
            seen = job.status
            say(f"  {job.job_id} {seen}")
        time.sleep(0.05)

    title("pulumi refresh: the state takes over how the job stands, and a line says what has changed")
    outputs = stack.refresh().outputs
    say(f"  output status: {outputs['status']} (a refresh does not run the program, which sets the stack's outputs)")
    (resource,) = (r for r in stack.resources if r["type"].endswith(":FineTuningJob"))
    say(f"  status in the state: {resource['outputs']['status']}")

    title("pulumi up: nothing to change, and the outputs are up to date (so they are after refresh --run-program)")
    outputs = stack.up().outputs
    say(f"  output status: {outputs['status']}; what destroy would do now: {outputs['teardown']}")

    title("pulumi destroy: cancel, wait, delete")
    stack.destroy()


def verdict(emulator: EmulatorServer, stack: Any) -> int:
    """Show the calls and what is left."""
    title("Every call that reached the API")
    for record in emulator.requests:
        say(f"  {record.method:<6} {record.path:<55} {record.status}")
    (job,) = emulator.gone_jobs.values() if emulator.gone_jobs else emulator.jobs.values()
    title("The job's way")
    say("  " + " > ".join(job.statuses) + (" > deleted" if not job.exists else ""))
    left = [*emulator.jobs, *emulator.files, *(resource["urn"] for resource in stack.resources)]
    title("What is left")
    say("  " + ("\n  ".join(left) if left else "nothing: no job, no file, nothing in the state"))
    unseen = [status for status in EXPECTED if status not in job.statuses]
    if unseen:
        say(f"  never seen: {', '.join(unseen)}")
    return 1 if left or unseen else 0


def title(text: str) -> None:
    """A heading."""
    say(f"\n== {text}")


def say(text: str) -> None:
    """A line, at once."""
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
