"""What can go wrong in the engine, as types.

Why it exists: a provider that refuses, a provider that half succeeded, an engine that has been told to stop
and a stack that is busy need different handling, and the text a user reads comes from here.
"""

from __future__ import annotations


class StackInUse(Exception):
    """Another operation holds this stack's lock."""


class UnsupportedByLocalEngine(Exception):
    """The program asks for something only the real engine has. The message says what, and to use ``pulumi``."""


class ProviderError(Exception):
    """A provider call failed; ``str()`` is what the provider wants the user to read, ``urn`` whom it concerns."""

    urn = ""


class ProtectedResource(Exception):
    """A protected resource was to be deleted. Other deletions go on, so that all such resources are named at once."""


class Stopped(Exception):
    """The operation was interrupted or another step failed: nothing new is started. Says nothing new to the user."""


class Invalid(Exception):
    """A step could not be planned, and the reason has been reported already."""
