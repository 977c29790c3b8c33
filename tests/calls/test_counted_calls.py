"""How many calls each operation costs, exactly, for one job and for a hundred, in both front ends. Whoever makes it
chattier has to change a figure here, and say why; whoever saves a call, too.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from counted import Counted
from counted_front_ends import FrontEnd
from lockstep import Lockstep

from pulumi_dashscope_ft.emulator import EmulatorServer

pytestmark = pytest.mark.rotated("front_end")


@pytest.fixture(params=[1, 4, 20, 100])
def counted(request: pytest.FixtureRequest, front_end: FrontEnd, emulator: EmulatorServer, clock: Lockstep) -> Counted:
    return Counted(front_end, emulator, clock, request.param)


def test_up_preview_and_refresh(counted: Counted) -> None:
    number = counted.number
    assert counted.up() == {"list": 1, "create": number}
    assert counted.operation(counted.front_end.plan, counted.jobs) == {}, "a preview of nothing new asks nobody"
    assert counted.outcomes == [False] * number
    one_look = {"get": 1} if number == 1 else {"list": 1}
    assert counted.operation(counted.front_end.read, counted.jobs) == one_look
    assert counted.outcomes == [True] * number
    counted.force("SUCCEEDED")
    assert counted.operation(counted.front_end.read, counted.jobs) == one_look


def test_creates_that_come_in_waves_share_one_look(
    front_end: FrontEnd, emulator: EmulatorServer, clock: Lockstep
) -> None:
    """As an engine sends them that does 32 things at a time."""
    for wave in range(4):
        clock.run([partial(front_end.create, f"job{wave}-{position}") for position in range(25)])
    assert emulator.count() == {"list": 1, "create": 100}


def test_teardown_of_what_has_ended(counted: Counted) -> None:
    counted.up()
    counted.force("SUCCEEDED")
    one_look = {"get": 1} if counted.number == 1 else {"list": 1}
    assert counted.destroy() == {**one_look, "delete": counted.number}


LOOKS = {
    # cancel's seconds, jobs: what it costs to know when they have ended, the first look included
    (4.0, 1): {"get": 5},
    (4.0, 4): {"list": 3},
    (4.0, 20): {"list": 3},
    (4.0, 100): {"list": 3},
    (30.0, 1): {"get": 10},
    (30.0, 4): {"list": 14},
    (30.0, 20): {"list": 14},
    (30.0, 100): {"list": 14},
}


@pytest.mark.parametrize("seconds", [4.0, 30.0])
def test_teardown_of_what_runs(counted: Counted, seconds: float) -> None:
    number = counted.number
    counted.up()
    counted.force("RUNNING")
    counted.emulator.configure(canceling_seconds=seconds)
    assert counted.destroy() == {"cancel": number, "delete": number, **LOOKS[seconds, number]}
    # 10 calls a second and more, after a burst of 128: what two calls for each job take, no look may lengthen much.
    assert counted.took <= seconds + max(0, 2 * number - 128) / 10 + 5


def test_a_gone_job_costs_one_look(counted: Counted) -> None:
    counted.up()
    for job in counted.jobs:
        counted.emulator.remove_job(job.id)
    # The list tells that the key is not merely one of another workspace.
    assert counted.operation(counted.front_end.delete, counted.jobs) == {"get": counted.number, "list": 1}


ROW = '{"messages":[{"role":"user","content":"Hello"},{"role":"assistant","content":"Good day"}]}\n'


def files_of(counted: Counted, directory: Path) -> list[Any]:
    """A file for each job, uploaded; jobs that are made from now on read them."""
    paths = [directory / f"train{position}.jsonl" for position in range(counted.number)]
    for rows, path in enumerate(paths, start=2):
        path.write_text(ROW * rows)
    files = [counted.front_end.upload(path) for path in paths]
    data = {f"job{position}": {"trainingFileIds": [file.id]} for position, file in enumerate(files)}
    counted.front_end.data.update(data)
    return files


def test_files_cost_one_listing_for_all_of_them(counted: Counted, tmp_path: Path) -> None:
    files = files_of(counted, tmp_path)
    assert counted.operation(counted.front_end.remove, files) == {"list": 1, "delete_file": counted.number}
    assert not counted.emulator.files


@pytest.mark.parametrize("counted", [1, 4, 20], indirect=True)  # with 100, files beside jobs cost no other looks
def test_files_that_follow_their_jobs_cost_one_listing_more_at_most(counted: Counted, tmp_path: Path) -> None:
    """In the order in which the engine deletes: each file after the job that reads it, beside all others."""
    number = counted.number
    files = files_of(counted, tmp_path)
    counted.up()
    counted.force("RUNNING")

    def both(pair: tuple[Any, Any]) -> None:
        counted.front_end.delete(pair[0])
        counted.front_end.remove(pair[1])

    counts = counted.operation(both, list(zip(counted.jobs, files, strict=True)))
    assert not counted.emulator.jobs
    assert not counted.emulator.files
    looks = LOOKS[4.0, number]
    extra = counts.pop("list", 0) - looks.get("list", 0)
    assert extra in ((1,) if number == 1 else (0, 1))
    assert counts == {
        "cancel": number,
        "delete": number,
        "delete_file": number,
        **{k: n for k, n in looks.items() if k != "list"},
    }


WAITS = {
    # deployments: what it costs to know when they run, of 300 s
    1: {"get_deployment": 39},
    4: {"list_deployments": 39},
}


@pytest.mark.parametrize("number", WAITS)
def test_deployments_are_waited_for_with_one_shared_look(
    front_end: FrontEnd, emulator: EmulatorServer, clock: Lockstep, number: int
) -> None:
    """What the wait looks at is all that it costs: without it the figures of before stand."""
    names = [f"d{position}" for position in range(number)]
    assert clock.run([partial(front_end.deploy, name) for name in names]) == ["RUNNING"] * number
    waited = dict(emulator.count())
    front_end.restart()
    clock.sleep(60)
    at_once = [f"e{position}" for position in range(number)]
    deploy = [lambda name=name: front_end.deploy(name, waitUntilRunning=False) for name in at_once]
    assert clock.run(deploy) == ["PENDING"] * number
    without = {name: n - waited.get(name, 0) for name, n in emulator.count().items() if n != waited.get(name, 0)}
    assert without == {"list_deployments": 1, "create_deployment": number}
    assert {name: n - without.get(name, 0) for name, n in waited.items() if n - without.get(name, 0)} == WAITS[number]
