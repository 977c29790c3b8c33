"""docs/getting-started.md is followed to the letter: each of its blocks is written or typed, in its order.

What stands between is what a test can't take from the network: an index to install from, and the real service, in whose
place the emulator answers. `make site` runs this (see conftest.py).
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "getting-started.md"
ADDRESS = "http://127.0.0.1:8765"
BLOCK = re.compile(r'^```(?P<language>\w+)(?: title="(?P<title>[^"]+)")?\n(?P<body>.*?)^```$', re.MULTILINE | re.DOTALL)

SHELL = r"""
set -euo pipefail
python3() { command "$PYTHON" "$@" --without-pip; }
pip() {
  [ "$1 $2" = "install pulumi-dashscope-ft[emulator]" ]
  echo "$PACKAGES" >"$(python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/installed.pth"
  ln -s "$TOOLS/dashscope-ft" .venv/bin/
}
dashscope-ft() {
  case "$1" in
    emulator) ;;
    doctor) command dashscope-ft "$@" || [ "$ENGINE" = local ]; return ;; # which has no `pulumi` to find
    *) command dashscope-ft "$@"; return ;;
  esac
  command dashscope-ft "$@" --port 0 --json >emulator.json &
  EMULATOR_PROCESS=$!
  trap 'kill $EMULATOR_PROCESS' EXIT
  until [ -s emulator.json ]; do sleep 0.1; kill -0 $EMULATOR_PROCESS; done
  EMULATOR=$(python -c 'import json; print(json.load(open("emulator.json"))["baseUrl"].removesuffix("/api/v1"))')
}
unset() { :; } # the emulator stays in the place of the real service
"""
LOCAL = r"""
pulumi() {
  case "$1 ${2-}" in
    "stack init") STACK=$3 ;;
    "stack output") python -m pulumi_dashscope_ft.testing export --stack "$STACK" | python outputs.py "$3" ;;
    *) python -m pulumi_dashscope_ft.testing "$1" --stack "$STACK" ;;
  esac
}
"""
COMMAND = r"""
pulumi() {
  case "$1" in
    up | destroy) command pulumi "$@" --yes --skip-preview --non-interactive ;;
    *) command pulumi "$@" --non-interactive ;;
  esac
}
"""
OUTPUTS = """
import json, sys
resources = json.load(sys.stdin)["deployment"]["resources"]
(stack,) = [one for one in resources if one["type"] == "pulumi:pulumi:Stack"]
print(stack["outputs"][sys.argv[1]])
"""


def script(directory: Path) -> str:
    """The page as one script, with a line before each block; its files are written."""
    lines = []
    for block in BLOCK.finditer(PAGE.read_text(encoding="utf-8")):
        if block["title"]:
            (directory / "triage").mkdir(exist_ok=True)
            (directory / "triage" / block["title"]).write_text(block["body"], encoding="utf-8")
            continue
        assert block["language"] == "sh"
        lines += [
            f"printf '\\n>>> %s\\n' '{block['body'].splitlines()[0][:40]}'",
            block["body"].replace(ADDRESS, "$EMULATOR"),
        ]
    return "\n".join(lines).replace("mkdir triage", "true").replace("sk-…", "sk-real-0123456789abcdef")


def followed(directory: Path, engine: str) -> str:
    """What a reader sees who does what the page says."""
    text = script(directory)
    (directory / "triage" / "outputs.py").write_text(OUTPUTS)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("DASHSCOPE_", "PULUMI_"))},
        "ENGINE": engine,
        "PYTHON": sys.executable,
        "PACKAGES": next(path for path in sys.path if path.endswith("site-packages")) + f"\n{ROOT}",
        "TOOLS": str(Path(sys.executable).parent),
        "PULUMI_HOME": str(directory / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "1",
        "HOME": str(directory),
    }
    done = subprocess.run(
        ["bash", "-c", SHELL + (COMMAND if engine == "command" else LOCAL) + text],
        cwd=directory,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.timeout(600)
def test_the_page_leads_from_nothing_to_a_served_model_and_back(engine: str, tmp_path: Path) -> None:
    seen = followed(tmp_path, engine)
    (answer,) = [json.loads(line) for line in re.findall(r"^\{.*chat\.completion.*\}", seen, re.MULTILINE)]
    assert answer["model"].startswith("qwen3-8b-ft-")
    parts = re.split(r"^>>> ", seen, flags=re.MULTILINE)
    assert "SUCCEEDED" in next(part for part in parts if part.startswith("dashscope-ft jobs"))
    assert parts[-1].rstrip().endswith("0 of 20 of the quota used (active and succeeded)"), "no job is left"


def test_the_program_is_typed_and_its_data_fits_it(tmp_path: Path) -> None:
    script(tmp_path)
    folder = tmp_path / "triage"
    subprocess.run([sys.executable, "make_data.py"], cwd=folder, check=True)
    rows = [json.loads(line) for line in (folder / "train.jsonl").read_text().splitlines()]
    assert len(rows) == 80
    assert {message["role"] for row in rows for message in row["messages"]} == {"user", "assistant"}
