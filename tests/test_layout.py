"""The layout of the package: rooms that can be overseen, and imports without a circle. The layers are contracts of
import-linter (pyproject.toml).
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import grimp
import pytest

PACKAGE = Path(__file__).parent.parent / "pulumi_dashscope_ft"
FOLDERS = sorted({file.parent for file in PACKAGE.rglob("*.py")})
REPOSITORY = PACKAGE.parent
MOST_FILES = 16
MOST_LINES = 400
LONG = {"tests/faults/story.py"}
"""One class: a stack, everything that can happen to it, and what has to hold after each step."""


def _named(folder: Path) -> list[str]:
    return [file.stem for file in folder.glob("*.py") if not file.stem.startswith("__")]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(PACKAGE.parent)))
def test_a_folder_can_be_overseen(folder: Path) -> None:
    files = list(folder.glob("*.py"))
    assert len(files) <= MOST_FILES
    assert (folder / "__init__.py").read_text().startswith('"""'), "a folder says what is in it"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(PACKAGE.parent)))
def test_no_file_repeats_the_name_of_its_folder(folder: Path) -> None:
    assert not [name for name in _named(folder) if folder.name in (name, name.partition("_")[0])]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(PACKAGE.parent)))
def test_files_that_share_a_prefix_would_be_a_folder(folder: Path) -> None:
    prefixes = Counter(name.partition("_")[0] for name in _named(folder))
    assert not [prefix for prefix, count in prefixes.items() if count > 2]


@pytest.mark.parametrize("folder", ["pulumi_dashscope_ft", "tests", "examples", "benchmarks"])
def test_a_file_holds_one_idea(folder: str) -> None:
    files = [file for file in (REPOSITORY / folder).rglob("*.py") if "node_modules" not in file.parts]
    long = {str(file.relative_to(REPOSITORY)) for file in files if len(file.read_text().splitlines()) > MOST_LINES}
    assert long <= LONG


def test_no_module_imports_itself_in_a_circle() -> None:
    graph = grimp.build_graph("pulumi_dashscope_ft", cache_dir=None)
    imported = {module: graph.find_modules_directly_imported_by(module) - {module} for module in graph.modules}
    # What imports nothing of the rest is in no circle; whatever is left in the end is.
    while leaves := [module for module, others in imported.items() if not others & imported.keys()]:
        for module in leaves:
            del imported[module]
    assert not imported
