"""How many steps a run has, and after which of them it saves a checkpoint.

Why it exists: progress lines, checkpoints, the count of outputs and the final line of the log all speak of
steps, and have to agree. The hyper-parameters that decide this differ by model family (section 6) and may be
numbers or strings. How many rows a file holds is not known here, so an epoch is always the same number of steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

STEPS_PER_EPOCH = 20
MOST_EPOCHS = 1000
MOST_SAVES = 1000
"""Above these a request is nonsense, and drawing all of it would only be slow."""
KEEPING = ("sft", "efficient_sft")
"""The training types that keep checkpoints (documented)."""


@dataclass(frozen=True, slots=True)
class Save:
    """One planned checkpoint, ``share`` of the way through the training (0 to 1)."""

    share: float
    step: int
    name: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """The steps of a run; ``limit`` is how many checkpoints are kept, the latest ones."""

    epochs: int
    steps: int
    saves: tuple[Save, ...]
    limit: int

    @property
    def last_name(self) -> str:
        """The checkpoint the service publishes by itself; also what the log calls it where none is kept."""
        return self.saves[-1].name if self.saves else f"checkpoint-{self.steps}"


def positive(value: object) -> int | None:
    """A whole number of 1 or more, also when written as a string; else ``None``."""
    try:
        number = int(str(value))
    except ValueError:
        return None
    return number if number >= 1 else None


def epochs_of(hyper_parameters: Mapping[str, Any]) -> int:
    """``n_epochs``, kept within reason; 1 where there is none."""
    return min(positive(hyper_parameters.get("n_epochs")) or 1, MOST_EPOCHS)


def is_media(model: str) -> bool:
    """Whether a model makes images or videos: the ones that have validation samples."""
    return model.startswith(("wan", "qwen-image"))


def is_voice(model: str) -> bool:
    """CosyVoice, whose checkpoints are named differently."""
    return model.startswith("cosyvoice")


def schedule_of(model: str, training_type: str, hyper_parameters: Mapping[str, Any]) -> Schedule:
    """The schedule these hyper-parameters mean. ``model`` is the base model."""
    epochs = epochs_of(hyper_parameters)
    steps = epochs * STEPS_PER_EPOCH
    if is_media(model):
        steps = min(positive(hyper_parameters.get("max_steps")) or steps, MOST_EPOCHS * STEPS_PER_EPOCH)
    limit = positive(hyper_parameters.get("save_total_limit")) or (_media_limit(model) if is_media(model) else 1)
    if training_type not in KEEPING:
        return Schedule(epochs, steps, (), limit)
    if is_voice(model):
        voiced = _voice_saves(hyper_parameters)
        return Schedule(epochs, steps, voiced, positive(hyper_parameters.get("save_total_limit")) or len(voiced))
    interval = max(_interval(model, hyper_parameters), steps // MOST_SAVES)
    after = [*range(interval, steps, interval), steps]
    return Schedule(epochs, steps, tuple(Save(step / steps, step, f"checkpoint-{step}") for step in after), limit)


def _interval(model: str, hyper_parameters: Mapping[str, Any]) -> int:
    """Steps from one checkpoint to the next.

    Text models: an epoch, or ``save_steps`` (50) with ``save_strategy: steps``. Media models save when they
    evaluate (inferred from the documented names, checkpoint-160 after checkpoint-140 in a run of 20 steps per
    evaluation).
    """
    if is_media(model):
        by_steps = positive(hyper_parameters.get("eval_steps"))
        return by_steps or (positive(hyper_parameters.get("eval_epochs")) or 1) * STEPS_PER_EPOCH
    if hyper_parameters.get("save_strategy") == "steps":
        return positive(hyper_parameters.get("save_steps")) or 50
    return STEPS_PER_EPOCH


def _media_limit(model: str) -> int:
    """20 in the tables of video models, 10 in those of image models."""
    return 10 if "image" in model else 20


def _voice_saves(hyper_parameters: Mapping[str, Any]) -> tuple[Save, ...]:
    """CosyVoice trains two parts; a checkpoint carries both step numbers, ``LM * 10000 + FM`` (documented)."""
    number = min(positive(hyper_parameters.get("lm_num")) or 3, positive(hyper_parameters.get("fm_num")) or 3, 100)
    lm_step = positive(hyper_parameters.get("lm_step")) or 5
    fm_step = positive(hyper_parameters.get("fm_step")) or 10
    saves = []
    for count in range(1, number + 1):
        step = min(count * lm_step, 9999) * 10_000 + min(count * fm_step, 9999)
        saves.append(Save(count / number, step, f"checkpoint-{step:08d}"))
    return tuple(saves)
