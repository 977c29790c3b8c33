"""What `make site` gives to MkDocs: all pages of both languages, the files beside them, the settings of
the Chinese site.

Run it from anywhere; it writes to `build/site`.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Mapping

import site_commands
import site_reference
import yaml
from site_pages import ROOT, SITE, write

BUILD = ROOT / "build" / "site"
SETTINGS = ROOT / "mkdocs.yml"
TITLES = ROOT / "docs" / "assets" / "navigation.zh.yml"
MERMAID = ROOT / "docs" / "assets" / "node_modules" / "@mermaid-js" / "tiny" / "dist" / "mermaid.tiny.js"
NAV_TITLE = re.compile(r"^( *- )([A-Z][^:\n]*):", re.MULTILINE)
"""A title in the navigation of mkdocs.yml."""
_BETWEEN_WORDS = r"[\s\-,。，、：；（）]+|(?=[\u4e00-\u9fff])"
"""What separates words for the Chinese search. Chinese has no spaces, so each of its characters is a word."""
_ASSETS = ("iframe-worker.js", "site.css")


def generated() -> dict[str, str]:
    """Return the pages that are made from the code: path on the site → text."""
    return {**site_reference.pages(), "commands.md": site_commands.page()}


def chinese_settings(settings: str, titles: Mapping[str, str]) -> str:
    """Return the settings of the Chinese site: those of the English one, with its titles in Chinese.

    :param settings: the text of mkdocs.yml.
    :param titles: English title → Chinese title.
    :raises KeyError: a title has no translation.
    """
    head, nav = settings.split("\nnav:\n")
    translated = NAV_TITLE.sub(lambda title: f"{title[1]}{titles[title[2]]}:", nav)
    changes = {
        "language: en": "language: zh",
        "docs_dir: build/site/en": f"docs_dir: {BUILD}/zh",
        "site_dir: build/site/html": f"site_dir: {BUILD}/html/zh",
        f"site_url: {SITE}": f"site_url: {SITE}zh/",
        "link: index.html": "link: ../index.html",
        "link: zh/index.html": "link: index.html",
        "\n  - search\n": f"\n  - search: {{ lang: en, pipeline: [stemmer], separator: '{_BETWEEN_WORDS}' }}\n",
    }
    for old, new in changes.items():
        if head.count(old) != 1:
            raise ValueError(f"mkdocs.yml has {head.count(old)} times {old!r}")
        head = head.replace(old, new)
    return f"{head}\nnav:\n{translated}"


def main() -> None:
    """Write everything anew."""
    shutil.rmtree(BUILD, ignore_errors=True)
    has_pictures = MERMAID.is_file()
    if not has_pictures:
        print("make site: no npm packages in docs/assets; pictures are shown as their text", file=sys.stderr)
    write(BUILD, generated(), has_pictures)
    for language in ("en", "zh"):
        shutil.copytree(ROOT / "docs" / "images", BUILD / language / "images")
        assets = BUILD / language / "assets"
        assets.mkdir()
        for name in _ASSETS:
            shutil.copy(ROOT / "docs" / "assets" / name, assets)
        if has_pictures:
            shutil.copy(MERMAID, assets / "mermaid.js")
        else:
            (assets / "mermaid.js").touch()
    titles = yaml.safe_load(TITLES.read_text(encoding="utf-8"))
    settings = SETTINGS.read_text(encoding="utf-8")
    (BUILD / "mkdocs.zh.yml").write_text(chinese_settings(settings, titles), encoding="utf-8")
    (BUILD / "en" / "llms.txt").write_text(llms(settings), encoding="utf-8")


def llms(settings: str) -> str:
    """Return llms.txt: what assistants should know first, and every page with its address."""
    head = (ROOT / "docs" / "assets" / "llms.txt").read_text(encoding="utf-8")
    nav = re.findall(r"^ *- ([A-Z][^:\n]*): (\S+)\.md$", settings.split("\nnav:\n")[1], re.MULTILINE)
    return head + "".join(f"- [{title}]({SITE}{page}.html)\n" for title, page in nav)


if __name__ == "__main__":
    main()
