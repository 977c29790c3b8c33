"""The server as a process: speed, many clients, memory across restarts, the command line."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from caller import Caller

from pulumi_dashscope_ft.emulator import Clock, EmulatorServer, Settings


def test_start_and_stop_are_quick() -> None:
    times = []
    for _ in range(3):
        began = time.monotonic()
        with EmulatorServer(speed=None) as emulator:
            requests.get(emulator.base_url, timeout=5)
        times.append(time.monotonic() - began)
    assert min(times) < 0.5


def test_it_has_no_address_before_it_starts_and_leaves_no_thread() -> None:
    before = set(threading.enumerate())
    emulator = EmulatorServer()
    with pytest.raises(RuntimeError, match="started"):
        _ = emulator.base_url
    emulator.start()
    with pytest.raises(RuntimeError, match="running already"):
        emulator.start()
    address = emulator.base_url
    emulator.stop()
    emulator.stop()
    assert not {one for one in threading.enumerate() if one.name == "dashscope-emulator"} - before
    with pytest.raises(requests.ConnectionError):
        requests.get(address, timeout=2)


def test_it_can_be_started_again() -> None:
    emulator = EmulatorServer(speed=None)
    for _ in range(2):
        with emulator:
            assert requests.get(emulator.base_url + "/fine-tunes", timeout=5).status_code == 401


def test_64_clients_at_once(caller_of: type[Caller]) -> None:
    clients, rounds = 64, 2
    with EmulatorServer(Settings(quota=10_000, check_file_ids=False), speed=None) as emulator:

        def work(number: int) -> list[str]:
            call = caller_of(emulator)
            made = [call.create(job_name=f"{number}-{step}") for step in range(rounds)]
            for job_id in made:
                assert call("POST", f"/fine-tunes/{job_id}/cancel").status_code == 200
                assert call("GET", "/fine-tunes?page_size=100").status_code == 200
            call.session.close()
            return made

        with ThreadPoolExecutor(clients) as pool:
            ids = [job_id for made in pool.map(work, range(clients)) for job_id in made]
        total = clients * rounds
        assert len(set(ids)) == total
        assert emulator.count() == {"create": total, "cancel": total, "list": total}
        assert Counter(record.status for record in emulator.requests) == {200: 3 * total}
        emulator.clock.advance(1000)
        assert {job.status for job in emulator.jobs.values()} == {"CANCELED"}


def test_keep_alive_without_delay(emulator: EmulatorServer, call: Caller) -> None:
    call("GET", "/fine-tunes")
    took = []
    for _ in range(50):
        began = time.monotonic()
        call("GET", "/fine-tunes")
        took.append(time.monotonic() - began)
    assert min(took) < 0.03  # Nagle's algorithm would hold up every one of them by 0.04 s; a busy machine only some


def test_views_are_live(emulator: EmulatorServer, call: Caller) -> None:
    job_id = call.create(job_name="mine")
    job = emulator.jobs[job_id]
    assert (job.status, job.job_name, job.exists) == ("PENDING", "mine", True)
    emulator.clock.advance(5)
    assert job.status == "QUEUING"
    emulator.remove_job(job.job_id)
    assert not job.exists
    with pytest.raises(KeyError):
        emulator.force(job.job_id, "RUNNING")


def test_state_survives_a_restart(tmp_path: Path, caller_of: type[Caller]) -> None:
    path = tmp_path / "state.sqlite"
    settings = Settings(check_file_ids=False)
    with EmulatorServer(settings, speed=None, state=path) as emulator:
        call = caller_of(emulator)
        gone, kept = call.create(), call.create(job_name="mine", hyper_parameters={"n_epochs": 2})
        file_id = call.upload()["uploaded_files"][0]["file_id"]
        emulator.force(gone, "FAILED")
        call("DELETE", f"/fine-tunes/{gone}")
        emulator.clock.advance(50)
        before = call("GET", f"/fine-tunes/{kept}").json()["output"]
        history = emulator.jobs[kept].transitions
        now = emulator.clock.now()
    with EmulatorServer(settings, speed=None, state=path) as emulator:
        call = caller_of(emulator)
        assert emulator.clock.now() >= now
        assert call("GET", f"/fine-tunes/{kept}").json()["output"] == before
        assert emulator.jobs[kept].transitions == history
        assert list(emulator.gone_jobs) == [gone]
        assert list(emulator.files) == [file_id]
        assert caller_of(emulator, "sk-other")("GET", "/fine-tunes").json()["output"]["total"] == 0
        assert call.upload()["uploaded_files"][0]["file_id"] != file_id
        emulator.clock.advance(5000)
        assert emulator.jobs[kept].status == "SUCCEEDED"


def test_a_second_life_draws_other_ids(tmp_path: Path, caller_of: type[Caller]) -> None:
    drawn = []
    for _ in range(2):
        with EmulatorServer(Settings(), speed=None, state=tmp_path / "state.sqlite") as emulator:
            drawn.append(caller_of(emulator)("GET", "/fine-tunes").json()["request_id"])
    assert drawn[0] != drawn[1]


def test_one_lock_covers_everything(emulator: EmulatorServer, call: Caller) -> None:
    """While Python code looks at a state, no request changes it."""
    with ThreadPoolExecutor(1) as pool:
        with emulator.service.at_now():
            answer = pool.submit(call.create)
            time.sleep(0.1)
            assert not answer.done()
            assert not emulator.jobs
        assert answer.result(5) in emulator.jobs


def test_a_file_that_is_no_state_file(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but long enough to look at " * 10)
    with pytest.raises(ValueError, match=r"notes\.txt"):
        EmulatorServer(state=path).start()


def test_clock_modes() -> None:
    real = 0.0
    clock = Clock(60, start=1000.0, monotonic=lambda: real)
    assert (clock.now(), clock.mode) == (1000.0, "accelerated")
    real = 2.0
    assert clock.now() == 1120.0
    clock.set_speed(None)
    real = 50.0
    assert (clock.now(), clock.mode) == (1120.0, "manual")
    assert clock.advance(5) == 1125.0
    clock.set_speed(1)
    real = 51.0
    assert (clock.now(), clock.mode) == (1126.0, "real")
    for wrong in (-1, float("nan"), float("inf"), True):
        with pytest.raises(ValueError, match="clock"):
            clock.set_speed(wrong)
        with pytest.raises(ValueError, match="clock"):
            clock.advance(wrong)


def command(*arguments: str, program: str = "") -> list[str]:
    source = program or "from pulumi_dashscope_ft.cli import main; main()"
    return [sys.executable, "-c", source, *arguments]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_command_line(number: Any, tmp_path: Path) -> None:
    settings = tmp_path / "settings.json"
    settings.write_text('{"quota": 3}')
    process = subprocess.Popen(
        command("emulator", "--port", "0", "--literal", "--speed", "60", "--settings", str(settings)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(5)]
        found = re.search(r"http://127\.0\.0\.1:\d+/api/v1", lines[0])
        assert found, lines
        assert lines[1] == f"export DASHSCOPE_HTTP_BASE_URL={found[0]}\n"
        assert lines[2] == "export DASHSCOPE_API_KEY=sk-emulator\n"
        page = found[0].removesuffix("api/v1")
        assert lines[3] == f"A page to look at: {page}\n"
        assert lines[4] == f"To stop it: Ctrl-C, or kill {process.pid}\n"
        assert "<title>DashScope emulator</title>" in requests.get(page, timeout=9).text
        root = found[0].removesuffix("/api/v1")
        shown = requests.get(f"{root}/_emulator/settings", timeout=5).json()
        assert (shown["literal_reading"], shown["quota"]) == (True, 3)
        assert requests.get(f"{root}/_emulator/clock", timeout=5).json()["factor"] == 60
        answer = requests.get(found[0] + "/fine-tunes", headers={"Authorization": "Bearer sk-emulator"}, timeout=5)
        assert answer.status_code == 200
    finally:
        process.send_signal(number)
        out, errors = process.communicate(timeout=10)
    assert process.returncode == 0, errors
    assert (out, errors) == ("", "")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--version"], 0, "dashscope-ft"),
        (["emulator", "--settings", "SETTINGS"], 2, "did you mean running_seconds"),
        (["emulator", "--settings", "/nowhere.json"], 2, "/nowhere.json"),
        (["emulator", "--speed", "-1"], 2, "speed"),
        (["emulator", "--port", "TAKEN"], 1, "--port"),
        (["nonsense"], 2, "nonsense"),
    ],
)
def test_command_line_usage(
    arguments: list[Any], code: int, said: str, tmp_path: Path, emulator: EmulatorServer
) -> None:
    wrong = tmp_path / "settings.json"
    wrong.write_text('{"runing_seconds": 3}')
    port = re.search(r":(\d+)", emulator.root_url.removeprefix("http:"))
    assert port
    replaced = {"SETTINGS": str(wrong), "TAKEN": port[1]}
    done = subprocess.run(
        command(*[replaced.get(one, one) for one in arguments]), capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == code, done.stderr
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("missing", ["starlette", "uvicorn"])
def test_command_line_without_the_extra(missing: str) -> None:
    program = f"import sys; sys.modules[{missing!r}] = None\nfrom pulumi_dashscope_ft.cli import main; main()"
    done = subprocess.run(
        command("emulator", "--port", "0", program=program), capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 2
    assert "pip install 'pulumi-dashscope-ft[emulator]'" in done.stderr
    assert "Traceback" not in done.stderr
