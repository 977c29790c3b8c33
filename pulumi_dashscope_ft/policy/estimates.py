"""A rule about what the resources of a stack cost, by the estimates that they have.

A resource has its estimate once it exists. Before that, budgets hold: the rule `jobs-have-a-budget`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from pulumi_dashscope_ft.lifecycle.spend.money import Money
from pulumi_dashscope_ft.schema import UNKNOWN

from .rule import Settings, StackRule, amount
from .subject import JOBS, Subject

_ENDED = ("SUCCEEDED", "FAILED", "CANCELED")


def _cost(subjects: Sequence[Subject], settings: Settings) -> Iterator[tuple[Subject, str]]:
    a_run, an_hour = amount(settings, "run"), amount(settings, "hour")
    hourly: dict[str, list[tuple[Subject, Decimal]]] = defaultdict(list)
    for subject in subjects:
        found = subject.known("estimatedCost")
        if not isinstance(found, Mapping) or (subject.kind in JOBS and subject.known("status") in _ENDED):
            continue
        most = a_run if found.get("per") == "run" else an_hour
        cost = _amount(found)
        if most is None or UNKNOWN in found.values():
            continue
        if cost is None:
            if settings["allowUnknown"]:
                continue
            yield subject, f"What {subject.name} costs is not known: {found.get('unknown') or 'it has no upper bound'}."
        elif found.get("per") == "run":
            if cost.currency != most.currency or cost.amount > most.amount:
                yield (
                    subject,
                    f"{subject.name} may cost {cost}, and at most {most} are allowed for a run: use fewer rows, fewer "
                    "epochs, or a cheaper model. `pulumi destroy` ends what runs already.",
                )
        elif found.get("per") == "hour":
            hourly[cost.currency].append((subject, cost.amount))
    for currency, costs in hourly.items():
        total = Money(sum((cost for _, cost in costs), Decimal(0)), currency)
        if an_hour is not None and (total.currency != an_hour.currency or total.amount > an_hour.amount):
            dearest = max(costs, key=lambda each: each[1])[0]
            yield (
                dearest,
                f"What the stack runs by the hour costs {total} an hour, and at most {an_hour} are allowed: remove a "
                "deployment or a job, use fewer or smaller units, or the plan lora.",
            )


def _amount(found: Mapping[str, object]) -> Money | None:
    high, currency = found.get("high"), found.get("currency")
    try:
        return None if high is None or not isinstance(currency, str) else Money(Decimal(str(high)), currency)
    except InvalidOperation:
        return None


RULES = (
    StackRule(
        "cost-within-limit",
        "What runs does not cost more than is allowed.",
        _cost,
        {
            "run": {"type": "string", "description": "The most that a run may cost by its estimate, such as 50 CNY."},
            "hour": {
                "type": "string",
                "description": "The most that a stack may cost an hour, such as 100 CNY, deployments and jobs.",
            },
            "allowUnknown": {
                "type": "boolean",
                "default": False,
                "description": "Whether something may exist whose cost is not known.",
            },
        },
    ),
)
