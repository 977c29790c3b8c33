"""The YAML and the TypeScript quickstart, from nothing to nothing, where the `pulumi` command is present."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1]))

import typescript_packages
from plugin_project import PluginProject

from pulumi_dashscope_ft.emulator import EmulatorServer

pytestmark = pytest.mark.timeout(300)
EXAMPLES = Path(__file__).parents[2] / "examples"
BUYING = ("upload", "create", "cancel", "create_deployment")


def needs_host(language: str) -> None:
    for command in ("pulumi", f"pulumi-language-{language}"):
        if shutil.which(command) is None:
            pytest.skip(f"`{command}` is not on PATH")


def example(name: str, directory: Path, emulator: EmulatorServer) -> PluginProject:
    """A copy of it."""
    ignored = shutil.ignore_patterns(".*", "node_modules", "sdks", "Pulumi.*.yaml")
    return PluginProject(Path(shutil.copytree(EXAMPLES / name, directory / name, ignore=ignored)), emulator)


def live(project: PluginProject, emulator: EmulatorServer) -> None:
    """What the README types, and what must come of it."""

    def bought(operation: Callable[[], object]) -> dict[str, int]:
        before = emulator.count()
        operation()
        counts = {name: n - before.get(name, 0) for name, n in emulator.count().items() if name in BUYING}
        return {name: n for name, n in counts.items() if n}

    project.pulumi("stack", "init", "dev")
    assert bought(lambda: project.pulumi("preview")) == {}
    assert bought(lambda: project.pulumi("up", "--yes", "--skip-preview")) == {"upload": 1, "create": 1}
    (job,) = emulator.jobs.values()
    assert job.status == "SUCCEEDED"
    assert project.outputs == {"jobId": job.job_id, "model": job.finetuned_output, "teardown": "delete"}
    project.pulumi("refresh", "--yes", "--skip-preview")
    project.pulumi("preview", "--expect-no-changes")
    project.pulumi("destroy", "--yes", "--skip-preview")
    assert [*emulator.jobs, *emulator.files, *project.resources] == []


def test_the_yaml_quickstart(tmp_path: Path, emulator: EmulatorServer) -> None:
    needs_host("yaml")
    live(example("quickstart-yaml", tmp_path, emulator), emulator)


@pytest.mark.skipif(typescript_packages.missing() is not None, reason=str(typescript_packages.missing()))
def test_the_typescript_quickstart(tmp_path: Path, emulator: EmulatorServer) -> None:
    needs_host("nodejs")
    project = example("quickstart-typescript", tmp_path, emulator)
    # What `pulumi package add` does, without the network: generate, put it among the packages, build.
    project.pulumi("package", "gen-sdk", str(project.plugin), "--local", "--language", "nodejs", "--out", "sdks")
    typescript_packages.install(project.directory / "sdks" / "nodejs", project.directory)
    assert typescript_packages.compile_project(project.directory) == []
    live(project, emulator)
