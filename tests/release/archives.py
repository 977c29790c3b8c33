"""Archives that are the same bytes whenever they are made of the same files."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Mapping
from pathlib import Path

from builds import commit_time


def write(file: Path, contents: Mapping[str, bytes]) -> Path:
    """Write a `.tar.gz` with these files, dated as the commit."""
    file.parent.mkdir(parents=True, exist_ok=True)
    plain, date = io.BytesIO(), int(commit_time())
    with tarfile.open(fileobj=plain, mode="w") as archive:
        for name, content in sorted(contents.items()):
            member = tarfile.TarInfo(name)
            member.size, member.mtime, member.mode = len(content), date, 0o644
            archive.addfile(member, io.BytesIO(content))
    file.write_bytes(gzip.compress(plain.getvalue(), mtime=0))
    return file
