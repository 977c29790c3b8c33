"""What the sweep example reads out of logs, and how it ranks: wrong here would serve the wrong model."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pulumi
import pytest

LOSSES = Path(__file__).parents[2] / "examples" / "hyperparameter-sweep" / "losses.py"


@pytest.fixture(scope="module")
def losses() -> dict[str, Any]:
    return runpy.run_path(str(LOSSES))


@pytest.mark.parametrize(
    ("log", "found"),
    [
        ((), {}),
        (("2024-10-29 17:11:24,689 - INFO - finetune-job succeeded", " 50%|####  | 30/60 [05:00<05:00, 10s/it]"), {}),
        (("{'eval_loss': 1.5, 'epoch': 1.0}", "{'eval_loss': 0.5, 'epoch': 2.0}"), {"eval_loss": 0.5, "epoch": 2.0}),
        (("{'loss': 2e-05, 'epoch': 3}",), {"loss": 2e-05, "epoch": 3.0}),
        (("{'train_loss': 0.9122632344563802, 'note': 'x'}",), {"train_loss": 0.9122632344563802}),
        (("{'eval_loss': 0.5}", "{'eval_loss': inf}"), {"eval_loss": float("inf")}),
    ],
)
def test_the_last_value_of_each_figure_counts(
    losses: dict[str, Any], log: tuple[str, ...], found: dict[str, float]
) -> None:
    assert losses["figures"](log) == found


def test_a_run_that_went_wrong_late_is_not_ranked_by_what_it_was_before(losses: dict[str, Any]) -> None:
    wrong = losses["figures"](("{'eval_loss': 0.1}", "{'eval_loss': nan}"))
    table = losses["by_loss"]([{"id": "wrong"}, {"id": "right"}], [wrong, {"eval_loss": 2.0}])
    assert [(one["id"], one["loss"]) for one in table] == [("right", 2.0), ("wrong", None)]


@pytest.mark.parametrize(
    ("found", "order", "measure"),
    [
        ([{"eval_loss": 2.0}, {"eval_loss": 1.0}], ["b", "a"], "eval_loss"),
        ([{"eval_loss": 1.0, "train_loss": 2.0}, {"eval_loss": 2.0, "train_loss": 1.0}], ["a", "b"], "eval_loss"),
        ([{"eval_loss": 0.1, "train_loss": 2.0}, {"train_loss": 1.0}], ["b", "a"], "train_loss"),
        ([{"eval_loss": 1.0}, {"eval_loss": 1.0}], ["a", "b"], "eval_loss"),
    ],
)
def test_all_are_ranked_by_the_same_figure(
    losses: dict[str, Any], found: list[dict[str, float]], order: list[str], measure: str
) -> None:
    table = losses["by_loss"]([{"id": "a"}, {"id": "b"}], found)
    assert [one["id"] for one in table] == order
    assert {one["measure"] for one in table} == {measure}


@pytest.mark.parametrize(
    "found", [[{"eval_loss": 1.0}, {"train_loss": 1.0}], [{}, {}], [{"eval_loss": float("nan")}] * 2]
)
def test_nothing_is_deployed_on_a_guess(losses: dict[str, Any], found: list[dict[str, float]]) -> None:
    with pytest.raises(pulumi.RunError, match="can't be compared"):
        losses["by_loss"]([{"id": "a"}, {"id": "b"}], found)
