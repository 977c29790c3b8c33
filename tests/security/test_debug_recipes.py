"""Pulumi's own debug recipes print configured secrets. `docs/how-to/secrets.md` says which, and what to do instead;
this runs them.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pulumi_dashscope_ft.emulator import EmulatorServer
from pulumi_dashscope_ft.testing import pulumi_command
from pulumi_dashscope_ft.testing.environment import own_environment

KEY = "sk-debug-0123456789abcdef"
SECRET = "the price of 4711"
ROW = '{"messages":[{"role":"user","content":"Where is order %d?"},{"role":"assistant","content":"On its way."}]}\n'
PROGRAM = f"""
import pulumi
from pulumi_dashscope_ft import FineTuningJob, TrainingFile

data = TrainingFile("data", path="train.jsonl")
note = pulumi.Output.secret({SECRET!r})
FineTuningJob("job", model="qwen3-8b", training_file_ids=[data.file_id], hyper_parameters={{"note": note}})
"""
PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "secrets.md"


@pytest.fixture
def service() -> Iterator[EmulatorServer]:
    with EmulatorServer(speed=20.0) as server:
        yield server


@pytest.fixture
def project(flavour: Any, tmp_path: Path) -> Path:
    (tmp_path / "state").mkdir()
    (tmp_path / "Pulumi.yaml").write_text(flavour.project("shop"))
    (tmp_path / "__main__.py").write_text(flavour.program(PROGRAM))
    (tmp_path / "train.jsonl").write_text("".join(ROW % number for number in range(10)))
    return tmp_path


def environment(project: Path, service: EmulatorServer) -> dict[str, str]:
    return {
        **{name: value for name, value in own_environment().items() if not name.startswith("PULUMI_")},
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "PULUMI_BACKEND_URL": (project / "state").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "for this test only",
        "PULUMI_HOME": str(project / "home"),
        "PULUMI_PYTHON_CMD": sys.executable,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "DASHSCOPE_HTTP_BASE_URL": service.base_url,
    }


def debugged(project: Path, given: dict[str, str]) -> tuple[str, str, str]:
    """Run `pulumi up` with both recipes: its output, its log, and what was said over gRPC."""
    messages = project / "messages.json"
    recipes = ["-v=9", "--logflow", "--logtostderr"]
    done = pulumi(project, {**given, "PULUMI_DEBUG_GRPC": str(messages)}, "up", "--yes", "--skip-preview", *recipes)
    return done.stdout, done.stderr, messages.read_text()


def pulumi(project: Path, given: dict[str, str], *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    command = [str(pulumi_command()), *arguments, "--non-interactive", "--color", "never"]
    done = subprocess.run(command, cwd=project, env=given, input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    return done


@pytest.mark.timeout(300)
@pytest.mark.skipif(pulumi_command() is None, reason="the `pulumi` command is not on PATH")
@pytest.mark.parametrize("where", ["configuration", "environment", "file"])
def test_a_configured_key_is_shown_and_one_of_the_environment_or_a_file_is_not(
    where: str, project: Path, service: EmulatorServer
) -> None:
    given = environment(project, service)
    pulumi(project, given, "stack", "init", "debug")
    if where == "configuration":
        pulumi(project, given, "config", "set", "--secret", "dashscope-ft:apiKey", text=KEY)
    elif where == "environment":
        given["DASHSCOPE_API_KEY"] = KEY
    else:
        (project / "key").write_text(KEY)
        given["DASHSCOPE_API_KEY_FILE_PATH"] = str(project / "key")
    output, log, messages = debugged(project, given)
    assert len(service.jobs) == 1, "the key was used"
    assert KEY not in output
    assert SECRET not in output
    for text in (log, messages):
        assert (KEY in text) == (where == "configuration")
        assert SECRET in text, "if this fails, Pulumi has become better: say so in docs/how-to/secrets.md"


def test_the_page_says_which_recipes_show_secrets_and_what_to_do_instead() -> None:
    page = PAGE.read_text()
    rows = re.findall(r"^\| (`.+?) \| (.+?) \|$", page.partition("## When you debug")[2], re.MULTILINE)
    shown = {recipe for recipe, said in rows if "**in clear**" in said}
    assert shown == {"`pulumi … -v=9 --logflow`", "`PULUMI_DEBUG_GRPC=FILE`"}
    assert "Give the key by an environment variable or a key file" in page
