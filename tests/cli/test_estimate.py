"""`dashscope-ft estimate`: it asks nobody, names what is wrong, and fails where a limit may be passed."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

sys.path.insert(0, str(Path(__file__).parents[1] / "spend"))

from media_files import archive, clip, clip_archive, png

from pulumi_dashscope_ft.cli.group import cli
from pulumi_dashscope_ft.cli.output.runtime import CommandRuntime

ROW = {"messages": [{"role": "user", "content": "Where is order 7?"}, {"role": "assistant", "content": "On its way."}]}


class StoppedClock:
    """2026-11-30, 00:00 UTC."""

    def time(self) -> float:
        return 1795996800.0 + self.later

    later = 0.0


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "train.jsonl"
    path.write_text((json.dumps(ROW) + "\n") * 1000)
    return path


@pytest.fixture
def run(clock: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("DASHSCOPE_API_KEY", "DASHSCOPE_HTTP_BASE_URL", "HOME"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str) -> Result:
        here = CommandRuntime(clock=clock, terminal=False)
        return CliRunner().invoke(cli, ["estimate", *arguments], obj=here, prog_name="dashscope-ft")

    return run


def test_it_says_what_a_run_costs_and_what_that_rests_on(run: Any, data: Path) -> None:
    done = run(str(data), "--model", "qwen3-8b", "--epochs", "3")
    assert done.exit_code == 0, done.output
    assert "tokens: 60,000 in 3 epochs, 1,000 rows" in done.output
    assert "0.006 CNY per 1000 tokens, cn-beijing, as of 2026-08" in done.output
    assert "about 0.36 CNY" in done.output


def test_the_same_as_json(run: Any, data: Path) -> None:
    done = run(str(data), "--model", "qwen3-8b", "--epochs", "3", "--max-length", "10", "--json")
    facts = json.loads(done.stdout)
    assert facts["droppedRows"] == facts["rows"] == 1000
    assert facts["cost"] is None
    assert facts["price"]["sources"] == ["O", "B"]
    facts = json.loads(run(str(data), "--model", "qwen3-8b", "--epochs", "3", "--json").stdout)
    assert facts["cost"] == {"low": "0.36", "high": "0.36", "currency": "CNY", "per": "run"}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--model", "qwen3-8b", "--epochs", "3", "--max-cost", "1 CNY"), 0, ""),
        (("--model", "qwen3-8b", "--epochs", "3", "--max-cost", "0.3 CNY"), 1, "up to 0.36 CNY, more than 0.30 CNY"),
        (
            ("--model", "qwen3-8b", "--epochs", "3", "--max-cost", "1 USD"),
            1,
            "the limit is in USD, and the price in CNY",
        ),
        (("--model", "qwen9-1b", "--max-cost", "1 CNY"), 1, "more than 1.00 CNY: no price of training qwen9-1b"),
        (
            ("--model", "qwen3.5-9b", "--training-type", "reinforcement", "--max-cost", "1 CNY"),
            1,
            "an hour, and how many hours",
        ),
        (("--model", "qwen3-8b", "--max-cost", "12"), 2, "has no currency"),
        (("--model", "qwen3-8b", "--max-cost", "-1 CNY"), 2, "is negative"),
        (("--model", "qwen3-8b", "--epochs", "0"), 2, "0 is not in the range"),
        (("--model", "qwen3-8b", "--hyper-parameter", "x"), 2, "write NAME=VALUE"),
        (("--model", "qwen3-8b", "--prices", "/none.json"), 1, "/none.json can't be read"),
        ((), 2, "Missing option '--model'"),
    ],
)
def test_exit_codes(run: Any, data: Path, arguments: tuple[str, ...], code: int, said: str) -> None:
    done = run(str(data), *arguments)
    assert done.exit_code == code, done.output
    assert said in done.output


def test_what_is_billed_by_the_hour_is_within_no_limit(run: Any) -> None:
    done = run("--model", "qwen3.5-9b", "--training-type", "reinforcement", "--max-cost", "5000 CNY")
    assert done.exit_code == 1
    assert "984 CNY an hour, and how many hours it takes is not known" in done.output


def test_data_that_can_not_be_trained_on_are_named(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    path.write_text('{"messages": []}\n')
    done = run(str(path), "--model", "qwen3-8b")
    assert done.exit_code == 1
    assert f"{path}, line 1" in done.output
    assert "nothing was estimated" in done.output
    assert "no such file" in run(str(tmp_path / "none.jsonl"), "--model", "qwen3-8b").output


def test_without_data_nothing_costs_nothing(run: Any) -> None:
    done = run("--model", "qwen3-8b", "--epochs", "1")
    assert done.exit_code == 0
    assert "unknown: there is no data" in done.output


def test_an_old_price_is_said(run: Any, data: Path, clock: Any) -> None:
    assert "days old" not in run(str(data), "--model", "qwen3-8b").output
    clock.later = 120 * 86400.0
    assert (
        "The price is 241 days old; --prices takes a file with newer ones."
        in run(str(data), "--model", "qwen3-8b").output
    )


def test_clips_are_estimated_by_their_seconds(run: Any, tmp_path: Path) -> None:
    path = clip_archive(tmp_path / "clips.zip", [5.0] * 4 + [6.5, 30.0])
    asked = (str(path), "--model", "wan2.5-i2v-preview", "--epochs", "400", "--hyper-parameter", "max_pixels=36864")
    done = run(*asked)
    assert done.exit_code == 0, done.output
    assert "seconds: 36 to 37 s of clips" in done.output
    assert "about 518,400 to 532,800 in 400 epochs, 6 rows" in done.output
    facts = json.loads(run(*asked, "--json").stdout)
    assert facts["seconds"] == {"of": "clips", "low": 36.0, "high": 37.0}
    assert "it costs up to 170" in run(*asked, "--max-cost", "100 CNY").output


def test_a_clip_that_can_not_be_read_leaves_a_least_cost(run: Any, tmp_path: Path) -> None:
    members = {"1.mp4": clip(5.0), "2.mp4": b"no clip", "1.png": png(8, 8)}
    rows = [{"prompt": "x", "first_frame_path": "1.png", "video_path": name} for name in ("1.mp4", "2.mp4")]
    path = archive(tmp_path / "clips.zip", rows, members)
    done = run(str(path), "--model", "wan2.5-i2v-preview", "--epochs", "400", "--max-cost", "100000 CNY")
    assert done.exit_code == 1
    assert "the cost may be more than 100,000" in done.output
    assert "the length of 1 of 2 clips could not be read" in done.output
