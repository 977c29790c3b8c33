"""Draws the imports between packages for docs/architecture.md: `python tests/docs/import_picture.py`.

The picture leaves out an arrow where a longer way leads to the same place: with all arrows nobody could read it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[2]
PACKAGE = "pulumi_dashscope_ft"
PAGE = ROOT / "docs" / "architecture.md"
PICTURES = {"packages": PACKAGE, "lifecycle": f"{PACKAGE}.lifecycle"}
"""The comment that names each picture, and the package whose children it shows."""

Arrows = frozenset[tuple[str, str]]


def imports(package: str) -> Arrows:
    """Which direct children of a package import which others. Modules whose name begins with `_` are left out."""
    graph = grimp.build_graph(PACKAGE, cache_dir=None)
    arrows = set()
    for module in graph.modules:
        for other in graph.find_modules_directly_imported_by(module):
            start, end = _child(package, module), _child(package, other)
            if start and end and start != end:
                arrows.add((start, end))
    return frozenset(arrows)


def _child(package: str, module: str) -> str | None:
    name = module.removeprefix(f"{package}.").split(".")[0] if module.startswith(f"{package}.") else ""
    return name if name and not name.startswith("_") else None


def reduced(arrows: Arrows) -> Arrows:
    """Without the arrows for which a longer way leads to the same place.

    :raises ValueError: the arrows have a circle.
    """
    after: dict[str, set[str]] = {}
    for start, end in arrows:
        after.setdefault(start, set()).add(end)
    reach = {start: _reached(after, start) for start in after}
    if any(start in reached for start, reached in reach.items()):
        raise ValueError("the imports have a circle")
    return frozenset(
        (start, end)
        for start, end in arrows
        if not any(end in reach.get(between, ()) for between in after[start] - {end})
    )


def _reached(after: Mapping[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = list(after.get(start, ()))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(after.get(name, ()))
    return found


def drawn(picture: str) -> Arrows:
    """The arrows of a picture on the page."""
    for body in re.findall(r"^```mermaid\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
        if f"%% {picture}\n" in body:
            return frozenset(re.findall(r"^ +(\w+) --> (\w+)$", body, re.MULTILINE))
    raise ValueError(f"{PAGE.name} has no picture with the line `%% {picture}`")


if __name__ == "__main__":
    for name, package in PICTURES.items():
        print(f"%% {name}")
        for start, end in sorted(reduced(imports(package))):
            print(f"    {start} --> {end}")
