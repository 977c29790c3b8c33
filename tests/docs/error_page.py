"""Makes `docs/errors.md` and the pages in `docs/errors`: `python tests/docs/error_page.py` plays every scene and puts
its message into its page. A test makes the pages again and compares.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from error_calls import CALLS, CallErrors
from error_entries import DECIDE, NOTHING_TO_DO, WAIT
from error_entries_account import KEY, ROOM
from error_entries_compressed import COMPRESSED
from error_entries_data import DATA
from error_entries_imported import IMPORTED
from error_entries_models import CHECKPOINTS, DEPLOYMENTS, WAITS
from error_entries_program import NETWORK, PROGRAM
from error_entries_spend import SPEND
from error_entry import Entry, Group
from error_operations import OPERATIONS, Operation
from error_stage import stage

from pulumi_dashscope_ft.api.operations import OPERATIONS as API

DOCS = Path(__file__).parents[2] / "docs"
INDEX = "errors.md"
GROUPS: tuple[Group, ...] = (
    NOTHING_TO_DO,
    WAIT,
    ROOM,
    KEY,
    PROGRAM,
    DATA,
    SPEND,
    NETWORK,
    DECIDE,
    DEPLOYMENTS,
    CHECKPOINTS,
    WAITS,
    COMPRESSED,
    IMPORTED,
)

_INTRODUCTION = """\
# Errors

What can go wrong, what this provider does about it by itself, what you see, and what to type next. \
Running `pulumi up` or `pulumi destroy` again is always safe: each begins by asking the service how things stand.

