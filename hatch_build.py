"""The README for the package index, which does not resolve relative links: they become links to the repository.

hatchling calls this for each build (`[tool.hatch.metadata.hooks.custom]` in pyproject.toml).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

REPOSITORY = "https://github.com/pulumi-dashscope-ft/pulumi-dashscope-ft"
_LINK = re.compile(r"(!?)(\[[^\]]*\]\()(?![a-z]+:|#)([^)\s]+)\)")


class ReadmeHook(MetadataHookInterface):
    """Sets the project's `readme`."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add the text to the metadata."""
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": with_absolute_links(text)}


def with_absolute_links(text: str) -> str:
    """Return Markdown whose relative links lead to the repository; pictures to their bare files."""

    def absolute(link: re.Match[str]) -> str:
        return f"{link[1]}{link[2]}{REPOSITORY}/{'raw' if link[1] else 'blob'}/main/{link[3]})"

    return _LINK.sub(absolute, text)
