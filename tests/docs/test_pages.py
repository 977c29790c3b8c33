"""What the pages say can be done: links lead somewhere, commands have the options that are shown, programs are Python,
and the pictures are those of the code.
"""

from __future__ import annotations

import contextlib
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from error_page import anchor
from snippets import commands as shell_commands
from snippets import snippets

from pulumi_dashscope_ft.api import JobStatus
from pulumi_dashscope_ft.cli.group import cli
from pulumi_dashscope_ft.emulator.model import machine
from pulumi_dashscope_ft.lifecycle.base.owner import stamp

ROOT = Path(__file__).parents[2]


def ours(folder: str, pattern: str) -> list[Path]:
    """The files of a folder, without what npm and `pulumi package add` put there."""
    found = (ROOT / folder).rglob(pattern)
    return sorted(path for path in found if not {"node_modules", "sdks"} & set(path.relative_to(ROOT).parts))


DOORS = [*sorted(ROOT.glob("*.md")), ROOT / "tests" / "security" / "README.md", *ours(".github", "*.md")]
PAGES = [*DOORS, *ours("docs", "*.md"), *ours("examples", "*.md"), *ours("skills", "*.md"), *ours("templates", "*.md")]
REGISTRY = {"docs/_index.md", "docs/installation-configuration.md"}
"""Pages that the Pulumi Registry shows."""
SCRIPTS = ours("examples", "*.sh")
HOW_TO = (
    *("ephemeral-environments", "gitops", "adopting", "several-accounts", "secrets"),
    *("limits-and-quotas", "upgrading"),
)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def blocks(path: Path, *languages: str) -> list[str]:
    """The fenced blocks of these languages."""
    found = re.findall(r'^```(\w+)(?: title="[^"]*")?\n(.*?)^```', text(path), re.MULTILINE | re.DOTALL)
    return [body for language, body in found if language in languages]


@pytest.mark.parametrize("page", HOW_TO)
def test_there_is_a_page_for_each_task_and_the_readme_leads_to_it(page: str) -> None:
    assert (ROOT / "docs" / "how-to" / f"{page}.md").is_file()
    assert f"docs/how-to/{page}.md" in text(ROOT / "README.md")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)", text(page)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, place = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), target
        if place and found.suffix == ".md":
            assert place in {anchor(heading) for heading in re.findall(r"^#+ (.+)$", text(found), re.MULTILINE)}, target


def reader_pages() -> list[Path]:
    """Every page that the index has to lead to: those in `docs`, and those for people who come to the repository."""
    one_of_many = ROOT / "docs" / "errors"  # docs/errors.md leads to them
    pages = [page for page in PAGES if one_of_many not in page.parents and page.parent.name != "data"]
    return [page for page in pages if name_of(page) not in REGISTRY]


def test_the_index_leads_to_every_page() -> None:
    index = ROOT / "docs" / "index.md"
    targets = re.findall(r"\]\(([^)#\s]+)", text(index))
    reached = {(index.parent / target).resolve() for target in targets if "://" not in target}
    missing = [
        name_of(page) for page in reader_pages() if page not in reached | {index} if name_of(page) not in REGISTRY
    ]
    assert [name for name in missing if not name.startswith(".github/")] == []
    assert text(index).count("\n") <= 100, "an index that can be overseen"


TEST_FILES = [path for path in (ROOT / "tests").rglob("*.py") if "node_modules" not in path.parts]
TESTS = set(re.findall(r"^(?:async )?def (test_\w+)", "\n".join(map(text, TEST_FILES)), re.MULTILINE))


