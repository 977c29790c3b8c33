"""The Chinese pages keep step with the English ones: the same headings, and the same code apart from comments."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAIRS = {"README.md": "README.zh-CN.md", "docs/getting-started.md": "docs/getting-started.zh.md"}
_BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"(^|\s+)# .*$", re.MULTILINE)


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def headings(page: str) -> list[int]:
    """The level of each heading."""
    return [len(marks) for marks in re.findall(r"^(#+) ", _BLOCK.sub("", page), re.MULTILINE)]


def code(page: str) -> list[str]:
    """The blocks, without comments."""
    return [_COMMENT.sub("", block) for block in _BLOCK.findall(page)]


def targets(page: str) -> list[str]:
    """Where the page's links lead, without places on a page: their names are Chinese, too."""
    return [target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", page)]


def tables(page: str) -> list[int]:
    """The number of cells of each row."""
    return [line.count("|") for line in _BLOCK.sub("", page).splitlines() if line.startswith("|")]


@pytest.mark.parametrize(("english", "chinese"), PAIRS.items())
def test_the_chinese_page_has_the_same_headings_and_code(english: str, chinese: str) -> None:
    assert headings(text(chinese)) == headings(text(english))
    assert code(text(chinese)) == code(text(english))
    assert tables(text(chinese)) == tables(text(english))


@pytest.mark.parametrize(("english", "chinese"), PAIRS.items())
def test_the_chinese_page_leads_to_the_same_places(english: str, chinese: str) -> None:
    folder = posixpath.dirname(english)

    def in_chinese(target: str) -> str:
        other = PAIRS.get(posixpath.normpath(posixpath.join(folder, target)))
        return target if other is None else posixpath.relpath(other, folder or ".")

    first, *others = targets(text(english))
    start, *chinese_ones = targets(text(chinese))
    if english == "README.md":  # the first link of each leads to the other
        assert (first, start) == (chinese, english)
        assert chinese_ones.pop(0) == others.pop(0) + "zh/"
    else:
        chinese_ones, others = [start, *chinese_ones], [first, *others]
    assert chinese_ones == [in_chinese(target) for target in others]


@pytest.mark.parametrize("page", PAIRS.values())
def test_the_chinese_page_is_chinese(page: str) -> None:
    prose = re.sub(r"`[^`]*`|\]\([^)]*\)", "", _BLOCK.sub("", text(page)))
    paragraphs = [part for part in prose.split("\n\n") if len(part) > 20 and not part.startswith("#")]
    assert [part for part in paragraphs if not re.search(r"[\u4e00-\u9fff]", part)] == []
    # Half-width punctuation between Chinese characters is a slip.
    assert re.findall(r"[\u4e00-\u9fff][,;:?!][\u4e00-\u9fff]", prose) == []


def test_a_page_that_falls_behind_is_found() -> None:
    page = text("docs/getting-started.md")
    assert headings(page.replace("\n## Next", "\n### Next")) != headings(page)
    assert code(page.replace("dashscope-ft doctor", "dashscope-ft jobs")) != code(page)
    assert code(page.replace("# what destroy would do", "# 清理时会做什么")) == code(page)
