"""The checks of `doctor` that concern Pulumi: command, project, Python, plugin and state backend.

"No module named pulumi_dashscope_ft" is the most common first error, because Pulumi does not run the Python of the
user's shell but the one in the project's virtual environment. Nobody should have to know that to find the cause. Of
credentials only their kind is read.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pulumi_dashscope_ft._version import __version__
from pulumi_dashscope_ft.bounded.files import read_file
from pulumi_dashscope_ft.bounded.json_text import JsonBounds, decode_bytes
from pulumi_dashscope_ft.text import without_login

from .checkup import Finding, fine, unusual, wrong
from .plugin import check_plugin
from .running import output_of

__all__ = ["check_pulumi"]

TESTED = "3.260"
OLDEST = (3, 216)
"""The `pulumi` command that all tests run with, and the oldest one whose Python SDK is supported."""

OLDEST_PYTHON = (3, 11)
"""As pyproject.toml requires it."""

_LARGEST = 2**20
"""The largest project or credentials file that is read, in bytes."""
_BOUNDS = JsonBounds(depth=20, values=100_000)

_PROBE = (
    "import json, sys\n"
    "from importlib import metadata\n"
    "def version(name):\n"
    "    try:\n        return metadata.version(name)\n    except metadata.PackageNotFoundError:\n        return None\n"
    "print(json.dumps({'python': list(sys.version_info[:2]), 'package': version('pulumi-dashscope-ft'),"
    " 'pulumi': version('pulumi')}))\n"
)


@dataclass(frozen=True)
class _Project:
    directory: Path
    settings: Mapping[str, Any]

    @property
    def name(self) -> str:
        name = self.settings.get("name")
        return name if isinstance(name, str) and name else self.directory.name

    @property
    def runtime(self) -> str:
        runtime = self.settings.get("runtime")
        name = runtime.get("name") if isinstance(runtime, Mapping) else runtime
        return name if isinstance(name, str) else ""  # a few lines of YAML can make a name that is a list of billions

    @property
    def is_python(self) -> bool:
        return self.runtime == "python"

    @property
    def options(self) -> Mapping[str, Any]:
        runtime = self.settings.get("runtime")
        options = runtime.get("options") if isinstance(runtime, Mapping) else None
        return options if isinstance(options, Mapping) else {}


def check_pulumi(directory: Path) -> list[Finding]:
    """Run all checks about Pulumi, for the project in `directory` or above it."""
    project, finding = _project(directory)
    findings = [_check_command(project is not None), finding]
    if project is None or project.is_python:
        findings.append(_check_python(project))
    if project is not None:
        plugin = check_plugin(project.directory, project.settings, needed=not project.is_python)
        findings += [plugin] if plugin is not None else []
    findings.append(_check_backend(project))
    return findings


def _project(directory: Path) -> tuple[_Project | None, Finding]:
    import yaml

    try:
        directory = directory.resolve()
    except FileNotFoundError:  # a relative path has no parent that exists
        message = "the directory you are in is gone, so Pulumi can't run in it"
        return None, wrong("project", message, "go to a directory that is there (`cd`), then go on.")
    for place in (directory, *directory.parents):
        for name in ("Pulumi.yaml", "Pulumi.yml"):
            path = place / name
            if not path.is_file():
                continue
            try:
                data = yaml.safe_load(read_file(path, _LARGEST).decode("utf-8"))
            except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
                return None, wrong("project", f"{path} can't be read ({type(error).__name__})", "fix the file.")
            project = _Project(place, data if isinstance(data, Mapping) else {})
            if not project.settings.get("runtime"):
                message = f"{path} names no runtime, so Pulumi does not know what to run"
                return project, wrong("project", message, "write for example `runtime: python`.")
            language = "" if project.is_python else f", in {project.runtime}: its resources come from the plugin"
            return project, fine("project", f"{project.name} in {place}{language}")
    return None, unusual(
        "project",
        f"there is no Pulumi.yaml in {directory} or above",
        "go to a project (--project-dir) to have it checked.",
    )


def _check_command(in_project: bool) -> Finding:
    command = shutil.which("pulumi")
    if command is None:
        install = (
            "install it from pulumi.com/docs/install; `dashscope-ft` itself and the local engine "
            "(pulumi_dashscope_ft.testing) work without."
        )
        return (wrong if in_project else unusual)("pulumi", "the `pulumi` command is not on PATH", install)
    printed = output_of([command, "version"], 20.0)
    try:
        version = (printed or "").strip().removeprefix("v")
        numbers = tuple(int(part) for part in version.split(".")[:2])
    except ValueError:
        numbers = ()
    if len(numbers) < 2:
        return unusual("pulumi", f"{command} does not say its version", "type `pulumi version` to see why.")
    if numbers < OLDEST:
        return wrong(
            "pulumi", f"{version} ({command}) is older than {_dotted(OLDEST)}", "bring it up to date, then go on."
        )
    if numbers[0] != OLDEST[0]:
        return unusual(
            "pulumi", f"{version} ({command})", f"this package is tested with {TESTED}; look at its changelog."
        )
    return fine("pulumi", f"{version} ({command}); tested with {TESTED}")


def _check_python(project: _Project | None) -> Finding:
    python, whence, missing = _python_of(project)
    if python is None:
        return missing
    printed = output_of([str(python), "-c", _PROBE], 30.0)
    try:
        report = json.loads(printed or "")
        numbers = tuple(report["python"])
    except (ValueError, KeyError, TypeError):
        return wrong("python", f"{python} ({whence}) can't be run", "make the virtual environment anew.")
    said = f"{python} ({whence}, Python {_dotted(numbers)})"
    install = f"type: {python} -m pip install pulumi-dashscope-ft=={__version__}"
    if numbers < OLDEST_PYTHON:
        return wrong(
            "python",
            f"{said} is older than {_dotted(OLDEST_PYTHON)}",
            "make the virtual environment with a newer Python.",
        )
    if report["package"] is None:
        return wrong("python", f"{said} does not have this package", install)
    if report["package"] != __version__:
        return unusual(
            "python", f"{said} has pulumi-dashscope-ft {report['package']}, this command is {__version__}", install
        )
    return fine("python", f"{said} has pulumi-dashscope-ft {__version__} and pulumi {report['pulumi']}")


def _python_of(project: _Project | None) -> tuple[Path | None, str, Finding]:
    """Find the Python that `pulumi` would run, and why that one; or say what is wrong."""
    nothing = fine("python", "")
    if project is None:
        return Path(sys.executable), "this command's own", nothing
    options = project.options
    toolchain = str(options.get("toolchain") or "pip")
    named = options.get("virtualenv") or (".venv" if toolchain == "uv" else None)
    if toolchain == "poetry":
        message = "the project uses poetry, whose environment only poetry knows"
        return None, "", unusual("python", message, "type: poetry run python -c 'import pulumi_dashscope_ft'")
    if named:
        place = Path(str(named)).expanduser()
        place = place if place.is_absolute() else project.directory / place
        for inside in ("bin/python", "Scripts/python.exe"):
            if (place / inside).is_file():
                return place / inside, f"virtualenv {named} of the project", nothing
        make = "pulumi install" if toolchain == "uv" else f"python3 -m venv {place}"
        message = f"the project names the virtual environment {place}, which is not there"
        return None, "", wrong("python", message, f"type: {make}; then install pulumi-dashscope-ft into it.")
    asked = os.environ.get("PULUMI_PYTHON_CMD")
    for name in [asked] if asked else ["python3", "python"]:
        executable = shutil.which(name)
        if executable:
            return Path(executable), "the project names no virtualenv, so the one on PATH", nothing
    missing = wrong("python", "there is no python3 on PATH", f"install Python {_dotted(OLDEST_PYTHON)} or newer.")
    return None, "", missing


_KINDS = {"s3": "an S3 bucket", "gs": "a Google Cloud bucket", "azblob": "an Azure container", "postgres": "PostgreSQL"}


def _check_backend(project: _Project | None) -> Finding:
    url, source = _backend(project)
    if url is None:
        if os.environ.get("PULUMI_ACCESS_TOKEN"):
            return fine("backend", "Pulumi Cloud (PULUMI_ACCESS_TOKEN is set)")
        return unusual(
            "backend", "nobody is logged in to a state backend", "type `pulumi login`, or set PULUMI_BACKEND_URL."
        )
    try:
        # A password may contain any character: remove the login first, then parse the rest.
        parts = urlsplit(without_login(url))
        host = parts.hostname or ""
    except ValueError:
        return wrong("backend", f"the URL from {source} is not one", "correct it, or type `pulumi login`.")
    if parts.scheme in ("https", "http"):
        return fine("backend", f"Pulumi Cloud or a server like it, {host} (from {source})")
    if parts.scheme == "file":
        kind = f"a folder, {url.partition('://')[2] or '~'}"
    else:
        # The rest of the URL may contain a password, or a token in the query.
        kind = f"{_KINDS.get(parts.scheme, parts.scheme)}, {host}{parts.path}"
    message = f"{kind} (from {source})"
    if not any(name in os.environ for name in ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE")):
        return unusual(
            "backend",
            f"{message}; no passphrase is set",
            "set PULUMI_CONFIG_PASSPHRASE_FILE for pipelines, unless the stack uses another secrets provider.",
        )
    return fine("backend", message)


def _backend(project: _Project | None) -> tuple[str | None, str]:
    """Find the URL of the state backend and what sets it, in Pulumi's order."""
    if os.environ.get("PULUMI_BACKEND_URL"):
        return os.environ["PULUMI_BACKEND_URL"], "PULUMI_BACKEND_URL"
    written = project.settings.get("backend") if project is not None else None
    if isinstance(written, Mapping) and written.get("url"):
        return str(written["url"]), "Pulumi.yaml"
    home = os.environ.get("PULUMI_CREDENTIALS_PATH") or os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi"
    try:
        current = decode_bytes(read_file(Path(home) / "credentials.json", _LARGEST), _BOUNDS).get("current")
    except (OSError, ValueError, AttributeError):
        current = None
    return (str(current), "`pulumi login`") if current else (None, "")


def _dotted(numbers: tuple[int, ...]) -> str:
    return ".".join(map(str, numbers))
