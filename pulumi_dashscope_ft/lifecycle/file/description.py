"""The description of a file, which holds its stamp.

A file is named as on the user's disk, but it can have a description. An upload of this provider puts its stamp at the
end of the description, and is found again by it.
"""

from __future__ import annotations

from pulumi_dashscope_ft.api import File
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.base.owner.stamp import Stamp


def described(label: Stamp, words: str | None) -> str:
    """Return the description to send: the user's words, if there are any, and the stamp."""
    return f"{words} [{label}]" if words else str(label)


def stamp_in(file: File) -> Stamp | None:
    """Return the stamp at the end of the file's description."""
    words = (file.description or "").split()
    return stamp.parse(words[-1].strip("[]")) if words else None


def words_in(file: File) -> str:
    """Return the file's description without the stamp."""
    words, label = file.description or "", stamp_in(file)
    return (words if label is None else words.removesuffix(str(label)).removesuffix(f"[{label}]")).strip()
