"""Encrypts secrets in the state file.

A state file gets copied into bug reports and committed by accident, so it must not contain a secret in plain text. The
key is a random file next to the state, readable by its owner only. This keeps a secret from being *read in the state*;
anybody with both files has the secret. It is a tool for tests, not a vault for production, and needs only the standard
library: a keystream from HMAC-SHA-256 in counter mode, authenticated by a second HMAC.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
from pathlib import Path
from typing import Any

_PREFIX = "local:v1:"
_NONCE = 16
_TAG = 32


class Vault:
    """Encrypts and decrypts JSON values with the key in `key_file`, which is created on first use."""

    def __init__(self, key_file: Path) -> None:
        self._key_file = key_file
        self._key: bytes | None = None

    def __repr__(self) -> str:
        return f"Vault({str(self._key_file)!r})"

    def encrypt(self, value: Any) -> str:
        """Return the value as text that only this vault can read."""
        plain = json.dumps(value, sort_keys=True).encode()
        nonce = secrets.token_bytes(_NONCE)
        body = self._stream(nonce, plain)
        sealed = nonce + body + self._tag(nonce + body)
        return _PREFIX + base64.b64encode(sealed).decode()

    def decrypt(self, text: str) -> Any:
        """Return the decrypted value.

        :raises ValueError: it was encrypted elsewhere or has been changed.
        """
        if not text.startswith(_PREFIX):
            raise ValueError(
                "this state was encrypted by another engine; export it there with `pulumi stack export --show-secrets`"
            )
        sealed = base64.b64decode(text[len(_PREFIX) :])
        nonce, body, tag = sealed[:_NONCE], sealed[_NONCE:-_TAG], sealed[-_TAG:]
        if not hmac.compare_digest(tag, self._tag(nonce + body)):
            raise ValueError(f"a secret in the state was not encrypted with the key in {self._key_file}")
        return json.loads(self._stream(nonce, body))

    def _stream(self, nonce: bytes, data: bytes) -> bytes:
        out = bytearray()
        for start in range(0, len(data), 32):
            pad = self._mac(b"stream" + nonce + start.to_bytes(8, "big"))
            out += bytes(a ^ b for a, b in zip(data[start : start + 32], pad, strict=False))
        return bytes(out)

    def _tag(self, data: bytes) -> bytes:
        return self._mac(b"tag" + data)

    def _mac(self, data: bytes) -> bytes:
        return hmac.new(self._load(), data, hashlib.sha256).digest()

    def _load(self) -> bytes:
        if self._key is None:
            self._key_file.parent.mkdir(parents=True, exist_ok=True)
            try:
                descriptor = os.open(self._key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                self._key = bytes.fromhex(self._key_file.read_text(encoding="ascii").strip())
            else:
                self._key = secrets.token_bytes(32)
                with os.fdopen(descriptor, "w", encoding="ascii") as handle:
                    handle.write(self._key.hex() + "\n")
        return self._key
