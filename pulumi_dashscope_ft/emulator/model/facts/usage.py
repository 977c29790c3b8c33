"""What a whole run uses up, by the documented formulas (API reference 6.7).

The emulator keeps the size of the training data, not the data. So what the formulas count in it (tokens, seconds of
video or audio) is estimated from the size; everything else is exact.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.emulator.model.schedule import epochs_of, positive

from .support import is_media, is_video, is_voice

_LEAST_TOKENS = 2048
"""For data that the emulator can't see."""
_BYTES_PER_TOKEN = 4
_LEAST_VIDEO_SECONDS = 30
_BYTES_PER_VIDEO_SECOND = 250_000
_USUAL_AUDIO_SECONDS = 600.0
_BYTES_PER_AUDIO_SECOND = 32_000
"""16 kHz, 16 bit, one channel: the least that the service takes."""
_AUDIO_TOKENS_PER_SECOND = 25

_MOST = 1_000_000_000

_STEP_TOKENS: Mapping[tuple[str, str], int] = {
    ("t2i", "1k"): 12_800,
    ("t2i", "2k"): 23_220,
    ("i2i", "1k"): 23_220,
    ("i2i", "2k"): 32_000,
}
"""Lmax of wan image models: `generation_type`, `max_pixels` → tokens per step."""


def whole_usage(base_model: str, hyper_parameters: Mapping[str, Any], size: int) -> int:
    """Return the tokens of a full run.

    :param size: bytes of all files; 0 if the emulator does not see them.
    """
    if is_voice(base_model):
        return _audio(hyper_parameters, size)
    if is_video(base_model):
        return _video(base_model, hyper_parameters, size)
    if is_media(base_model) and base_model.startswith("wan"):
        return _images(hyper_parameters)
    tokens = max(size // _BYTES_PER_TOKEN, _LEAST_TOKENS)
    return int(tokens * (1 + _mixed_in(hyper_parameters))) * epochs_of(hyper_parameters)


def unit_minutes(resource_config: Mapping[str, Any] | None, seconds: float) -> int:
    """Return training units × minutes begun: what reinforcement learning and distillation are billed by.

    That `usage` shows this product is inferred: no page has such a job object.
    """
    return _number(resource_config or {}, "mtu_capacity", 1) * math.ceil(seconds / 60)


def _number(values: Mapping[str, Any], name: str, usual: int) -> int:
    """Return a whole number, within reasonable limits."""
    return min(positive(values.get(name)) or usual, _MOST)


def _audio(hyper_parameters: Mapping[str, Any], size: int) -> int:
    """Return (`lm_max_epoch` + `fm_max_epoch`) × 25 × seconds of audio, which are not rounded."""
    epochs = _number(hyper_parameters, "lm_max_epoch", 60) + _number(hyper_parameters, "fm_max_epoch", 100)
    seconds = size / _BYTES_PER_AUDIO_SECOND or _USUAL_AUDIO_SECONDS
    return round(epochs * _AUDIO_TOKENS_PER_SECOND * seconds)


def _video(base_model: str, hyper_parameters: Mapping[str, Any], size: int) -> int:
    """Return the seconds of all clips × `max_pixels` / 1024 × `n_epochs`. No clip is taken as longer than its cap."""
    if "wan2.7" in base_model:
        usual = 102_400
    else:
        usual = 262_144 if "wan2.2" in base_model else 36_864
    pixels = _number(hyper_parameters, "max_pixels", usual)
    seconds = max(_LEAST_VIDEO_SECONDS, size // _BYTES_PER_VIDEO_SECOND)
    return int(seconds * pixels / 1024 * epochs_of(hyper_parameters))


def _images(hyper_parameters: Mapping[str, Any]) -> int:
    """Return `max_steps` × the tokens of a step."""
    kind = "i2i" if hyper_parameters.get("generation_type") == "i2i" else "t2i"
    pixels = str(hyper_parameters.get("max_pixels", "1k" if kind == "i2i" else "2k")).lower()
    return _number(hyper_parameters, "max_steps", 800) * _STEP_TOKENS.get((kind, pixels), _STEP_TOKENS[kind, "2k"])


def _mixed_in(hyper_parameters: Mapping[str, Any]) -> float:
    """Return the share of mixed-in rows: the sum of `augmentation_ratio`, if `data_augmentation` is on."""
    if hyper_parameters.get("data_augmentation") not in (True, "true"):
        return 0.0
    total = 0.0
    for part in str(hyper_parameters.get("augmentation_ratio", "")).split(","):
        try:
            ratio = float(part)
        except ValueError:
            continue
        total += ratio if 0 <= ratio <= 2 else 0.0  # the documented range; also leaves out what is no number
    return total
