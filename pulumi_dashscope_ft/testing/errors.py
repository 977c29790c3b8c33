"""What can go wrong in the engine, as types.

Why it exists: a provider that refuses, a provider that half succeeded, an engine that has been told to stop
and a stack that is busy need different handling, and the text a user reads comes from here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .providers.client import Made
    from .result import OperationResult


class StackOperationFailed(Exception):
    """An operation did not do all it was asked. ``str()`` shows the diagnostics, as the command would print them."""

    def __init__(self, result: OperationResult, message: str) -> None:
        self.result = result
        self.message = message
        super().__init__(result, message)

    def __str__(self) -> str:
        details = [str(item) for item in self.result.diagnostics]
        return "\n".join([self.message, *details])


class StackInUse(Exception):
    """Another operation holds this stack's lock."""


class UnsupportedByLocalEngine(Exception):
    """The program asks for something only the real engine has. The message says what, and to use ``pulumi``."""


class ProviderError(Exception):
    """A provider call failed; ``str()`` is what the provider wants the user to read, ``urn`` whom it concerns."""

    urn = ""


class PartialFailure(ProviderError):
    """The resource exists but did not come up whole; it must be recorded with what is known about it.

    ``made`` is what there is, ``reasons`` what is wrong with it (protocol: ``ErrorResourceInitFailed``).
    """

    def __init__(self, made: Made, reasons: list[str]) -> None:
        self.made = made
        self.id = made.id
        self.reasons = reasons
        count = len(reasons)
        heading = f"{count} error{'' if count == 1 else 's'} occurred:"
        super().__init__(
            "\n".join([heading, *(f"\t* {reason}" for reason in reasons)]) if reasons else "initialization failed"
        )


class ProtectedResource(Exception):
    """A protected resource was to be deleted. Other deletions go on, so that all such resources are named at once."""


class Stopped(Exception):
    """The operation was interrupted or another step failed: nothing new is started. Says nothing new to the user."""


class Invalid(Exception):
    """A step could not be planned, and the reason has been reported already."""
