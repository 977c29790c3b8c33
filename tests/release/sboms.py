"""The software bill of materials: what the lock installs beside this package, in CycloneDX, with hashes."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from builds import commit_time
from commands import ROOT, CommandFailedError, run, tool

LOCK = "requirements-demo.lock"
"""The package with the extra `emulator`: what the container image holds."""


def write(target: Path, version: str) -> Path:
    """Write the bill and check that nothing is missing in it.

    :raises CommandFailedError: a dependency, or a hash, is missing.
    """
    file = target / f"pulumi_dashscope_ft-{version}.cdx.json"
    command = (tool("cyclonedx-py"), "requirements", LOCK, "--pyproject", "pyproject.toml", "--mc-type", "library")
    run(*command, "--output-reproducible", "-o", file, env={"SOURCE_DATE_EPOCH": commit_time()})
    bill = json.loads(file.read_text(encoding="utf-8"))
    bill["metadata"]["component"]["version"] = version  # pyproject.toml leaves it to the file that has it
    file.write_text(json.dumps(bill, indent=2) + "\n", encoding="utf-8")
    listed = {component["name"].lower().replace("_", "-") for component in bill["components"]}
    locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / LOCK).read_text(encoding="utf-8"), re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    demanded = {re.split(r"[<>=!~ ;\[]", line)[0] for line in project["dependencies"]}
    if missing := (locked | demanded) - listed:
        raise CommandFailedError(f"the bill of materials does not list {', '.join(sorted(missing))}")
    bare = [one["name"] for one in bill["components"] if not _hashes(one)]
    if bare:
        raise CommandFailedError(f"the bill of materials has no hash of {', '.join(bare)}")
    return file


def _hashes(component: dict[str, object]) -> bool:
    return '"hashes"' in json.dumps(component)
