"""The workflows of this repository: actions by digest, few rights, and no step that only GitHub has ever run."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent))

import dry_run

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
STYLE = ROOT / "examples" / "pr-environments" / ".yamllint.yml"


def read(name: str) -> Any:
    return yaml.safe_load((ROOT / ".github" / "workflows" / f"{name}.yml").read_text(encoding="utf-8"))


def steps(name: str) -> list[dict[str, Any]]:
    return [step for job in read(name)["jobs"].values() for step in job["steps"]]


def linted(*command: str) -> None:
    tool = Path(sys.executable).with_name(command[0])
    name = str(tool) if tool.exists() else command[0]
    done = subprocess.run([name, *command[1:], *map(str, WORKFLOWS)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_they_are_safe() -> None:
    linted("zizmor", "--offline", "--no-progress", "--no-config")


def test_they_are_in_order() -> None:
    linted("yamllint", "--strict", "-c", str(STYLE))


@pytest.mark.skipif(shutil.which("actionlint") is None, reason="`actionlint` is not on PATH")
def test_github_would_take_them() -> None:
    linted("actionlint", "-no-color")


def test_an_action_is_named_by_its_digest_and_the_same_everywhere() -> None:
    used: dict[str, set[str]] = {}
    for workflow in WORKFLOWS:
        text = workflow.read_text(encoding="utf-8")
        pinned = re.findall(r"uses: ([\w/-]+)@([0-9a-f]{40})  # (v\d+\.\d+\.\d+)$", text, re.MULTILINE)
        assert len(pinned) == text.count("uses: "), f"{workflow.name}: each with 40 hexadecimal digits and its version"
        for action, digest, version in pinned:
            used.setdefault(action, set()).add(f"{digest} {version}")
    assert {action: pins for action, pins in used.items() if len(pins) > 1} == {}


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda workflow: workflow.stem)
def test_every_target_that_a_workflow_makes_is_there(workflow: Path) -> None:
    if workflow.stem == "site" and not (ROOT / "mkdocs.yml").exists():
        pytest.skip("there is no site yet")
    for target in re.findall(
        r"\bmake ([a-z-]+)(?: STEPS=--no-skip)?$", workflow.read_text(encoding="utf-8"), re.MULTILINE
    ):
        assert re.search(rf"^[a-z -]*\b{target}\b[a-z -]*:", MAKEFILE, re.MULTILINE), target


def test_they_try_every_python_that_the_package_names_on_every_system() -> None:
    matrix = read("checks")["jobs"]["everywhere"]["strategy"]["matrix"]
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert matrix["python"] == re.findall(r"Python :: (3\.\d+)", project)
    assert {system.partition("-")[0] for system in matrix["system"]} == {"ubuntu", "macos", "windows"}
    (fast,) = re.findall(r"^FAST := (.*)$", MAKEFILE, re.MULTILINE)
    (line,) = (step["run"] for step in steps("checks") if step.get("name") == "Test")
    assert fast in line, "what `make check` runs"


def test_only_jobs_that_run_nothing_of_this_repository_can_publish() -> None:
    for name, job in read("release")["jobs"].items():
        if {"id-token", "contents"} & {right for right, value in job["permissions"].items() if value == "write"}:
            assert not [step for step in job["steps"] if "checkout" in step.get("uses", "")], name
            assert not [step for step in job["steps"] if "make " in step.get("run", "")], name


def test_a_release_is_what_the_dry_run_makes_and_nothing_is_left_out_for_want_of_a_tool() -> None:
    for name in ("checks", "release"):
        assert "make release-check STEPS=--no-skip" in [step.get("run") for step in steps(name)]
    assert {"build", "metadata", "install", "sbom", "plugin", "containerfile", "image"} <= set(dry_run.STEPS)
    assert {f"sdk-{language}" for language in ("nodejs", "go", "java", "dotnet")} <= set(dry_run.STEPS)
