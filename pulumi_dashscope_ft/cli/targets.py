"""What an id on the command line names: a job, a deployment or a file.

Why it exists: people paste ids. The service's forms differ enough to tell them apart (`ft-202410291653-1c7f` a job, a
UUID a file, anything else the name of a deployed model: fine-tuning-job-object-api, upload-file-api,
get-deployment-api), and where somebody knows better he says so with `--kind`. A wrong guess does no harm: the service
then knows no such thing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import click

__all__ = ["KINDS", "Target", "kind_option", "targets_of"]

KINDS = ("job", "deployment", "file")
_JOB = re.compile(r"ft-\d{8,}-\w+")
_FILE = re.compile(r"(file-.+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})", re.IGNORECASE)

kind_option = click.option("--kind", type=click.Choice(KINDS), help="What the ids are.  [default: by their form]")


@dataclass(frozen=True)
class Target:
    """`kind` is one of :data:`KINDS`."""

    kind: str
    object_id: str

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


def targets_of(ids: tuple[str, ...], kind: str | None) -> list[Target]:
    """The things that these ids name, each once. Raises a usage error for an empty id."""
    found = []
    for object_id in dict.fromkeys(ids):
        if not object_id.strip():
            raise click.UsageError("an id is empty; is a variable not set?")
        found.append(Target(kind or _kind(object_id), object_id))
    return found


def _kind(object_id: str) -> str:
    if _JOB.fullmatch(object_id):
        return "job"
    return "file" if _FILE.fullmatch(object_id) else "deployment"
