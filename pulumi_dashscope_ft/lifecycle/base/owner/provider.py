"""The owner id that follows from a plugin's provider resource.

A random id in the stack's state proves that a job is the stack's own (see `lifecycle.identity.resource`). A provider
plugin needs no resource of its own for that: the engine gives each provider resource a random id (a version 4 UUID),
keeps it in the state, and sends it to the plugin in `Configure`. Code that reads a state must get the same owner as the
plugin did, so both use this function.
"""

from __future__ import annotations

import hashlib

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_LENGTH = 10


def owner_of_provider(provider_id: str) -> str:
    """Return the owner id of the provider resource with this id, as stamps contain it (10 characters of `0-9 a-z`)."""
    # An edited state may hold half a surrogate pair; the id of a real provider is plain ASCII.
    text = f"dashscope-ft provider {provider_id}".encode(errors="backslashreplace")
    number = int.from_bytes(hashlib.sha256(text).digest(), "big")
    owner = ""
    for _ in range(_LENGTH):
        number, digit = divmod(number, len(_DIGITS))
        owner += _DIGITS[digit]
    return owner
