"""The Go that pages and the reference show compiles with the classes that Pulumi generates. `make site` runs this.

It needs the `pulumi` command with its host for Go, the compiler, and the modules that those classes use.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import reference_examples
from snippets import snippets

from pulumi_dashscope_ft.plugin.package_schema import served_schema

TOOLS = ("pulumi", "pulumi-language-go", "go")
pytestmark = [
    pytest.mark.timeout(900),
    *(pytest.mark.skipif(shutil.which(tool) is None, reason=f"`{tool}` is not on PATH") for tool in TOOLS),
]
MODULE = "module shop\n\ngo 1.24\n\nrequire {path} v0.0.0\n\nreplace {path} => ../sdk/go/dashscopeft\n"


def run(folder: Path, *command: str) -> None:
    environment = {
        **os.environ,
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "1",
        "GOFLAGS": "-mod=mod",
    }
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_shown_in_go_compiles(tmp_path: Path) -> None:
    (tmp_path / "schema.json").write_text(served_schema(), encoding="utf-8")
    run(tmp_path, "pulumi", "package", "gen-sdk", "schema.json", "--language", "go", "--out", "sdk")
    path = reference_examples.go_package()
    package = tmp_path / "sdk" / "go" / "dashscopeft"
    (package / "go.mod").write_text(f"module {path}\n\ngo 1.24\n", encoding="utf-8")
    programs = [snippet.body for snippet in snippets() if snippet.language == "go"]
    programs += [reference_examples.resource(name)["go"] for name in reference_examples.RESOURCES]
    programs += [reference_examples.function(name)["go"] for name in reference_examples.FUNCTIONS]
    for number, program in enumerate(programs):
        folder = tmp_path / "shop" / f"program{number}"
        folder.mkdir(parents=True)
        (folder / "main.go").write_text(program, encoding="utf-8")
    (tmp_path / "shop" / "go.mod").write_text(MODULE.format(path=path), encoding="utf-8")
    run(package, "go", "mod", "tidy")
    run(tmp_path / "shop", "go", "mod", "tidy")
    run(tmp_path / "shop", "go", "vet", "./...")
