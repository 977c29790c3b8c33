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


@pytest.mark.parametrize("way", ["adopt", "import"])
def test_what_another_program_has_made_is_taken_over(project: PluginProject, emulator: Any, way: str) -> None:
    """Step 3 of "Moving" in docs/plugin.md. What the service does not show of a job, only adopting keeps."""
    file = project.directory / "Pulumi.yaml"
    if way == "adopt":
        file.write_text(PROGRAM.replace("model: qwen3-8b", "model: qwen3-8b\n      modelName: Tickets"))
    project.pulumi("up", "--yes", "--skip-preview")
    (job_id,), (file_id,) = emulator.jobs, emulator.files
    urns = {one["urn"].rpartition("::")[2]: one["urn"] for one in project.resources}
    for name in ("job", "data"):
        project.pulumi("state", "delete", urns[name], "--yes")
    if way == "adopt":
        taken = file.read_text().replace("path: train.jsonl", f"path: train.jsonl\n      adoptFileId: {file_id}")
        file.write_text(taken.replace("modelName:", f"adoptJobId: {job_id}\n      modelName:"))
        assert "2 to create" in project.pulumi("preview")
        project.pulumi("up", "--yes", "--skip-preview")
    else:
        for kind, name, id_ in (("TrainingFile", "data", file_id), ("FineTuningJob", "job", job_id)):
            token = f"dashscope-ft:index:{kind}"
            project.pulumi("import", token, name, id_, "--yes", "--protect=false", "--skip-preview")
    assert "3 unchanged" in project.pulumi("preview", "--expect-no-changes")
    assert (emulator.count("upload"), emulator.count("create")) == (1, 1)
    assert (set(emulator.jobs), emulator.count("cancel")) == ({job_id}, 0)
    project.pulumi("destroy", "--yes", "--skip-preview")
    assert not emulator.jobs
    assert not emulator.files


IMPORTED = """
name: shop
runtime: yaml
plugins:
  providers:
    - name: dashscope-ft
      path: .venv/bin
resources:
  brought:
    type: dashscope-ft:ImportedModel
    properties:
      baseModel: qwen3-8b
      bucketName: weights
      objectKey: triage/
      INPUT
"""


def test_weights_that_were_imported_elsewhere_are_imported_into_a_stack(project: PluginProject, emulator: Any) -> None:
    """The service does not show the type of the weights: the import does without, and to write it is no change."""
    emulator.configure(pending_seconds=1, importing_seconds=1)
    file = project.directory / "Pulumi.yaml"
    file.write_text(IMPORTED.replace("INPUT", "weightType: lora"))
    project.pulumi("up", "--yes", "--skip-preview")
    (job_id,) = emulator.imports
    (urn,) = (one["urn"] for one in project.resources if one["type"].endswith(":ImportedModel"))
    project.pulumi("state", "delete", urn, "--yes")
    token = "dashscope-ft:index:ImportedModel"
    said = project.pulumi("import", token, "brought", job_id, "--yes", "--protect=false", "--skip-preview")
    assert f"adoptImportId: {job_id}" in said
    assert "weightType" not in said
    file.write_text(IMPORTED.replace("INPUT", f"adoptImportId: {job_id}"))
    project.pulumi("preview", "--expect-no-changes")
    file.write_text(IMPORTED.replace("INPUT", "weightType: lora"))
    assert "1 to update" in project.pulumi("preview")
    project.pulumi("up", "--yes", "--skip-preview")
    assert (list(emulator.imports), emulator.count("create_import")) == ([job_id], 1)
    project.pulumi("destroy", "--yes", "--skip-preview")
    assert not emulator.imports
