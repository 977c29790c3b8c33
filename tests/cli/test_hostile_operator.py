"""The command line under an impatient operator and in a hostile shell: closed and full streams, pipes that go away,
states that are none, clocks that are wrong. It says what is wrong, and never ends what it has no proof for.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from hostile_shell import LOST, shell, strangers
from sweep_stage import STRANGER, FakePulumi, Stage

# Streams


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ("dashscope-ft sweep --state - <&-", 1, "the standard input is closed"),
        (f"dashscope-ft {' '.join(LOST)} --execute <&-", 1, "nobody has confirmed, so nothing was done"),
        ("dashscope-ft delete {job} <&-", 1, "not confirmed; nothing was done"),
        ("dashscope-ft report - <&-", 1, "can't be read"),
        ("dashscope-ft sweep --state - </dev/null", 1, "it is not a whole JSON document"),
    ],
)
def test_a_closed_standard_input_is_nobody(line: Any, command: str, code: int, said: str) -> None:
    (job_id,) = strangers(line, 1)
    done = shell(command.format(job=job_id))
    assert done.returncode == code, done.stderr
    assert said in done.stdout + done.stderr
    assert line.counts() == {}


def test_closed_outputs_stop_nothing(line: Any) -> None:
    strangers(line)
    assert shell("dashscope-ft sweep >&-").returncode == 0
    quiet = shell(f"dashscope-ft {' '.join(LOST)} --execute --yes 2>&-")
    assert quiet.returncode == 0
    assert "3 done" in quiet.stdout
    assert not line.emulator.jobs


def test_a_reader_that_goes_away_leaves_nothing_half_done(line: Any) -> None:
    strangers(line)
    shell(f"dashscope-ft {' '.join(LOST)} --execute --yes 2>&1 | head -1")
    assert not line.emulator.jobs
    shown = shell("dashscope-ft files | head -1; echo ${PIPESTATUS[0]}")
    assert shown.stdout.splitlines()[0].startswith("ID")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full here")
@pytest.mark.parametrize("command", ["jobs --json", "sweep", "sweep --format markdown", "costs --format csv"])
def test_a_full_disk_is_said(line: Any, command: str) -> None:
    done = shell(f"dashscope-ft {command} > /dev/full")
    assert done.returncode == 1
    assert done.stderr == "dashscope-ft: the answer could not be written: No space left on device.\n"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_a_terminal_that_knows_few_letters(line: Any, encoding: str) -> None:
    line.job("RUNNING", "数据 ✓ — emoji 🚀")
    for command in ("jobs", "sweep --format markdown", "doctor --offline"):
        done = shell(f"dashscope-ft {command}", PYTHONIOENCODING=encoding)
        assert done.returncode in (0, 1), done.stderr


# States that are none


def test_a_pipe_is_read_once_and_proves_as_much_as_a_file(stage: Stage) -> None:
    """`--state <(pulumi stack export)`: the last look at each object can't read it again."""
    orphans = {stage.job(), stage.job()}
    held = stage.job(hold={})
    stage.later()
    stage.line.emulator.configure(canceling_seconds=0)
    done = shell(f"dashscope-ft sweep --state <(cat {stage.state}) --execute --yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert stage.live == {held}
    assert not orphans & stage.live


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev"])
def test_what_is_no_file_is_not_read(stage: Stage, device: str) -> None:
    stage.job()
    stage.later()
    began = time.monotonic()
    result = stage.line.run("sweep", "--state", str(stage.state), "--state", device, "--execute", "--yes")
    assert result.exit_code == 1
    assert f"the state in {device} proves nothing about what it does not hold: it is no file" in result.output
    assert time.monotonic() - began < 20
    assert stage.line.counts() == {}


GARBAGE: dict[str, bytes] = {
    "empty": b"",
    "noise": bytes(range(256)) * 64,
    "text": b"no stack named 'pr-7' found",
    "null": b"null",
    "deep": b"[" * 200_000,
    "deep objects": b'{"deployment":' * 100_000,
    "a list": b"[]",
    "a number as long as a novel": b'{"version": ' + b"9" * 100_000 + b"}",
    "two documents": b'{"version": 3, "deployment": {}}\n{"version": 3, "deployment": {}}',
    "resources of another kind": b'{"version": 3, "deployment": {"resources": "none"}}',
    "a resource that is none": b'{"version": 3, "deployment": {"resources": [null]}}',
    "nul bytes": b"\0" * 4096,
    "cut in a letter": '{"version": 3, "x": "ä"}'.encode()[:-3],
}


@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE.keys())
def test_a_state_of_garbage_stops_everything(stage: Stage, tmp_path: Path, garbage: bytes) -> None:
    stage.job()
    stage.later()
    path = tmp_path / "garbage.json"
    path.write_bytes(garbage)
    told = stage.sweep("--state", str(path), "--execute", "--yes", code=1)
    assert f"the state in {path} proves nothing about what it does not hold: " in told
    assert stage.line.counts() == {}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_state_that_another_shell_has_written(stage: Stage, encoding: str) -> None:
    """`pulumi stack export > state.json` in PowerShell writes UTF-16."""
    lost, held = stage.job(), stage.job(hold={})
    stage.later()
    stage.state.write_bytes(stage.state.read_text().encode(encoding))
    verdicts = stage.verdicts(code=2)
    assert (verdicts[lost][0], verdicts[held][0]) == ("orphan", "in use")


