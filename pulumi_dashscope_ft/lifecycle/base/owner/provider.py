"""Why this exists: what proves that a job is a stack's own is a random id that lives in the stack's state (see
`lifecycle.stack_identity`). A provider plugin needs no resource of its own for that: the engine gives each provider
resource a random id (a version 4 UUID), keeps it in the state, and tells it to the plugin in `Configure`. Whoever reads
a state must come to the same owner as the plugin did, hence one function for both.
"""

from __future__ import annotations

import hashlib

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_LENGTH = 10


def owner_of_provider(provider_id: str) -> str:
    """The owner id, as a stamp bears it (10 characters of `0-9 a-z`), of the provider resource with this id."""
    # A state that was edited may hold half a surrogate pair; the id of a real provider is plain ASCII.
    text = f"dashscope-ft provider {provider_id}".encode(errors="backslashreplace")
    number = int.from_bytes(hashlib.sha256(text).digest(), "big")
    owner = ""
    for _ in range(_LENGTH):
        number, digit = divmod(number, len(_DIGITS))
        owner += _DIGITS[digit]
    return owner
