"""The pages of the site: where each file of the repository stands on it, and what its links become there.

Pages stay where the code host shows them, so their links lead to files of the repository. On the site a link to a page
leads to that page, and a link to anything else leads to the repository. Absolute links, which the README needs on the
package index, are treated as the files that they name.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
SITE = "https://pulumi-dashscope-ft.github.io/pulumi-dashscope-ft/"
REPOSITORY = "https://github.com/pulumi-dashscope-ft/pulumi-dashscope-ft"
RAW = REPOSITORY.replace("github.com", "raw.githubusercontent.com") + "/main/"

_OUTSIDE = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "SECURITY.md": "security.md",
    "CONTRIBUTING.md": "contributing.md",
    "benchmarks/RESULTS.md": "benchmarks.md",
    "docs/index.md": "pages.md",
}
_CHINESE = {"README.zh-CN.md": "index.md", "docs/getting-started.zh.md": "getting-started.md"}
"""What the Chinese site shows in place of the English pages."""
_NOT_SHOWN = ("docs/_index.md", "docs/installation-configuration.md")
"""The pages of the Pulumi Registry."""
_FENCED = re.compile(r"^(```.*?^```\s*$)", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(\]\()([^)\s]+)(\))")
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


def on_the_site(source: str, places: Mapping[str, str], other: Mapping[str, str], language: str) -> str:
    """Return the text of a file of the repository as the site shows it.

    :param source: path of the file in the repository.
    :param places: where files stand on this site.
    :param other: where files stand on the site in the other language.
    :param language: `en` or `zh`.
    """
    page = places[source]

    def moved(target: str) -> str:
        return _moved(target, source, page, places, other, language)

    text = (ROOT / source).read_text(encoding="utf-8")
    return "".join(
        part if part.startswith("```") else _LINK.sub(lambda link: link[1] + moved(link[2]) + link[3], part)
        for part in _FENCED.split(text)
    )


def _moved(
    target: str, source: str, page: str, places: Mapping[str, str], other: Mapping[str, str], language: str
) -> str:
    path, _, fragment = target.partition("#")
    if absolute := _OURS.match(target):
        path = path[absolute.end() :]
    elif re.match(r"[a-z]+:", target) or not path:
        return target
    else:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
    end = f"#{fragment}" if fragment else ""
    start = posixpath.dirname(page) or "."
    for name in (path, f"{path.rstrip('/')}/README.md"):
        if name in places:
            return posixpath.relpath(places[name], start) + end
        if name in other:  # the same site, in the other language
            address = f"{'zh/' if language == 'en' else ''}{other[name].removesuffix('.md')}.html"
            return SITE + address + end
    if path.startswith("docs/images/"):
        return posixpath.relpath(path.removeprefix("docs/"), start)
    kind = "tree" if (ROOT / path).is_dir() else "blob"
    return f"{REPOSITORY}/{kind}/main/{path}{end}"


def write(target: Path, generated: Callable[[], Mapping[str, str]], has_pictures: bool) -> None:
    """Write the pages of both languages below `target`, in `en` and `zh`.

    :param generated: makes the pages that no file of the repository holds.
    :param has_pictures: whether the site can draw `mermaid`; otherwise the pages show its text.
    """
    made = generated()
    for language, places, other in (("en", english(), chinese()), ("zh", chinese(), english())):
        only_there = {name: page for name, page in other.items() if name not in places}
        pages = {page: on_the_site(source, places, only_there, language) for source, page in places.items()}
        for name, text in (pages | dict(made)).items():
            file = target / language / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text if has_pictures else text.replace("```mermaid", "```text"), encoding="utf-8")
