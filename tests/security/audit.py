"""`make audit`: asks pip-audit for advisories about everything that `requirements-dev.lock` installs.

Why it exists: pip-audit passes when nobody can be asked: behind a mirror that serves packages and no advisories it
skips every one, and ends with 0. So one package is asked for first, and what was not audited is never called clean.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOCK = Path(__file__).parents[2] / "requirements-dev.lock"
FIRST = "requests"
SECONDS = 300


@dataclass(frozen=True)
class Verdict:
    """What an audit found. `exit_code` is 1 only for advisories: being offline fails no build."""

    exit_code: int
    text: str


def judge(report: dict[str, Any]) -> Verdict:
    """Read pip-audit's JSON."""
    audited = [package for package in report["dependencies"] if "skip_reason" not in package]
    skipped = [package["name"] for package in report["dependencies"] if "skip_reason" in package]
    found = [
        f"{package['name']} {package['version']}: {advisory['id']}, fixed in {', '.join(advisory['fix_versions'])}"
        for package in audited
        for advisory in package["vulns"]
    ]
    if found:
        return Verdict(1, "\n".join([*found, "Raise the versions in constraints.txt, then type `make lock`."]))
    if not audited:
        return Verdict(0, "not audited: the index that pip uses here serves no advisories")
    text = f"no advisory about {len(audited)} packages"
    return Verdict(0, f"{text}; not audited: {', '.join(skipped)}" if skipped else text)


def audit(ask: Callable[[Sequence[str]], dict[str, Any] | str], lock: str) -> Verdict:
    """Audit one package of `lock`, then all.

    :param ask: gets lines of requirements; returns pip-audit's report, or the reason why there is none.
    """
    entries = lock.replace("\\\n", " ").splitlines()
    first = [line for line in entries if line.startswith(f"{FIRST}==")]
    for lines in (first, entries):
        answer = ask(lines)
        if isinstance(answer, str):
            return Verdict(0, f"not audited: {answer}")
        verdict = judge(answer)
        if verdict.exit_code or verdict.text.startswith("not audited"):
            return verdict
    return verdict


def pip_audit(lines: Sequence[str]) -> dict[str, Any] | str:
    """Run pip-audit on these lines; nothing is installed or resolved."""
    what = ["--requirement", "/dev/stdin", "--require-hashes", "--disable-pip", "--timeout", "10"]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pip_audit", *what, "--format", "json", "--progress-spinner", "off"],
            input="\n".join(lines),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"no answer within {SECONDS} s"
    try:
        report: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        return (done.stderr.strip().splitlines() or ["pip-audit said nothing"])[-1]
    return report


if __name__ == "__main__":
    result = audit(pip_audit, LOCK.read_text())
    print(f"audit: {result.text}")
    sys.exit(result.exit_code)
