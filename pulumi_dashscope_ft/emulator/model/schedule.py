"""The steps of a run, and after which of them it saves a checkpoint.

Progress lines, checkpoints, the count of outputs and the final line of the log all depend on steps, and have to agree.
The hyper-parameters that decide this differ by model family (section 6) and may be numbers or strings. The number of
rows of a file is not known here, so an epoch always has the same number of steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .facts.support import is_media, is_voice

STEPS_PER_EPOCH = 20
MOST_EPOCHS = 1000
MOST_SAVES = 1000
"""A request for more saves is nonsense, and drawing all of them would only be slow."""
MOST_VOICE_SAVES = 10
"""Checkpoints that a CosyVoice job keeps (documented)."""
KEEPING = ("sft", "efficient_sft")
"""The training types that keep checkpoints (documented)."""


@dataclass(frozen=True, slots=True)
class Save:
    """One planned checkpoint; `share` is the training done before it (0 to 1)."""

    share: float
    step: int
    name: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """The steps of a run; `limit` is how many checkpoints are kept, the latest ones."""

    epochs: int
    steps: int
    saves: tuple[Save, ...]
    limit: int

    @property
    def last_name(self) -> str:
        """The checkpoint that the service publishes by itself; also its name in the log if no checkpoint is kept."""
        return self.saves[-1].name if self.saves else f"checkpoint-{self.steps}"


def positive(value: object) -> int | None:
    """Return a whole number of 1 or more, also from a string; otherwise `None`."""
    try:
        number = int(str(value))
    except ValueError:
        return None
    return number if number >= 1 else None


def epochs_of(hyper_parameters: Mapping[str, Any]) -> int:
    """Return `n_epochs`, within reasonable limits; 1 if it is missing."""
    return min(positive(hyper_parameters.get("n_epochs")) or 1, MOST_EPOCHS)


def schedule_of(model: str, training_type: str, hyper_parameters: Mapping[str, Any]) -> Schedule:
    """Return the schedule of these hyper-parameters.

    :param model: the base model.
    """
    epochs = epochs_of(hyper_parameters)
    steps = epochs * STEPS_PER_EPOCH
    if is_media(model):
        steps = min(positive(hyper_parameters.get("max_steps")) or steps, MOST_EPOCHS * STEPS_PER_EPOCH)
    limit = positive(hyper_parameters.get("save_total_limit")) or (_media_limit(model) if is_media(model) else 1)
    if training_type not in KEEPING:
        return Schedule(epochs, steps, (), limit)
    if is_voice(model):
        return Schedule(epochs, steps, _voice_saves(hyper_parameters), MOST_VOICE_SAVES)
    interval = max(_interval(model, hyper_parameters), steps // MOST_SAVES)
    after = [*range(interval, steps, interval), steps]
    return Schedule(epochs, steps, tuple(Save(step / steps, step, f"checkpoint-{step}") for step in after), limit)


def _interval(model: str, hyper_parameters: Mapping[str, Any]) -> int:
    """Return the steps from one checkpoint to the next.

    Text models: an epoch, or `save_steps` (50) with `save_strategy: steps`. Media models save when they evaluate
    (inferred from the documented names, checkpoint-160 after checkpoint-140 in a run of 20 steps per evaluation).
    """
    if is_media(model):
        by_steps = positive(hyper_parameters.get("eval_steps"))
        return by_steps or (positive(hyper_parameters.get("eval_epochs")) or 1) * STEPS_PER_EPOCH
    if hyper_parameters.get("save_strategy") == "steps":
        return positive(hyper_parameters.get("save_steps")) or 50
    return STEPS_PER_EPOCH


def _media_limit(model: str) -> int:
    """Return 20 for video models, 10 for image models, as in the tables."""
    return 10 if "image" in model else 20


def _voice_saves(hyper_parameters: Mapping[str, Any]) -> tuple[Save, ...]:
    """Return the saves of CosyVoice, at most ten (documented).

    It trains two parts, and combines their last epochs: `lm_num` of the one, counted back in steps of `lm_step`, with
    `fm_num` of the other. A checkpoint has both epochs in its name, and `LM * 10000 + FM` as its step.
    """
    combined = sorted(
        lm_epoch * 10_000 + fm_epoch
        for lm_epoch in _last_epochs(hyper_parameters, "lm", usual=(60, 5, 3))
        for fm_epoch in _last_epochs(hyper_parameters, "fm", usual=(100, 10, 3))
    )
    steps = combined[-MOST_VOICE_SAVES:]
    return tuple(Save(count / len(steps), step, f"checkpoint-{step:08d}") for count, step in enumerate(steps, start=1))


def _last_epochs(hyper_parameters: Mapping[str, Any], part: str, *, usual: tuple[int, int, int]) -> list[int]:
    """Return the epochs after which one of the two parts is saved. They have four digits in a name."""
    names = (f"{part}_max_epoch", f"{part}_step", f"{part}_num")
    last, step, number = (
        min(positive(hyper_parameters.get(name)) or value, 9999) for name, value in zip(names, usual, strict=True)
    )
    return list(range(last, 0, -step))[: min(number, MOST_VOICE_SAVES)]
