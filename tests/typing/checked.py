"""Check the types of the package and of all its tests in one run of mypy (`make types`).

Tests import the modules beside them by their bare names, because their folders are put on `sys.path`; and names such as
`conftest` stand in many folders. So mypy is given each folder as a place to look in, the modules that others import by
their bare names, and everything else by its path.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
_PROGRAMS = TESTS / "golden" / "programs"
"""Programs as earlier releases ran them."""
_IMPORTED = re.compile(r"^\s*(?:from|import) (test_\w+)", re.MULTILINE)


def main() -> int:
    """Run mypy, with what is given on the command line; return its exit status."""
    files = sorted(path for path in TESTS.rglob("*.py") if path.parent != _PROGRAMS)
    folders = dict.fromkeys(path.parent for path in files if not (path.parent / "__init__.py").exists())
    names = modules(files)
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        print(f"two modules of the tests have the same name: {', '.join(twice)}", file=sys.stderr)
        return 1
    environment = {**os.environ, "MYPYPATH": os.pathsep.join(map(str, folders))}
    arguments = ["-p", "pulumi_dashscope_ft", *(part for name in names for part in ("-m", name))]
    return subprocess.run(
        [sys.executable, "-m", "mypy", *sys.argv[1:], *arguments], cwd=ROOT, env=environment
    ).returncode


def modules(files: list[Path]) -> list[str]:
    """The names of these files as mypy knows them."""
    imported = {name for path in files for name in _IMPORTED.findall(path.read_text(encoding="utf-8"))}
    return [_module(path, imported) for path in files]


def _module(path: Path, imported: set[str]) -> str:
    by_path = path.name == "conftest.py" or (path.name.startswith("test_") and path.stem not in imported)
    start = ROOT if by_path else path.parent
    while (start / "__init__.py").exists():
        start = start.parent
    parts = path.relative_to(start).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


if __name__ == "__main__":
    sys.exit(main())
