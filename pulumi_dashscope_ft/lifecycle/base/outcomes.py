"""The results of a check and of a diff, in the same two shapes for every kind and front end."""

from __future__ import annotations

from dataclasses import dataclass

from pulumi_dashscope_ft.lifecycle.base.request import AnyRequest
from pulumi_dashscope_ft.schema import Violation


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of a check: the request to go on with, what is wrong with it, and what is merely unusual."""

    request: AnyRequest
    violations: tuple[Violation, ...]
    warnings: tuple[Violation, ...]


@dataclass(frozen=True, slots=True)
class DiffResult:
    """The result of a diff, and the sentence that states its consequence (None when there is none)."""

    replaces: tuple[str, ...]
    changes: bool
    delete_before_replace: bool
    consequence: str | None
