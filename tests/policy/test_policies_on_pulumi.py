"""The example's pack on the real engine, in both flavours: one command refuses a stack before anything is bought."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import policy_host
import pytest
from policy_host import EXAMPLE

sys.path.insert(0, str(Path(__file__).parents[1]))

from plugin_project import PluginProject

from pulumi_dashscope_ft.emulator import EmulatorServer

PROGRAM = """
import pulumi
from pulumi_dashscope_ft import FineTuningJob, ModelDeployment, TrainingFile

tidy = pulumi.Config().require_bool("tidy")
data = TrainingFile("data", path="train.jsonl")
job = FineTuningJob(
    "triage",
    model="qwen3-8b",
    training_file_ids=[data.file_id],
    hyper_parameters={"n_epochs": 3 if tidy else 6},
    expires_in="1d" if tidy else None,
    on_destroy="delete" if tidy else "retain",
)
if not tidy:
    ModelDeployment("serve", model_name="qwen3-8b-ft-0", plan="lora")
"""
SECRET_KEY = "sk-0123456789abcdef"
LARGE = {"epochs-within-limit": {"most": 20}}
ROW = '{"messages": [{"role": "user", "content": "%d"}, {"role": "assistant", "content": "yes"}]}\n'
BUYING = ("upload", "create", "create_deployment")

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def pack(tmp_path: Path, needs_policy_sdk: None) -> Path:
    """A copy of the example, with the virtual environment that `pulumi install` would make."""
    if shutil.which("pulumi") is None or shutil.which("pulumi-language-python") is None:
        pytest.skip("`pulumi` and `pulumi-language-python`, the host of policy packs, are not both on PATH")
    python = policy_host.python()
    assert python is not None
    folder = Path(shutil.copytree(EXAMPLE, tmp_path / "policies", ignore=shutil.ignore_patterns("venv", "__pycache__")))
    (folder / "venv").symlink_to(python.parents[1])
    return folder


class Project(PluginProject):
    """The program above as the stack pr-7, checked by a pack."""

    def __init__(self, flavour: Any, directory: Path, emulator: EmulatorServer, pack: Path) -> None:
        directory.mkdir()
        (directory / "Pulumi.yaml").write_text(flavour.project("shop"))
        (directory / "__main__.py").write_text(flavour.program(PROGRAM))
        (directory / "train.jsonl").write_text("".join(ROW % number for number in range(10)))
        super().__init__(directory, emulator)
        self.environment["PYTHONPATH"] = str(policy_host.REPOSITORY)  # the package itself is not in the pack's lock
        self.environment["PATH"] = f"{Path(sys.executable).parent}:{self.environment['PATH']}"
        self.environment["PWD"] = str(directory)
        self.pack = pack
        self.pulumi("stack", "init", "pr-7")

    def checked(self, command: str, *arguments: str) -> tuple[int, str]:
        """A command with the pack: its exit code, and what it says."""
        done = subprocess.run(
            ["pulumi", command, "--policy-pack", str(self.pack), *arguments, "--non-interactive", "--color", "never"],
            cwd=self.directory,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr


def test_a_stack_is_refused_before_anything_is_bought(
    tmp_path: Path, emulator: EmulatorServer, flavour: Any, pack: Path
) -> None:
    project = Project(flavour, tmp_path / "shop", emulator, pack)
    project.pulumi("config", "set-all", "--plaintext", "tidy=false", "--plaintext", f"dashscope-ft:apiKey={SECRET_KEY}")
    code, said = project.checked("preview")
    assert code != 0
    for expected in (
        "triage has no expires_in, and pr-7 is a preview stack: set expires_in to 3d or less",
        'triage has no budget: set max_cost, such as "50.00 CNY"',
        'triage would stay, and be billed, after the stack pr-7 is destroyed: remove on_destroy="retain".',
        "serve has no suffix",
        "A key is in Pulumi.pr-7.yaml in plain text: dashscope-ft:apiKey.",
    ):
        assert flavour.told(expected) in " ".join(said.split()), said
    assert "triage has n_epochs 6, and at most 5 are allowed" in " ".join(said.split())
    assert SECRET_KEY not in said
    code, _ = project.checked("up", "--yes", "--skip-preview")
    assert code != 0
    assert {name: n for name, n in emulator.count().items() if name in BUYING and n} in ({}, {"upload": 1})

    project.pulumi("config", "set-all", "--plaintext", "tidy=true", "--secret", f"dashscope-ft:apiKey={SECRET_KEY}")
    code, said = project.checked("preview")
    assert code != 0, said
    assert said.count("[mandatory]") == said.count("[mandatory]  jobs-have-a-budget") == 1

    settings = pack / "settings.json"
    settings.write_text(json.dumps({"jobs-have-a-budget": {"enforcementLevel": "disabled"}, **LARGE}))
    code, said = project.checked("up", "--policy-pack-config", str(settings), "--yes", "--skip-preview")
    assert code == 0, said
    assert "✅ dashscope-ft@v0.1.0" in said
    assert emulator.count("create") == 1
