"""The pages of the site: where each file of the repository stands on it, and what its links become there.

Pages stay where the code host shows them, so their links lead to files of the repository. On the site a link to a page
leads to that page, and a link to anything else leads to the repository. Absolute links, which the README needs on the
package index, are treated as the files that they name.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pulumi_dashscope_ft.pages import SITE

__all__ = ["REPOSITORY", "ROOT", "SITE", "Edition", "chinese", "editions", "english", "write"]

ROOT = Path(__file__).parents[2]
REPOSITORY = "https://github.com/pulumi-dashscope-ft/pulumi-dashscope-ft"
RAW = REPOSITORY.replace("github.com", "raw.githubusercontent.com") + "/main/"

_OUTSIDE = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "SECURITY.md": "security.md",
    "CONTRIBUTING.md": "contributing.md",
    "benchmarks/RESULTS.md": "benchmarks.md",
    "templates/README.md": "templates.md",
    "docs/index.md": "pages.md",
}
_CHINESE = {"README.zh-CN.md": "index.md", "docs/getting-started.zh.md": "getting-started.md"}
"""What the Chinese site shows in place of the English pages."""
_NOT_SHOWN = ("docs/_index.md", "docs/installation-configuration.md")
"""The pages of the Pulumi Registry."""
_FENCED = re.compile(r"^(```.*?^```\s*$)", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_OURS = re.compile(f"^(?:{re.escape(REPOSITORY)}/(?:blob|tree)/main/|{re.escape(RAW)})")


def english() -> dict[str, str]:
    """Where files of the repository stand on the site: path there → path on the site."""
    docs = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "docs").rglob("*.md"))
        if "node_modules" not in path.parts
    ]
    pages = {name: name.removeprefix("docs/") for name in docs if name not in (*_NOT_SHOWN, *_CHINESE)}
    examples = sorted((ROOT / "examples").glob("*/README.md"))
    return (
        pages
        | _OUTSIDE
        | {f"examples/{path.parent.name}/README.md": f"examples/{path.parent.name}.md" for path in examples}
    )


def chinese() -> dict[str, str]:
    """The same for the Chinese site, whose other pages are in English."""
    replaced = set(_CHINESE.values())
    return {source: page for source, page in english().items() if page not in replaced} | _CHINESE


@dataclass(frozen=True)
class Edition:
    """The site in one language.

    :param language: `en` or `zh`.
    :param places: where files of the repository stand on this site.
    :param other: where files that are not on this site stand on that in the other language.
    """

    language: str
    places: Mapping[str, str]
    other: Mapping[str, str]

    def text(self, source: str) -> str:
        """Return the text of a file of the repository as the site shows it."""
        text = (ROOT / source).read_text(encoding="utf-8")
        return "".join(
            part if part.startswith("```") else _LINK.sub(lambda link: f"]({self.moved(link[1], source)})", part)
            for part in _FENCED.split(text)
        )

    def moved(self, target: str, source: str) -> str:
        """Return where a link leads on the site that stands in the file `source`."""
        path, _, fragment = target.partition("#")
        if absolute := _OURS.match(target):
            path = path[absolute.end() :]
        elif re.match(r"[a-z]+:", target) or not path:
            return target
        else:
            path = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
        end = f"#{fragment}" if fragment else ""
        start = posixpath.dirname(self.places[source]) or "."
        for name in (path, f"{path.rstrip('/')}/README.md"):
            if name in self.places:
                return posixpath.relpath(self.places[name], start) + end
            if name in self.other:
                folder = "zh/" if self.language == "en" else ""
                return f"{SITE}{folder}{self.other[name].removesuffix('.md')}.html{end}"
        if path.startswith("docs/images/"):
            return posixpath.relpath(path.removeprefix("docs/"), start)
        kind = "tree" if (ROOT / path).is_dir() else "blob"
        return f"{REPOSITORY}/{kind}/main/{path}{end}"


def editions() -> tuple[Edition, Edition]:
    """Return the English and the Chinese site."""
    en, zh = english(), chinese()
    return (
        Edition("en", en, {name: page for name, page in zh.items() if name not in en}),
        Edition("zh", zh, {name: page for name, page in en.items() if name not in zh}),
    )


def write(target: Path, generated: Mapping[str, str], has_pictures: bool) -> None:
    """Write the pages of both languages below `target`, in `en` and `zh`.

    :param generated: the pages that no file of the repository holds.
    :param has_pictures: whether the site can draw `mermaid`; otherwise the pages show its text.
    """
    for edition in editions():
        pages = {page: edition.text(source) for source, page in edition.places.items()}
        for name, text in (pages | dict(generated)).items():
            file = target / edition.language / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text if has_pictures else text.replace("```mermaid", "```text"), encoding="utf-8")
