"""The wheel and the source archive, built twice from what is committed: both times the same bytes.

Each build has a copy of its own, in another folder, with other file times, another time zone and another umask, because
those are what differs between two machines.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tarfile
from io import BytesIO
from pathlib import Path

from commands import ROOT, CommandFailedError, run

BUILDS = ({"TZ": "UTC"}, {"TZ": "Asia/Shanghai", "PYTHONHASHSEED": "7"})


def build(python: Path, target: Path, work: Path) -> list[Path]:
    """Build twice, compare, and leave the files in a folder.

    :param python: an interpreter with `build` and `hatchling`.
    :param work: an empty folder for the copies.
    :returns: the source archive and the wheel.
    :raises CommandFailedError: a build failed, or the two differ.
    """
    made = [_built(python, work / str(number), extra) for number, extra in enumerate(BUILDS)]
    first, second = ({file.name: digest(file) for file in sorted(folder.iterdir())} for folder in made)
    if first != second:
        raise CommandFailedError(f"two builds of the same commit differ: {first} and {second}")
    target.mkdir(parents=True, exist_ok=True)
    return [Path(shutil.copy2(file, target)) for file in sorted(made[0].iterdir())]


def digest(file: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _built(python: Path, folder: Path, extra: dict[str, str]) -> Path:
    source = folder / "source"
    # With what is changed and not committed yet, as a commit that belongs to no branch; nothing that git does not know.
    commit = run("git", "stash", "create").strip() or "HEAD"
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, capture_output=True).stdout
    source.mkdir(parents=True)
    with tarfile.open(fileobj=BytesIO(archive)) as files:
        files.extractall(source, filter="data")
    for number, file in enumerate(sorted(source.rglob("*"))):
        os.utime(file, (number, number))
        file.chmod(file.stat().st_mode | (0o020 if extra["TZ"] == "UTC" else 0))
    environment = {**extra, "SOURCE_DATE_EPOCH": commit_time()}
    command = (python, "-m", "build", "--no-isolation", "--outdir", folder / "dist", source)
    run(*command, cwd=folder, env=environment)
    return folder / "dist"


def commit_time() -> str:
    """Return when the commit was made, in seconds since 1970: the date of everything in the archives."""
    return run("git", "log", "-1", "--format=%ct").strip()
