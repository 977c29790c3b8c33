"""What the package says about its documentation: only addresses on the site, each of a page and a heading that exist.

A user who has installed the package has no `docs` folder, so no text names a file of the repository.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from pulumi_dashscope_ft.cli.group import cli
from pulumi_dashscope_ft.pages import SITE, page

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "pulumi_dashscope_ft"
TEXTS = sorted(path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".html", ".js", ".css"))
ADDRESS = re.compile(re.escape(SITE) + r"[\w/#.-]*[\w/]")


def said(file: Path) -> Iterator[str]:
    """Every text of a module, its docstrings too, which `help` shows; of a template the whole."""
    content = file.read_text(encoding="utf-8")
    if file.suffix != ".py":
        yield content
        return
    for node in ast.walk(ast.parse(content)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def headings(document: Path) -> set[str]:
    """The anchors of a page, as the site and the code host make them."""
    titles = re.findall(r"^#+ +(.+?) *$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def require_page(address: str) -> None:
    path, _, section = address.removeprefix(SITE).partition("#")
    document = ROOT / "docs" / (path.removesuffix(".html") + ".md")
    assert path.endswith(".html"), address
    assert document.is_file(), address
    assert not section or section in headings(document), address


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_no_text_names_a_file_of_the_repository(file: Path) -> None:
    for text in said(file):
        assert not re.search(r"\b[\w-]+\.md\b|\bdocs/", text.replace("pulumi.com/docs/", "")), text
        for address in ADDRESS.findall(text):
            if file.name != "pages.py":
                require_page(address)


def _named_pages() -> Iterator[list[str]]:
    """The arguments of every call in the package that names a page."""
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "page"
            if named and isinstance(node, ast.Call) and all(isinstance(part, ast.Constant) for part in node.args):
                yield [ast.literal_eval(part) for part in node.args]


def test_every_page_that_a_message_names_exists() -> None:
    named = list(_named_pages())
    assert named
    for given in named:
        require_page(page(*given))


def test_every_help_names_the_page_that_is_about_it(capsys: pytest.CaptureFixture[str]) -> None:
    import click

    context = click.Context(cli)
    for name in ["", *cli.list_commands(context)]:
        with pytest.raises(SystemExit):
            cli([*([name] if name else []), "--help"], prog_name="dashscope-ft")
        (address,) = ADDRESS.findall(capsys.readouterr().out)
        require_page(address)


def test_the_address_is_that_of_the_project() -> None:
    urls = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"].get("urls", {"Documentation": SITE})
    assert urls["Documentation"] == SITE
    settings = ROOT / "mkdocs.yml"
    assert not settings.exists() or f"site_url: {SITE}\n" in settings.read_text()


def test_help_shows_no_file_of_the_repository() -> None:
    program = "import pulumi_dashscope_ft, pulumi_dashscope_ft.native as n; help(pulumi_dashscope_ft); help(n)"
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert "docs/" not in shown
