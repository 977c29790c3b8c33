"""What a user installs: the wheel, its metadata, what it costs to import."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from pulumi_dashscope_ft.cli.checks.pulumi_setup import OLDEST_PYTHON

ROOT = Path(__file__).parents[1]
HEAVY = ("starlette", "uvicorn", "click", "rich", "pytest", "jsonschema", "multipart", "pulumi_dashscope_ft.emulator")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(target), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (built,) = target.glob("*.whl")
    return zipfile.ZipFile(built)


def test_the_wheel_ships_the_schema_and_the_types(wheel: zipfile.ZipFile) -> None:
    assert wheel.read("pulumi_dashscope_ft/schema/schema.json") == (ROOT / "schema.json").read_bytes()
    assert "pulumi_dashscope_ft/py.typed" in wheel.namelist()


def test_the_wheel_holds_the_package_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"pulumi_dashscope_ft"}


def test_the_schema_is_found_in_an_installed_wheel(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path)
    program = "from pulumi_dashscope_ft.schema import load, document; print(document.__file__); print(load()['name'])"
    shown = run(program, cwd=tmp_path)
    assert shown.splitlines() == [str(tmp_path / "pulumi_dashscope_ft/schema/document.py"), "dashscope-ft"]


def test_the_readme_has_links_that_work_on_the_package_index(wheel: zipfile.ZipFile) -> None:
    (name,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    text = wheel.read(name).decode()
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    link = r"\]\(([^)\s]+)\)"
    repository = "https://github.com/pulumi-dashscope-ft/pulumi-dashscope-ft"
    shown, written = re.findall(link, text), re.findall(link, readme)
    assert shown == [one if "://" in one else f"{repository}/blob/main/{one}" for one in written]
    assert readme.count("\n") <= 85


def test_the_wheel_says_that_it_needs_no_plugin(wheel: zipfile.ZipFile) -> None:
    """Without this, Pulumi takes a package of this name for the SDK of a plugin, and tries to download that."""
    assert json.loads(wheel.read("pulumi_dashscope_ft/pulumi-plugin.json")) == {"resource": False}


@pytest.mark.skipif(shutil.which("pulumi") is None, reason="the `pulumi` command is not on PATH")
def test_pulumi_install_looks_for_no_plugin(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (tmp_path / "__main__.py").touch()
    environment = {**os.environ, "PULUMI_HOME": str(tmp_path / "home"), "PULUMI_PYTHON_CMD": sys.executable}
    command = ["pulumi", "install", "--no-dependencies"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert "dashscope-ft" not in done.stdout + done.stderr
    assert done.returncode == 0


def test_runtime_dependencies_are_these() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    runtime = {re.split(r"[<>=!~ ;\[]", line)[0] for line in project["dependencies"]}
    come_with_those = {
        "certifi",
        "grpcio",
        "idna",
        "protobuf",
        "pygments",
        "urllib3",
    }  # named for their minimum versions
    assert runtime == {"pulumi", "requests", "jsonschema", "tenacity", "click", "rich"} | come_with_those


def _installed_with(name: str) -> set[str]:
    """The distributions that `pip install NAME`, without extras, brings along."""
    brought: set[str] = set()
    waiting = [Requirement(name)]
    while waiting:
        one = waiting.pop()
        if one.marker is None or one.marker.evaluate({"extra": ""}):
            known = canonicalize_name(one.name)
            waiting += [Requirement(line) for line in metadata.requires(known) or []] if known not in brought else []
            brought.add(known)
    return brought


def test_a_bare_installation_has_all_that_the_command_loads(tmp_path: Path) -> None:
    (tmp_path / "report.jsonl").write_text('{"kind": "job", "id": "ft-1", "outcome": "deleted"}\n')
    program = (
        "import json, sys\n"
        "from pulumi_dashscope_ft.cli.group import cli\n"
        "from pulumi_dashscope_ft.cli.output.runtime import CommandRuntime\n"
        "answer, sys.stdout = sys.stdout, sys.stderr\n"
        "for words in ('--help', 'jobs', 'logs -f ft-1', 'sweep x.json', 'doctor --offline', 'report report.jsonl'):\n"
        "    try:\n        cli(words.split(), obj=CommandRuntime(terminal=True))\n"
        "    except SystemExit:\n        pass\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})), file=answer)\n"
    )
    variables = {"DASHSCOPE_API_KEY": "", "HOME": str(tmp_path)}  # without a key nothing is asked
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    of_module = metadata.packages_distributions()
    loaded = {canonicalize_name(one) for name in json.loads(done.stdout) for one in of_module.get(name, ())}
    assert {"click", "rich", "requests"} <= loaded, done.stderr
    # Others load what happens to be there: requests loads PySocks, for example.
    known = {canonicalize_name(Requirement(line).name) for line in metadata.requires("pulumi-dashscope-ft") or []}
    assert loaded & known <= _installed_with("pulumi-dashscope-ft")


def test_the_extra_of_earlier_releases_stays() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert extras["cli"] == []


def test_one_oldest_python_is_named_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    oldest = project["project"]["requires-python"].removeprefix(">=")
    assert project["tool"]["mypy"]["python_version"] == oldest
    assert project["tool"]["ruff"]["target-version"] == "py" + oldest.replace(".", "")
    said = re.findall(r"Python :: (3\.\d+)", "\n".join(project["project"]["classifiers"]))
    assert min(said, key=lambda version: int(version.removeprefix("3."))) == oldest
    numbers = tuple(map(int, oldest.split(".")))
    assert numbers == OLDEST_PYTHON
    assert f"sys.version_info < {numbers}" in (ROOT / "Makefile").read_text()
    places = ["README.md", "Makefile", "docs/how-to/upgrading.md", "pulumi_dashscope_ft/cli/checks/pulumi_setup.py"]
    for name in [*places, *(str(page.relative_to(ROOT)) for page in ROOT.glob("examples/*/README.md"))]:
        for named in re.findall(r"Python (3\.\d+)", (ROOT / name).read_text()):
            assert named == oldest, name


def test_the_command_line_is_installed() -> None:
    scripts = metadata.entry_points(group="console_scripts")
    assert scripts["dashscope-ft"].value == "pulumi_dashscope_ft.cli:main"


def test_importing_the_front_end_loads_nothing_heavy() -> None:
    program = "import sys, json; from pulumi_dashscope_ft import FineTuningJob; print(json.dumps(sorted(sys.modules)))"
    loaded = set(json.loads(run(program)))
    assert "pulumi_dashscope_ft.dynamic.resources" in loaded
    assert [name for name in HEAVY if name in loaded] == []


def test_the_provider_host_of_a_job_loads_no_types_and_no_validation() -> None:
    """Every `refresh` of a single job waits for what its host loads."""
    serve = "from pulumi_dashscope_ft.dynamic import serving; serving.handler('job')"
    loaded = set(json.loads(run(f"import sys, json; {serve}; print(json.dumps(sorted(sys.modules)))")))
    assert "pulumi_dashscope_ft.lifecycle.job.resource" in loaded
    assert loaded.isdisjoint({"jsonschema", "pulumi_dashscope_ft.schema.properties"})


def test_every_dependency_of_the_makefile_is_pinned() -> None:
    # The policy pack runs in an environment of its own, with other versions of what Pulumi needs.
    files = ("constraints.txt", "requirements-policy.lock")
    lines = [line for name in files for line in (ROOT / name).read_text().splitlines()]
    pinned = {re.sub(r"[-_.]+", "-", line.split("==")[0]).lower() for line in lines if "==" in line}
    for line in metadata.requires("pulumi-dashscope-ft") or []:
        name = re.sub(r"[-_.]+", "-", re.split(r"[<>=!~ ;\[]", line)[0]).lower()
        assert name in pinned | {"pulumi-dashscope-ft"}, line


@pytest.mark.parametrize("folder", ["examples/quickstart-typescript", "docs/assets"])
def test_npm_packages_are_pinned_and_come_from_nowhere_in_particular(folder: str) -> None:
    wanted = json.loads((ROOT / folder / "package.json").read_text())
    locked = json.loads((ROOT / folder / "package-lock.json").read_text())["packages"]
    for name, version in {**wanted["dependencies"], **wanted.get("devDependencies", {})}.items():
        assert locked[f"node_modules/{name}"]["version"] == version, "an exact version"
    for name, package in locked.items():
        assert "resolved" not in package, name
        assert not name or package["integrity"].startswith("sha512-"), name


def test_no_file_names_a_place_outside_the_repository_or_a_registry() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    words = ["../" + "shared", "/work" + "/", "pypi" + ".org", "registry.npm" + "js", "/opt" + "/pulumi"]
    for name in tracked:
        text = (ROOT / name).read_text(errors="ignore") if (ROOT / name).is_file() else ""
        assert [word for word in words if word in text] == [], name


def run(program: str, cwd: Path = ROOT) -> str:
    done = subprocess.run([sys.executable, "-c", program], cwd=cwd, capture_output=True, text=True, check=True)
    return done.stdout
