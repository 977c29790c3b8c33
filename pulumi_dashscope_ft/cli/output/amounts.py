"""Amounts of money for people, from what a command says in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["cost_text", "priced_cost"]


def cost_text(cost: Mapping[str, Any] | None) -> str | None:
    """Say what a run has cost in a word or two; None while it has not ended."""
    from decimal import Decimal

    from pulumi_dashscope_ft.lifecycle.spend.actual import money_text
    from pulumi_dashscope_ft.lifecycle.spend.money import Money

    if cost is None:
        return None
    return "unknown" if cost["amount"] is None else money_text(Money(Decimal(cost["amount"]), cost["currency"]))


def priced_cost(cost: Mapping[str, Any] | None) -> str | None:
    """Say what a run has cost, and at which price; or why that is unknown."""
    if cost is None:
        return None
    if cost["amount"] is None:
        return f"unknown: {cost['unknown']}"
    basis = cost["basis"]
    if basis["price"] is None:
        return cost_text(cost)
    price = f"{basis['price']} {cost['currency']} per {basis['unit']}, {basis['region']}, as of {basis['priceDate']}"
    return f"{cost_text(cost)} ({price})"
