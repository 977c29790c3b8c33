"""Why this exists: the service has no idempotency key and lets nobody attach labels to a job (API page
create-fine-tuning-job-api). Its display name is the only place where a job can say whose it is. This module alone
writes and reads that stamp; its format is a promise to every job that is already running.

    <readable>[--x<expiry>]--p1-<owner>-<hash>-<nonce>

for example `sentiment--p1-k7m2x9qd4t-9c41f0e2-h3v8wz`, and with an expiry `sentiment--xhtfko--p1-k7m2x9qd4t-…`.

* `readable`: the resource's name, for people: at most 24 characters of `a-z 0-9 _ -`, the expiry included, and never
  two hyphens in a row;
* `x<expiry>`: present when the job is to expire: minutes since 1970, UTC, in base 36, five digits (six from 2084 on). A
  release that knows no expiry takes it for a part of `readable`, and still knows its own jobs;
* `p1`: the version of this format; `r1` for a job that was started with a policy to retain it, which may outlive
  its stack;
* `owner`: 10 characters, random, made once per stack and kept in its state: what proves that a job is ours;
* `hash`: 8 hex digits over the resource's name and everything that decides what is trained;
* `nonce`: 6 characters, new for each intended run: tells two runs with equal inputs apart.

A name has at most 55 characters, all of them of `a-z 0-9 _ -`.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pulumi_dashscope_ft.lifecycle.comparison import as_number

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: nothing that is misread
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_READABLE = 24
_LAST_MINUTE = 36**6 - 1  # in the year 6108
_PATTERN = re.compile(
    # As few as will do: what can be an expiry is one.
    r"(?P<readable>[a-z0-9_-]{0,24}?)(?:--x(?P<expiry>[0-9a-z]{5}|[1-9a-z][0-9a-z]{5}))?"
    r"--(?P<mark>[pr])1-(?P<owner>[0-9a-z]{10})-(?P<digest>[0-9a-f]{8})-(?P<nonce>[0-9a-z]{6})"
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a stamped name says. `str(stamp)` is the name to send.

    :param expiry: when the job expires, in minutes since 1970, UTC; None when it does not.
    """

    readable: str
    owner: str
    digest: str
    nonce: str
    retained: bool = False
    expiry: int | None = None

    def __str__(self) -> str:
        mark = "r1" if self.retained else "p1"
        return f"{self.readable}{_expiry_token(self.expiry)}--{mark}-{self.owner}-{self.digest}-{self.nonce}"

    @property
    def expires(self) -> float | None:
        """When the job expires, in seconds since 1970, UTC."""
        return None if self.expiry is None else self.expiry * 60.0

    def same_run(self, other: Stamp) -> bool:
        """Whether both name the same intended run of the same stack (the readable part is only decoration)."""
        return (self.owner, self.digest, self.nonce) == (other.owner, other.digest, other.nonce)

    def same_work(self, other: Stamp) -> bool:
        """Whether both were made by the same stack, for the same resource with the same inputs."""
        return (self.owner, self.digest) == (other.owner, other.digest)


def new_owner_id() -> str:
    """A fresh owner id: 10 characters, 50 random bits."""
    return _random(10)


def is_owner_id(text: str) -> bool:
    """Whether a stamp could bear this as its owner id."""
    return re.fullmatch(r"[0-9a-z]{10}", text) is not None


def new_nonce() -> str:
    """A fresh nonce: 6 characters, 30 random bits."""
    return _random(6)


def make(
    resource_name: str,
    owner: str,
    nonce: str,
    decisive: Mapping[str, Any],
    *,
    retained: bool = False,
    expires: float | None = None,
) -> Stamp:
    """The stamp of a run.

    :param resource_name: the resource's name, qualified by its parents' types.
    :param owner: the stack's owner id.
    :param nonce: the nonce of this intended run.
    :param decisive: everything that decides what is trained, as JSON values.
    :param retained: whether the job is meant to outlive its stack.
    :param expires: when it expires, in seconds since 1970, UTC; the stamp names the next whole minute.
    """
    text = json.dumps([resource_name, _canonical(decisive)], sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    expiry = None if expires is None else min(max(math.ceil(expires / 60), 0), _LAST_MINUTE)
    readable = _readable(resource_name, _READABLE - len(_expiry_token(expiry)))
    return Stamp(readable, owner, digest, nonce, retained, expiry)


def parse(name: str | None) -> Stamp | None:
    """The stamp in a display name, or None for a name that is not one of ours."""
    match = _PATTERN.fullmatch(name or "")
    if match is None:
        return None
    expiry = int(match["expiry"], 36) if match["expiry"] else None
    return Stamp(match["readable"], match["owner"], match["digest"], match["nonce"], match["mark"] == "r", expiry)


def _readable(resource_name: str, longest: int) -> str:
    last = resource_name.rsplit("::", 1)[-1].lower()
    return re.sub(r"[^a-z0-9_]+", "-", last).strip("-")[:longest].rstrip("-")


def _expiry_token(minute: int | None) -> str:
    if minute is None:
        return ""
    digits = ""
    while minute:
        minute, digit = divmod(minute, 36)
        digits = _DIGITS[digit] + digits
    return f"--x{digits:0>5}"


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def _canonical(value: Any) -> Any:
    """Equal values get equal text: numbers by value, absent and None alike."""
    if isinstance(value, Mapping):
        return {key: _canonical(item) for key, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [_canonical(item) for item in value]
    number = None if isinstance(value, bool) else as_number(value)
    return f"#{_plain(number)}" if number is not None else value


def _plain(number: Decimal) -> str:
    return "0" if not number else f"{number.normalize():f}"
