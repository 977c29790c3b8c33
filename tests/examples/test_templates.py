"""The templates of `pulumi new`: what a new project is made of is right, in every language, and runs on the emulator.

`make release-check` types the commands of templates/README.md in empty folders, with the built wheel.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent))

import yaml_program

from pulumi_dashscope_ft import schema
from pulumi_dashscope_ft.emulator import EmulatorServer
from pulumi_dashscope_ft.testing import Secret, open_stack

TEMPLATES = Path(__file__).parents[2] / "templates"
LANGUAGES = {"python": "python", "typescript": "nodejs", "yaml": "yaml"}
TEXT = {".py", ".ts", ".json", ".yaml", ".txt"}


def made(language: str, directory: Path) -> Path:
    """What `pulumi new` makes of a template: the files, with the project's name; `template` is not copied."""
    project = Path(shutil.copytree(TEMPLATES / language, directory / "triage"))
    for file in project.rglob("*"):
        if file.suffix in TEXT:
            text = file.read_text(encoding="utf-8")
            file.write_text(text.replace("${PROJECT}", "triage").replace("${DESCRIPTION}", "sorts messages"), "utf-8")
    settings = read(project)
    settings.pop("template")
    (project / "Pulumi.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    return project


def read(project: Path) -> Any:
    return yaml.safe_load((project / "Pulumi.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_template_asks_for_what_the_provider_knows_and_begins_on_the_emulator(language: str) -> None:
    settings = read(TEMPLATES / language)
    assert settings["name"] == "${PROJECT}"
    assert settings["description"] == "${DESCRIPTION}"
    runtime = settings["runtime"]
    assert LANGUAGES[language] == (runtime if isinstance(runtime, str) else runtime["name"])
    asked = settings["template"]["config"]
    assert {name.removeprefix("dashscope-ft:") for name in asked} <= set(schema.load()["config"]["variables"])
    assert asked["dashscope-ft:apiKey"]["secret"] is True
    assert asked["dashscope-ft:baseUrl"]["default"].startswith("http://127.0.0.1:8765/"), "a first try buys nothing"


def test_all_templates_are_explained_and_train_on_the_same_data() -> None:
    page = (TEMPLATES / "README.md").read_text(encoding="utf-8")
    assert {folder.name for folder in TEMPLATES.iterdir() if folder.is_dir()} == set(LANGUAGES)
    assert set(re.findall(r"/templates/(\w+)$", page, re.MULTILINE)) == set(LANGUAGES)
    assert len({(TEMPLATES / language / "data" / "train.jsonl").read_bytes() for language in LANGUAGES}) == 1


@pytest.mark.parametrize("language", ["typescript", "yaml"])
def test_pulumi_gets_and_starts_the_plugin_from_a_folder_of_the_project(language: str) -> None:
    assert read(TEMPLATES / language)["packages"] == {"dashscope-ft": "./provider"}
    provider = TEMPLATES / language / "provider"
    settings = yaml.safe_load((provider / "PulumiPlugin.yaml").read_text(encoding="utf-8"))
    assert settings["runtime"]["options"]["virtualenv"] == ".venv"
    assert (provider / "requirements.txt").read_text(encoding="utf-8") == "pulumi-dashscope-ft[emulator]\n"
    served = subprocess.Popen([sys.executable, provider], stdout=subprocess.PIPE)
    with served:
        assert served.stdout is not None
        assert served.stdout.readline().strip().isdigit(), "the port that it listens on"
        served.terminate()


def test_the_yaml_program_is_right(tmp_path: Path) -> None:
    assert yaml_program.problems(read(made("yaml", tmp_path))) == []


def test_the_python_program_goes_from_nothing_to_nothing(tmp_path: Path, emulator: EmulatorServer) -> None:
    template = read(TEMPLATES / "python")["template"]["config"]
    config: dict[str, str | Secret] = {
        "dashscope-ft:baseUrl": emulator.base_url,
        "dashscope-ft:apiKey": Secret(template["dashscope-ft:apiKey"]["default"]),
    }
    stack = open_stack("local", made("python", tmp_path), config=config)
    up = stack.up()
    (job,) = emulator.jobs.values()
    assert up.outputs == {"jobId": job.job_id, "model": job.finetuned_output}
    stack.destroy()
    assert [*emulator.jobs, *emulator.files, *stack.resources] == []


@pytest.mark.skipif(shutil.which("pulumi") is None, reason="the `pulumi` command is not on PATH")
@pytest.mark.parametrize("language", LANGUAGES)
def test_pulumi_makes_a_project_of_a_template(tmp_path: Path, language: str) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "shop").mkdir()
    environment = {
        **os.environ,
        "PULUMI_BACKEND_URL": f"file://{tmp_path}/state",
        "PULUMI_CONFIG_PASSPHRASE": "none",
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "1",
    }
    command = ["pulumi", "new", str(TEMPLATES / language), "--offline", "--yes", "--generate-only", "--name", "shop"]
    subprocess.run(command, cwd=tmp_path / "shop", env=environment, check=True, capture_output=True)
    settings = read(tmp_path / "shop")
    assert settings["name"] == "shop"
    assert "template" not in settings
    left = [file for file in (tmp_path / "shop").rglob("*") if file.is_file() and b"${PRO" in file.read_bytes()]
    assert left == []
