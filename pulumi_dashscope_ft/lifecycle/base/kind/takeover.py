"""What to write into a program so that it takes over an object that exists.

`adopt_job_id` alone is not enough: the other arguments must be those of the live job, or the next `up` sees a change
and buys a new run. So they are read from the service, and checked with the provider's own rules before anybody types
`pulumi up`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_dashscope_ft import schema
from pulumi_dashscope_ft.schema import Violation, to_snake_case


@dataclass(frozen=True, slots=True)
class TakeoverOptions:
    """How an object is taken over.

    :param retain: whether destroying the stack leaves the object alone.
    :param path: where the content of a file is on this machine, relative to the program; None to look for it by its
        name.
    """

    retain: bool = False
    path: str | None = None


@dataclass(frozen=True)
class Takeover:
    """One resource to declare.

    :param resource: the class.
    :param name: for people; the resource's name is made from it. Empty where the service shows none.
    :param inputs: by the schema's names.
    :param notes: what the user should know before `up`.
    :param retained: whether Pulumi itself leaves the object when the stack is destroyed (`retain_on_delete`).
    :param label: what a resource is called whose object has no name.
    :param reference: the output by which other resources of the same program name it; None where none does.
    :param ties: inputs that list ids of objects which other resources of the same program may declare.
    """

    object_id: str
    resource: str
    name: str
    inputs: Mapping[str, Any]
    notes: tuple[str, ...]
    retained: bool = False
    label: str = ""
    reference: str | None = None
    ties: tuple[str, ...] = ()


def other_owner(noun: str, owner: str) -> str:
    """Return the note about an object that another stack has started."""
    return (
        f"the stack with owner id {owner} has started it. If its state still holds this {noun}, two stacks would tear "
        "it down: take it out there first, with `pulumi state delete <urn>`"
    )


def refused(resource: str, inputs: Mapping[str, Any]) -> list[str]:
    """Return notes about inputs that the provider refuses, or finds unusual."""
    report = schema.validate(resource, inputs)
    return notes_on(report.violations, report.warnings)


def notes_on(violations: Iterable[Violation], warnings: Iterable[Violation]) -> list[str]:
    """Return notes about these violations and warnings."""
    notes = [f"the provider refuses this: {one.message(to_snake_case)}" for one in violations]
    return notes + [f"unusual: {one.message(to_snake_case)}" for one in warnings]
