"""pytest fixtures for tests of programs that use this provider.

A test of such a program needs the emulator, a stack connected to it, and a fake key. pytest loads this module in every
test run where the package is installed, so it imports nothing heavy until a fixture is used.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .opening import StackLike

# A key that only the emulator accepts.
FAKE_KEY = "sk-emulator-0000000000000000000000000000"
_NOT_COPIED = shutil.ignore_patterns(
    ".venv", "venv", "__pycache__", ".local-engine", ".pulumi-command", "Pulumi.*.yaml"
)

StackFactory = Callable[..., "StackLike"]


@pytest.fixture
def dashscope_emulator() -> Iterator[Any]:
    """Start a DashScope fine-tuning API on a free local port, closed after the test. `.base_url` is its address."""
    from pulumi_dashscope_ft.emulator import EmulatorServer

    with EmulatorServer() as server:
        yield server


@pytest.fixture
def dashscope_stack(dashscope_emulator: Any, tmp_path: Path) -> StackFactory:
    """Return a factory of stacks that use the emulator, for a program (file, project directory or function).

    `make(program, *, engine="local", stack="test", env={}, …)`; further arguments go to the stack. Files are copied to
    a temporary project first, so nothing is written next to them.
    """
    wiring = {"DASHSCOPE_HTTP_BASE_URL": str(dashscope_emulator.base_url), "DASHSCOPE_API_KEY": FAKE_KEY}

    def make(
        program: Path | str | Callable[[], Any],
        *,
        engine: str = "local",
        env: Mapping[str, str] | None = None,
        **options: Any,
    ) -> StackLike:
        from .opening import open_stack
        from .stack import LocalStack

        environment = {**wiring, **(env or {})}
        if callable(program):
            if engine != "local":
                raise ValueError("only the local engine runs a function; give the command a file or a directory")
            return LocalStack.inline(program, work_dir=tmp_path, env=environment, **options)
        return open_stack(engine, _project(Path(program), tmp_path), env=environment, **options)

    return make


def _project(program: Path, tmp_path: Path) -> Path:
    """Return a project directory in `tmp_path` with the program in it."""
    if program.is_dir():
        return Path(shutil.copytree(program, tmp_path / program.name, ignore=_NOT_COPIED, dirs_exist_ok=True))
    directory = tmp_path / "project"
    directory.mkdir(exist_ok=True)
    (directory / "Pulumi.yaml").write_text("name: project\nruntime: python\n", encoding="utf-8")
    shutil.copy(program, directory / "__main__.py")
    return directory
