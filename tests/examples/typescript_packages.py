"""The npm packages of the TypeScript example: where they are, what compiles with them, and why it can't be done.

Why it exists: tests have no network. `make test` installs the packages beforehand, where there is npm and where it
reaches its registry; elsewhere the tests that need them are skipped, and say what is missing.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from pulumi_dashscope_ft.plugin.package_schema import served_schema

EXAMPLE = Path(__file__).parents[2] / "examples" / "quickstart-typescript"
PACKAGES = EXAMPLE / "node_modules"
SDK = json.loads(served_schema())["language"]["nodejs"]["packageName"]
"""The name of the package that Pulumi generates."""
COMPILER = PACKAGES / "typescript" / "bin" / "tsc"

_DIAGNOSTIC = re.compile(r"^(?P<file>[^(\s]+)\((?P<line>\d+),(?P<column>\d+)\): error (?P<code>TS\d+): (?P<text>.*)$")


class Mistake(NamedTuple):
    """What the compiler refuses."""

    file: str
    line: int
    column: int
    code: str
    text: str


def missing() -> str | None:
    """Why nothing can be compiled here; None when it can."""
    if shutil.which("node") is None:
        return "Node.js is not on PATH"
    if not COMPILER.exists():
        return "the npm packages of examples/quickstart-typescript are not installed: make node-packages"
    return None


def compile_project(directory: Path) -> list[Mistake]:
    """What is wrong with the project whose `tsconfig.json` is there."""
    done = subprocess.run(
        ["node", str(COMPILER), "--project", ".", "--pretty", "false"],
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
    )
    found = [_DIAGNOSTIC.match(line) for line in done.stdout.splitlines()]
    mistakes = [
        Mistake(one["file"], int(one["line"]), int(one["column"]), one["code"], one["text"]) for one in found if one
    ]
    assert (done.returncode == 0) == (not mistakes), done.stdout + done.stderr
    return mistakes


def install(generated: Path, project: Path) -> None:
    """Give a project the example's packages and a generated one, which is built as `npm install` would build it."""
    packages = project / "node_modules"
    packages.mkdir()
    for package in PACKAGES.iterdir():
        (packages / package.name).symlink_to(package)
    built = packages / SDK
    built.parent.mkdir()
    generated.rename(built)
    path = f"{PACKAGES / '.bin'}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(["node", "scripts/postinstall.js"], cwd=built, env={**os.environ, "PATH": path}, check=True)
