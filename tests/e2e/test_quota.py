"""An `up` in an account whose quota of jobs is used up: it fails at once, or waits if it was told to."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from pulumi_dashscope_ft.emulator import EmulatorServer
from pulumi_dashscope_ft.testing import StackOperationFailed, open_stack

pytestmark = pytest.mark.rotated("flavour", among="tests")

KEY = "sk-e2e-0123456789abcdef"
PROGRAM = """
import json
import pulumi
from pulumi_dashscope_ft import FineTuningJob

settings = json.loads(pulumi.Config().require("settings"))
job = FineTuningJob("job", model="qwen3-8b", training_file_ids=["file-1"], **settings)
"""


def in_camel_case(text: str) -> str:
    """The default classes spell the input as Python does."""
    return text.replace("wait_for_quota", "waitForQuota")


def wait_until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


class FullAccount:
    """A stack of one job, in an account whose only place somebody else's job has."""

    def __init__(self, engine: str, flavour: Any, directory: Path, emulator: EmulatorServer) -> None:
        self.emulator = emulator
        emulator.configure(quota=1, check_file_ids=False)
        body = {"model": "qwen3-14b", "training_file_ids": ["file-9"], "job_name": "a colleague's"}
        made = requests.post(
            f"{emulator.base_url}/fine-tunes", json=body, headers={"Authorization": f"Bearer {KEY}"}, timeout=20
        )
        self.other = str(made.json()["output"]["job_id"])
        directory.mkdir()
        (directory / "Pulumi.yaml").write_text(flavour.project("shop"))
        (directory / "__main__.py").write_text(flavour.program(PROGRAM))
        self.lines: list[str] = []
        env = {"DASHSCOPE_HTTP_BASE_URL": emulator.base_url, "DASHSCOPE_API_KEY": KEY}
        self.stack = open_stack(engine, directory, env=env, on_line=self.lines.append)
        self.program()

    def program(self, **settings: Any) -> None:
        self.stack.set_config("settings", json.dumps(settings))

    @property
    def said(self) -> str:
        return in_camel_case("\n".join(self.lines))


@pytest.fixture
def full(engine: str, flavour: Any, tmp_path: Path, emulator: EmulatorServer) -> FullAccount:
    return FullAccount(engine, flavour, tmp_path / "project", emulator)


@pytest.mark.rotated  # here the flavours differ
@pytest.mark.parametrize("where", ["the job", "the configuration"])
def test_it_waits_until_a_place_is_free(full: FullAccount, in_background: Any, where: str) -> None:
    if where == "the job":
        full.program(wait_for_quota="1h")
    else:
        full.stack.set_config("dashscope-ft:waitForQuota", "1h")
    up, failures = in_background(full.stack.up)
    wait_until(lambda: "1 job counts" in full.said or bool(failures))
    assert set(full.emulator.jobs) == {full.other}
    full.emulator.remove_job(full.other)
    up.join(60)
    assert not up.is_alive()
    assert failures == []
    (job_id,) = full.emulator.jobs
    assert "waiting up to 1h for a place (waitForQuota)" in full.said
    assert f"quota: 1 job counts: 1 without a stamp. The oldest: {full.other} (" in full.said
    # How long to wait next time is no difference that costs anything.
    calls = dict(full.emulator.count())
    full.program(wait_for_quota="2h")
    assert full.stack.preview().summary.get("replace", 0) == 0
    full.stack.up()
    full.stack.preview(expect_no_changes=True)
    assert set(full.emulator.jobs) == {job_id}
    assert full.emulator.count("create") == calls["create"]
    full.stack.destroy()
    assert not full.emulator.jobs


def test_without_it_the_up_fails_at_once_and_names_it(full: FullAccount) -> None:
    with pytest.raises(StackOperationFailed, match="waiting does not help") as caught:
        full.stack.up()
    assert "set waitForQuota to wait until such a job is deleted" in in_camel_case(str(caught.value))
    assert full.emulator.count("create") == 2, "the colleague's, and the refused one"


def test_when_the_time_is_over_it_says_what_to_do(full: FullAccount) -> None:
    full.program(wait_for_quota="3s")
    with pytest.raises(StackOperationFailed) as caught:
        full.stack.up()
    said = in_camel_case(str(caught.value))
    assert "no place in the quota of 1 jobs became free within 3s (waitForQuota)" in said
    assert full.other in said
    assert "nothing was started" in said
    assert "Traceback" not in said
    full.emulator.remove_job(full.other)
    full.stack.up()
    assert len(full.emulator.jobs) == 1
    full.stack.destroy()


@pytest.mark.rotated  # here the flavours differ
def test_ctrl_c_ends_the_wait_and_starts_nothing(full: FullAccount, in_background: Any) -> None:
    full.program(wait_for_quota="1h")
    up, failures = in_background(full.stack.up)
    wait_until(lambda: "1 job counts" in full.said)
    began = time.monotonic()
    full.stack.interrupt()
    up.join(60)
    assert not up.is_alive()
    assert failures
    assert time.monotonic() - began < 30
    assert set(full.emulator.jobs) == {full.other}
    assert "interrupted (Ctrl-C)" in full.said + str(failures[0])
    full.emulator.remove_job(full.other)
    full.stack.up()
    assert len(full.emulator.jobs) == 1
    full.stack.destroy()
    assert not full.emulator.jobs


@pytest.mark.parametrize("where", ["the job", "the configuration"])
def test_what_is_no_length_of_time_is_refused_before_anything_is_asked(full: FullAccount, where: str) -> None:
    if where == "the job":
        full.program(wait_for_quota="soon")
    else:
        full.stack.set_config("dashscope-ft:waitForQuota", "soon")
    before = dict(full.emulator.count())
    with pytest.raises(StackOperationFailed, match="must be a length of time"):
        full.stack.preview()
    assert dict(full.emulator.count()) == before
