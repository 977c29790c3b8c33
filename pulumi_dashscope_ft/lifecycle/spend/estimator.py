"""What there is to know of a kind of resource that costs money; `runs` and `deployments` each describe one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pulumi_dashscope_ft.lifecycle.base.request import AnyRequest
from pulumi_dashscope_ft.schema.marks import below

from .figures import Estimate
from .price_list import PriceList


@dataclass(frozen=True, slots=True)
class Estimator:
    """Estimates what is asked for before it is started.

    :param estimate: estimates a request in a region by a list of prices; None while something that decides about it is
        not known yet.
    :param named_by: the input by which it is called in a line of the plan.
    :param follows_from: the inputs that decide what it costs.
    :param adopts: the input that names something to take over, which then costs nothing more.
    :param has_budget: whether budgets hold for it: its cost ends by itself.
    """

    estimate: Callable[[AnyRequest, str, PriceList], Estimate | None]
    named_by: str
    follows_from: tuple[str, ...]
    adopts: str
    has_budget: bool

    def subject(self, request: AnyRequest) -> str | None:
        """Return what it is called in a line of the plan; None while that is not known."""
        name = request.inputs.get(self.named_by)
        return name if isinstance(name, str) else None

    def is_told(self, request: AnyRequest) -> bool:
        """Whether the figures may be shown: nothing that they follow from is secret."""
        return not any(below(request.secrets, name) for name in self.follows_from)
