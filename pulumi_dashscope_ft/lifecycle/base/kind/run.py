"""How runs (jobs and compressions) are torn down outside a stack, by the command and by a sweep."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.ending.run import TeardownPolicy, plan
from pulumi_dashscope_ft.lifecycle.base.kind.live_object import LiveObject
from pulumi_dashscope_ft.lifecycle.base.kind.teardown import Teardown, TeardownOptions


def teardown_of_runs(resource: str, tear_down: Callable[[Connection, str, TeardownPolicy], None]) -> Teardown:
    """Return how to end runs of a kind that no resource holds.

    :param resource: the resource whose properties say how its run is torn down.
    :param tear_down: ends the run with this id as the policy says.
    """

    def options_of(properties: Mapping[str, Any]) -> TeardownOptions:
        policy = TeardownPolicy.of(resource, properties)
        return TeardownOptions(policy.on_destroy, policy.on_undeletable, policy.timeout)

    def action(one: LiveObject, options: TeardownOptions) -> str:
        planned = plan(one.status, _policy(options))
        return "" if planned == "keep" else planned

    def end(connection: Connection, run_id: str, name: str, options: TeardownOptions) -> None:
        tear_down(connection, run_id, _policy(options))

    return Teardown(end, options_of=options_of, action=action)


def _policy(options: TeardownOptions) -> TeardownPolicy:
    return TeardownPolicy(options.on_destroy, options.on_undeletable, options.timeout)
