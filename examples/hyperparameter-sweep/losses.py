"""How well each job of the sweep did, read from the end of its log.

The service keeps no figure for that at the job. Its log has lines like `{'eval_loss': 0.83, 'epoch': 3.0}`, the loss on
the validation rows, and ends with one that has the mean `train_loss`. Only the latter is documented (API page
get-fine-tuning-job-logs-api), so it is what counts where not every log has the former.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import pulumi

from pulumi_dashscope_ft import get_logs_output

Row = dict[str, Any]


def ranked(rows: list[Row]) -> pulumi.Output[list[Row]]:
    """The rows, best first, each with its `loss` and with the `measure` of that: `eval_loss` or `train_loss`."""
    logs = pulumi.Output.all(*[get_logs_output(row["job_id"]) for row in rows])
    return logs.apply(lambda found: by_loss(rows, [figures(log) for log in found]))


def by_loss(rows: list[Row], found: list[dict[str, float]]) -> list[Row]:
    """The rows with their losses, lowest first. All are compared by the same figure, or not at all."""
    for measure in ("eval_loss", "train_loss"):
        if all(measure in one for one in found):
            losses = [_told(one[measure]) for one in found]
            table = [{**row, "loss": loss, "measure": measure} for row, loss in zip(rows, losses, strict=True)]
            if any(loss is not None for loss in losses):
                return sorted(table, key=lambda row: math.inf if row["loss"] is None else row["loss"])
    raise pulumi.RunError("the jobs can't be compared: their logs have no loss in common")


def figures(log: Sequence[str]) -> dict[str, float]:
    """The last value of each figure that the log tells."""
    return {name: float(value) for line in log for name, value in _FIGURE.findall(line)}


_FIGURE = re.compile(r"'(\w+)': (-?\d+\.?\d*(?:[eE][+-]?\d+)?|-?inf|nan)")


def _told(loss: float) -> float | None:
    """A run that came to nothing has the loss `nan`, which no order knows and no output can carry."""
    return loss if math.isfinite(loss) else None
