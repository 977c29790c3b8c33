"""The answers of a provider: to a check, a diff, a read, a create and an update."""

from __future__ import annotations

from dataclasses import dataclass, field

from pulumi_dashscope_ft.testing.errors import ProviderError
from pulumi_dashscope_ft.testing.values import Properties


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """The inputs to go on with, and failures as pairs of property and reason."""

    inputs: Properties
    failures: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class DiffOutcome:
    """The result of a diff. Non-empty `replaces` means replacement; `keys` are changed properties, as far as known."""

    changes: bool
    replaces: list[str] = field(default_factory=list)
    delete_before_replace: bool = False
    keys: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ReadOutcome:
    """The result of a read. `id` is empty if the resource is gone; `inputs` is None if the provider gave none."""

    id: str
    outputs: Properties
    inputs: Properties | None
    stale_soon: bool = False


@dataclass(frozen=True, slots=True)
class CreateOutcome:
    """The result of a create, an update or a preview of one. `stale_soon`: read it again before the next plan."""

    id: str
    outputs: Properties
    stale_soon: bool = False


class PartialFailureError(ProviderError):
    """The resource exists but did not come up completely; it must be recorded with what is known about it.

    `made` is the resource, `reasons` is what is wrong with it (protocol: `ErrorResourceInitFailed`).
    """

    def __init__(self, outcome: CreateOutcome, reasons: list[str]) -> None:
        self.outcome = outcome
        self.id = outcome.id
        self.reasons = reasons
        count = len(reasons)
        heading = f"{count} error{'' if count == 1 else 's'} occurred:"
        super().__init__(
            "\n".join([heading, *(f"\t* {reason}" for reason in reasons)]) if reasons else "initialization failed"
        )
