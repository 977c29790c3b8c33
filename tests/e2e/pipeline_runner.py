"""Runs the shell steps of the pipelines in `examples/pr-environments`, as they are written there, on either engine.

Why it exists: a workflow file can't be tried without the service that runs it, and what is not tried does not work. All
that a step of ours does is shell, so the text of each `run` is taken from the file and executed, with the environment
that the file gives it and nothing else. An expression that is not in the table below is a failure, not an empty string.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).parents[1] / "warm"))

from warm_processes import PLACE, command_file

from pulumi_dashscope_ft.emulator import EmulatorServer

EXAMPLE = Path(__file__).parents[2] / "examples" / "pr-environments"
KEY = "sk-e2e-0123456789abcdef"
TOKEN = "glpat-e2e-token"
HEAD = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"

_EXPRESSION = re.compile(r"\$\{\{ *(.*?) *\}\}")
_UNLESS = re.compile(r"steps\.\w+\.outputs\.(\w+) != '(\w+)'")
# They stand for what is not ours: each writes down how it was called, and what file or input it was given.
_STAND_IN = """#!/usr/bin/env bash
echo "$(basename "$0") $*" >>"$CALLS"
case "$(basename "$0")" in
  gh)
    case "$2" in
      list) cat "$OPEN_CHANGES" ;;
      view) case "$*" in *headRefOid*) exec cat "$NEWEST" ;; esac
        open=$(cat "$OPEN_CHANGES") || exit 1; grep -qx "$3" <<<"$open" && echo OPEN || echo CLOSED ;;
      *) cat "${@: -1}" >>"$CALLS" ;;
    esac ;;
  curl) cat >>"$CALLS"; cat comment.md >>"$CALLS" ;;