There is one page for each kind of answer. In a hurry, look for [the code in the message](#by-code). \
What the command `dashscope-ft` says is on [a page of its own](errors-command.md).
"""
_READING = """\
## How to read a message

Pulumi prints the message after the name of the resource. Its parts:

| line | what it tells |
|---|---|
| first | what could not be done, to which job or file, and what the service answered |
| `state:` | how the job stands, as last seen |
| `done:` | what was done already, and what was left alone |
| `next:` | what to do and to type |

The pages spell properties as a Python program does. YAML programs, other languages and the plugin's messages spell \
them as the schema does: `teardownTimeout` for `teardown_timeout`, `adoptJobId` for `adopt_job_id`.

A job that ends as `FAILED` is no error of this provider: `pulumi refresh` puts the reason, as far as the service \
tells it, into the output `failure`. Only a program that waits for the job's model gets an error.

Every message on these pages was taken from a run of the provider against the [emulator](emulator.md); ids, request \
ids, ports and folders are made up. The pages are made by `make docs`; a test fails when they are out of date.
"""
_BACK = "All errors, and how to read a message: [errors.md](../errors.md)."

_PAGES = "Cancel and delete, row by row"
_PAGES_INTRODUCTION = """\
Every row of the service's pages about cancelling and deleting a job. `pulumi destroy` calls both."""
_PAGES_FILE = "errors/cancel-and-delete.md"

_CALLS = "Calls about checkpoints and deployments, answer by answer"
_CALLS_INTRODUCTION = "What the service may answer to each of them, and what follows. The entries have the messages."
_CALLS_FILE = "errors/calls.md"


def all_entries() -> tuple[Entry, ...]:
    """Every entry of the pages, in their order."""
    grouped = [entry for group in GROUPS for entry in group.entries]
    return (*grouped, *(entry for operation in OPERATIONS for entry in operation.errors))


def played() -> dict[str, str]:
    """The message of every entry, by its title; takes a few seconds."""
    return {entry.title: _play(entry) for entry in all_entries()}


def _play(entry: Entry) -> str:
    messages = []
    for row in entry.rows or (None,):
        with tempfile.TemporaryDirectory() as folder, stage(Path(folder)) as scene:
            messages.append(entry.scene.run(scene, row))
    return the_one(entry.title, messages)


def the_one(title: str, messages: Sequence[str]) -> str:
    """The first message, which stands for those of all codes of an entry.

    Raises ValueError when they differ in more than what the service said: then they need entries of their own.
    """
    if len({_ANSWER.sub("", message) for message in messages}) != 1:
        raise ValueError(f"the codes of “{title}” do not read alike:\n" + "\n".join(messages))
    return messages[0]


_ANSWER = re.compile(r"HTTP \d+ [^“]*“[^”]*”")


def pages(told: Mapping[str, str]) -> dict[str, str]:
    """All pages by their path in `docs`, from the messages by title."""
    made = {INDEX: "\n".join([_INTRODUCTION, _contents(), _READING, _by_code()])}
    for group in GROUPS:
        parts = [_opening(group.title, group.introduction, [entry.title for entry in group.entries])]
        parts += [_entry(entry, told[entry.title]) for entry in group.entries]
        made[_file_of(group)] = "\n".join(parts)
    parts = [_opening(_PAGES, _PAGES_INTRODUCTION, [operation.title for operation in OPERATIONS])]
    for operation in OPERATIONS:
        parts.append(_facts(operation))
        parts += [_entry(entry, told[entry.title], level=3) for entry in operation.errors]
    made[_PAGES_FILE] = "\n".join(parts)
    parts = [_opening(_CALLS, _CALLS_INTRODUCTION, [call_title(call) for call in CALLS])]
    made[_CALLS_FILE] = "\n".join([*parts, *(_answers(call) for call in CALLS)])
    return made


def _file_of(group: Group) -> str:
    return f"errors/{group.page}.md"


PLACES = {entry.title: _file_of(group) for group in GROUPS for entry in group.entries}
"""The page of each entry, by the entry's title."""


def _contents() -> str:
    rows = [(group.title, _file_of(group), group.introduction) for group in GROUPS]
    rows += [(_PAGES, _PAGES_FILE, _PAGES_INTRODUCTION), (_CALLS, _CALLS_FILE, _CALLS_INTRODUCTION)]
    return "\n".join(["| page | what is on it |", "|---|---|", *(f"| [{a}]({b}) | {c} |" for a, b, c in rows)]) + "\n"


def _by_code() -> str:
    titles: dict[str, list[str]] = {}
    for group in GROUPS:
        for entry in group.entries:
            for row in entry.rows:
                found = titles.setdefault(row.code, [])
                if entry.title not in found:
                    found.append(entry.title)
    lines = ["## By code", "", "| code | entry |", "|---|---|"]
    for code in sorted(titles, key=str.casefold):
        links = "; ".join(f"[{title}]({PLACES[title]}#{anchor(title)})" for title in titles[code])
        lines.append(f"| `{code}` | {links} |")
    return "\n".join(lines) + "\n"


def _opening(title: str, introduction: str, headings: Sequence[str]) -> str:
    contents = [f"- [{heading}](#{anchor(heading)})" for heading in headings]
    return "\n".join([f"# {title}", "", introduction, "", _BACK, "", *contents]) + "\n"


def _entry(entry: Entry, told: str, level: int = 2) -> str:
    return (
        f"{'#' * level} {entry.title}\n\n"
        f"**When:** {entry.when}\n\n"
        f"**This provider:** {entry.does}\n\n"
        f"**You see** (here in `pulumi {entry.scene.command}`):\n\n"
        f"```text\n{told}\n```\n\n"
        f"**What to type:** {entry.typed}\n"
    )


def _facts(operation: Operation) -> str:
    lines = [f"## {operation.title}", "", "| row | the page says | this provider |", "|---|---|---|"]
    lines += [f"| {fact.row} | {fact.page} | {fact.provider} |" for fact in operation.facts]
    return "\n".join(lines) + "\n"


def call_title(call: CallErrors) -> str:
    """The heading of a call: its verb and path."""
    operation = API[call.name]
    path = operation.path.replace("{part}", "{checkpoint}")
    named = "deployed_model" if "deployment" in call.name else "job_id"
    return f"`{operation.method} {path.replace('{id}', f'{{{named}}}')}`"


def _answers(call: CallErrors) -> str:
    lines = [f"## {call_title(call)}", "", call.when, "", "| answer | this provider | more |", "|---|---|---|"]
    for row in call.rows:
        place = Path(PLACES[row.entry]).name
        lines.append(f"| {row.answer} | {row.provider} | [{row.entry}]({place}#{anchor(row.entry)}) |")
    return "\n".join(lines) + "\n"


def anchor(title: str) -> str:
    """The fragment that common Markdown renderers give a heading."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def write() -> None:
    """Write all pages, and remove those that are no longer made."""
    made = pages(played())
    for path in (DOCS / "errors").glob("*.md"):
        if f"errors/{path.name}" not in made:
            path.unlink()
    for name, text in made.items():
        (DOCS / name).parent.mkdir(exist_ok=True)
        (DOCS / name).write_text(text, encoding="utf-8")
        print(f"wrote {DOCS / name}")


if __name__ == "__main__":
    write()
