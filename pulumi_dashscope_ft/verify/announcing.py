"""What a verification will do and what it can cost at most, said before it starts."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from pulumi_dashscope_ft.lifecycle.spend.money import Money

from .account import Account
from .facts import DEPLOY, TRAIN
from .plan import BURST_CALLS, MOST_JOBS, SMALLEST, costs, most_calls, trained_model
from .running import Scope

_BEIJING = "cn-beijing"


def announcement(scope: Scope, account: Account, region: str, *, is_emulator: bool) -> Iterator[str]:
    """Yield the lines: what is done, how many calls and jobs, the most that it costs, what stays."""
    jobs = sum(MOST_JOBS[group] for group in scope.groups)
    calls = most_calls(scope.groups, burst=scope.burst)
    yield f"This uploads one small file, makes up to {jobs} jobs of {SMALLEST} and cancels or deletes each of them."
    if TRAIN in scope.groups:
        yield f"A job of {trained_model(scope.groups)} is trained to its end, and a checkpoint is exported. No call"
        yield "deletes a model: the models stay in the console (My models), where they cost nothing and can be deleted."
    if DEPLOY in scope.groups:
        yield "Its model is deployed by token, which is free without calls, and the deployment is deleted."
    if scope.burst:
        yield f"{BURST_CALLS} reads are sent at once: other programs of this account may be slowed down for a minute."
    yield f"It makes {calls} calls at most, and takes from ten minutes to some hours, as the queue goes."
    yield _cost(scope, region, is_emulator=is_emulator)
    if account.leftovers:
        yield f"First it ends what an earlier verification has left: {account.leftovers}."
    if account.active:
        yield f"{account.active} other jobs are active: the experiments wait for them in the queue, and delay them."


def _cost(scope: Scope, region: str, *, is_emulator: bool) -> str:
    parts = costs(scope.groups)
    total = Money(sum((part.amount for part in parts), Decimal(0)), parts[0].each.currency)
    shares = ", ".join(f"{part.what} {Money(part.amount, total.currency)}" for part in parts)
    if is_emulator:
        return "It costs nothing: this is an emulator."
    price = f"It costs at most {total} ({shares}), if no job can be cancelled and each is trained to its end."
    where = "" if region == _BEIJING else f" That is the price in {_BEIJING}; none is known for this region."
    return f"{price}{where}"
