"""A project that uses the plugin, as a newcomer has it: the `pulumi` command, the plugin in `.venv/bin`, a key."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from pulumi_dashscope_ft.emulator import EmulatorServer

KEY = "sk-plugin-project-0123456789"


def install_plugin(environment: Path) -> Path:
    """The plugin's executable in a virtual environment, as an installation puts it there."""
    executable = environment / "bin" / "pulumi-resource-dashscope-ft"
    executable.parent.mkdir(parents=True)
    executable.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m pulumi_dashscope_ft.plugin "$@"\n')
    executable.chmod(0o755)
    return executable


class PluginProject:
    """A project, and what the `pulumi` command keeps beside it.

    :param directory: the folder with Pulumi.yaml, which looks for the plugin in `.venv/bin`.
    """

    def __init__(self, directory: Path, emulator: EmulatorServer) -> None:
        self.directory = directory
        self.plugin = install_plugin(directory / ".venv")
        beside = directory.with_name(f"{directory.name}-kept")
        (beside / "state").mkdir(parents=True)
        self.environment = {
            **os.environ,
            "PULUMI_BACKEND_URL": f"file://{beside}/state",
            "PULUMI_CONFIG_PASSPHRASE": "none",
            "PULUMI_HOME": str(beside / "home"),
            "PULUMI_SKIP_UPDATE_CHECK": "1",
            "DASHSCOPE_API_KEY": KEY,
            "DASHSCOPE_HTTP_BASE_URL": emulator.base_url,
        }

    def pulumi(self, *arguments: str) -> str:
        """What a command says; it must succeed, and show no key."""
        done = subprocess.run(
            ["pulumi", *arguments, "--non-interactive"],
            cwd=self.directory,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        said = done.stdout + done.stderr
        assert done.returncode == 0, said
        assert KEY not in said
        return said

    @property
    def outputs(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.pulumi("stack", "output", "--json"))
        return found

    @property
    def resources(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.pulumi("stack", "export"))["deployment"].get("resources", [])
        return found
