"""Identifies callers: keys, accounts and workspaces.

The emulator must distinguish keys (each belongs to one workspace, and sees nothing of the others), but must not keep
them. A key is reduced at once to a salted digest; the rest of the emulator only knows "account-1".
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, field

from pulumi_dashscope_ft.emulator.errors import problem
from pulumi_dashscope_ft.emulator.limits import MOST_ACCOUNTS

from .settings import Settings

_KEY = re.compile(r"sk-[^\s]+", re.ASCII)
_FIRST_UID = 1_396_993_924_500_000


@dataclass(frozen=True, slots=True)
class CallerAccount:
    """The account behind a request."""

    number: int
    scope: str
    """The workspace whose jobs and files the account sees."""
    workspace_id: str
    """The workspace id of new objects: from the request's header, unless the emulator's settings have one for the key.
    """

    @property
    def name(self) -> str:
        """A name for people, such as `account-1`."""
        return f"account-{self.number}"

    @property
    def uid(self) -> str:
        """The account's number in the service's style: digits, as a string."""
        return str(_FIRST_UID + self.number)


@dataclass(slots=True)
class Accounts:
    """Numbers the keys in the order of their first use; keeps digests only."""

    salt: bytes = field(default_factory=lambda: secrets.token_bytes(16), repr=False)
    digests: dict[str, int] = field(default_factory=dict, repr=False)

    def identify(self, authorization: str | None, workspace: str | None, settings: Settings) -> CallerAccount:
        """Return the caller of a request with these two headers.

        :raises ApiProblemError: 401 `InvalidApiKey` for a missing, malformed or unlisted key (a "Coding Plan" key,
            `sk-sp-…`, is not valid here: documented); 403 `Workspace.AccessDenied` for a workspace that is known not to
            be the key's (inferred); 429 `Throttling` for a new key when there are too many already.
        """
        scheme, _, key = (authorization or "").partition(" ")
        key = key.strip()
        if scheme.lower() != "bearer" or not _KEY.fullmatch(key) or key.startswith("sk-sp-"):
            raise problem("invalid_key")
        workspace_of_key = ""
        if settings.keys:
            if key not in settings.keys:
                raise problem("invalid_key")
            workspace_of_key = settings.keys[key]
        if workspace_of_key and workspace and workspace != workspace_of_key:
            raise problem("workspace_denied")
        number = self._number(key)
        scope = workspace_of_key or f"llm-emulator{number:04d}"
        return CallerAccount(number, scope, workspace_of_key or workspace or scope)

    def _number(self, key: str) -> int:
        digest = hashlib.sha256(self.salt + key.encode()).hexdigest()
        if digest not in self.digests and len(self.digests) >= MOST_ACCOUNTS:
            raise problem("throttled")
        return self.digests.setdefault(digest, len(self.digests) + 1)


def bearer_token(authorization: str | None) -> str:
    """Return the secret part of an `Authorization` header, for redaction; empty if there is none."""
    return (authorization or "").partition(" ")[2].strip()
