"""The code that pages show: each block with its page and language, and the commands in those for a shell."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_FOLDERS = ("docs", "examples", "skills", "templates", ".github")
_FENCE = re.compile(r'^( *)```(\w*)(?: title="[^"]*")?\n(.*?)^\1```$', re.MULTILINE | re.DOTALL)
_FENCE_OF_ANY_FORM = re.compile(r"^ *```\S", re.MULTILINE)
_SUBSTITUTION = re.compile(r"\$\(([^()]*)\)")
_BETWEEN = re.compile(r"[&|;()]+")
_IN_AN_ENVIRONMENT = re.compile(r"^(?:[\w.]+/)?\.venv/bin/")


@dataclass(frozen=True)
class Snippet:
    """A block of code.

    :param page: path of its page in the repository.
    :param line: the line in which it begins, from 1.
    """

    page: str
    line: int
    language: str
    body: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def pages() -> list[Path]:
    """All pages that people read, without what npm and `pulumi package add` put there."""
    found = [*ROOT.glob("*.md"), *(path for folder in _FOLDERS for path in (ROOT / folder).rglob("*.md"))]
    return sorted(path for path in found if not {"node_modules", "sdks"} & set(path.relative_to(ROOT).parts))


def snippets() -> Iterator[Snippet]:
    """Yield every block of every page.

    :raises ValueError: a page has a block whose fence is of a form that this does not know.
    """
    for path in pages():
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(ROOT).as_posix()
        found = list(_FENCE.finditer(text))
        if len(_FENCE_OF_ANY_FORM.findall(text)) > len([fence for fence in found if fence[2]]):
            raise ValueError(f"{name} has a fence of another form")
        for fence in found:
            yield Snippet(name, text.count("\n", 0, fence.start()) + 1, fence[2], fence[3])


def commands(body: str) -> Iterator[list[str]]:
    """Yield the words of each command of a shell block; those inside `$(…)`, too."""
    for line in body.replace("\\\n", " ").splitlines():
        yield from _of_line(re.sub(r"^\$ ", "", line))


def _of_line(line: str) -> Iterator[list[str]]:
    for inner in _SUBSTITUTION.findall(line):
        yield from _of_line(inner)
    lexer = shlex.shlex(_SUBSTITUTION.sub("VALUE", line), posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    lexer.commenters = "#"
    words: list[str] = []
    for word in [*lexer, ";"]:
        if not _BETWEEN.fullmatch(word):
            words.append(word)
            continue
        if command := _without_redirections(words):
            yield command
        words = []


def _without_redirections(words: list[str]) -> list[str]:
    """Return a command's own words: without assignments before it, its virtual environment, and `> FILE`."""
    kept: list[str] = []
    skip = False
    for word in words:
        if skip or re.fullmatch(r"\d?[<>]+&?", word):
            skip = not skip
        elif kept or not re.match(r"[A-Za-z_]\w*=", word):
            kept.append(word)
    return [_IN_AN_ENVIRONMENT.sub("", kept[0]), *kept[1:]] if kept else []