def test_names_that_move_the_cursor_stay_words(stage: Stage, tmp_path: Path) -> None:
    stage.job(hold={})
    stage.later()
    evil = tmp_path / "a\x1b[2J\r\u202e.json"
    evil.write_text(
        stage.state.read_text().replace("previews", "\\u001b]0;pwned\\u0007\\r\\n| x").replace("pr-7", "\\u202e")
    )
    for form in ("table", "markdown"):
        shown = stage.line.run("sweep", "--state", str(evil), "--state", str(tmp_path / "no\x1b[31m"), "--format", form)
        assert not {"\x1b", "\x07", "\r", "\u202e"} & set(shown.output)
    facts = stage.line.run("sweep", "--state", str(evil), "--json").stdout
    assert facts.isascii()
    json.loads(facts)


def test_a_file_whose_name_is_no_text(stage: Stage) -> None:
    stage.later()
    done = shell("dashscope-ft sweep --state $'\\xff\\xfe.json'")
    assert done.returncode == 1
    assert "No such file" in done.stdout


def test_a_large_state_is_parsed_once_while_it_stays_the_same(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    from pulumi_dashscope_ft.lifecycle.sweep import recorded_state

    for _ in range(5):
        stage.job()
    held = stage.job(hold={})
    stage.later()
    os.utime(stage.state, (time.time() - 60,) * 2)
    read, parsed = recorded_state.read, []

    def counted(*given: Any, **more: Any) -> Any:
        parsed.append(given)
        return read(*given, **more)

    monkeypatch.setattr(recorded_state, "read", counted)
    assert "5 done" in stage.sweep("--execute", "--yes")
    assert len(parsed) == 1
    assert stage.live == {held}


@pytest.mark.parametrize("settled", [True, False])
def test_a_file_that_is_written_anew_meanwhile_is_read_anew(stage: Stage, settled: bool) -> None:
    """The next `pulumi stack export` comes while the sweep is at work: what it holds is not ended."""
    lost = [stage.job() for _ in range(3)]
    stage.job(hold={})
    stage.later()
    if settled:
        os.utime(stage.state, (time.time() - 60,) * 2)

    def adopt() -> None:
        if "cancel" not in stage.line.counts():
            stage.line.clock.before_sleep.append(adopt)
            return
        for job_id in lost:
            if stage.line.emulator.jobs[job_id].status == "RUNNING":
                stage.hold("job", job_id)

    stage.line.clock.before_sleep.append(adopt)
    told = stage.sweep("--utc-offset", "8", "--execute", "--yes")
    assert "1 done, 2 left alone" in told
    assert len(stage.live) == 3


# Backends that change


def test_a_stack_that_adopts_meanwhile_is_read_again(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has nothing to do with the owner, so only the list of stacks tells that it has changed."""
    pulumi = FakePulumi(tmp_path, monkeypatch)
    pulumi.stacks = [
        {"name": "organization/previews/pr-7", "lastUpdate": "2026-11-25T10:00:00Z"},
        {"name": "organization/other/main", "lastUpdate": "2026-11-25T10:00:00Z"},
    ]
    lost = [stage.job() for _ in range(2)]
    stage.job(hold={})
    stage.later()
    pulumi.write(stage)
    other = pulumi.folder / "organization-other-main.json"

    def adopt() -> None:
        if "cancel" not in stage.line.counts():
            stage.line.clock.before_sleep.append(adopt)
            return
        (second,) = (one for one in lost if stage.line.emulator.jobs[one].status == "RUNNING")
        document = stage.document()
        urn = "urn:pulumi:main::other::pulumi-python:dynamic/dashscope-ft:FineTuningJob::kept"
        kept = {"urn": urn, "type": "pulumi-python:dynamic/dashscope-ft:FineTuningJob", "id": second}
        document["deployment"]["resources"] = [kept]
        other.write_text(json.dumps(document))
        pulumi.stacks[1]["lastUpdate"] = "2026-11-25T10:00:05Z"
        pulumi.write(stage)

    stage.line.clock.before_sleep.append(adopt)
    before = pulumi.calls.read_text() if pulumi.calls.exists() else ""
    told = stage.line.run("sweep", "--state-dir", "s3://bucket", "--utc-offset", "8", "--execute", "--yes")
    assert "1 done, 1 left alone" in told.stdout, told.output
    assert "other/main holds it as kept" in told.stdout
    exports = pulumi.calls.read_text().removeprefix(before).count("export --stack organization/other/main")
    assert exports == 3, "for each whole look, and once since it has changed"


def test_a_backend_that_goes_away_in_the_middle_is_told_with_what_was_done(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulumi = FakePulumi(tmp_path, monkeypatch)
    lost = [stage.job() for _ in range(3)]
    stage.job(hold={})
    stage.later()
    pulumi.write(stage)

    def break_down() -> None:
        if "delete" in stage.line.counts():
            (pulumi.folder / "stacks.json").write_text("no list")
        else:
            stage.line.clock.before_sleep.append(break_down)

    stage.line.emulator.configure(canceling_seconds=10)
    stage.line.clock.before_sleep.append(break_down)
    told = stage.line.run("sweep", "--state-dir", "s3://bucket", "--utc-offset", "8", "--execute", "--yes")
    assert told.exit_code == 1
    done = 3 - len(stage.live & set(lost))
    assert 1 <= done < 3
    assert "the stacks could not be listed any more" in told.stderr
    assert f"{done} of 3" in told.stderr
    assert f"{done} done" in told.stdout


# Clocks and numbers


@pytest.mark.parametrize("hours", ["nan", "inf", "-inf", "1e300", "x"])
def test_an_offset_that_is_no_number_of_hours(line: Any, hours: str) -> None:
    strangers(line)
    result = line.run("sweep", "--lost-state", STRANGER, "--utc-offset", hours, "--execute", "--yes")
    assert result.exit_code == 64
    assert line.counts() == {}


@pytest.mark.parametrize("skew", [-40 * 365 * 86400.0, -7200.0, 7200.0, 40 * 365 * 86400.0])
def test_a_machine_whose_clock_is_wrong_ends_nothing_young(stage: Stage, skew: float) -> None:
    stage.job(hold={})
    old = stage.job()
    stage.later()
    young = stage.job()
    stage.line.later(60)
    stage.write()
    stage.line.clock.skew = skew
    found = stage.verdicts(code=2)
    assert (found[old][0], found[young][0]) == ("orphan", "not checked")
    stage.sweep("--execute", "--yes")
    assert young in stage.live
    assert old not in stage.live


def test_a_service_that_tells_no_time_is_said_to(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    from pulumi_dashscope_ft.cli.sweeping import clock as sweep_clock

    monkeypatch.setattr(sweep_clock, "_date_of", lambda base_url: None)
    stage.job(hold={})
    young = stage.job()
    stage.later(600)
    assert stage.verdicts()[young][0] == "not checked"
    assert "the service has not sent its time, so this machine's clock is used" in stage.sweep()


def test_no_colour_on_request(line: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    line.job("RUNNING")
    line.terminal = True
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    for command in (["jobs"], ["sweep"], ["show", next(iter(line.emulator.jobs))]):
        assert "\x1b[3" not in line.run(*command).output
        assert "\x1b[9" not in line.run(*command).output