esac
"""


@dataclass
class Run:
    """What a job of a pipeline did: whether it failed, and all it wrote."""

    failed: bool = False
    output: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    """What its steps wrote to `GITHUB_OUTPUT`."""


class Pipeline:
    """A checkout of the example on one engine, with an account, a state backend and open changes of its own."""

    def __init__(self, engine: str, directory: Path, emulator: EmulatorServer) -> None:
        self.emulator = emulator
        self.project = Path(shutil.copytree(EXAMPLE, directory / "checkout"))
        self.calls = directory / "calls"
        self.open = directory / "open"
        self.open.touch()
        self.newest = directory / "newest"
        self.newest.write_text(f"OPEN {HEAD}\n")
        for name in ("state", "home", "bin"):
            (directory / name).mkdir()
        for name in ("gh", "pip", "curl"):
            _script(directory / "bin" / name, _STAND_IN)
        command_file(directory / "bin" / "dashscope-ft", Path(sys.executable).with_name("dashscope-ft"))
        if engine == "local":
            command_file(directory / "bin" / "pulumi", Path(__file__).with_name("local_pulumi.py"))
        self.backend = (directory / "state").as_uri()
        self._base = {
            "PATH": os.pathsep.join([str(directory / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]]),
            "HOME": str(directory / "home"),
            "PULUMI_HOME": str(directory / "home"),
            "PULUMI_PYTHON_CMD": sys.executable,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            **{name: os.environ[name] for name in [PLACE] if name in os.environ},
            "DASHSCOPE_HTTP_BASE_URL": emulator.base_url,
            "CALLS": str(self.calls),
            "OPEN_CHANGES": str(self.open),
            "NEWEST": str(self.newest),
            "PAUSE": "0",
            "GITHUB_OUTPUT": str(directory / "output"),
            "GITHUB_STEP_SUMMARY": str(directory / "summary"),
        }
        self._known = {
            "secrets.DASHSCOPE_API_KEY": KEY,
            "secrets.PULUMI_CONFIG_PASSPHRASE": "not a secret here",
            "vars.PULUMI_BACKEND_URL": self.backend,
            "vars.PREVIEW_BUDGET": "",
            "github.event.pull_request.number": "7",
            "github.event.pull_request.head.sha": HEAD,
            "github.repository": "shop/models",
            "github.token": "ghs-e2e-token",
        }

    def github(self, workflow: str, job: str, **known: str) -> Run:
        """Run the shell steps of a job, as far as their `if` lets them."""
        steps = load(EXAMPLE / ".github" / "workflows" / f"{workflow}.yml")["jobs"][job]["steps"]
        run = Run()
        output = Path(self._base["GITHUB_OUTPUT"])
        output.unlink(missing_ok=True)
        for step in steps:
            if "run" not in step or not _is_due(step.get("if"), run):
                continue
            environment = {key: self._filled(value, known) for key, value in (step.get("env") or {}).items()}
            assert "${{" not in step["run"], "an expression in a script is an injection"
            self.shell(step["run"], environment, run)
            if output.exists():
                run.outputs = dict(line.split("=", 1) for line in output.read_text().splitlines())
        return run

    def gitlab(self, job: str, **variables: str) -> Run:
        """Run a job's `before_script` and `script`, then its `after_script`, each in a shell of its own."""
        file = load(EXAMPLE / ".gitlab-ci.yml")
        given = {
            "DASHSCOPE_API_KEY": KEY,
            "PULUMI_CONFIG_PASSPHRASE": "not a secret here",
            "PULUMI_BACKEND_URL": self.backend,
            "CI_MERGE_REQUEST_IID": "7",
            "CI_PROJECT_ID": "12",
            "CI_API_V4_URL": "http://gitlab.example/api/v4",
            **(file[job].get("variables") or {}),
            **variables,
        }
        run = Run()
        self.shell("\n".join([*file["default"]["before_script"], *file[job]["script"]]), given, run)
        self.shell("\n".join(file[job].get("after_script", [])), given, run)
        return run

    def called(self) -> str:
        """What was asked of what is not ours, since the last look."""
        text = self.calls.read_text() if self.calls.exists() else ""
        self.calls.unlink(missing_ok=True)
        return text

    def summary(self) -> str:
        return Path(self._base["GITHUB_STEP_SUMMARY"]).read_text()

    def pulumi(self, *arguments: str) -> str:
        """Ask the engine, as somebody with a terminal would."""
        return self.execute(["pulumi", *arguments], {"PULUMI_CONFIG_PASSPHRASE": "not a secret here"}).stdout

    def changing(self) -> dict[str, int]:
        """Changing calls that reached the service."""
        names = ("upload", "create", "cancel", "delete", "delete_file")
        return {name: n for name, n in self.emulator.count().items() if n and name in names}

    def shell(self, text: str, environment: Mapping[str, str], run: Run) -> None:
        done = self.execute(["bash", "-e", "-o", "pipefail", "-c", text], environment)
        assert KEY not in done.stdout
        assert "Traceback" not in done.stdout, done.stdout
        run.output += done.stdout
        run.failed = run.failed or done.returncode != 0

    def execute(self, command: Iterable[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command],
            cwd=self.project,
            env={**self._base, "PULUMI_BACKEND_URL": self.backend, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=110,
        )

    def _filled(self, value: Any, known: Mapping[str, str]) -> str:
        table = {**self._known, **{name.replace("__", "."): text for name, text in known.items()}}
        return _EXPRESSION.sub(lambda match: table[match[1]], str(value))


def _is_due(condition: str | None, run: Run) -> bool:
    """Whether a step with this `if` is executed: steps with `always()` also after one has failed."""
    if condition == "always()":
        return True
    if condition is None:
        return not run.failed
    unless = _UNLESS.fullmatch(condition)
    assert unless is not None, f"a condition that is not known here: {condition}"
    return not run.failed and run.outputs.get(unless[1]) != unless[2]


def load(file: Path) -> Any:
    """A YAML file as plain data."""
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def _script(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)
