"""The package's docstrings, comments and messages are plain, and its docstrings have one dialect."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest
from plain_english import findings

PACKAGE = Path(__file__).parents[2] / "pulumi_dashscope_ft"
MODULES = [path.relative_to(PACKAGE).as_posix() for path in sorted(PACKAGE.rglob("*.py"))]

DIALECT = {
    "say what the module is, then why": r"^Why (?:it|this) exists",
    "use :param:, :returns: and :raises:": r"^\s*(?:Args|Raises|Returns):\s*$",
    "use single backticks": r"``",
}


def docstrings(source: str) -> Iterator[tuple[str, bool]]:
    """Yield every docstring and every text below an attribute, and whether it is a docstring."""
    for node in ast.walk(ast.parse(source)):
        body = getattr(node, "body", None)
        for position, statement in enumerate(body if isinstance(body, list) else ()):
            value = statement.value if isinstance(statement, ast.Expr) else None
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value, position == 0


def literals(source: str) -> Iterator[str]:
    """Yield every text literal; an f-string as a whole, because a phrase may stand on both sides of a value."""
    tree = ast.parse(source)
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            yield node.value


def comments(source: str) -> Iterator[str]:
    """Yield every comment; lines below each other are one comment."""
    block: list[str] = []
    last = -1
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            if token.start[0] != last + 1 and block:
                yield " ".join(block)
                block = []
            block.append(token.string.lstrip("# "))
            last = token.start[0]
    if block:
        yield " ".join(block)


def departures(source: str) -> list[str]:
    """Return what is not plain, or not in the dialect, in the source of a module."""
    said = [finding for text in (*literals(source), *comments(source)) for finding in findings(text)]
    for text, is_docstring in docstrings(source):
        said += [f"{rule}: {text[:60]}" for rule, pattern in DIALECT.items() if re.search(pattern, text, re.MULTILINE)]
        first_line = text.strip().split("\n")[0]
        if is_docstring and not first_line.endswith((".", ":")):
            said.append(f"end the first sentence on the first line: {first_line[:60]}")
    return said


def test_the_modules_are_found() -> None:
    assert {"api/client.py", "emulator/model/faults.py", "testing/stack.py", "text/redaction.py"} <= set(MODULES)


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_plain(name: str) -> None:
    assert departures((PACKAGE / name).read_text(encoding="utf-8")) == []


def test_the_schema_is_plain() -> None:
    assert findings((PACKAGE.parent / "schema.json").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('"""Why this exists: jobs."""', 1),
        ('def f():\n    """Do it.\n\n    Raises:\n        ValueError: no.\n    """', 1),
        ('"""Return ``x``."""', 1),
        ('"""This sentence goes on\nin the next line."""', 1),
        ("# mend what\n# the log names", 1),
        ("# this is told\n# of the job", 1),
        ('x = f"{1}, for it holds {2}"', 1),
        ('y = 1\n"""What is to be done."""', 1),
        ('"""Plain.\n\nThe second paragraph has\ntwo lines.\n"""  # fine', 0),
    ],
)
def test_what_is_found(source: str, expected: int) -> None:
    assert len(departures(source)) == expected
