"""An example as a newcomer has it: a copy of its folder, the plugin in `.venv/bin`, the `pulumi` command, a key."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from pulumi_dashscope_ft.emulator import EmulatorServer

EXAMPLES = Path(__file__).parents[2] / "examples"
KEY = "sk-examples-0123456789"


class PluginProject:
    """A copy of an example, with a stack `dev` in a folder of its own.

    :param name: the example's folder.
    :param directory: an empty folder to work in.
    """

    def __init__(self, name: str, directory: Path, emulator: EmulatorServer) -> None:
        ignored = shutil.ignore_patterns(".*", "node_modules", "sdks", "Pulumi.*.yaml")
        self.directory = Path(shutil.copytree(EXAMPLES / name, directory / name, ignore=ignored))
        self.plugin = self.directory / ".venv" / "bin" / "pulumi-resource-dashscope-ft"
        self.plugin.parent.mkdir(parents=True)
        self.plugin.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m pulumi_dashscope_ft.plugin "$@"\n')
        self.plugin.chmod(0o755)
        (directory / "state").mkdir()
        self.environment = {
            **os.environ,
            "PULUMI_BACKEND_URL": f"file://{directory}/state",
            "PULUMI_CONFIG_PASSPHRASE": "none",
            "PULUMI_HOME": str(directory / "home"),
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
