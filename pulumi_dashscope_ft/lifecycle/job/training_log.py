"""How far a training run is, read from its log.

About a running job the API says that it is running, and no more. The log says how far it is, in the words of the
trainer (API page get-fine-tuning-job-logs-api): figures as a Python mapping, and a progress bar. Neither form is
documented, so everything here is optional: lines that are not understood are skipped.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulumi_dashscope_ft.lifecycle.base.kind.closeup import Run

_LONGEST = 2000
_BAR = re.compile(r"\|\s*(\d{1,12})/(\d{1,12}) \[[\d:?]+<([\d:]{1,12}|\?)")
"""Step, steps, and the trainer's estimate of the time left: ` 50%|#####     | 30/60 [05:00<05:00, 10.00s/it]`."""


@dataclass(frozen=True, slots=True)
class TrainingProgress:
    """How far a run is, as far as its log tells; each figure is None until the log has shown it.

    :param epoch: passes over the data so far, such as 1.5.
    :param loss: of the last step that was logged.
    :param left: seconds to the end, by the trainer's own estimate.
    """

    epoch: float | None = None
    step: int | None = None
    steps: int | None = None
    loss: float | None = None
    left: float | None = None

    def after(self, lines: Iterable[str]) -> TrainingProgress:
        """Return the progress after these further lines."""
        seen = self
        for line in lines:
            if len(line) <= _LONGEST:
                seen = seen._after_figures(line) if line.lstrip().startswith("{") else seen._after_bar(line)
        return seen

    def described(self, epochs: float | None = None) -> str:
        """Describe the progress: `epoch 1.5 of 3, step 30 of 60, loss 0.83`; empty when nothing is known.

        :param epochs: how many epochs the run will have.
        """
        parts = []
        if self.epoch is not None:
            parts.append(f"epoch {self.epoch:.2f}" + (f" of {epochs:g}" if epochs else ""))
        if self.step is not None:
            parts.append(f"step {self.step}" + (f" of {self.steps}" if self.steps else ""))
        if self.loss is not None:
            parts.append(f"loss {self.loss:.4g}")
        return ", ".join(parts)

    def share(self, epochs: float | None = None) -> float | None:
        """How much of the run is done, from 0 to 1; None when unknown."""
        if self.step is not None and self.steps:
            return min(self.step / self.steps, 1.0)
        if self.epoch is not None and epochs and epochs > 0:
            return min(self.epoch / epochs, 1.0)
        return None

    def _after_figures(self, line: str) -> TrainingProgress:
        try:
            figures = ast.literal_eval(line.strip())
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return self
        if not isinstance(figures, Mapping):
            return self
        epoch, loss = _number(figures.get("epoch")), _number(figures.get("loss"))
        return replace(self, epoch=self.epoch if epoch is None else epoch, loss=self.loss if loss is None else loss)

    def _after_bar(self, line: str) -> TrainingProgress:
        bars = list(_BAR.finditer(line))
        if not bars:
            return self
        bar = bars[-1]  # a bar is redrawn on one line
        return replace(self, step=int(bar[1]), steps=int(bar[2]), left=_span(bar[3]))


def epochs_of(job: Run) -> float | None:
    """How many passes over the data the job will make, if its hyper-parameters say so."""
    value = job.hyper_parameters.get("n_epochs")
    try:
        return float(value) if value is not None and not isinstance(value, bool) else None
    except (TypeError, ValueError):
        return None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return float(value)


def _span(text: str) -> float | None:
    """Read `05:00` or `1:02:03` as seconds."""
    parts = text.split(":")
    if not all(part.isdigit() for part in parts):
        return None
    total = 0.0
    for part in parts:
        total = total * 60 + int(part)
    return total
