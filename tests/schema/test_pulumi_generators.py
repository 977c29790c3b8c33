"""Pulumi's own tools take the served schema, where the `pulumi` command is on PATH: its check, and its generators."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from plugin_project import install_plugin

from pulumi_dashscope_ft.plugin.package_schema import served_schema

pytestmark = pytest.mark.skipif(shutil.which("pulumi") is None, reason="the `pulumi` command is not on PATH")

GENERATED = {
    "python": "python/pulumi_dashscope_ft.native/fine_tuned_model.py",
    "nodejs": "nodejs/fineTunedModel.ts",
    "go": "go/dashscopeft/fineTunedModel.go",
}
"""By language: where the class of a `FineTunedModel` ends up. (The generator for .NET fetches a picture: no test.)"""


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    return install_plugin(tmp_path)


def pulumi(directory: Path, *arguments: str) -> str:
    environment = {**os.environ, "PULUMI_HOME": str(directory / "home"), "PULUMI_SKIP_UPDATE_CHECK": "1"}
    done = subprocess.run(
        ["pulumi", *arguments], cwd=directory, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_pulumi_reads_and_checks_what_is_served(tmp_path: Path, plugin: Path) -> None:
    read = pulumi(tmp_path, "package", "get-schema", str(plugin))
    (tmp_path / "schema.json").write_text(read, encoding="utf-8")
    pulumi(tmp_path, "schema", "check", "schema.json")
    assert set(_names(read)) == set(_names(served_schema()))


@pytest.mark.parametrize("language", GENERATED)
def test_classes_are_generated(tmp_path: Path, plugin: Path, language: str) -> None:
    if shutil.which(f"pulumi-language-{language}") is None:
        pytest.skip(f"`pulumi-language-{language}` is not on PATH")
    pulumi(tmp_path, "package", "gen-sdk", str(plugin), "--language", language, "--out", "sdk")
    text = (tmp_path / "sdk" / GENERATED[language]).read_text(encoding="utf-8")
    assert "modelId" in text
    files = [file for file in (tmp_path / "sdk").rglob("*") if file.is_file()]
    assert not [file for file in files if "${VERSION}" in file.read_text(encoding="utf-8")], "it is not to be filled in"


def _names(text: str) -> list[str]:
    document = json.loads(text)
    return [*document["types"], *document["resources"], *document["functions"], document["version"]]
