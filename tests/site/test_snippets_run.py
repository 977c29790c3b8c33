"""The Python that pages show is typed, and programs plan something on the local engine. `make site` runs this."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import reference_examples
from snippets import ROOT, snippets

from pulumi_dashscope_ft.emulator import EmulatorServer
from pulumi_dashscope_ft.testing import LocalStack

PYTHON = [snippet for snippet in snippets() if snippet.language == "python"]
SUPPLIED = {
    "docs/emulator.md": "from typing import Any\njob_id = other_id = deployed_model = ''\n"
    "def point_your_client_to(address: str) -> None: ...\n",
    "docs/testing.md": "from pathlib import Path\nfrom typing import Any\nimport pytest\n"
    "from pulumi_dashscope_ft.testing import open_stack, pulumi_command\n",
    "docs/how-to/costs.md": "from typing import Any\nimport pulumi\nfrom pulumi_dashscope_ft import FineTuningJob\n"
    "data: Any = None\njob: Any = None\n",
    "docs/how-to/limits-and-quotas.md": "from typing import Any\nfrom pulumi_dashscope_ft import FineTuningJob\n"
    "data: Any = None\n",
}
"""What a page's blocks leave to the reader, by its page."""
ROWS = [{"messages": [{"role": "user", "content": "a b c"}, {"role": "assistant", "content": "d"}]}] * 40
PROGRAMS = [
    snippet
    for snippet in PYTHON
    if re.search(r"^from pulumi_dashscope_ft import .*[A-Z]", snippet.body, re.MULTILINE)
    and snippet.page not in SUPPLIED
    and "adopt_" not in snippet.body
]
"""What makes resources. To adopt something, it has to exist: tests/cli/test_adopting.py runs such programs."""
GENERATED = {
    name: reference_examples.resource(name)["python"]
    for name in reference_examples.RESOURCES
    if "native" not in reference_examples.resource(name)["python"]
}


def test_the_blocks_are_typed(tmp_path: Path) -> None:
    files = []
    for number, snippet in enumerate(PYTHON):
        file = tmp_path / f"snippet_{number}.py"
        file.write_text(SUPPLIED.get(snippet.page, "") + snippet.body.replace("env={…}", "env={}"), encoding="utf-8")
        files.append(str(file))
    for name in (*reference_examples.RESOURCES, *reference_examples.FUNCTIONS):
        made = reference_examples.resource if name in reference_examples.RESOURCES else reference_examples.function
        (tmp_path / f"reference_{name}.py").write_text(made(name)["python"], encoding="utf-8")
        files.append(str(tmp_path / f"reference_{name}.py"))
    # Not strictly: tests that pages show are written as pytest is, without types of their arguments.
    options = ["--config-file", os.devnull, "--check-untyped-defs", "--disable-error-code", "import-untyped"]
    command = [sys.executable, "-m", "mypy", *options, "--cache-dir", str(tmp_path / "cache"), *files]
    environment = {**os.environ, "MYPYPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "body", [*(one.body for one in PROGRAMS), *GENERATED.values()], ids=[*map(str, PROGRAMS), *GENERATED]
)
def test_a_program_plans_something(body: str, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shown\nruntime: python\n")
    (tmp_path / "__main__.py").write_text(body.replace("…", "x"), encoding="utf-8")
    for path in [*re.findall(r'path="([^"]+)"', body), "data/sales.jsonl", "data/support.jsonl"]:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    with EmulatorServer(speed=600.0) as emulator:
        keys = ("DASHSCOPE_API_KEY", "DASHSCOPE_API_KEY_SALES", "DASHSCOPE_API_KEY_SUPPORT")
        environment = {"DASHSCOPE_HTTP_BASE_URL": emulator.base_url, **dict.fromkeys(keys, "sk-shown-0123456789")}
        stack = LocalStack(tmp_path, env=environment)
        planned = stack.preview()
    assert planned.summary["create"] >= 2
    assert emulator.count("create") == emulator.count("upload") == 0


def test_there_are_programs() -> None:
    assert {snippet.page for snippet in PROGRAMS} >= {"README.md", "docs/serving.md", "docs/sweep.md", "docs/_index.md"}
