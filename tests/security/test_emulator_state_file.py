"""The emulator's state file: for its owner only, and believed only where it makes sense."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from emulator_wire import alive, request, send

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings
from pulumi_dashscope_ft.emulator.limits import LATEST

SETTINGS = Settings(check_file_ids=False)
POSIX = pytest.mark.skipif(os.name != "posix", reason="files have no modes here")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.sqlite"


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def started(path: Path) -> EmulatorServer:
    return EmulatorServer(SETTINGS, speed=None, state=path)


def create(emulator: EmulatorServer, name: str) -> str:
    body = json.dumps({"model": "m", "training_file_ids": ["f"], "job_name": name}).encode()
    return str(send(emulator, request("POST", body=body)).json()["output"]["job_id"])


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def rows(path: Path) -> dict[tuple[str, str], str]:
    with closing(sqlite3.connect(path)) as db:
        return {(kind, name): body for kind, name, body in db.execute("SELECT kind, id, body FROM entries")}


def write(path: Path, kind: str, name: object, body: object) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("INSERT OR REPLACE INTO entries VALUES (?, ?, ?)", (kind, name, body))


# Who may read it


@POSIX
@pytest.mark.usefixtures("open_umask")
def test_a_new_file_is_for_its_owner_only(path: Path) -> None:
    seen = []
    with started(path) as emulator:
        emulator.service.on_change = lambda: seen.append([mode(one) for one in path.parent.iterdir()])
        create(emulator, "one")
        assert emulator.notices == ()
    assert mode(path) == 0o600
    assert seen
    assert {found for one in seen for found in one} == {0o600}


@POSIX
@pytest.mark.usefixtures("open_umask")
@pytest.mark.parametrize("loose", [0o644, 0o666, 0o640, 0o604])
def test_a_file_that_others_can_read_is_closed_and_named(path: Path, loose: int) -> None:
    with started(path) as emulator:
        job_id = create(emulator, "kept")
    path.chmod(loose)
    with started(path) as emulator:
        assert mode(path) == 0o600
        (said,) = emulator.notices
        assert str(path) in said
        assert f"{loose:04o}" in said
        assert job_id in emulator.jobs


@POSIX
@pytest.mark.usefixtures("open_umask")
def test_what_sqlite_puts_beside_it_is_private_too(path: Path) -> None:
    with started(path) as emulator:
        create(emulator, "one")
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL").fetchall()
        db.execute("INSERT INTO entries VALUES ('junk', 'x', '{}')")
        db.commit()
        beside = [Path(f"{path}{tail}") for tail in ("-wal", "-shm")]
        for one in beside:
            one.chmod(0o644)
        with started(path) as emulator:
            assert [mode(one) for one in beside] == [0o600, 0o600]
            assert len([one for one in emulator.notices if "0600" in one]) == 2


@POSIX
def test_what_is_no_file_is_refused(path: Path) -> None:
    os.mkfifo(path)
    with pytest.raises(ValueError, match="no regular file"):
        started(path).start()
    with pytest.raises(ValueError, match="state file"):
        started(path.parent).start()


def test_the_command_says_what_it_found(path: Path) -> None:
    with started(path) as emulator:
        create(emulator, "one")
    path.chmod(0o644)
    write(path, "job", "ft-\x1b]52;c;x\x07", "{}")
    program = "from pulumi_dashscope_ft.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", program, "emulator", "--port", "0", "--state", str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        assert "ready" in child.stdout.readline()
        child.terminate()
        _, said = child.communicate(timeout=60)
    assert child.returncode == 0
    assert said.count("warning: ") == (2 if os.name == "posix" else 1)
    assert "was left out" in said
    assert "\x1b" not in said


# What it may say


def poisoned(path: Path, **wrong: Any) -> str:
    """A file with one good job, one job that is like it but for ``wrong``, and the id of the former."""
    with started(path) as emulator:
        good = create(emulator, "good")
    job = json.loads(rows(path)["job", good])
    write(path, "job", "ft-bad", json.dumps({**job, "job_id": "ft-bad", **wrong}))
    return good


def test_a_clock_of_an_older_version_wedges_nothing(path: Path) -> None:
    """What `advance` by 1e12 seconds left behind before there were bounds: every start failed."""
    with started(path) as emulator:
        good = create(emulator, "good")
        bad = create(emulator, "bad")
    meta, job = json.loads(rows(path)["meta", ""]), json.loads(rows(path)["job", bad])
    far = meta["now"] + 1e12
    job["run"]["transitions"].append({"at": far, "status": "RUNNING", "cause": "turn"})
    write(path, "meta", "", json.dumps({**meta, "now": far}))
    write(path, "job", bad, json.dumps(job))
    for _ in range(2):
        with started(path) as emulator:
            assert emulator.clock.now() < LATEST
            assert list(emulator.jobs) == [good]
            assert any(bad in one and "left out" in one for one in emulator.notices)
            assert alive(emulator)
            assert send(emulator, request(target=f"/api/v1/fine-tunes/{good}")).status == 200
    assert rows(path)["job", bad] == json.dumps(job)  # nothing is thrown away


@pytest.mark.parametrize(
    "wrong",
    [
        {"tokens": "many"},
        {"tokens": -1},
        {"tokens": 10**19},
        {"model": 7},
        {"hyper_parameters": []},
        {"training_file_ids": [1]},
        {"exports": {"c": {"display_name": "x", "asked_at": -5}}},
        {"run": {}},
        {"run": None},
        {"from_the_future": 1},
        {"job_id": "ft-other"},
        {"scope": 7},
    ],
)
def test_a_job_without_sense_is_left_out(path: Path, wrong: dict[str, Any]) -> None:
    good = poisoned(path, **wrong)
    with started(path) as emulator:
        assert list(emulator.jobs) == [good]
        (said,) = emulator.notices
        assert "ft-bad" in said
        assert alive(emulator)


@pytest.mark.parametrize(
    "run",
    [
        {"transitions": []},
        {"transitions": [{"at": 1.0, "status": "EXPLODED", "cause": ""}]},
        {"transitions": [{"at": 1e12, "status": "RUNNING", "cause": ""}]},
        {"transitions": [{"at": "x", "status": "RUNNING", "cause": ""}]},
        {"overrides": {"running_seconds": 1e15}},
        {"overrides": {"nonsense": 1}},
        {"overrides": []},
        {"sequence": 1e9},
        {"holds_runner": "yes"},
    ],
)
def test_a_run_without_sense_is_left_out(path: Path, run: dict[str, Any]) -> None:
    with started(path) as emulator:
        good = create(emulator, "good")
    job = json.loads(rows(path)["job", good])
    write(path, "job", "ft-bad", json.dumps({**job, "job_id": "ft-bad", "run": {**job["run"], **run}}))
    with started(path) as emulator:
        assert list(emulator.jobs) == [good]
        assert len(emulator.notices) == 1
        assert alive(emulator)


@pytest.mark.parametrize(
    ("kind", "name", "body"),
    [
        ("job", "x", "{"),
        ("job", "x", "[" * 100_000),
        ("job", "x", "NaN"),
        ("job", "x", None),
        ("job", "x", b"\xff\x00"),
        ("job", None, "{}"),
        ("file", "x", '{"scope": "s", "file_id": "x"}'),
        ("deployment", "x", '{"scope": "s"}'),
        ("gone", "x", "7"),
        ("model", "s", '{"scope": "s", "models": [1]}'),
        ("nobody knows", "x", "{}"),
    ],
)
def test_a_row_without_sense_is_left_out(path: Path, kind: str, name: object, body: object) -> None:
    with started(path) as emulator:
        good = create(emulator, "good")
    write(path, kind, name, body)
    with started(path) as emulator:
        assert list(emulator.jobs) == [good]
        assert len(emulator.notices) == 1
        assert alive(emulator)


@pytest.mark.parametrize(
    "wrong",
    [
        {"now": "NaN"},
        {"now": -1},
        {"lives": -3},
        {"lives": "x"},
        {"salt": "zz"},
        {"salt": None},
        {"digests": {"x": 1}},
        {"digests": []},
    ],
)
def test_a_head_without_sense_is_replaced(path: Path, wrong: dict[str, Any]) -> None:
    with started(path) as emulator:
        good = create(emulator, "good")
    write(path, "meta", "", json.dumps({**json.loads(rows(path)["meta", ""]), **wrong}))
    with started(path) as emulator:
        assert list(emulator.jobs) == [good]
        assert len(emulator.notices) == 1
        assert alive(emulator)
    with started(path) as emulator:
        assert emulator.notices == ()


def test_a_file_that_would_run_something_is_refused(path: Path) -> None:
    with started(path) as emulator:
        create(emulator, "good")
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TRIGGER t AFTER INSERT ON entries BEGIN DELETE FROM entries; END")
    with pytest.raises(ValueError, match="no state file"):
        started(path).start()


def test_a_full_set_of_objects_survives(path: Path) -> None:
    """What the emulator writes, it reads without a word."""
    with started(path) as emulator:
        job_id = create(emulator, "\ud800 odd")
        emulator.force(job_id, "SUCCEEDED")
        model = emulator.jobs[job_id].finetuned_output
        send(emulator, request("GET", f"/api/v1/fine-tunes/{job_id}/export/checkpoint-20?model_name=x"))
        body = json.dumps({"model_name": model, "capacity": 1}).encode()
        assert send(emulator, request("POST", "/api/v1/deployments", body=body)).status == 200
        emulator.force(create(emulator, "gone"), "FAILED")
        emulator.remove_job(list(emulator.jobs)[-1])
        emulator.plan_next_job(running_seconds=1e9)
        create(emulator, "deep")
        before = (set(emulator.jobs), set(emulator.gone_jobs), set(emulator.deployments))
    with started(path) as emulator:
        assert emulator.notices == ()
        assert (set(emulator.jobs), set(emulator.gone_jobs), set(emulator.deployments)) == before
