"""The baseline must be as good as it claims to be: a strawman would make every ratio worthless."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks import naive_provider
from benchmarks.naive_provider import FineTuningJobProvider
from benchmarks.teardown import allowed, reactions
from pulumi_dashscope_ft.emulator import EmulatorServer, Settings

INPUTS = {"model": "qwen3-8b", "training_file_ids": ["file-1"], "hyper_parameters": {"n_epochs": 3}}


@pytest.fixture
def emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[EmulatorServer]:
    settings = Settings(canceling_seconds=3.5, check_file_ids=False)
    with EmulatorServer(settings, speed=None) as server:
        monkeypatch.setenv("DASHSCOPE_HTTP_BASE_URL", server.base_url)
        monkeypatch.setenv("DASHSCOPE_API_KEY", "sk-naive-0123456789")
        monkeypatch.setattr("benchmarks.naive_provider.time.sleep", server.clock.advance)
        yield server


@pytest.fixture
def job(emulator: EmulatorServer) -> Any:
    return FineTuningJobProvider().create({**INPUTS, "job_id": None, "status": None})


def test_it_cancels_waits_and_deletes(emulator: EmulatorServer, job: Any) -> None:
    emulator.force(job.id, "RUNNING")
    FineTuningJobProvider().delete(job.id, job.outs)
    assert [r.operation for r in emulator.requests] == ["create", "get", "cancel", *["get"] * 4, "delete"]
    assert not emulator.jobs
    (reaction,) = reactions(emulator)  # final after 3.5 s, seen after 4 s
    assert [reaction.cancel, reaction.late] == pytest.approx([3.5, 0.5])
    assert allowed(reaction.cancel) == pytest.approx(0.85)


@pytest.mark.parametrize("status", naive_provider.FINAL)
def test_a_finished_job_is_only_deleted(emulator: EmulatorServer, job: Any, status: str) -> None:
    emulator.force(job.id, status)
    FineTuningJobProvider().delete(job.id, job.outs)
    assert [r.operation for r in emulator.requests] == ["create", "get", "delete"]


def test_a_job_that_is_gone_is_an_answer(emulator: EmulatorServer, job: Any) -> None:
    emulator.remove_job(job.id)
    assert FineTuningJobProvider().read(job.id, job.outs).id is None
    FineTuningJobProvider().delete(job.id, job.outs)
    assert emulator.count("cancel") == emulator.count("delete") == 0


def test_refresh_is_one_call_and_shows_the_status(emulator: EmulatorServer, job: Any) -> None:
    emulator.force(job.id, "SUCCEEDED")
    found = FineTuningJobProvider().read(job.id, job.outs)
    assert found.outs == {**INPUTS, "job_id": job.id, "status": "SUCCEEDED"}
    assert emulator.count("get") == 1


@pytest.mark.parametrize(("news", "replaces"), [({}, []), ({"model": "qwen3-14b"}, ["model"])])
def test_only_a_change_of_the_inputs_replaces(job: Any, news: dict[str, Any], replaces: list[str]) -> None:
    found = FineTuningJobProvider().diff(job.id, job.outs, {**INPUTS, **news})
    assert (found.changes, found.replaces) == (bool(replaces), replaces)
