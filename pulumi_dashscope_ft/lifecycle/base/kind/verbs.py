"""The interface that the lifecycle modules share, so that each front end can serve all of them."""

from __future__ import annotations

from typing import Any, Protocol

from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.outcomes import CheckResult, DiffResult
from pulumi_dashscope_ft.lifecycle.base.request import AnyRequest
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.base.state import AnyState

Properties = dict[str, Any]
"""Properties as Pulumi carries them, hidden ones included."""


class Lifecycle(Protocol):
    """What a lifecycle module offers for its kind of resource; see `lifecycle.job.resource`."""

    @property
    def RESOURCE(self) -> str:
        """The short name of the resource type."""

    def check(self, olds: AnyRequest, news: AnyRequest, run_registry: RunRegistry, /) -> CheckResult:
        """Check the inputs and fill in what is recorded with them. No call to the service."""

    def diff(self, connection: Connection, id_: str, olds: AnyState, news: AnyRequest, /) -> DiffResult:
        """Say what a change means for the object as it is now."""

    def replaced_unasked(
        self, connection: Connection, known: tuple[str, str] | None, olds: AnyRequest, news: AnyRequest, /
    ) -> str:
        """Say what happens when Pulumi replaces the resource although this provider did not ask for it.

        :param known: id and recorded status, where a difference was asked for in this run.
        """

    def create(self, connection: Connection, request: AnyRequest, /) -> tuple[str, AnyState]:
        """Make the object, or find the one that an earlier try has made. Returns its id and state."""

    def read(self, connection: Connection, id_: str, state: AnyState, /) -> AnyState | None:
        """Read the object as it is now; None when it is gone."""

    def update(self, connection: Connection, id_: str, olds: AnyState, news: AnyRequest, /) -> AnyState:
        """Change the object in place. Settings of the provider alone need no call."""

    def delete(self, connection: Connection, id_: str, state: AnyState, /) -> None:
        """Tear the object down, as the recorded policy says. Running it again goes on."""
