"""The YAML and the TypeScript quickstart, from nothing to nothing, where the `pulumi` command is present."""

from __future__ import annotations

import re
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


@pytest.fixture
def typescript(tmp_path: Path, emulator: EmulatorServer) -> PluginProject:
    """The TypeScript quickstart with its packages; built."""
    if typescript_packages.missing() is not None:
        pytest.skip(str(typescript_packages.missing()))
    needs_host("nodejs")
    project = example("quickstart-typescript", tmp_path, emulator)
    # What `pulumi package add` does, without the network: generate, put it among the packages, build.
    project.pulumi("package", "gen-sdk", str(project.plugin), "--local", "--language", "nodejs", "--out", "sdks")
    typescript_packages.install(project.directory / "sdks" / "nodejs", project.directory)
    assert typescript_packages.compile_project(project.directory) == []
    return project


def test_the_typescript_quickstart(typescript: PluginProject, emulator: EmulatorServer) -> None:
    live(typescript, emulator)


def test_what_is_imported_into_a_typescript_program_plans_no_change(
    typescript: PluginProject, emulator: EmulatorServer
) -> None:
    typescript.pulumi("stack", "init", "dev")
    typescript.pulumi("up", "--yes", "--skip-preview")
    (job,) = emulator.jobs.values()
    (data,) = emulator.files
    typescript.pulumi("stack", "init", "another")
    shutil.copy(
        typescript.directory / "data" / "train.jsonl", typescript.directory
    )  # a file is imported where its content is
    imported = {"FineTuningJob": job.job_id, "FineTunedModel": job.job_id, "TrainingFile": data}
    for kind, id_ in imported.items():
        program = str(typescript.directory / f"{kind}.ts")
        token = f"dashscope-ft:index:{kind}"
        typescript.pulumi("import", token, kind, id_, "--yes", "--skip-preview", "--out", program)
    (typescript.directory / "index.ts").write_text("".join(f'import "./{kind}";\n' for kind in imported))
    assert typescript_packages.compile_project(typescript.directory) == []
    assert "4 unchanged" in typescript.pulumi("preview", "--expect-no-changes")
    assert emulator.count("create") == 1


def test_a_stack_made_before_the_classes_knew_the_plugins_address_plans_no_change(
    typescript: PluginProject, emulator: EmulatorServer
) -> None:
    """The engine makes another default provider for classes with a `pluginDownloadURL`; no resource is replaced."""
    utilities = typescript.directory / "node_modules" / typescript_packages.SDK / "bin" / "utilities.js"
    today = utilities.read_text(encoding="utf-8")
    before = re.sub(r", pluginDownloadURL: \"[^\"]+\"", "", today)
    assert before != today
    utilities.write_text(before, encoding="utf-8")
    typescript.pulumi("stack", "init", "dev")
    typescript.pulumi("up", "--yes", "--skip-preview")
    utilities.write_text(today, encoding="utf-8")
    typescript.pulumi("preview", "--expect-no-changes")
    typescript.pulumi("up", "--yes", "--skip-preview")
    assert emulator.count("create") == 1
    typescript.pulumi("destroy", "--yes", "--skip-preview")
    assert [*emulator.jobs, *emulator.files, *typescript.resources] == []
