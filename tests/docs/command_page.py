"""Why this exists: `docs/errors-command.md` is made, not written, as `docs/errors.md` is: `python
tests/docs/command_page.py` runs each command of the page and puts what it said into it. A test makes the page again.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from command_entries import GROUPS
from command_entry import CommandEntry
from command_stage import Told, stage

PAGE = Path(__file__).parents[2] / "docs" / "errors-command.md"

_INTRODUCTION = """\
# What `dashscope-ft` says when it can't

What the [command](cli.md) can fail at, what you see, with which exit code, and what to type next. Errors of the \
service read as they do in `pulumi up` and `pulumi destroy`; all of those are in [errors.md](errors.md).

Nothing that this command does is lost when it fails or is interrupted: type it again, and it goes on from how things \
stand. A sweep that is in doubt about an object leaves it alone.

Every message was taken from a run against the [emulator](emulator.md); ids, ports and folders are made up. This page \
is made by `make docs`; a test fails when it is out of date.
"""


def entries() -> tuple[CommandEntry, ...]:
    return tuple(entry for _, group in GROUPS for entry in group)


def played() -> dict[str, Told]:
    """What each entry's command says, by title."""
    found = {}
    for entry in entries():
        with tempfile.TemporaryDirectory() as folder, stage(Path(folder)) as scene:
            found[entry.title] = entry.play(scene)
    return found


def page(told: Mapping[str, Told]) -> str:
    parts = [_INTRODUCTION]
    for title, group in GROUPS:
        parts.append(f"## {title}\n")
        parts += [_entry(entry, told[entry.title]) for entry in group]
    return "\n".join(parts)


def _entry(entry: CommandEntry, told: Told) -> str:
    return (
        f"### {entry.title}\n\n"
        f"**When:** {entry.when}\n\n"
        f"**You see** (exit code {told.exit_code}):\n\n"
        f"```text\n$ {told.command}\n{told.text}\n```\n\n"
        f"**What to type:** {entry.next_step}\n"
    )


if __name__ == "__main__":
    os.environ.pop("DASHSCOPE_FT_REPORT", None)
    PAGE.write_text(page(played()), encoding="utf-8")
    print(f"wrote {PAGE}")
