"""Each mutant of the table can still be made, and its tests are still there. `make mutants` runs them."""

from __future__ import annotations

import ast
import shutil
from functools import cache
from pathlib import Path

import pytest
from mutant import PACKAGE, REPOSITORY, Mutant
from tables import ALL, AREAS

LEAST = 300


@cache
def source(module: str) -> str:
    file = REPOSITORY / PACKAGE / module
    return file.read_text(encoding="utf-8") if file.is_file() else ""


@cache
def names_in(file: str) -> frozenset[str]:
    """The tests of a file, as the part of a node id after the file."""
    path = REPOSITORY / "tests" / file
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.is_file() else ast.Module([], [])
    found = {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}
    for owner in (one for one in tree.body if isinstance(one, ast.ClassDef)):
        found |= {f"{owner.name}::{one.name}" for one in owner.body if isinstance(one, ast.FunctionDef)}
    return frozenset(found)


def is_there(test: str) -> bool:
    file, _, name = test.partition("::")
    return name in names_in(file) if name else bool(names_in(file))


def test_there_are_enough_and_none_stands_twice() -> None:
    assert len(ALL) >= LEAST
    assert [area for area, mutants in AREAS.items() if len(mutants) < 5] == []
    assert len({(mutant.module, mutant.text, mutant.replacement) for mutant in ALL}) == len(ALL)


def test_each_text_stands_once_in_its_module() -> None:
    assert [str(mutant) for mutant in ALL if source(mutant.module).count(mutant.text) != 1] == []


def test_each_replacement_is_a_change_that_python_understands() -> None:
    for mutant in ALL:
        assert mutant.text != mutant.replacement
        ast.parse(source(mutant.module).replace(mutant.text, mutant.replacement))


def test_the_tests_of_each_are_there_and_cheap() -> None:
    """None of them starts a process or opens a stack."""
    named = {test for mutant in ALL for test in mutant.tests}
    assert sorted(test for test in named if not is_there(test)) == []
    assert {test.partition("/")[0] for test in named} <= {"api", "lifecycle", "faults", "verify"}


def test_a_text_that_is_not_there_is_an_error_that_names_the_mutant(tmp_path: Path) -> None:
    module = "lifecycle/errors.py"
    target = tmp_path / PACKAGE / module
    target.parent.mkdir(parents=True)
    shutil.copy(REPOSITORY / PACKAGE / module, target)
    with pytest.raises(LookupError, match=r"lifecycle/errors\.py: text of a former release → other text: .* 0 times"):
        Mutant(module, "text of a former release", "other text", ()).apply(tmp_path)
    with pytest.raises(LookupError, match=r"lifecycle/gone\.py"):
        Mutant("lifecycle/gone.py", "text", "other text", ()).apply(tmp_path)
