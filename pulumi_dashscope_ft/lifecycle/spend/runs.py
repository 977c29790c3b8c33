"""What the run costs that a job's inputs ask for, from what is known of its data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.lifecycle.base.request import AnyRequest
from pulumi_dashscope_ft.lifecycle.training_data.counting.summary import TokenSummary
from pulumi_dashscope_ft.lifecycle.training_data.known import KnownData, known_data
from pulumi_dashscope_ft.lifecycle.training_data.sources import TRAINING, property_names
from pulumi_dashscope_ft.schema import UNKNOWN, contains_unknown

from .estimate import estimate, needs_data
from .estimator import Estimator
from .figures import Estimate, Run
from .price_list import PriceList

_DECIDING = ("model", "trainingType", "hyperParameters")


def estimate_of(request: AnyRequest, region: str, prices: PriceList) -> Estimate | None:
    """Estimate the run; None while something that decides about it is not known yet."""
    inputs = request.inputs
    if any(contains_unknown(inputs.get(name)) for name in _DECIDING) or not isinstance(inputs.get("model"), str):
        return None
    given = inputs.get("hyperParameters")
    run = Run(
        str(inputs["model"]),
        None if inputs.get("trainingType") is None else str(inputs["trainingType"]),
        given if isinstance(given, Mapping) else {},
        region,
    )
    if not needs_data(run):
        return estimate(run, (), prices)
    counts = _counts(inputs, known_data(request.formats))
    if isinstance(counts, str):
        return estimate(run, (), prices, missing=counts)
    return None if counts is None else estimate(run, counts, prices)


def _counts(inputs: Mapping[str, Any], data: list[KnownData]) -> list[TokenSummary] | str | None:
    """Return the tokens of the training data; why they are not known; or None while they are not known yet."""
    names = property_names(TRAINING)
    known = {entry.path: entry for entry in data if entry.property in names}
    places = [(name, place) for name in names for place in _places(inputs.get(name))]
    if any(inputs.get(name) is UNKNOWN for name in names):
        return None
    counts, missing, later = [], 0, False
    for name, (position, value) in places:
        entry = known.get((name, position))
        if entry is not None and entry.count is not None:
            counts.append(entry.count)
        elif (entry is not None and entry.is_counted_later) or (entry is None and contains_unknown(value)):
            later = True
        else:
            missing += 1
    if missing:
        which = "its data" if missing == len(places) else f"{missing} of its {len(places)} files"
        return f"the tokens of {which} are not known (only what a TrainingFile of the same program uploads is counted)"
    return None if later else counts


def _places(value: Any) -> list[tuple[int, Any]]:
    return list(enumerate(value)) if isinstance(value, (list, tuple)) else []


ESTIMATOR = Estimator(estimate_of, "model", _DECIDING, "adoptJobId", has_budget=True)
