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

from pulumi_dashscope_ft.api import JobStatus
from pulumi_dashscope_ft.cli.group import cli
from pulumi_dashscope_ft.emulator.model import machine
from pulumi_dashscope_ft.lifecycle.base.owner import stamp

ROOT = Path(__file__).parents[2]


def ours(folder: str, pattern: str) -> list[Path]:
    """The files of a folder, without what npm and `pulumi package add` put there."""
    found = (ROOT / folder).rglob(pattern)
    return sorted(path for path in found if not {"node_modules", "sdks"} & set(path.relative_to(ROOT).parts))


SECURITY = [ROOT / "SECURITY.md", ROOT / "tests" / "security" / "README.md"]
PAGES = [ROOT / "README.md", *SECURITY, *ours("docs", "*.md"), *ours("examples", "*.md")]
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
    found = re.findall(r"^```(\w+)\n(.*?)^```", text(path), re.MULTILINE | re.DOTALL)
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


def commands() -> Iterator[tuple[str, list[str]]]:
    """Every `dashscope-ft …` that a page or a script tells to type."""
    for path in [*PAGES, *SCRIPTS]:
        bodies = [text(path)] if path.suffix == ".sh" else blocks(path, "sh", "bash", "console")
        for line in "\n".join(bodies).replace("\\\n", " ").splitlines():
            for part in re.findall(r"(?:^|[ (|;&])(dashscope-ft [a-z][^|;&)]*)", line.split(" #")[0]):
                words = shlex.split(re.sub(r"\s>>?.*| \|\|.*", "", part))
                yield name_of(path), words[1:]


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
    assert code == {"stamp.py"}
