"""What a run costs that is billed by the seconds of its clips or recordings.

Video: the seconds of each clip, in whole ones and up to a cap, × `max_pixels` / 1024 × `n_epochs`
(model-training-and-deployment-billing, video-generation-create-fine-tuning-job-api). The samples of these pages round
half a second once up and once down, so the least is what is rounded down, and the most what is rounded up. Speech:
25 × seconds × (`lm_max_epoch` + `fm_max_epoch`), not rounded (voice-synthesis-create-fine-tuning-job-api).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from pulumi_dashscope_ft.lifecycle.training_data.counting.seconds import SecondsCount

from .figures import Estimate, Run, Seconds, Tokens, no_price, priced
from .price_list import Price

_PIXELS: Mapping[str, int] = {"wan2.7": 102_400, "wan2.6": 36_864, "wan2.5": 36_864, "wan2.2": 262_144}
_VIDEO_EPOCHS: Mapping[str, tuple[int, int]] = {
    "wan2.7": (50, 50),
    "wan2.6": (400, 400),
    "wan2.5": (50, 400),
    "wan2.2": (50, 400),
}
"""How the names of models begin → the documented defaults (wan-video-generation-finetune-api-reference). The older page
says 400 epochs, the newer guide 50.
"""
_SPEECH_EPOCHS: Mapping[str, int] = {"lm_max_epoch": 60, "fm_max_epoch": 100}
"""The documented defaults (voice-synthesis-create-fine-tuning-job-api)."""
_PER_SECOND = 25
_PER_PIXELS = 1024


def by_seconds(run: Run, counts: Sequence[SecondsCount], price: Price | None) -> Estimate:
    """Estimate a run on these clips or recordings, one count for each file that names some."""
    read, unread = sum(count.read for count in counts), sum(count.unread for count in counts)
    what = "clips" if run.is_of_video else "recordings"
    if not read and not unread:
        return Estimate(price=price, unknown=f"there is no data whose rows name {what}")
    if not read:
        return Estimate(price=price, unknown=f"the length of none of its {unread:,} {what} could be read")
    unbounded = f"the length of {unread:,} of {read + unread:,} {what} could not be read" if unread else None
    found = _video(run, counts, price) if run.is_of_video else _speech(run, counts)
    if isinstance(found, str):
        return Estimate(price=price, unknown=found)
    seconds, epochs, each, remarks = found
    least, most = ((amount * each) for amount in (seconds.low * epochs[0], (seconds.high or 0) * epochs[1]))
    tokens = Tokens(
        int(least.to_integral_value(ROUND_FLOOR)),
        None if unread else int(most.to_integral_value(ROUND_CEILING)),
        read + unread,
        0,
        epochs,
        exact=False,
        seconds=seconds._replace(high=None) if unread else seconds,
    )
    if price is None:
        return Estimate(tokens, unknown=no_price(run, run.base), remarks=tuple(remarks))
    return priced(tokens, price, unbounded, remarks)


_Found = tuple[Seconds, tuple[int, int], Decimal, list[str]]
"""Seconds of an epoch, epochs, tokens of a second, and remarks."""


def _video(run: Run, counts: Sequence[SecondsCount], price: Price | None) -> _Found | str:
    family = next((name for name in _PIXELS if run.base.startswith(name)), "")
    pixels, epochs = run.number("max_pixels"), run.number("n_epochs")
    missing = [name for name, one in (("max_pixels", pixels), ("n_epochs", epochs)) if one is None and not family]
    if missing:
        return f"{' and '.join(missing)}, by which it is billed, {'is' if len(missing) == 1 else 'are'} not given"
    remarks = ["clips that the service sets aside for validation are counted, too"]
    if pixels is None:
        pixels = _PIXELS[family]
        remarks.append(f"without max_pixels the documented default counts: {pixels:,}")
    between = _VIDEO_EPOCHS.get(family, (0, 0)) if epochs is None else (epochs, epochs)
    if epochs is None:
        shown = str(between[0]) if between[0] == between[1] else f"{between[0]} or {between[1]}, by page"
        remarks.append(f"without n_epochs the documented default counts: {shown}")
    cap = None if price is None else price.longest_clip
    groups = [group for count in counts for group in count.clips]
    low, high = (
        sum(group.number * (length if cap is None else min(length, cap)) for group, length in lengths)
        for lengths in ([(one, one.shortest) for one in groups], [(one, one.longest) for one in groups])
    )
    if cap is not None:
        remarks.append(f"of each clip {cap} s count at most")
    if low != high:
        remarks.append("whether a part of a second counts is not certain: the lower figure is without, the upper with")
    return Seconds("clips", Decimal(low), Decimal(high), "n_epochs"), between, Decimal(pixels) / _PER_PIXELS, remarks


def _speech(run: Run, counts: Sequence[SecondsCount]) -> _Found:
    remarks, epochs = [], 0
    for name, usual in _SPEECH_EPOCHS.items():
        given = run.number(name)
        epochs += usual if given is None else given
        if given is None:
            remarks.append(f"without {name} the documented default counts: {usual}")
    total = sum((Decimal(str(count.total)) for count in counts), Decimal(0))
    found = Seconds("audio", total, total, " + ".join(_SPEECH_EPOCHS))
    return found, (epochs, epochs), Decimal(_PER_SECOND), remarks
