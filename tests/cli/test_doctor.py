"""`doctor`: each thing that can be wrong by itself, found, with what to do, and without the key."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from pulumi_dashscope_ft._version import __version__
from pulumi_dashscope_ft.cli.checks.account import _check_clock
from pulumi_dashscope_ft.cli.checks.emulator import Emulator, emulator_of
from pulumi_dashscope_ft.emulator import EmulatorServer, FaultRule, Settings


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose virtual environment is this one, with a `pulumi` of the tested version and a backend."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "Pulumi.yaml").write_text(
        f"name: shop\nruntime:\n  name: python\n  options:\n    virtualenv: {sys.prefix}\n"
    )
    pulumi(tmp_path, "v3.260.0")
    # Not the rest of PATH: an activated environment has a plugin on it.
    monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path / "bin"), "/usr/bin", "/bin"]))
    monkeypatch.setenv("PULUMI_BACKEND_URL", "file://~")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "not shown either")
    return project


def pulumi(tmp_path: Path, version: str) -> None:
    command = tmp_path / "bin" / "pulumi"
    command.parent.mkdir(exist_ok=True)
    command.write_text(f"#!/bin/sh\necho {version}\n")
    command.chmod(0o755)


def checks(line: Any, place: Path, *options: str, exit_code: int = 0) -> dict[str, Any]:
    shown = line.json("doctor", "--project-dir", str(place), *options, exit_code=exit_code)
    assert set(shown) == {"checks", "ok"}
    assert shown["ok"] is (exit_code == 0)
    assert all(bool(one["advice"]) is (one["result"] != "ok") for one in shown["checks"])
    assert "not shown either" not in str(shown)
    return {one["check"]: one for one in shown["checks"]}


def test_everything_is_fine(line: Any, place: Path) -> None:
    found = checks(line, place)
    assert {one["result"] for one in found.values()} == {"ok"}, found
    assert list(found) == [
        *("key", "endpoint", "workspace", "proxy", "service", "clock", "quota"),
        *("pulumi", "project", "python", "backend"),
    ]
    assert "DASHSCOPE_API_KEY" in found["key"]["told"]
    assert "shop" in found["project"]["told"]
    text = line.run("doctor", "--project-dir", str(place)).stdout
    assert "11 ✓, 0 !, 0 ✗" in text


def test_offline_makes_no_call(line: Any, place: Path) -> None:
    found = checks(line, place, "--offline")
    assert not {"service", "clock", "quota"} & set(found)
    assert line.emulator.requests == []


@pytest.mark.parametrize(
    ("variable", "value", "check", "result", "said"),
    [
        ("DASHSCOPE_API_KEY", "", "key", "failed", "no API key"),
        ("DASHSCOPE_API_KEY", '"sk-quoted-0123456789"', "key", "failed", "quotation marks"),
        ("DASHSCOPE_API_KEY", "sk-sp-0123456789", "key", "failed", "Coding Plan"),
        ("DASHSCOPE_API_KEY", "0123456789abcdef", "key", "warning", "does not start with sk-"),
        ("DASHSCOPE_HTTP_BASE_URL", "http://example.com/api/v1", "base_url", "failed", "plain http"),
        ("DASHSCOPE_HTTP_BASE_URL", "http://127.0.0.1:9/api/v1", "service", "failed", "connect"),
        ("DASHSCOPE_HTTP_BASE_URL", "http://127.0.0.1:9/v2", "endpoint", "warning", "/v2"),
        ("PULUMI_BACKEND_URL", "", "backend", "warning", "nobody is logged in"),
        ("PULUMI_BACKEND_URL", "https://api.pulumi.com", "backend", "ok", "api.pulumi.com"),
        ("PULUMI_BACKEND_URL", "s3://bucket/states?sig=hush", "backend", "ok", "an S3 bucket, bucket/states"),
        ("PULUMI_BACKEND_URL", "postgres://u:hush@db/states", "backend", "ok", "PostgreSQL, db/states"),
    ],
)
def test_one_variable_at_a_time(
    line: Any,
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
    check: str,
    result: str,
    said: str,
) -> None:
    monkeypatch.setenv(variable, value)
    shown = line.run("doctor", "--json", "--project-dir", str(place))
    assert "hush" not in shown.stdout
    assert value[:12] not in shown.stdout or variable != "DASHSCOPE_API_KEY" or not value
    found = checks(line, place, exit_code=shown.exit_code)
    assert found[check]["result"] == result, found[check]
    assert said in found[check]["told"]


def test_a_key_file_that_others_can_read(line: Any, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = place / "key"
    file.write_text(line.key + "\n")
    file.chmod(0o644)
    monkeypatch.delenv("DASHSCOPE_API_KEY")
    monkeypatch.setenv("DASHSCOPE_API_KEY_FILE_PATH", str(file))
    found = checks(line, place)["key"]
    assert (found["result"], found["advice"]) == ("warning", f"type: chmod 600 {file}")
    file.chmod(0o600)
    assert checks(line, place)["key"]["result"] == "ok"
    home = Path(os.environ["HOME"]) / ".dashscope"
    home.mkdir(parents=True)
    file.rename(home / "api_key")
    monkeypatch.delenv("DASHSCOPE_API_KEY_FILE_PATH")
    assert str(home / "api_key") in checks(line, place)["key"]["told"]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (FaultRule(status=401, code="InvalidApiKey", count=1), "InvalidApiKey"),
        (FaultRule(kind="html", status=502, count=1), "HTTP 502"),
        (FaultRule(kind="reset", count=1), "broke"),
    ],
)
def test_a_service_that_says_no(line: Any, place: Path, fault: FaultRule, said: str) -> None:
    line.emulator.add_fault(fault)
    found = checks(line, place, exit_code=1)
    assert said in found["service"]["told"]
    assert "quota" not in found


@pytest.mark.parametrize(("jobs", "result"), [(3, "ok"), (16, "warning"), (20, "warning")])
def test_how_much_of_the_quota_is_used(line: Any, place: Path, jobs: int, result: str) -> None:
    for _ in range(jobs):
        line.job("SUCCEEDED")
    line.emulator.configure(quota=100)
    line.job("FAILED")
    found = checks(line, place)["quota"]
    assert found["result"] == result
    assert f"{jobs} of 20" in found["told"]


def test_a_clock_that_is_wrong() -> None:
    date = "Sun, 22 Nov 2026 20:00:00 GMT"
    now = 1795377600.0
    assert _check_clock(date, now + 30).mark == "✓"
    assert "is 3600 s ahead of" in _check_clock(date, now + 3600).message
    assert "is 90 s behind" in _check_clock(date, now - 90).message
    assert _check_clock(None, now).mark == _check_clock("rubbish", now).mark == "✓"


@pytest.mark.parametrize(("speed", "pace"), [(None, "stands still"), (1.0, "real time"), (60.0, "60 × real time")])
def test_an_emulator_is_known_for_one(
    line: Any, place: Path, monkeypatch: pytest.MonkeyPatch, speed: float | None, pace: str
) -> None:
    with EmulatorServer(Settings(keys={"sk-emulator": "llm-1"}), speed, start=1_795_377_600.0) as emulator:
        emulator.clock.advance(0.5)
        monkeypatch.setenv("DASHSCOPE_HTTP_BASE_URL", emulator.base_url)
        monkeypatch.setenv("DASHSCOPE_API_KEY", "sk-emulator")
        line.clock.skew = 40 * 86400.0
        found = checks(line, place)
        assert {one["result"] for one in found.values()} == {"ok"}, found
        assert f"an emulator, version {__version__}, not the real service" in found["service"]["told"]
        assert re.fullmatch(rf"the emulator's: 2026-11-23 04:\d\d:\d\d UTC\+8, {pace}", found["clock"]["told"])
        monkeypatch.setattr("pulumi_dashscope_ft.emulator.http.dating.__version__", "0.0.9")
        older = checks(line, place)["service"]
        assert (older["result"], "version 0.0.9" in older["told"]) == ("warning", True)
        assert f"this command is {__version__}" in older["advice"]


def test_an_emulator_that_does_not_take_the_key(line: Any, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHSCOPE_API_KEY", "0123456789abcdef")
    found = checks(line, place, exit_code=1)
    assert (found["key"]["result"], found["service"]["result"]) == ("warning", "failed")
    assert "this is an emulator" in found["service"]["advice"]


def test_only_a_server_on_this_machine_is_taken_for_an_emulator() -> None:
    said = {"server": "dashscope-ft-emulator/0.1.0 (speed 60)", "date": "Sun, 22 Nov 2026 20:00:00 GMT"}
    assert emulator_of("http://127.0.0.1:8765/api/v1", said) == Emulator("0.1.0", 60.0, 1_795_377_600.0)
    assert emulator_of("https://dashscope.aliyuncs.com/api/v1", said) is None
    for server in ("", "nginx", "dashscope-ft-emulator/0.1.0", "dashscope-ft-emulator/0.1.0 (speed 1e)", "x" * 9000):
        assert emulator_of("http://127.0.0.1:8765/api/v1", {"server": server}) is None


@pytest.mark.parametrize(
    ("version", "result", "said"),
    [
        ("v3.300.1", "ok", "3.300.1"),
        ("v3.100.0", "failed", "older than 3.216"),
        ("v4.0.0", "warning", "tested with 3.260"),
        ("what?", "warning", "does not say its version"),
    ],
)
def test_versions_of_the_command(line: Any, place: Path, tmp_path: Path, version: str, result: str, said: str) -> None:
    pulumi(tmp_path, version)
    found = checks(line, place, "--offline", exit_code=int(result == "failed"))["pulumi"]
    assert found["result"] == result
    assert said in found["told"] + str(found["advice"])


def test_without_the_command(line: Any, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    assert checks(line, place, "--offline", exit_code=1)["pulumi"]["result"] == "failed"
    elsewhere = tmp_path / "empty"
    elsewhere.mkdir()
    found = checks(line, elsewhere, "--offline")
    assert found["pulumi"]["result"] == found["project"]["result"] == "warning"
    assert found["python"]["result"] == "ok", "without a project it is this command's own Python"


@pytest.mark.parametrize(
    ("project", "check", "result", "said"),
    [
        ("name: a\nruntime: {name: python, options: {virtualenv: gone}}", "python", "failed", "is not there"),
        ("name: a\nruntime: {name: python, options: {toolchain: uv}}", "python", "failed", ".venv"),
        ("name: a\nruntime: {name: python, options: {toolchain: poetry}}", "python", "warning", "poetry"),
        ("name: a\nruntime: nodejs", "project", "ok", "in nodejs: its resources come from the plugin"),
        (
            "name: a\nruntime: yaml\nplugins: {providers: [{name: dashscope-ft, path: gone}]}",
            "plugin",
            "failed",
            "gone",
        ),
        ("name: a\nruntime: yaml\npackages: {dashscope-ft: ../checkout}", "plugin", "ok", "by its source"),
        ("name: a\nruntime: yaml\npackages: {dashscope-ft: dashscope-ft@0.1.0}", "plugin", "failed", "on PATH"),
        ("name: [", "project", "failed", "can't be read"),
        ("- 1", "project", "failed", "names no runtime"),
        ("name: a\nruntime: python\nbackend: {url: gs://states}", "backend", "ok", "Pulumi.yaml"),
    ],
)
def test_projects(
    line: Any, place: Path, monkeypatch: pytest.MonkeyPatch, project: str, check: str, result: str, said: str
) -> None:
    monkeypatch.delenv("PULUMI_BACKEND_URL")
    (place / "Pulumi.yaml").write_text(project)
    shown = line.run("doctor", "--json", "--offline", "--project-dir", str(place))
    found = checks(line, place, "--offline", exit_code=shown.exit_code)[check]
    assert found["result"] == result, found
    assert said in found["told"]


def test_a_directory_that_was_deleted_meanwhile(line: Any, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = place / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    shown = line.json("doctor", exit_code=1)
    (project,) = (one for one in shown["checks"] if one["check"] == "project")
    assert (project["result"], project["advice"]) == ("failed", "go to a directory that is there (`cd`), then go on.")
    assert "is gone" in project["told"]


def test_a_python_without_the_package(line: Any, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = tmp_path / "bin" / "python3"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@"\n')
    python.chmod(0o755)
    (place / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    found = checks(line, place, "--offline", exit_code=1)["python"]
    assert "does not have this package" in found["told"]
    assert found["advice"].startswith(f"type: {python} -m pip install pulumi-dashscope-ft==")
    python.write_text("#!/bin/sh\nexit 1\n")
    assert "can't be run" in checks(line, place, "--offline", exit_code=1)["python"]["told"]


def test_logged_in_by_file(line: Any, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PULUMI_BACKEND_URL")
    monkeypatch.setenv("PULUMI_HOME", str(place))
    (place / "credentials.json").write_text('{"current": "azblob://states", "accessTokens": {"x": "pul-hush"}}')
    found = checks(line, place, "--offline")["backend"]
    assert "an Azure container, states" in found["told"]
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE")
    assert checks(line, place, "--offline")["backend"]["result"] == "warning"
    (place / "credentials.json").write_text("{")
    monkeypatch.setenv("PULUMI_ACCESS_TOKEN", "pul-hush")
    assert "Pulumi Cloud" in checks(line, place, "--offline")["backend"]["told"]


def test_proxies_without_their_passwords(line: Any, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DASHSCOPE_HTTP_BASE_URL")
    for name in ("NO_PROXY", "no_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", "http://me:hush@proxy.example:3128")
    found = checks(line, place, "--offline")
    assert found["proxy"]["told"].startswith("proxy.example:3128")
    assert found["endpoint"]["told"] == "https://dashscope.aliyuncs.com/api/v1 (from the default region, cn-beijing)"
    monkeypatch.setenv("DASHSCOPE_API_REGION", "ap-southeast-1")
    assert "dashscope-intl" in checks(line, place, "--offline")["endpoint"]["told"]


def plugin(folder: Path, said: str) -> None:
    folder.mkdir(exist_ok=True)
    executable = folder / "pulumi-resource-dashscope-ft"
    executable.write_text(f"#!/bin/sh\necho '{said}'\n")
    executable.chmod(0o755)


@pytest.mark.parametrize(
    ("said", "result", "told"),
    [
        (f"pulumi-resource-dashscope-ft {__version__}: started by `pulumi`, not by hand.", "ok", __version__),
        ("pulumi-resource-dashscope-ft 99.1.0: started by `pulumi`, not by hand.", "warning", "is 99.1.0"),
        ("no such interpreter", "failed", "can't be run"),
    ],
)
@pytest.mark.parametrize("way", ["named", "on PATH"])
def test_the_plugin_that_pulumi_would_start(
    line: Any, place: Path, monkeypatch: pytest.MonkeyPatch, way: str, said: str, result: str, told: str
) -> None:
    plugin(place / "plugins", said)
    named = "plugins: {providers: [{name: dashscope-ft, path: plugins}]}\n" if way == "named" else ""
    (place / "Pulumi.yaml").write_text(f"name: shop\nruntime: yaml\n{named}")
    if way == "on PATH":
        monkeypatch.setenv("PATH", f"{place / 'plugins'}{os.pathsep}{os.environ['PATH']}")
    found = checks(line, place, exit_code=int(result == "failed"))["plugin"]
    assert found["result"] == result
    assert told in found["told"]


def test_a_python_program_needs_no_plugin_unless_it_names_one(line: Any, place: Path) -> None:
    assert "plugin" not in checks(line, place)
    with (place / "Pulumi.yaml").open("a") as settings:
        settings.write("plugins: {providers: [{name: dashscope-ft, path: nowhere}]}\n")
    found = checks(line, place, exit_code=1)["plugin"]
    assert "there is no pulumi-resource-dashscope-ft in" in found["told"]
