"""`ci/sweep.sh` of `examples/pr-environments`: which project it means, and that no preview at all is an answer."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import pipeline_runner as pipelines

DAY = 86400.0


def sweep(local: Any, command: str = "ci/sweep.sh") -> Any:
    looked = pipelines.Run()
    local.shell(command, {"DASHSCOPE_API_KEY": pipelines.KEY}, looked)
    return looked


@pytest.mark.parametrize("name", ['"previews"', "'previews'", "previews # of models", '  "previews"  '])
def test_the_projects_name_may_be_written_in_any_way(local: Any, name: str) -> None:
    assert not local.github("preview", "up").failed
    (held,) = local.emulator.jobs
    local.emulator.clock.advance(5 * DAY)
    settings = local.project / "Pulumi.yaml"
    settings.write_text(settings.read_text().replace("name: previews", f"name: {name}"))
    looked = sweep(local)
    assert not looked.failed, looked.output
    assert "expired" in next(line for line in looked.output.splitlines() if held in line)


def test_a_project_that_the_backend_does_not_know_is_a_failure(local: Any) -> None:
    assert not local.github("preview", "up").failed
    looked = sweep(local, "sed -i 's/^project=.*/project=typo/' ci/sweep.sh && ci/sweep.sh --execute --yes")
    assert looked.failed
    assert "no stack of the project 'typo'" in looked.output


def test_no_preview_is_no_failure(local: Any) -> None:
    looked = sweep(local, "ci/sweep.sh --execute --yes")
    assert not looked.failed, looked.output
    assert "There is no preview" in looked.output
