"""The command as a whole: what it teaches, how it fails, how quick it is."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from pulumi_dashscope_ft._version import __version__
from pulumi_dashscope_ft.cli.group import COMMANDS
from pulumi_dashscope_ft.cli.output import ages

COMMAND = [sys.executable, "-c", "from pulumi_dashscope_ft.cli import main; main()"]
DOCUMENT = (Path(__file__).parents[2] / "docs" / "cli.md").read_text(encoding="utf-8")


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **variables}
    return subprocess.run([*COMMAND, *arguments], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_teaches(line: Any, name: str) -> None:
    shown = line.run(name, "--help")
    assert shown.exit_code == 0
    assert len(shown.stdout.splitlines()) > 8
    assert f"dashscope-ft {name}" in shown.stdout, "an example"
    assert "TODO" not in shown.stdout
    assert f"## {name}" in DOCUMENT or f"`dashscope-ft {name}" in DOCUMENT
    assert "--json" in shown.stdout
    if name not in ("emulator", "estimate", "report"):
        assert "--api-key-env" in shown.stdout


def test_the_list_of_commands_and_the_version(line: Any) -> None:
    shown = line.run("--help").stdout
    assert all(f"\n  {name} " in shown for name in COMMANDS)
    assert "Exit codes:" in shown
    assert line.run("--version").stdout.strip() == f"dashscope-ft, version {__version__}"


def test_a_misspelled_command(line: Any) -> None:
    result = line.run("job")
    assert result.exit_code == 2
    assert "Did you mean jobs?" in result.stderr


def test_help_is_quick_and_loads_no_command() -> None:
    program = (
        "import sys\n"
        "from pulumi_dashscope_ft.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print(sorted(name for name in ('requests', 'rich', 'pulumi', 'yaml', 'starlette',"
        " 'pulumi_dashscope_ft.api', 'pulumi_dashscope_ft.cli.commands.listings') if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    took = []
    for _ in range(3):
        before = _spent_by_children()
        assert run("--help").returncode == 0
        took.append(_spent_by_children() - before)
    # The processor's time, which others that are busy beside it hardly change. The promise is 0.4 s in all.
    assert min(took) < 0.8


def _spent_by_children() -> float:
    """Seconds of processor time of the processes that this one has started and waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_completion_knows_commands_options_and_choices() -> None:
    def completed(words: str) -> list[str]:
        shown = run(_DASHSCOPE_FT_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=str(len(words.split(" ")) - 1))
        return [one.partition(",")[2] for one in shown.stdout.splitlines()]

    assert completed("dashscope-ft lo") == ["logs"]
    assert "--follow" in completed("dashscope-ft logs --f")
    assert completed("dashscope-ft delete --kind d") == ["deployment"]
    for shell in ("bash", "zsh", "fish"):
        assert f"{shell}_source" in DOCUMENT


