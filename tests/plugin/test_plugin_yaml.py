"""A YAML program on the real engine, where the `pulumi` command and its YAML language host are present."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [
    pytest.mark.skipif(
        shutil.which("pulumi") is None or shutil.which("pulumi-language-yaml") is None,
        reason="the `pulumi` command and its YAML language host are not on PATH",
    ),
    pytest.mark.timeout(300),
]
KEY = "sk-yaml-0123456789abcdef"
ROW = '{"messages":[{"role":"user","content":"Where is order %d?"},{"role":"assistant","content":"On its way."}]}\n'
PROGRAM = """
name: shop
runtime: yaml
plugins:
  providers:
    - name: dashscope-ft
      path: {plugin}
resources:
  data:
    type: dashscope-ft:TrainingFile
    properties:
      path: train.jsonl
  job:
    type: dashscope-ft:FineTuningJob
    properties:
      model: qwen3-8b
      trainingFileIds: ["${{data.fileId}}"]
      trainingType: sft
      hyperParameters: {{n_epochs: 3, batch_size: 16, max_length: 8192}}
outputs:
  jobId: ${{job.jobId}}
  model: ${{job.finetunedOutput}}
"""


class Project:
    """A project with a stack in a folder of its own."""

    def __init__(self, directory: Path, emulator: Any) -> None:
        self.directory = directory
        (directory / "state").mkdir()
        bin_directory = directory / "bin"
        bin_directory.mkdir()
        executable = bin_directory / "pulumi-resource-dashscope-ft"
        executable.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m pulumi_dashscope_ft.plugin "$@"\n')
        executable.chmod(0o755)
        (directory / "Pulumi.yaml").write_text(PROGRAM.format(plugin=bin_directory))
        (directory / "train.jsonl").write_text("".join(ROW % number for number in range(10)))
        self.environment = {
            **os.environ,
            "PULUMI_BACKEND_URL": f"file://{directory}/state",
            "PULUMI_CONFIG_PASSPHRASE": "none",
            "PULUMI_HOME": str(directory / "home"),
            "PULUMI_SKIP_UPDATE_CHECK": "1",
            "DASHSCOPE_API_KEY": KEY,
            "DASHSCOPE_HTTP_BASE_URL": emulator.base_url,
        }

    def pulumi(self, *arguments: str) -> str:
        done = subprocess.run(
            ["pulumi", *arguments, "--non-interactive"],
            cwd=self.directory,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        text = done.stdout + done.stderr
        assert done.returncode == 0, text
        assert KEY not in text
        return text

    def resources(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.pulumi("stack", "export"))["deployment"].get("resources", [])
        return found


def test_a_yaml_program_through_its_life(tmp_path: Path, emulator: Any) -> None:
    project = Project(tmp_path, emulator)
    project.pulumi("stack", "init", "dev")
    project.pulumi("up", "--yes", "--skip-preview")
    (job_id,) = emulator.jobs
    assert "3 unchanged" in project.pulumi("preview", "--expect-no-changes")
    emulator.force(job_id, "SUCCEEDED")
    # Without `pulumi refresh`: a job that runs is read before the plan.
    project.pulumi("up", "--yes", "--skip-preview")
    assert "qwen3-8b-ft" in project.pulumi("stack", "output", "model")
    project.pulumi("refresh", "--yes", "--skip-preview")

    (urn,) = (one["urn"] for one in project.resources() if one["type"].endswith(":FineTuningJob"))
    project.pulumi("state", "delete", urn, "--yes")
    project.pulumi(
        "import", "dashscope-ft:index:FineTuningJob", "job", job_id, "--yes", "--protect=false", "--skip-preview"
    )
    project.pulumi("preview", "--expect-no-changes")
    project.pulumi("destroy", "--refresh", "--yes", "--skip-preview")
    assert not emulator.jobs
    assert not emulator.files
    assert not project.resources()


def test_a_job_that_runs_is_ended_by_destroy(tmp_path: Path, emulator: Any) -> None:
    project = Project(tmp_path, emulator)
    project.pulumi("stack", "init", "dev")
    project.pulumi("up", "--yes", "--skip-preview")
    said = project.pulumi("destroy", "--yes", "--skip-preview")
    assert "deleted" in said
    assert "left alone" not in said
    assert not emulator.jobs
    schema = json.loads(project.pulumi("package", "get-schema", str(tmp_path / "bin" / "pulumi-resource-dashscope-ft")))
    assert "dashscope-ft:index:FineTunedModel" in schema["resources"]
