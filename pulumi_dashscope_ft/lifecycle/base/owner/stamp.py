"""The stamp: a display name that says to which stack, resource and run an object belongs.

The service has no idempotency key and no labels for jobs (API page create-fine-tuning-job-api). The display name is the
only place where a job can say whose it is. This module alone writes and reads that stamp; its format is a promise to
every job that is already running.

    <readable>[--x<expiry>]--p1-<owner>-<hash>-<nonce>

for example `sentiment--p1-k7m2x9qd4t-9c41f0e2-h3v8wz`, and with an expiry `sentiment--xhtfko--p1-k7m2x9qd4t-…`.

* `readable`: the resource's name, for people: at most 24 characters of `a-z 0-9 _ -`, the expiry included, and never
  two hyphens in a row;
* `x<expiry>`: present when the job expires: minutes since 1970, UTC, in base 36, five digits (six from 2084 on). A
  release that does not know about expiry takes it for a part of `readable`, and still recognises its own jobs;
* `p1`: the version of this format; `r1` for a job that was started with a policy to retain it, which may outlive its
  stack;
* `owner`: 10 characters, random, made once per stack and kept in its state: the proof that a job is ours;
* `hash`: 8 hex digits over the resource's name and everything that decides what is trained, made with the stack's key
  (see `owner.key`), because inputs may contain secrets and everyone can read the name;
* `nonce`: 6 characters, new for each intended run: tells two runs with equal inputs apart.

A name has at most 55 characters, all of them of `a-z 0-9 _ -`.

Earlier releases made the hash without a key, over the inputs as they were written. It is still recognised.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pulumi_dashscope_ft.lifecycle.base.comparison import canonical

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no characters that are easily confused
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_READABLE = 24
_LAST_MINUTE = 36**6 - 1  # in the year 6108
_PATTERN = re.compile(
    # As few characters as possible: what can be an expiry is one.
    r"(?P<readable>[a-z0-9_-]{0,24}?)(?:--x(?P<expiry>[0-9a-z]{5}|[1-9a-z][0-9a-z]{5}))?"
    r"--(?P<mark>[pr])1-(?P<owner>[0-9a-z]{10})-(?P<digest>[0-9a-f]{8})-(?P<nonce>[0-9a-z]{6})"
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a stamped name says. `str(stamp)` is the name to send.

    :param expiry: when the job expires, in minutes since 1970, UTC; None when it does not.
    :param former: the hashes that earlier releases may have made for the same work. A name does not contain them.
    """

    readable: str
    owner: str
    digest: str
    nonce: str
    retained: bool = False
    expiry: int | None = None
    former: frozenset[str] = field(default=frozenset(), compare=False)

    def __str__(self) -> str:
        mark = "r1" if self.retained else "p1"
        return f"{self.readable}{_expiry_token(self.expiry)}--{mark}-{self.owner}-{self.digest}-{self.nonce}"

    @property
    def expires(self) -> float | None:
        """When the job expires, in seconds since 1970, UTC."""
        return None if self.expiry is None else self.expiry * 60.0

    def same_run(self, other: Stamp) -> bool:
        """Whether both name the same intended run of the same stack. The readable part does not count."""
        return (self.owner, self.digest, self.nonce) == (other.owner, other.digest, other.nonce)

    def same_work(self, other: Stamp) -> bool:
        """Whether both were made by the same stack, for the same resource with the same inputs."""
        mine, others = self.former | {self.digest}, other.former | {other.digest}
        return self.owner == other.owner and not mine.isdisjoint(others)


def new_owner_id() -> str:
    """Make a new owner id: 10 characters, 50 random bits."""
    return _random(10)


def is_owner_id(text: str) -> bool:
    """Whether a stamp could contain this as its owner id."""
    return re.fullmatch(r"[0-9a-z]{10}", text) is not None


def new_nonce() -> str:
    """Make a new nonce: 6 characters, 30 random bits."""
    return _random(6)


def make(
    resource_name: str,
    owner: str,
    nonce: str,
    decisive: Mapping[str, Any],
    *,
    key: str | None = None,
    meaning: Mapping[str, Any] | None = None,
    respelled: Iterable[Mapping[str, Any]] = (),
    retained: bool = False,
    expires: float | None = None,
    longest: int | None = None,
) -> Stamp:
    """Make the stamp of a run.

    :param resource_name: the resource's name, qualified by its parents' types.
    :param owner: the stack's owner id.
    :param nonce: the nonce of this intended run.
    :param decisive: everything that decides what is trained, as JSON values, as the user has written it.
    :param key: the stack's key; None: the hash is made as earlier releases made it.
    :param meaning: `decisive` in the one spelling that a hash with a key is made over; default: `decisive` as it is.
    :param respelled: `decisive` in other spellings of the same meaning, which an earlier release may have been given.
    :param retained: whether the job should outlive its stack.
    :param expires: when the job expires, in seconds since 1970, UTC; the stamp names the next whole minute.
    :param longest: most characters that the service takes in such a name, where a stamp may have more; what is for
        people is cut.
    """
    plain = _plain_digest(resource_name, decisive)
    former = {plain, *(_plain_digest(resource_name, one) for one in respelled)}
    digest = _keyed_digest(key, resource_name, decisive if meaning is None else meaning) if key else plain
    expiry = None if expires is None else min(max(math.ceil(expires / 60), 0), _LAST_MINUTE)
    readable = _readable(resource_name, _READABLE - len(_expiry_token(expiry)))
    made = Stamp(readable, owner, digest, nonce, retained, expiry, frozenset(former))
    over = 0 if longest is None else len(str(made)) - longest
    return replace(made, readable=readable[: max(len(readable) - over, 0)].rstrip("-")) if over > 0 else made


def parse(name: str | None) -> Stamp | None:
    """Read the stamp in a display name; None for a name that is not one of ours."""
    match = _PATTERN.fullmatch(name or "")
    if match is None:
        return None
    expiry = int(match["expiry"], 36) if match["expiry"] else None
    return Stamp(match["readable"], match["owner"], match["digest"], match["nonce"], match["mark"] == "r", expiry)


def _plain_digest(resource_name: str, decisive: Mapping[str, Any]) -> str:
    return hashlib.sha256(_text(resource_name, decisive)).hexdigest()[:8]


def _keyed_digest(key: str, resource_name: str, meaning: Mapping[str, Any]) -> str:
    return hmac.new(key.encode(), _text(resource_name, meaning), hashlib.sha256).hexdigest()[:8]


def _text(resource_name: str, decisive: Mapping[str, Any]) -> bytes:
    return json.dumps([resource_name, canonical(decisive)], sort_keys=True, separators=(",", ":")).encode()


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
