"""What a person asks about one object from close by, outside of any stack: everything about it, its log, its model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pulumi_dashscope_ft.api import LogPage
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.waiting.progress import Report


class Run(Protocol):
    """An object that runs until it has made a model, or has ended without one."""

    @property
    def job_id(self) -> str:
        """Its id."""

    @property
    def status(self) -> str:
        """One of `JobStatus`, or one that nobody has documented."""

    @property
    def is_final(self) -> bool:
        """Whether it has ended."""

    @property
    def model_id(self) -> str | None:
        """Id of the model that it has made; None until it has succeeded."""

    @property
    def usage(self) -> int | None:
        """What it has used, in the unit that its kind says."""

    @property
    def hyper_parameters(self) -> Mapping[str, Any]:
        """As the service shows them."""


@dataclass(frozen=True, slots=True)
class CloseUp:
    """How `dashscope-ft show`, `logs` and `wait` look at an object of a kind, and whether `cancel` ends it.

    Each callable raises `ApiError`; `NotFoundError` when there is no such object.

    :param read: reads the object with this id.
    :param facts: everything about the object, under the keys that `show --json` prints; the last argument is the time
        in seconds since 1970.
    :param log: reads a page of its log: the lines after so many; None where the service keeps no log.
    :param wait: blocks until the object with this id has made its model, for so many seconds at most. Raises
        `LifecycleError` when it has ended without one, is gone, or the time is up.
    :param product: the key of `facts` that holds the id of the model.
    :param unit: what `usage` counts, `tokens`.
    :param can_be_cancelled: whether the service ends it on request.
    """

    read: Callable[[Connection, str], Run]
    facts: Callable[[Connection, Any, float], dict[str, Any]]
    log: Callable[[Connection, str, int], LogPage] | None
    wait: Callable[[Connection, str, float, Report], Run]
    product: str
    unit: str
    can_be_cancelled: bool = True
