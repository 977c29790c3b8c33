"""What newcomers meet first is in order: hooks, templates, the changelog, and the make targets that pages name."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
HOOKS: list[dict[str, Any]] = [
    hook
    for repository in yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    for hook in repository["hooks"]
]
ISSUES = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.md"))
GROUPS = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]
"""The groups of Keep a Changelog, in its order."""


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_folder_of_tests_is_explained() -> None:
    folders = {path.parent.relative_to(ROOT) for path in (ROOT / "tests").glob("*/test_*.py")}
    assert [str(folder) for folder in sorted(folders) if f"`{folder}`" not in text("CONTRIBUTING.md")] == []


def test_hooks_fetch_nothing() -> None:
    repositories = yaml.safe_load(text(".pre-commit-config.yaml"))["repos"]
    assert [repository["repo"] for repository in repositories] == ["local"]
    assert {hook["language"] for hook in HOOKS} == {"system"}
    assert {hook["id"] for hook in HOOKS} == {"ruff", "ruff-format", "mypy", "import-linter"}


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_runs_a_tool_of_the_virtual_environment(hook: dict[str, Any]) -> None:
    tool, *options = hook["entry"].split()
    assert tool.startswith(".venv/bin/")
    installed = Path(sys.executable).parent / Path(tool).name
    assert installed.exists(), "`make` installs it"
    subprocess.run([installed, *options, "--help"], check=True, capture_output=True)


@pytest.mark.parametrize("template", ISSUES, ids=lambda path: path.name)
def test_an_issue_template_has_what_a_host_needs(template: Path) -> None:
    _, head, body = template.read_text(encoding="utf-8").split("---\n", 2)
    assert yaml.safe_load(head).keys() >= {"name", "about"}
    assert body.strip()


def test_a_report_asks_for_no_secret() -> None:
    bug = text(".github/ISSUE_TEMPLATE/bug.md")
    assert "SECURITY.md" in bug
    assert "dashscope-ft doctor --json" in bug


def test_the_changelog_is_in_groups() -> None:
    releases = text("CHANGELOG.md").split("\n## ")[1:]
    assert releases[0].startswith(version())
    for release in releases:
        groups = re.findall(r"^### (.+)$", release, re.MULTILINE)
        assert groups == [group for group in GROUPS if group in groups]
        assert not re.search(r"^- ", release.split("\n### ", 1)[0], re.MULTILINE), "every line is in a group"


def version() -> str:
    """The version of the package, which `pyproject.toml` takes from a file."""
    path = tomllib.loads(text("pyproject.toml"))["tool"]["hatch"]["version"]["path"]
    found = re.search(r'__version__ = "([^"]+)"', text(path))
    assert found is not None
    return found[1]


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/architecture.md"])
def test_every_make_target_that_a_page_names_exists(page: str) -> None:
    targets = set(re.findall(r"^([\w-]+):", text("Makefile"), re.MULTILINE))
    told = re.findall(r"(?:^|`)make ((?:[\w-]+ ?)+?)(?= +#|`|$)", text(page), re.MULTILINE)
    assert {target for line in told for target in line.split()} <= targets
