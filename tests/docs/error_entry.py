"""Why this exists: what an entry of the page of errors consists of, so that no entry can leave a part out."""

from __future__ import annotations

from dataclasses import dataclass

from error_scenes import Scene

from pulumi_dashscope_ft.api.http.catalogue import CATALOGUE
from pulumi_dashscope_ft.api.http.catalogue import Entry as Row


@dataclass(frozen=True)
class Entry:
    """One thing that can happen.

    :param title: the heading; codes in it are in backticks.
    :param when: when it comes.
    :param does: what this provider does by itself.
    :param scene: the run that its message is taken from.
    :param next_step: what to type; `{again}` stands for the scene's command.
    :param codes: the service's codes that it is about, each as `code` or `code|note` for rows that share a code.
    """

    title: str
    when: str
    does: str
    scene: Scene
    next_step: str
    codes: tuple[str, ...] = ()

    @property
    def typed(self) -> str:
        """What to type, with the command in it."""
        return self.next_step.replace("{again}", f"`pulumi {self.scene.command}` again")

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows of the catalogue that it is about. Raises KeyError for a code that the catalogue does not have."""
        return tuple(ROWS[code] for code in self.codes)


@dataclass(frozen=True)
class Group:
    """Entries after which the reader does the same kind of thing: a page of their own.

    :param page: the page's file name in `docs/errors`, without its ending.
    """

    title: str
    page: str
    introduction: str
    entries: tuple[Entry, ...]


def label(row: Row) -> str:
    """How an entry names a row."""
    return f"{row.code}|{row.note}" if row.note and row.code in _SHARED else row.code


_SHARED = frozenset(row.code for row in CATALOGUE if sum(other.code == row.code for other in CATALOGUE) > 1)
ROWS = {label(row): row for row in CATALOGUE}
