"""Pulumi's own tools take the served schema, where the `pulumi` command is on PATH: its check, and its generators."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from plugin_project import install_plugin

from pulumi_dashscope_ft.plugin.package_schema import served_schema

pytestmark = pytest.mark.skipif(shutil.which("pulumi") is None, reason="the `pulumi` command is not on PATH")

GENERATED = {
    "python": "python/pulumi_dashscope_ft.native/fine_tuned_model.py",
    "nodejs": "nodejs/fineTunedModel.ts",
    "go": "go/dashscopeft/fineTunedModel.go",
    "java": "java/src/main/java/io/github/pulumi_dashscope_ft/dashscopeft/FineTunedModel.java",
    "dotnet": "dotnet/FineTunedModel.cs",
}
"""By language: where the class of a `FineTunedModel` ends up."""

LOGO = Path(__file__).parents[2] / "docs" / "images" / "logo.png"


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


@pytest.fixture
def pictures() -> Iterator[str]:
    """The address of a server with our pictures, because the generator for .NET fetches the logo."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(LOGO.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("language", GENERATED)
def test_classes_are_generated(tmp_path: Path, plugin: Path, pictures: str, language: str) -> None:
    if shutil.which(f"pulumi-language-{language}") is None:
        pytest.skip(f"`pulumi-language-{language}` is not on PATH")
    document = json.loads(pulumi(tmp_path, "package", "get-schema", str(plugin)))
    assert document["logoUrl"].endswith(f"/{LOGO.name}")
    served = tmp_path / "served.json"
    served.write_text(json.dumps({**document, "logoUrl": f"{pictures}/{LOGO.name}"}), encoding="utf-8")
    pulumi(tmp_path, "package", "gen-sdk", str(served), "--language", language, "--out", "sdk")
    text = (tmp_path / "sdk" / GENERATED[language]).read_text(encoding="utf-8")
    assert "modelId" in text
    files = [file for file in (tmp_path / "sdk").rglob("*") if file.is_file()]
    assert not [file for file in files if b"${VERSION}" in file.read_bytes()], "it is not to be filled in"
    if language == "java":  # a program that has the classes as sources ends at once without it
        (version,) = (file for file in files if file.name == "version.txt")
        assert version.read_text(encoding="utf-8") == document["version"]
    if language == "dotnet":
        assert (tmp_path / "sdk" / "dotnet" / "logo.png").read_bytes() == LOGO.read_bytes()


def _names(text: str) -> list[str]:
    document = json.loads(text)
    return [*document["types"], *document["resources"], *document["functions"], document["version"]]
