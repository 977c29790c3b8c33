"""What `pulumi import` writes for a Python program runs with the installed package, and plans no change."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from plugin_project import PluginProject

from pulumi_dashscope_ft.emulator import EmulatorServer

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.skipif(shutil.which("pulumi") is None, reason="the `pulumi` command is not on PATH"),
]
PROJECT = "name: shop\nruntime: python\nplugins:\n  providers:\n    - name: dashscope-ft\n      path: .venv/bin\n"
MADE = """
from pulumi_dashscope_ft import native as dashscope

data = dashscope.TrainingFile("data", path="train.jsonl")
job = dashscope.FineTuningJob(
    "job", model="qwen3-8b", training_type="sft", training_file_ids=[data.file_id], hyper_parameters={"n_epochs": 3},
)
tuned = dashscope.FineTunedModel(
    "tuned", model="qwen3-8b", training_type="efficient_sft", training_file_ids=[data.file_id],
)
dashscope.ModelDeployment("live", model_name=tuned.model_id, plan="lora", capacity=2)
"""


@pytest.fixture
def project(tmp_path: Path, emulator: EmulatorServer) -> PluginProject:
    directory = tmp_path / "shop"
    directory.mkdir()
    (directory / "Pulumi.yaml").write_text(PROJECT)
    (directory / "__main__.py").write_text(MADE)
    row = '{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}\n'
    (directory / "train.jsonl").write_text(row * 10)
    project = PluginProject(directory, emulator)
    project.environment["PULUMI_PYTHON_CMD"] = sys.executable
    return project


def test_what_import_writes_runs_and_plans_no_change(project: PluginProject, emulator: EmulatorServer) -> None:
    project.pulumi("stack", "init", "dev")
    project.pulumi("up", "--yes", "--skip-preview")
    made = {
        (one["type"], one["urn"].rpartition("::")[2]): one["id"]
        for one in project.resources
        if one["type"].startswith("dashscope-ft:")
    }
    assert len(made) == 4
    project.pulumi("stack", "init", "another")
    before = emulator.count()
    programs = []
    for (token, name), id_ in made.items():
        command = ["import", token, name, id_, "--yes", "--skip-preview", "--out", str(project.directory / "new.py")]
        project.pulumi(*command)
        programs.append((project.directory / "new.py").read_text(encoding="utf-8"))
    (project.directory / "__main__.py").write_text("\n".join(programs))
    assert "5 unchanged" in project.pulumi("preview", "--expect-no-changes"), programs
    bought = {"upload", "create", "create_deployment"}
    assert {name: n for name, n in emulator.count().items() if name in bought} == {
        name: n for name, n in before.items() if name in bought
    }