@pytest.mark.parametrize("missing", ["click", "rich", "starlette"])
def test_a_missing_library_says_what_to_install(missing: str) -> None:
    argument = {"click": "jobs", "rich": "jobs", "starlette": "emulator"}[missing]
    program = (
        f"import sys\nsys.modules[{missing!r}] = None\n"
        "import pulumi_dashscope_ft.cli as cli\n"
        f"error = ModuleNotFoundError('no', name={missing!r})\n"
        f"if {missing!r} == 'rich':\n"
        "    import pulumi_dashscope_ft.cli.group as commands\n"
        "    def fail(*a, **k):\n        raise error\n"
        "    commands.cli.main = fail\n"
        f"cli.main([{argument!r}])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    package = "'pulumi-dashscope-ft[emulator]'" if argument == "emulator" else "--force-reinstall pulumi-dashscope-ft"
    assert f"pip install {package}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_real_process_from_end_to_end(line: Any) -> None:
    job_id = line.job("SUCCEEDED", "*")
    assert job_id in run("jobs").stdout
    waited = run("wait", job_id)
    assert (waited.returncode, waited.stdout.strip()) == (0, line.client.fine_tunes.get(job_id).model_id)
    failed = run("wait", line.job("FAILED"))
    assert failed.returncode == 1
    refused = run("jobs", DASHSCOPE_API_KEY="")
    assert refused.returncode == 3
    assert "no API key" in refused.stderr
    unreachable = run("doctor", "--offline", DASHSCOPE_HTTP_BASE_URL="http://example.com")
    assert unreachable.returncode == 1
    for done in (waited, failed, refused, unreachable):
        assert "Traceback" not in done.stderr
        assert line.key not in done.stdout + done.stderr


def test_the_emulator_tells_a_program_where_it_is() -> None:
    with subprocess.Popen(
        [*COMMAND, "emulator", "--port", "0", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        told = json.loads(child.stdout.readline())
        assert set(told) == {"baseUrl", "apiKey"}
        listed = run("jobs", DASHSCOPE_HTTP_BASE_URL=told["baseUrl"], DASHSCOPE_API_KEY=told["apiKey"])
        assert "0 jobs" in listed.stdout
        child.terminate()
        assert child.wait(20) == 0


def test_the_emulator_behaves_as_a_report_says(tmp_path: Path) -> None:
    sample = Path(__file__).parents[1] / "reports" / "several-deviations.json"
    report = json.loads(sample.read_text())
    settings = tmp_path / "settings.json"
    settings.write_text('{"list_lag_seconds": 1}')
    command = [*COMMAND, "emulator", "--port", "0", "--json", "--like", str(sample), "--settings", str(settings)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        address = json.loads(child.stdout.readline())["baseUrl"].removesuffix("/api/v1")
        with urllib.request.urlopen(f"{address}/_emulator/settings") as answer:
            shown = json.load(answer)
        assert (shown["list_order"], shown["list_lag_seconds"]) == ("oldest_first", 1)
        child.terminate()
        assert child.wait(20) == 0
        assert "It behaves as a report of 2026-11-30 says: " in child.stderr.read()
    report["facts"][0]["fact"] = "job_name_got"
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps(report))
    refused = run("emulator", "--port", "0", "--like", str(wrong))
    assert refused.returncode == 2
    assert "did you mean job_name_get?" in refused.stderr


def test_a_reader_that_goes_away_is_no_traceback(line: Any) -> None:
    for _ in range(3):
        line.job("SUCCEEDED")
    command = f'{sys.executable} -c "from pulumi_dashscope_ft.cli import main; main()" jobs | true'
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "option", [["--base-url", "ftp://x"], ["--region", "mars"], ["--api-key-env", "sk-oops-12345"]]
)
def test_settings_that_cannot_be(line: Any, option: list[str]) -> None:
    result = line.run("jobs", *option)
    assert result.exit_code == 3
    assert "sk-oops" not in result.output
    assert "Traceback" not in result.output


def test_an_account_of_its_own(line: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    line.job()
    monkeypatch.setenv("DASHSCOPE_API_KEY_TEAM_B", "sk-team-b-0123456789")
    assert line.json("jobs", "--api-key-env", "DASHSCOPE_API_KEY_TEAM_B")["jobs"] == []
    monkeypatch.setenv("DASHSCOPE_HTTP_BASE_URL", "http://127.0.0.1:9/api/v1")
    assert len(line.json("jobs", "--base-url", line.emulator.base_url)["jobs"]) == 1


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (None, "-"),
        (0, "0s"),
        (59.9, "59s"),
        (60, "1m"),
        (3600, "1h"),
        (12_000, "3h20m"),
        (86400, "1d"),
        (532_800, "6d4h"),
    ],
)
def test_ages_are_told_in_two_units(seconds: float | None, told: str) -> None:
    assert ages.age_text(seconds) == told


def test_ages_are_reckoned_in_the_zone_of_the_service() -> None:
    assert ages.age("2026-11-23 04:00:00", 1795377600.0 + 60) == 60.0
    assert ages.age("2026-11-23T04:00:00.123", 1795377600.0 - 3600) == 0.0, "what is yet to come is not old"
    assert ages.age("yesterday", 0.0) is ages.age(None, 0.0) is None


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("7d", 604800), ("2w3d", 1468800), ("1d12h", 129600)])
def test_lengths_of_time(text: str, seconds: float) -> None:
    assert ages.duration(text) == seconds


@pytest.mark.parametrize("text", ["", "7", "d", "-3d", "1y", "7d7"])
def test_what_is_no_length_of_time(line: Any, text: str) -> None:
    result = line.run("jobs", "--older-than", text)
    assert result.exit_code == 2
    assert "write for example" in result.stderr
