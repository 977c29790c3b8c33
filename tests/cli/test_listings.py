"""`jobs`, `files` and `deployments`: what is listed, filtered and promised to scripts."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from pulumi_dashscope_ft.cli.output.ages import zoned

JOB_KEYS = {
    *("jobId", "name", "jobName", "status", "active", "model", "finetunedOutput", "owner", "retained", "expires"),
    *("createTime", "endTime", "ageSeconds", "usage", "actualCost", "workspaceId"),
}


def test_jobs_with_owner_age_tokens_and_quota(line: Any) -> None:
    ours = line.job("SUCCEEDED", "*")
    line.later(7 * 86400)
    other = line.job("RUNNING", "by hand")
    line.job("FAILED")
    result = line.run("jobs")
    assert result.exit_code == 0
    rows = {words.split()[0]: words for words in result.stdout.splitlines()}
    assert "triage" in rows[ours]
    assert "SUCCEEDED" in rows[ours]
    assert line.owner in rows[ours]
    assert " 7d " in rows[ours]
    assert "by hand" in rows[other]
    assert "3 jobs; 2 of 20 of the quota used" in result.stdout


def test_the_json_of_jobs_is_a_promise(line: Any) -> None:
    ours = line.job("SUCCEEDED", "*")
    shown = line.json("jobs")
    assert set(shown) == {"jobs", "quota"}
    assert shown["quota"] == {"used": 1, "limit": 20}
    (job,) = shown["jobs"]
    assert set(job) == JOB_KEYS
    assert (job["jobId"], job["name"], job["owner"], job["active"]) == (ours, "triage", line.owner, False)
    assert job["finetunedOutput"].endswith(ours)
    assert job["usage"] > 0


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--status", "running"], ["young"]),
        (["--status", "RUNNING", "--status", "FAILED"], ["young", "old"]),
        (["--active"], ["young"]),
        (["--model", "qwen3-14b"], ["old"]),
        (["--model", "qwen3"], []),
        (["--owner", "0wner0wner"], ["young"]),
        (["--owner", "none"], ["old"]),
        (["--older-than", "2d"], ["old"]),
        (["--older-than", "1w3d"], []),
        (["--older-than", "36h", "--owner", "none"], ["old"]),
    ],
)
def test_filters_of_jobs(line: Any, options: list[str], expected: list[str]) -> None:
    old = line.job("FAILED", model="qwen3-14b")
    line.later(3 * 86400)
    ids = {"old": old, "young": line.job("RUNNING", "*")}
    shown = line.json("jobs", *options)
    assert [job["jobId"] for job in shown["jobs"]] == [ids[name] for name in expected]
    assert shown["quota"]["used"] == 1, "the quota does not depend on the filters"


def test_all_pages_are_listed(line: Any) -> None:
    line.emulator.configure(quota=10_000)
    ids = {line.job("FAILED") for _ in range(105)}
    assert {job["jobId"] for job in line.json("jobs")["jobs"]} == ids


def test_names_that_would_move_the_cursor_or_style_the_table(line: Any) -> None:
    line.job("RUNNING", "\x1b[2J[red]boo\u202e sk-abcdefghijk")
    plain = line.run("jobs").stdout
    line.terminal = True
    coloured = line.run("jobs").stdout
    for shown in (plain, coloured):
        assert "\x1b[2J" not in shown
        assert "\u202e" not in shown
        assert "sk-abcdefghijk" not in shown
        assert "[red]boo" in "".join(shown.split())
    document = line.run("jobs", "--json").stdout
    assert document.isascii()
    assert "sk-abcdefghijk" not in document
    assert json.loads(document)["jobs"][0]["jobName"].startswith("\x1b[2J[red]boo")


@pytest.mark.parametrize(("columns", "as_table"), [(100, True), (40, False), (12, False)])
def test_a_table_that_the_terminal_is_too_narrow_for_is_a_list(
    line: Any, monkeypatch: pytest.MonkeyPatch, columns: int, as_table: bool
) -> None:
    job_id = line.job("RUNNING", "*")
    line.job("SUCCEEDED")
    line.terminal = True
    monkeypatch.setenv("COLUMNS", str(columns))
    text = re.sub(r"\x1b\[[0-9;]*m", "", line.run("jobs").stdout)
    assert job_id in text, "ids stay whole, to be copied"
    lines = [words.rstrip() for words in text.splitlines()]
    assert (f"id      {job_id}" in lines) is not as_table
    assert ("status  RUNNING" in lines) is not as_table
    assert any(words.split()[:3] == ["id", "name", "status"] for words in lines) is as_table


def test_a_narrow_terminal_and_nothing_to_show(line: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    line.terminal = True
    monkeypatch.setenv("COLUMNS", "20")
    assert "0 jobs" in line.run("jobs").stdout


def test_files(line: Any, tmp_path: Path) -> None:
    data = tmp_path / "train.jsonl"
    data.write_text('{"messages": []}\n')
    line.client.files.upload(data, description="tickets [triage--p1-0wner0wner-9c41f0e2-h3v8wz]")
    line.later(86400)
    line.client.files.upload(data, name="second.jsonl")
    shown = line.json("files")["files"]
    assert {one["name"]: one["owner"] for one in shown} == {"train.jsonl": line.owner, "second.jsonl": None}
    assert {"fileId", "size", "md5", "createTime", "ageSeconds"} <= set(shown[0])
    assert [one["name"] for one in line.json("files", "--older-than", "12h")["files"]] == ["train.jsonl"]
    assert "2 files, 34 bytes" in line.run("files").stdout


def test_deployments_with_what_is_billed(line: Any) -> None:
    deployed = line.deployment(name="Shop", capacity=2)
    (shown,) = line.json("deployments")["deployments"]
    assert shown["deployedModel"] == deployed
    assert shown["name"] == "Shop"
    assert shown["billing"].startswith("for 2 model units")
    assert "for 2 model units" in line.run("deployments", "--status", "pending").stdout
    assert line.json("deployments", "--status", "RUNNING") == {"deployments": []}


@pytest.mark.parametrize("skew", [-5 * 3600.0, 5 * 3600.0])
def test_ages_are_by_the_clock_of_the_service(line: Any, tmp_path: Path, skew: float) -> None:
    """A machine whose clock is wrong, or an emulator whose time runs fast."""
    job_id = line.job("FAILED", "*")
    data = tmp_path / "train.jsonl"
    data.write_text('{"messages": []}\n')
    line.client.files.upload(data)
    line.deployment()
    line.later(7200)
    line.clock.skew = skew
    calls = line.emulator.count().copy()
    for noun in ("jobs", "files", "deployments"):
        assert {one["ageSeconds"] // 60 for one in line.json(noun)[noun]} == {120}, noun
        assert line.json(noun, "--older-than", "3h")[noun] == []
    asked = {name: number - calls.get(name, 0) for name, number in line.emulator.count().items()}
    assert asked["list"] == 2, "the time comes with the answer"
    assert line.json("show", job_id)["ageSeconds"] // 60 == 120
    swept = {one["id"]: one["ageSeconds"] for one in line.json("sweep", "--utc-offset", "8")["objects"]}
    assert swept[job_id] // 60 == 120


def test_times_are_shown_with_their_zone(line: Any) -> None:
    job_id = line.job("SUCCEEDED", "*")
    created = line.json("show", job_id)["createTime"]
    line.later(7200)
    shown = line.run("show", job_id).stdout
    assert re.search(rf"^created: +{created} UTC\+8 \(2h ago\)$", shown, re.MULTILINE)
    assert re.search(r"^ended: +\S+ \S+ UTC\+8$", shown, re.MULTILINE)
    assert "started" not in shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("2024-10-29 16:53:01", "2024-10-29 16:53:01 UTC+8"),
        ("2024-10-29T16:53:01.5", "2024-10-29T16:53:01.5 UTC+8"),
        ("2024-10-29T16:53:01Z", "2024-10-29T16:53:01Z"),
        ("2024-10-29T16:53:01+08:00", "2024-10-29T16:53:01+08:00"),
        ("soon", "soon"),
        ("", ""),
        (None, None),
    ],
)
def test_a_time_without_a_zone_gets_the_one_of_the_service(written: str | None, shown: str | None) -> None:
    assert zoned(written) == shown
