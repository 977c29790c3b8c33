"""Faults by rule: which calls go wrong, how, and how often.

The quality of a client shows when answers are lost, late or garbled, and such moments must be reproducible. So faults
are data: a rule says when it applies and what happens, and counts its uses. :mod:`..api.answers` carries out each kind
on the wire.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

from pulumi_dashscope_ft.emulator import checks
from pulumi_dashscope_ft.emulator.errors import BY_STATUS, CATALOGUE, Refusal
from pulumi_dashscope_ft.emulator.limits import MOST_RULES

# Kind → whether the operation takes effect before the fault.
KINDS: Mapping[str, bool] = {
    "status": False,  # an error envelope
    "reset": False,  # connection reset, nothing done
    "lost": True,  # done, then connection reset instead of an answer
    "effect_then_status": True,  # done, then an error envelope (504 unless said otherwise)
    "html": False,  # a gateway's page (502 unless said otherwise)
    "malformed": True,  # done, then a JSON body that breaks off
    "no_output": True,  # done, then an answer without output or data
    "code_in_200": False,  # HTTP 200 that carries an error code
    "latency": True,  # a late answer
    "hang": False,  # no answer until the client leaves
    "unknown_status": True,  # an unknown status of a job of any kind, a checkpoint or a deployment
    "not_accepted": False,  # output: false, as an export may answer
}

OPERATIONS = (
    *("create", "list", "get", "delete", "cancel", "logs", "stream", "checkpoints", "export"),
    *("validation_results", "validation_details"),
    *("create_deployment", "list_deployments", "get_deployment", "scale_deployment", "update_deployment"),
    *("delete_deployment", "deployable_models", "models"),
    *("compression_templates", "create_compression", "list_compressions", "get_compression", "compression_logs"),
    *("cancel_compression", "delete_compression"),
    *("create_import", "list_imports", "get_import", "delete_import"),
    *("chat_completions", "text_generation"),
    *("upload", "list_files", "get_file", "delete_file"),
)
"""What a rule can name, in addition to `*`: the operations of the API."""

_JOB_LISTINGS = ("list", "list_compressions", "list_imports")
_BODILESS = frozenset({204, 205, 304})
_DEFAULT_STATUS = {"status": 500, "effect_then_status": 504, "html": 502}


@dataclass(slots=True)
class FaultRule:
    """One rule.

    When: `operation` (a name or `*`), `job_id` and `deployed_model` must match; then `nth` (only the nth matching call,
    from 1), `count` (at most that many times) and `probability` (seeded) narrow it down. What: `kind`, with
    `status`/`code`/`message`/`headers` for answers (or `error`, a name in the error catalogue such as `busy`),
    `seconds` for `latency` and as the limit of `hang`, `shown_status` for `unknown_status`. `after_effect` overrides
    whether the operation is carried out first.

    :raises ValueError: the combination makes no sense.
    """

    operation: str = "*"
    kind: str = "status"
    job_id: str | None = None
    deployed_model: str | None = None
    nth: int | None = None
    count: int | None = None
    probability: float = 1.0
    error: str | None = None
    status: int | None = None
    code: str | None = None
    message: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float | None = None
    shown_status: str = "REBALANCING"
    after_effect: bool | None = None
    fired: int = 0
    """How often it has been applied."""
    seen: int = 0
    """How many calls matched operation and job."""
    rule_id: str = ""
    """Set when the rule is added."""

    def __post_init__(self) -> None:
        checks.choice("operation", self.operation, ("*", *OPERATIONS))
        checks.choice("kind", self.kind, tuple(KINDS))
        if self.error is not None:
            checks.choice("error", self.error, sorted(CATALOGUE))
        for name in ("nth", "count"):
            if getattr(self, name) is not None:
                checks.whole(name, getattr(self, name), least=1)
        checks.number("probability", self.probability, most=1)
        if self.status is not None:
            checks.whole("status", self.status, least=200, most=599)
            if self.status in _BODILESS:
                raise ValueError(f"status can't be {self.status}: such an answer has no body")
        for name in ("job_id", "deployed_model", "code", "message"):
            if getattr(self, name) is not None:
                checks.text(name, getattr(self, name))
        checks.text("shown_status", self.shown_status)
        if self.after_effect is not None:
            checks.switch("after_effect", self.after_effect)
        if self.seconds is not None:
            checks.wait("seconds", self.seconds)
        elif self.kind == "latency":
            raise ValueError('a fault of kind latency needs "seconds"')
        checks.header_fields("headers", self.headers)

    @property
    def takes_effect(self) -> bool:
        """Whether the operation is carried out before the fault shows."""
        return KINDS[self.kind] if self.after_effect is None else self.after_effect

    @property
    def http_status(self) -> int:
        """The status of the faulty answer."""
        if self.status is not None:
            return self.status
        if self.error is not None and self.kind in ("status", "effect_then_status"):
            return CATALOGUE[self.error].status
        return _DEFAULT_STATUS.get(self.kind, 200)

    @property
    def refusal(self) -> Refusal:
        """The error envelope of the answer: from the rule, the named error, or the status."""
        status = self.http_status
        usual = CATALOGUE[self.error or BY_STATUS.get(status, "internal")]
        return Refusal(status, self.code or usual.code, self.message or usual.message)

    def to_json(self) -> dict[str, Any]:
        """Return everything that differs from the defaults, and the counters."""
        values = {}
        for setting in fields(self):
            default = setting.default if setting.default is not MISSING else {}
            value = getattr(self, setting.name)
            if value != default or setting.name in ("operation", "kind", "fired", "seen"):
                values[setting.name] = value
        return values

    @classmethod
    def from_json(cls, data: object) -> FaultRule:
        """Return a rule from its JSON form; counters in it are ignored.

        :raises ValueError: it is no valid rule.
        """
        if not isinstance(data, Mapping):
            raise ValueError("a fault rule must be a JSON object")
        names = {setting.name for setting in fields(cls)}
        unknown = sorted(set(data) - names)
        if unknown:
            raise ValueError(
                f"a fault rule has no {checks.quoted(', '.join(map(str, unknown)))}; it has {', '.join(sorted(names))}"
            )
        kept = {name: value for name, value in data.items() if name not in ("fired", "seen", "rule_id")}
        return cls(**kept)


class FaultBook:
    """The rules in force. Not thread-safe: the service's lock protects it."""

    def __init__(self, seed: int) -> None:
        self.rules: list[FaultRule] = []
        self._random = random.Random(seed)
        self._added = 0

    def add(self, rule: FaultRule) -> FaultRule:
        """Put a rule in force.

        :raises ValueError: there are too many rules.
        """
        if len(self.rules) >= MOST_RULES:
            raise ValueError(f"there are {MOST_RULES} fault rules already; remove some first")
        self._added += 1
        rule.rule_id = f"fault-{self._added}"
        self.rules.append(rule)
        return rule

    def remove(self, rule_id: str) -> bool:
        """Remove a rule; whether there was one with this id."""
        kept = [rule for rule in self.rules if rule.rule_id != rule_id]
        any_removed = len(kept) != len(self.rules)
        self.rules = kept
        return any_removed

    def clear(self) -> None:
        """Remove all rules."""
        self.rules.clear()

    def draw(
        self, operation: str, job_id: str | None, deployed_model: str | None = None
    ) -> tuple[FaultRule | None, float]:
        """Return the fault for this call, if any (the first rule that applies), and the added latency in seconds."""
        fault: FaultRule | None = None
        delay = 0.0
        for rule in self.rules:
            if not _concerns(rule, operation, job_id, deployed_model):
                continue
            rule.seen += 1
            if (fault is not None and rule.kind != "latency") or not self._applies(rule):
                continue
            rule.fired += 1
            if rule.kind == "latency":
                delay += rule.seconds or 0.0
            else:
                fault = rule
        return fault, delay

    def _applies(self, rule: FaultRule) -> bool:
        if rule.nth is not None and rule.seen != rule.nth:
            return False
        if rule.count is not None and rule.fired >= rule.count:
            return False
        return rule.probability >= 1 or self._random.random() < rule.probability


def _concerns(rule: FaultRule, operation: str, job_id: str | None, deployed_model: str | None) -> bool:
    if rule.operation not in ("*", operation):
        return False
    if rule.job_id in (None, job_id) and rule.deployed_model in (None, deployed_model):
        return True
    listings = _JOB_LISTINGS if rule.deployed_model is None else ("list_deployments",)
    return rule.kind == "unknown_status" and operation in listings
