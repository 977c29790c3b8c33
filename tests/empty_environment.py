"""An empty virtual environment into which the wheel was installed.

Why it exists: tests have no network, so pip can't fetch what the wheel needs. pip installs the wheel itself; what it
declares to need, and what that needs in turn, is linked file by file from the environment that the tests run in. So the
wheel's metadata, its scripts and its list of dependencies are used as they are, and nothing else can be imported: not
the checkout, and no package that only tests have.
"""

from __future__ import annotations

import subprocess
import sys
import venv
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def install(wheel: Path, directory: Path) -> Path:
    """Make the environment; its folder of executables."""
    venv.create(directory, with_pip=False, symlinks=True)
    executables = directory / "bin"
    pip = [sys.executable, "-m", "pip", "--python", str(executables / "python"), "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--quiet", "--no-index", "--no-deps", str(wheel)], check=True)
    (packages,) = directory.glob("lib/python*/site-packages")
    (own,) = metadata.distributions(path=[str(packages)])
    for needed in _needed(own):
        for file in needed.files or ():
            if ".." not in file.parts:
                link = packages / file
                link.parent.mkdir(parents=True, exist_ok=True)
                link.symlink_to(Path(str(needed.locate_file(file))))
    return executables


def _needed(root: metadata.Distribution) -> Iterator[metadata.Distribution]:
    """What a distribution needs, and what that needs, once each."""
    met: set[tuple[str, str]] = set()
    told: set[str] = set()
    ahead = [(root, "")]
    while ahead:
        distribution, extra = ahead.pop()
        for line in distribution.requires or ():
            wanted = Requirement(line)
            name = canonicalize_name(wanted.name)
            if wanted.marker is not None and not wanted.marker.evaluate({"extra": extra}):
                continue
            for more in ("", *wanted.extras):
                if (name, more) not in met:
                    met.add((name, more))
                    ahead.append((metadata.distribution(name), more))
            if name not in told:
                told.add(name)
                yield metadata.distribution(name)
