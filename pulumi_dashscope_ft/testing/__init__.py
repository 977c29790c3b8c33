"""Tests a Pulumi program without the Pulumi command, an account, or the network.

The `pulumi` command is not in any package registry, and neither a first try nor a test of a program should need it.
`LocalStack` is a small engine that drives the real providers (Python's dynamic host, and plugins) as the real engine
does; `CommandStack` has the same interface on top of the real command. A test written once runs on both.

The names below load on first use, so that the pytest plugin costs nothing in a test run that does not use it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .command import CommandStack, pulumi_command
    from .errors import StackInUse, UnsupportedByLocalEngine
    from .opening import StackLike, open_stack
    from .result import Diagnostic, OperationResult, StackOperationFailed, Step
    from .stack import LocalStack
    from .values import Secret

_HOMES = {
    "CommandStack": "command",
    "Diagnostic": "result",
    "LocalStack": "stack",
    "OperationResult": "result",
    "Secret": "values",
    "StackInUse": "errors",
    "StackLike": "opening",
    "StackOperationFailed": "result",
    "Step": "result",
    "UnsupportedByLocalEngine": "errors",
    "open_stack": "opening",
    "pulumi_command": "command",
}

__all__ = [
    "CommandStack",
    "Diagnostic",
    "LocalStack",
    "OperationResult",
    "Secret",
    "StackInUse",
    "StackLike",
    "StackOperationFailed",
    "Step",
    "UnsupportedByLocalEngine",
    "open_stack",
    "pulumi_command",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
