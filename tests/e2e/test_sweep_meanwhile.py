"""A sweep comes while an `up` is at work: at the moment when the job exists on the service and is not recorded yet."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from typing import Any

import pytest

from pulumi_dashscope_ft.emulator import FaultRule

pytestmark = pytest.mark.rotated("flavour", among="tests")


def sweep(stage: Any, *options: str) -> Any:
    """As the nightly job calls it: with what the engine has written so far, and from another process."""
    if stage.engine == "local":
        states = ["--state", str(stage.directory / ".local-engine" / "test.json")]
    else:
        states = ["--state-dir", (stage.directory / ".pulumi-command" / "state").as_uri()]
    environment = {
        **os.environ,
        "DASHSCOPE_HTTP_BASE_URL": stage.emulator.base_url,
        "DASHSCOPE_API_KEY": stage.key,
        "PULUMI_HOME": str(stage.directory / ".pulumi-command" / "home"),
        "PULUMI_CONFIG_PASSPHRASE": "",
    }
    command = [str(sys.executable), "-c", "from pulumi_dashscope_ft.cli import main; main()", "sweep"]
    done = subprocess.run(
        [*command, *states, "--utc-offset", "8", "--json", *options],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


@pytest.mark.timeout(300)
def test_a_job_that_is_being_recorded_is_not_swept(stage: Any) -> None:
    """Not even by a sweep that has been told to mind no age; and the `up`, though it is killed then, loses nothing."""
    stage.program(job=False)
    stage.stack.up()  # the stack has an owner id, and its state says so
    stage.program()
    # The job is made, and the answer does not come: that is when a sweep could take it for an orphan.
    stage.emulator.add_fault(FaultRule(operation="create", kind="hang", after_effect=True, seconds=60.0, count=1))
    failed: list[BaseException] = []

    def go_up() -> None:
        try:
            stage.stack.up()
        except BaseException as error:
            failed.append(error)

    up = threading.Thread(target=go_up)
    up.start()
    try:
        deadline = time.monotonic() + 100
        while not stage.emulator.jobs:
            assert up.is_alive(), failed
            assert time.monotonic() < deadline
            time.sleep(0.1)
        (job_id,) = stage.emulator.jobs
        for impatient in ([], ["--min-age", "0"]):
            found = {one["id"]: one for one in sweep(stage, "--execute", "--yes", *impatient)["objects"]}
            assert (found[job_id]["verdict"], found[job_id]["result"]) == ("not checked", None)
        assert up.is_alive(), "the answer was quicker than the sweep"
    finally:
        stage.stack.kill_host()
        up.join(120)
    assert failed
    stage.stack.up()
    assert stage.job_id == job_id
    assert stage.counts() == {"upload": 1, "create": 1}
    after = {one["id"]: one["verdict"] for one in sweep(stage, "--execute", "--yes", "--min-age", "0")["objects"]}
    assert after[job_id] == "in use"
    stage.stack.destroy()
    assert stage.nothing_left()