def without_programs(page: Path) -> str:
    return re.sub(r"^```.*?^```", "", text(page), flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_test_that_a_page_names_exists(page: Path) -> None:
    files = [f"/{name_of(path)}" for path in TEST_FILES]
    for name, is_cut in re.findall(r"((?:tests/[\w/]+/)?\btest_\w+(?:\.py)?)(…?)", without_programs(page)):
        if name.endswith(".py"):
            assert [path for path in files if path.endswith(f"/{name}")], name
        elif is_cut:
            assert [test for test in TESTS if test.startswith(name)], name
        else:
            assert name in TESTS, name


def commands() -> Iterator[tuple[str, list[str]]]:
    """Every `dashscope-ft …` that a page or a script tells to type."""
    for snippet in snippets():
        if snippet.language in {"sh", "bash", "console", "crontab"}:
            body = re.sub(r"^[\d *]+  +", "", snippet.body) if snippet.language == "crontab" else snippet.body
            typed = [words for words in shell_commands(body) if words[0] == "dashscope-ft"]
            yield from ((snippet.page, words[1:]) for words in typed if words[1:])
    for path in SCRIPTS:
        for line in text(path).replace("\\\n", " ").splitlines():
            for part in re.findall(r"(?:^|[ (|;&])(dashscope-ft [a-z][^|;&)]*)", line.split(" #")[0]):
                yield name_of(path), shlex.split(re.sub(r"\s>>?.*| \|\|.*", "", part))[1:]


COMMANDS = list(commands())


def test_there_are_commands_to_check() -> None:
    assert {words[0] for _, words in COMMANDS} >= {
        "jobs",
        "sweep",
        "adopt",
        "logs",
        "wait",
        "delete",
        "report",
        "doctor",
    }


@pytest.mark.parametrize(("page", "words"), COMMANDS, ids=lambda one: one if isinstance(one, str) else " ".join(one))
def test_a_command_that_is_shown_can_be_typed(
    page: str, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "destroy.jsonl").write_text("")
    monkeypatch.setenv("DASHSCOPE_FT_REPORT", "destroy.jsonl")
    given = [word.replace("$DASHSCOPE_FT_REPORT", "destroy.jsonl") for word in words if word != "$@"]
    command = cli.get_command(click.Context(cli), given[0])
    assert command is not None, given[0]
    with contextlib.suppress(click.exceptions.Exit):  # --help
        command.make_context(given[0], given[1:])


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_program_that_is_shown_is_python(page: Path) -> None:
    for body in blocks(page, "python"):
        compile(body.replace("…", "..."), name_of(page), "exec")


def test_the_picture_of_a_jobs_life_is_what_is_emulated() -> None:
    (picture,) = blocks(ROOT / "docs" / "lifecycle.md", "mermaid")
    steps = set(re.findall(r"^ +(\S+) --> (\w+|\[\*\])", picture, re.MULTILINE))
    drawn = {(old, new) for old, new in steps if "[*]" not in (old, new)}
    plans = [
        machine.Plan(outcome=outcome, fails_in=fails_in, cancel_outcome=ending)
        for outcome in (machine.SUCCEEDED, machine.FAILED)
        for fails_in in (machine.PENDING, machine.RUNNING)
        for ending in machine.FINAL
    ]
    played = {(old, machine.next_status(old, event, plan)) for old, event in machine.TRANSITIONS for plan in plans}
    assert drawn == played
    assert {new for _, new in drawn} | {old for old, _ in drawn} == set(machine.STATUSES)
    assert {old for old, new in steps if new == "[*]"} == set(JobStatus.FINAL)


def test_the_stamps_that_are_shown_are_stamps() -> None:
    shown = re.findall(r"^([^<\s]+--p1-\S+)$", text(ROOT / "docs" / "sweep.md"), re.MULTILINE)
    parsed: list[Any] = [stamp.parse(word) for word in shown]
    assert [found.readable for found in parsed] == ["sentiment", "sentiment"]
    assert {found.owner for found in parsed} == {"k7m2x9qd4t"}
    assert [found.expires is not None for found in parsed] == [False, True]
    assert all(len(str(found)) <= 55 for found in parsed)


def test_one_module_writes_and_reads_the_stamp() -> None:
    package = ROOT / "pulumi_dashscope_ft"
    code = {path.name for path in package.rglob("*.py") if re.search(r"""["'](?:p1|r1)["']|\[pr\]\)?1-""", text(path))}
    # The emulator, which shares no code with the provider, only leaves the stamp out of the names that its page shows.
    assert code == {"stamp.py", "naming.py"}
