"""A YAML program on the real engine, where the `pulumi` command and its YAML language host are present."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from plugin_project import PluginProject

pytestmark = [
    pytest.mark.skipif(
        shutil.which("pulumi") is None or shutil.which("pulumi-language-yaml") is None,
        reason="the `pulumi` command and its YAML language host are not on PATH",
    ),
    pytest.mark.timeout(300),
]
ROW = '{"messages":[{"role":"user","content":"Where is order %d?"},{"role":"assistant","content":"On its way."}]}\n'
PROGRAM = """
name: shop
runtime: yaml
plugins:
  providers:
    - name: dashscope-ft
      path: .venv/bin
resources:
  data:
    type: dashscope-ft:TrainingFile
    properties:
      path: train.jsonl
  job:
    type: dashscope-ft:FineTuningJob
    properties:
      model: qwen3-8b
      trainingFileIds: ["${data.fileId}"]
      trainingType: sft
      hyperParameters: {n_epochs: 3, batch_size: 16, max_length: 8192}
outputs:
  jobId: ${job.jobId}
  model: ${job.finetunedOutput}
"""


@pytest.fixture
def project(tmp_path: Path, emulator: Any) -> PluginProject:
    directory = tmp_path / "shop"
    directory.mkdir()
    (directory / "Pulumi.yaml").write_text(PROGRAM)
    (directory / "train.jsonl").write_text("".join(ROW % number for number in range(10)))
    made = PluginProject(directory, emulator)
    made.pulumi("stack", "init", "dev")
    return made


def test_a_yaml_program_through_its_life(project: PluginProject, emulator: Any) -> None:
    project.pulumi("up", "--yes", "--skip-preview")
    (job_id,) = emulator.jobs
    assert "3 unchanged" in project.pulumi("preview", "--expect-no-changes")
    emulator.force(job_id, "SUCCEEDED")
    # Without `pulumi refresh`: a job that runs is read before the plan.
    project.pulumi("up", "--yes", "--skip-preview")
    assert "qwen3-8b-ft" in project.pulumi("stack", "output", "model")
    project.pulumi("refresh", "--yes", "--skip-preview")

    (urn,) = (one["urn"] for one in project.resources if one["type"].endswith(":FineTuningJob"))
    project.pulumi("state", "delete", urn, "--yes")
    project.pulumi(
        "import", "dashscope-ft:index:FineTuningJob", "job", job_id, "--yes", "--protect=false", "--skip-preview"
    )
    project.pulumi("preview", "--expect-no-changes")
    project.pulumi("destroy", "--refresh", "--yes", "--skip-preview")
    assert not emulator.jobs
    assert not emulator.files
    assert not project.resources


def test_a_job_that_runs_is_ended_by_destroy(project: PluginProject, emulator: Any) -> None:
    project.pulumi("up", "--yes", "--skip-preview")
    said = project.pulumi("destroy", "--yes", "--skip-preview")
    assert "deleted" in said
    assert "left alone" not in said
    assert not emulator.jobs
    schema = json.loads(project.pulumi("package", "get-schema", str(project.plugin)))
    assert "dashscope-ft:index:FineTunedModel" in schema["resources"]
