"""The key that stamps are hashed with.

A stamp is a display name, which everyone who shares the account can read. Its hash covers the resource's inputs.
Without a key, somebody who knows all of them except a short secret could find that secret by trying. So the hash is
made with a random key: one per stack, kept encrypted in the stack's state, made before anything is started.

The key is stored beside the owner id: among the inputs of the stack's identity, or of the plugin's provider resource.
The state of an earlier release has no key. It gets one with its next `pulumi up`, which plans no change for that.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from typing import Any

_DIGITS = re.compile(r"[0-9a-f]{64}")


def new_stamp_key() -> str:
    """Make a new key: 64 hexadecimal digits, 256 random bits."""
    return secrets.token_hex(32)


def as_stamp_key(value: Any) -> str | None:
    """Return the key; None when the value can't be one."""
    return value if isinstance(value, str) and _DIGITS.fullmatch(value) else None


def lasting_stamp_key(old: Any) -> str:
    """Return the key to go on with: the old one, or a new one.

    :param old: what the old inputs of the resource that holds the key have.
    """
    return as_stamp_key(old) or new_stamp_key()


@dataclass(slots=True)
class StampKey:
    """The key that this process makes stamps with, shared by all its connections.

    :param value: None until it is known. Earlier releases made stamps without a key.
    """

    value: str | None = field(default=None, repr=False)

    def learn(self, value: Any) -> None:
        """Take over this value, if it is a key."""
        self.value = as_stamp_key(value) or self.value
