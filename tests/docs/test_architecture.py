"""docs/architecture.md is true: its pictures are the imports, and its paths and functions exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from import_picture import PAGE, PICTURES, ROOT, drawn, imports, reduced

from pulumi_dashscope_ft.lifecycle.kinds.registry import REGISTERED

TEXT = PAGE.read_text(encoding="utf-8")
PATHS = sorted(set(re.findall(r"`((?:pulumi_dashscope_ft|tests|docs)/[\w./-]+)`", TEXT)))
NAMED = sorted(
    {
        *re.findall(r"\| `(pulumi_dashscope_ft/[\w/]+\.py)` \| `([\w.]+)` \|", TEXT),
        *re.findall(r"`(pulumi_dashscope_ft/[\w/]+\.py)`\s+\(`([\w.]+)`\)", TEXT),
        *((path, name) for name, path in re.findall(r"`([A-Z]\w+)` in\s+`(pulumi_dashscope_ft/[\w/]+\.py)`", TEXT)),
    }
)


@pytest.mark.parametrize("picture", PICTURES)
def test_the_picture_is_that_of_the_imports(picture: str) -> None:
    there = reduced(imports(PICTURES[picture]))
    assert sorted(drawn(picture)) == sorted(there), "`python tests/docs/import_picture.py` prints the arrows"


@pytest.mark.parametrize("picture", PICTURES)
def test_every_part_is_in_the_picture_and_has_a_name(picture: str) -> None:
    ends = {name for arrow in imports(PICTURES[picture]) for name in arrow}
    body = TEXT.split(f"%% {picture}\n", 1)[1].split("```", 1)[0]
    assert set(re.findall(r"^ +(\w+)\[", body, re.MULTILINE)) == ends


def test_the_dotted_arrows_are_what_the_registry_loads() -> None:
    dotted = re.findall(r"^ +kinds -\.-> (\w+)$", TEXT, re.MULTILINE)
    assert sorted(dotted) == sorted(one.folder.rpartition(".")[2] for one in REGISTERED)


def test_an_arrow_that_a_longer_way_replaces_is_left_out() -> None:
    assert reduced(frozenset({("a", "b"), ("b", "c"), ("a", "c")})) == {("a", "b"), ("b", "c")}
    with pytest.raises(ValueError, match="circle"):
        reduced(frozenset({("a", "b"), ("b", "a")}))


@pytest.mark.parametrize("path", PATHS)
def test_a_path_exists(path: str) -> None:
    assert (ROOT / path.replace("NAME.py", "sweep.py")).exists()


@pytest.mark.parametrize(("path", "name"), NAMED, ids=lambda part: str(part))
def test_a_function_is_where_the_page_says(path: str, name: str) -> None:
    assert defined(ROOT / path, name), f"{path} has no {name}"


def test_the_trace_is_long_enough_to_be_one() -> None:
    rows = re.findall(r"^\| (\d+) \| `(\S+)` \| `(\S+)` \|", TEXT, re.MULTILINE)
    assert [int(number) for number, _, _ in rows] == list(range(1, len(rows) + 1))
    packages = [path.split("/")[1] for _, path, _ in rows]
    assert packages == sorted(packages, key=["dynamic", "frontend", "lifecycle", "api"].index), (
        "from Pulumi to the wire"
    )
    assert {(path, name) for _, path, name in rows} <= set(NAMED)


def defined(module: Path, name: str) -> bool:
    """Whether a module has a function, class, method or constant of this dotted name."""
    body: list[ast.stmt] = ast.parse(module.read_text(encoding="utf-8")).body
    found = False
    for part in name.split("."):
        found = False
        for statement in body:
            if isinstance(statement, (ast.FunctionDef, ast.ClassDef)) and statement.name == part:
                found, body = True, statement.body
                break
            targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
            if any(isinstance(target, ast.Name) and target.id == part for target in targets):
                found = True
                break
        if not found:
            return False
    return found
