"""A whole life of a stack over a line that breaks in every third exchange, over real sockets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bad_line import NORMAL, TROUBLES, BadLine, chances
from dynamic_process import DynamicProcess
from engine import TOLD, Engine, State
from processes import ProviderProcess
from simulation import KEY, Cloud

from pulumi_dashscope_ft.api import Client, resolve_settings
from pulumi_dashscope_ft.emulator import EmulatorServer
from pulumi_dashscope_ft.lifecycle.base.connection import connect
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry

ROW = '{"messages":[{"role":"user","content":"Hello"},{"role":"assistant","content":"Good day"}]}\n'


@pytest.fixture(scope="module")
def emulator() -> Iterator[EmulatorServer]:
    with EmulatorServer(speed=None) as server:
        yield server


class Over(DynamicProcess):
    """A provider process behind that line: the real client with its own adapter, short of patience, on simulated
    time.
    """

    def __init__(self, cloud: Cloud, line: BadLine) -> None:
        ProviderProcess.__init__(self, cloud)
        settings = resolve_settings(base_url=line.base_url, api_key=KEY, environ={})
        client = Client(replace(settings, read_timeout=0.15), clock=cloud.clock)
        self._connection = connect(client, clock=cloud.clock, run_registry=RunRegistry(), report=cloud.lines.append)


def told_until_done(step: Callable[[], None], times: int = 10) -> list[str]:
    """Run it until it works, as a user does; what it said before."""
    told: list[str] = []
    for _ in range(times):
        try:
            step()
        except TOLD as failure:
            told.append(str(failure))
        else:
            return told
    raise AssertionError(f"did not converge: {told[-1]}")


@pytest.mark.parametrize("share", [0.3, 0.6])
@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_lost_and_nothing_bought_twice(
    emulator: EmulatorServer, tmp_path: Path, seed: int, share: float
) -> None:
    data = tmp_path / "train.jsonl"
    data.write_text(ROW * 3)
    program: dict[str, dict[str, Any]] = {
        "data": {"path": str(data)},
        "job": {"model": "qwen3-8b", "trainingFileIds": ["@data"], "hyperParameters": {"n_epochs": 3}},
    }
    emulator.reset()
    emulator.configure(running_seconds=1e6, canceling_seconds=4.0, check_file_ids=True)
    cloud, state = Cloud(emulator), State()
    engine = Engine(state)
    line = BadLine(int(emulator.base_url.split(":")[2].split("/")[0]), chances(seed, share))
    try:
        told = told_until_done(lambda: engine.up(Over(cloud, line), program))
        assert len(cloud.bought()) == 1, "one job is bought"
        assert len(emulator.files) == 1
        job = state.live("job")
        assert job is not None
        told_until_done(lambda: engine.refresh(Over(cloud, line)))
        assert {record.name for record in state.records} == {"data", "job"}
        emulator.force(job.id, "RUNNING")
        told += told_until_done(lambda: engine.destroy(Over(cloud, line)))
    finally:
        line.close()
    assert state == State()
    assert not emulator.jobs
    assert not emulator.files
    assert set(cloud.bought()) == {job.id}
    assert sum(line.seen[kind] for kind in TROUBLES) >= 3, "too good a line proves nothing"
    assert line.seen[NORMAL]
    assert all("next:" in text for text in told)
    assert KEY not in "\n".join((*cloud.lines, *told))
