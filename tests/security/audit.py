"""`make audit`: asks pip-audit for advisories about everything that a lock of this repository installs: what the tests
need, what builds the site, and what makes a release.

Why it exists: pip-audit passes when nobody can be asked: behind a mirror that serves packages and no advisories it
skips every one, and ends with 0. So one package is asked for first, and what was not audited is never called clean.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOCKS = sorted(Path(__file__).parents[2].glob("requirements-*.lock"))
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
        names = sorted({package["name"] for package in audited if package["vulns"]})
        return Verdict(
            1,
            "\n".join(
                [
                    *found,
                    f'Raise the versions that constraints.txt has, then type `make lock UPGRADE="{" ".join(names)}"`.',
                ]
            ),
        )
    if not audited:
        return Verdict(0, "not audited: the index that pip uses here serves no advisories")
    text = f"no advisory about {len(audited)} packages"
    return Verdict(0, f"{text}; not audited: {', '.join(skipped)}" if skipped else text)


def entries_of(locks: Iterable[str]) -> list[str]:
    """Return what the locks install, each version once: what two of them have is asked for once."""
    lines = (line for lock in locks for line in lock.replace("\\\n", " ").splitlines())
    return list({line.split()[0]: line for line in lines}.values())


def audit(ask: Callable[[Sequence[str]], dict[str, Any] | str], locks: Iterable[str]) -> Verdict:
    """Audit one package of the locks, then all.

    :param ask: gets lines of requirements; returns pip-audit's report, or the reason why there is none.
    """
    entries = entries_of(locks)
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
    result = audit(pip_audit, [lock.read_text() for lock in LOCKS])
    print(f"audit: {result.text}")
    sys.exit(result.exit_code)
