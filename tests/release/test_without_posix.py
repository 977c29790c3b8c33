"""What Windows does not have is not needed: the package imports, and a job lives and ends, on a bare Python.

Only the workflow runs the tests on Windows itself. Here, processes start without what only POSIX has (`bare`), write
their output in a code page, and work in a folder whose name that code page does not know.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

COMMAND = ("-c", "from pulumi_dashscope_ft.cli import main; main()")
BARE = Path(__file__).parent / "bare"
EVERYTHING = """
import importlib, pkgutil, pulumi_dashscope_ft as package
for module in pkgutil.walk_packages(package.__path__, "pulumi_dashscope_ft."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
"""
PROGRAM = """
import pulumi
from pulumi_dashscope_ft import FineTuningJob, TrainingFile

data = TrainingFile("daten", path="daten-自行车.jsonl", description="Fahrräder, 自行车")
job = FineTuningJob("dreirädrig", model="qwen3-8b", training_file_ids=[data.file_id])
pulumi.export("job", job.job_id)
"""
ROW = '{"messages": [{"role": "user", "content": "ä 自"}, {"role": "assistant", "content": "→"}]}\n'


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DASHSCOPE", "PULUMI", "PYTHON"))}
    return {
        **kept,
        "PYTHONPATH": str(BARE),
        "PYTHONIOENCODING": "cp1252",
        "PYTHONWARNDEFAULTENCODING": "1",
        "DASHSCOPE_API_KEY": "sk-bare-0123456789",
    }


def run(*arguments: str, cwd: Path, **more: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**environment(), **more},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    said = (done.stdout + done.stderr).decode("cp1252", errors="replace")
    assert done.returncode == 0, said
    assert "Traceback" not in said, said
    return said


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """The base URL of an emulator that runs on a bare Python, too."""
    command = [sys.executable, *COMMAND, "emulator", "--port", "0", "--state", "状态.sqlite"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline().decode("cp1252")
        if "http://" not in first:
            process.kill()
            pytest.fail(first + process.stdout.read().decode("cp1252", errors="replace"))
        yield first[first.index("http://") :].strip()
        process.terminate()


def test_a_bare_python_says_what_is_missing(tmp_path: Path) -> None:
    """The other tests here would see what they are there for."""
    (tmp_path / "pulumi_dashscope_ft_wrong.py").write_text("import fcntl\n")
    done = subprocess.run(
        [sys.executable, "-c", "import os; assert not hasattr(os, 'fork'); import pulumi_dashscope_ft_wrong"],
        env={**environment(), "PYTHONPATH": f"{BARE}{os.pathsep}{tmp_path}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "which Windows does not have" in done.stderr


def test_every_module_is_imported(tmp_path: Path) -> None:
    run("-c", EVERYTHING, cwd=tmp_path)


def test_a_job_lives_and_ends(tmp_path: Path, address: str) -> None:
    project = tmp_path / "Lädchen 自行车"
    project.mkdir()
    (project / "Pulumi.yaml").write_text("name: shop\nruntime: python\n", encoding="utf-8")
    (project / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    (project / "daten-自行车.jsonl").write_text(ROW * 10, encoding="utf-8")
    engine = ("-m", "pulumi_dashscope_ft.testing")
    run(*engine, "up", cwd=project, DASHSCOPE_HTTP_BASE_URL=address)
    assert "ft-" in run(*COMMAND, "jobs", cwd=project, DASHSCOPE_HTTP_BASE_URL=address)
    run(*engine, "destroy", cwd=project, DASHSCOPE_HTTP_BASE_URL=address)
    left = run(*COMMAND, "jobs", "--json", cwd=project, DASHSCOPE_HTTP_BASE_URL=address)
    assert "ft-" not in left
