"""Notices replacements that the engine makes without asking the provider.

Pulumi replaces a resource because of `replacementTrigger`, `replaceWith`, `deletedWith`, another provider instance, or
because it has deleted its object in an earlier run and then could not make the successor. It asks for no difference
then, or replaces although there is none: no plan could say what that does to a running job. But it checks such a
resource twice: with its old inputs, and then, for the successor, without.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.ending.policy import DELETE
from pulumi_dashscope_ft.lifecycle.base.engine_options import UNASKED
from pulumi_dashscope_ft.lifecycle.base.kind.verbs import Lifecycle
from pulumi_dashscope_ft.lifecycle.base.outcomes import DiffResult
from pulumi_dashscope_ft.lifecycle.base.request import AnyRequest
from pulumi_dashscope_ft.schema import contains_unknown


@dataclass(slots=True)
class _Checked:
    olds: AnyRequest
    known: tuple[str, str] | None = None
    asked: bool = False
    goes_first: bool = False


@dataclass(frozen=True, slots=True)
class Replaced:
    """A resource that is replaced although the provider did not ask for it.

    :param olds: its old inputs.
    :param known: id and recorded status of its object, if the engine asked for a difference.
    """

    olds: AnyRequest
    known: tuple[str, str] | None


class ReplacementWatch:
    """What this process has seen of checks and differences. Thread-safe.

    Resources are identified by any key that is theirs alone.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._checked: dict[str, _Checked] = {}

    def checked(self, key: str, olds: AnyRequest) -> Replaced | None:
        """Note a check with these old inputs; return the replacement if the check shows an unasked one."""
        with self._lock:
            if not olds.is_empty:
                self._checked[key] = _Checked(olds)
                return None
            before = self._checked.get(key)
            return None if before is None or before.asked else Replaced(before.olds, before.known)

    def planned(self, key: str, object_id: str, status: str, planned: DiffResult) -> None:
        """Note the result of a difference."""
        with self._lock:
            before = self._checked.get(key)
            if before is not None:
                before.known, before.asked = (object_id, status), bool(planned.replaces)
                before.goes_first = planned.delete_before_replace

    def predecessor(self, key: str) -> str | None:
        """Return the object that a create replaces and that is deleted afterwards, if its policy says so; else None."""
        with self._lock:
            before = self._checked.get(key)
        if before is None or before.known is None or before.goes_first or before.olds.retained:
            return None
        return before.known[0] if before.olds.inputs.get("onDestroy") in (None, DELETE) else None

    def old_inputs(self, key: str) -> AnyRequest | None:
        """Return the old inputs that the resource was checked with in this run; None when it was not."""
        with self._lock:
            before = self._checked.get(key)
            return before.olds if before is not None else None


def replaced_unasked(connection: Connection, lifecycle: Lifecycle, replaced: Replaced, news: AnyRequest) -> str:
    """Say in the plan what such a replacement does."""
    return f"{UNASKED}: {lifecycle.replaced_unasked(connection, replaced.known, replaced.olds, news)}"


def as_compared(news: AnyRequest, declared: bool) -> AnyRequest:
    """Return the request as a difference is asked for.

    Before a resource is declared, the engine asks what would happen if what it depends on were replaced, with unknowns
    in its inputs. Then its object goes first, whatever the provider says.
    """
    return news if declared else news.before_its_successor()


def as_reported(planned: DiffResult, news: AnyRequest, declared: bool) -> DiffResult:
    """Return the plan as the user sees it: without a comparison that only a refresh has asked for."""
    if declared or planned.consequence is None:
        return planned
    if not contains_unknown(news.properties()):
        return replace(planned, consequence=None)
    return replace(planned, consequence=f"if Pulumi replaces it with what it depends on: {planned.consequence}")
