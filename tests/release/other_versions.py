"""The tests with other versions than the lock's: `oldest`, those that pyproject.toml still allows, or `newest` of all.

    python tests/release/other_versions.py oldest tests/api tests/schema

Each has a virtual environment of its own in `.versions`, made by uv. `oldest` takes the oldest Python and the oldest
version of each direct dependency; the tools of the tests stay those of the lock. `newest` takes the newest Python that
uv finds here (3.14 where there is one), and the newest version of everything, the Pulumi SDK first of all.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOME = ROOT / ".versions"
OLDEST_PYTHON = "3.11"
PYTHONS = ("3.14", "3.13", "3.12", "3.11")
EXTRAS = ("--extra", "cli", "--extra", "sweep", "--extra", "emulator")

KNOWN = ("pytest<9.2",)
"""What the newest of is known not to work: with pytest 9.2.0, xdist 3.8.0 knows no groups."""

SHOWN = ("pulumi", "grpcio", "protobuf", "requests", "jsonschema", "tenacity", "urllib3", "click", "rich", "starlette")


def uv(*arguments: str | Path) -> str:
    """Run uv and return what it prints."""
    command = ["uv", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def python_of(environment: Path) -> Path:
    """Return the interpreter of a virtual environment."""
    return environment / ("Scripts" if sys.platform == "win32" else "bin") / "python"


def oldest() -> Path:
    """Make the environment with the oldest versions."""
    python = _environment("oldest", OLDEST_PYTHON)
    _install(python, "--no-deps", "--requirement", "requirements-dev.lock")
    resolution = ("--resolution", "lowest-direct", "--python", python, "--quiet", "--no-header", "--no-annotate")
    pins = uv("pip", "compile", "pyproject.toml", *EXTRAS, *resolution)
    direct = {_name(line) for line in _demanded()}
    old = [line for line in pins.splitlines() if _name(line) in direct]
    # With what they need in turn, which may have to be older, too.
    _install(python, *old, "--editable", ".")
    return python


def newest() -> Path:
    """Make the environment with the newest versions."""
    for version in PYTHONS:
        try:
            python = _environment("newest", version)
            break
        except subprocess.CalledProcessError:
            print(f"there is no Python {version} here", flush=True)
    _install(python, "--upgrade", *KNOWN, "--editable", ".[dev]")
    return python


def _environment(name: str, version: str) -> Path:
    uv("venv", "--quiet", "--clear", "--python", version, "--no-python-downloads", HOME / name)
    return python_of(HOME / name)


def _install(python: Path, *what: str | Path) -> None:
    uv("pip", "install", "--quiet", "--python", python, *what)


def _demanded() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    return [*project["dependencies"], *(line for extra in EXTRAS[1::2] for line in extras[extra])]


def _name(line: str) -> str:
    return re.split(r"[<>=!~ ;\[]", line)[0].lower().replace("_", "-")


def main() -> int:
    """Make the environment, say what is in it, and run the tests. Return pytest's exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("which", choices=["oldest", "newest"])
    parser.add_argument("tests", nargs="+")
    options = parser.parse_args()
    if shutil.which("uv") is None:
        sys.exit("uv is not on PATH")
    python = oldest() if options.which == "oldest" else newest()
    listed = dict(line.split("==") for line in uv("pip", "freeze", "--python", python).splitlines() if "==" in line)
    versions = [f"{name} {listed[name]}" for name in SHOWN if name in listed]
    said = subprocess.run([python, "--version"], check=True, capture_output=True, text=True).stdout.strip()
    print(f"{options.which}: {said}; {', '.join(versions)}", flush=True)
    command = [python, "-m", "pytest", "-n", "2", "-q", "--ignore-glob", "*_properties.py", *options.tests]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
