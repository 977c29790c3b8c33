"""The exceptions of the engine.

A provider that refuses, a provider that half succeeded, an interrupted engine and a busy stack need different handling,
and the text for the user comes from here.
"""

from __future__ import annotations


class StackInUse(Exception):
    """Another operation holds this stack's lock."""


class UnsupportedByLocalEngine(Exception):
    """The program needs something that only the real engine has. The message says what, and to use `pulumi`."""


class ProviderError(Exception):
    """A provider call failed. `str()` is the provider's message for the user, `urn` the resource concerned."""

    urn = ""


class ProtectedResourceError(Exception):
    """A protected resource should have been deleted.

    Other deletions go on, so that all such resources are named at once.
    """


class StoppedError(Exception):
    """The operation was interrupted or another step failed: nothing new starts. Adds no message for the user."""


class InvalidGoalError(Exception):
    """A step could not be planned. The reason has already been reported."""
