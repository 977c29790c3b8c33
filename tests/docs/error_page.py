"""Why this exists: `docs/errors.md` is made, not written: `python tests/docs/error_page.py` plays every scene and puts
its message into the page. A test makes the page again and compares.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from error_calls import CALLS, CallErrors
from error_entries import DECIDE, NOTHING_TO_DO, WAIT
from error_entries_account import KEY, ROOM
from error_entries_models import CHECKPOINTS, DEPLOYMENTS, WAITS
from error_entries_program import NETWORK, PROGRAM
from error_entry import Entry, Group
from error_operations import OPERATIONS, Operation
from error_stage import stage

from pulumi_dashscope_ft.api.operations import OPERATIONS as API

PAGE = Path(__file__).parents[2] / "docs" / "errors.md"
GROUPS: tuple[Group, ...] = (NOTHING_TO_DO, WAIT, ROOM, KEY, PROGRAM, NETWORK, DECIDE, DEPLOYMENTS, CHECKPOINTS, WAITS)

_INTRODUCTION = """\
# Errors

What can go wrong, what this provider does about it by itself, what you see, and what to type next.
It is grouped by what you have to do; what only deployments, checkpoints and waits can meet has groups of its own. \
In a hurry, search this page for the code in the message. What the command `dashscope-ft` says is on \
[a page of its own](errors-command.md).

Running `pulumi up` or `pulumi destroy` again is always safe: each begins by asking the service how things stand.

Every message here was taken from a run of the provider against the [emulator](emulator.md); ids, request ids, ports \
and folders are made up. Pulumi prints the message after the name of the resource. Its parts:

| line | what it tells |
|---|---|
| first | what could not be done, to which job or file, and what the service answered |
| `state:` | how the job stands, as last seen |
| `done:` | what was done already, and what was left alone |
| `next:` | what to do and to type |

Properties are spelled as a Python program spells them. YAML programs, other languages and the plugin's messages spell \
them as the schema does: `teardownTimeout` for `teardown_timeout`, `adoptJobId` for `adopt_job_id`.

A job that ends as `FAILED` is no error of this provider: `pulumi refresh` puts the reason, as far as the service \
tells it, into the output `failure`. Only who waits for its model gets an error.

This page is made by `python tests/docs/error_page.py`; a test fails when it is out of date.
"""
_PAGES_INTRODUCTION = """\
Every row of the service's pages about cancelling and deleting a job. `pulumi destroy` calls both."""


def all_entries() -> tuple[Entry, ...]:
    """Every entry of the page, in its order."""
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


def page(told: Mapping[str, str]) -> str:
    """The whole page, from the messages by title."""
    parts = [_INTRODUCTION, _contents()]
    for group in GROUPS:
        parts.append(f"## {group.title}\n\n{group.introduction}\n")
        parts += [_entry(entry, told[entry.title]) for entry in group.entries]
    parts.append(f"## {_PAGES}\n\n{_PAGES_INTRODUCTION}\n")
    for operation in OPERATIONS:
        parts.append(_facts(operation))
        parts += [_entry(entry, told[entry.title], level=4) for entry in operation.errors]
    parts.append(f"## {_CALLS}\n\n{_CALLS_INTRODUCTION}\n")
    parts += [_answers(call) for call in CALLS]
    return "\n".join(parts)


_PAGES = "The pages about cancel and delete, row by row"


_CALLS = "The calls about checkpoints and deployments, answer by answer"
_CALLS_INTRODUCTION = "What each of them may be answered, and what follows. The entries have the messages."


def _contents() -> str:
    lines = ["## Contents", ""]
    for group in GROUPS:
        lines.append(f"- {_link(group.title)}")
        lines += [f"  - {_link(entry.title)}" for entry in group.entries]
    lines.append(f"- {_link(_PAGES)}")
    for operation in OPERATIONS:
        lines.append(f"  - {_link(operation.title)}")
        lines += [f"    - {_link(entry.title)}" for entry in operation.errors]
    lines.append(f"- {_link(_CALLS)}")
    lines += [f"  - {_link(call_title(call))}" for call in CALLS]
    return "\n".join(lines) + "\n"


def _entry(entry: Entry, told: str, level: int = 3) -> str:
    return (
        f"{'#' * level} {entry.title}\n\n"
        f"**When:** {entry.when}\n\n"
        f"**This provider:** {entry.does}\n\n"
        f"**You see** (here in `pulumi {entry.scene.command}`):\n\n"
        f"```text\n{told}\n```\n\n"
        f"**What to type:** {entry.typed}\n"
    )


def _facts(operation: Operation) -> str:
    lines = [f"### {operation.title}", "", "| row | the page says | this provider |", "|---|---|---|"]
    lines += [f"| {fact.row} | {fact.page} | {fact.provider} |" for fact in operation.facts]
    return "\n".join(lines) + "\n"


def call_title(call: CallErrors) -> str:
    """The heading of a call: its verb and path."""
    operation = API[call.name]
    path = operation.path.replace("{part}", "{checkpoint}")
    named = "deployed_model" if "deployment" in call.name else "job_id"
    return f"`{operation.method} {path.replace('{id}', f'{{{named}}}')}`"


def _answers(call: CallErrors) -> str:
    lines = [f"### {call_title(call)}", "", call.when, "", "| answer | this provider | more |", "|---|---|---|"]
    lines += [f"| {row.answer} | {row.provider} | {_link(row.entry)} |" for row in call.rows]
    return "\n".join(lines) + "\n"


def _link(title: str) -> str:
    return f"[{title}](#{anchor(title)})"


def anchor(title: str) -> str:
    """The fragment that common Markdown renderers give a heading."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


if __name__ == "__main__":
    PAGE.write_text(page(played()), encoding="utf-8")
    print(f"wrote {PAGE}")
