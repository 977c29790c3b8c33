"""What a run will cost, as well as it can be known before it starts: from the rows' tokens, epochs and a price.

Formulas and prices: pages model-training-overview and model-training-and-deployment-billing (text, pictures, video),
image-generation-create-fine-tuning-job-api (images), rl-training-overview and opd-model-development-guide (time). It is
an estimate: rows are packed and last batches left out in ways that are not documented. What can't be known is unknown,
with the reason, and never zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal

from pulumi_dashscope_ft.lifecycle.training_data.counting.summary import Bucket, TokenSummary
from pulumi_dashscope_ft.lifecycle.training_data.training_types import ON_POLICY

from . import pictures
from .figures import Estimate, Run, Tokens, no_price, priced
from .money import Money
from .price_list import TRAINING, TRAINING_TIME, Price, PriceList
from .seconds import by_seconds

APPROXIMATION = Decimal("0.15")
"""How far the sum of an approximated count may be off, either way."""
_OWN_VOCABULARY = ("qwen3.5-", "qwen3.6-", "qwen3.7-", "qwen3.8-", "decision-model")
_FEWER = Decimal("0.7")
"""What is left at least of a count, where a family's own vocabulary is larger than the one that counts (inferred)."""
_EPOCHS = (1, 3)
"""Without `n_epochs`: the API's default, and the console's (API reference, section 6.1)."""
_CUTS = ("dpo_full", "dpo_lora")
"""Training types that cut a row which is too long, and do not drop it."""


def needs_data(run: Run) -> bool:
    """Whether the rows of the data decide what the run costs."""
    return not (run.mistake() or run.training_type in ON_POLICY or run.is_of_images)


def estimate(run: Run, data: Sequence[TokenSummary], prices: PriceList, *, missing: str | None = None) -> Estimate:
    """Estimate a run on this data, one summary for each of its files.

    :param missing: why the tokens of the data are not known, as a clause.
    """
    mistake = run.mistake()
    if mistake is not None:
        return Estimate(unknown=mistake)
    if run.training_type in ON_POLICY:
        return _by_time(run, prices)
    price = prices.find(TRAINING, region=run.region, model=run.base)
    if run.is_of_images:
        return _of_images(run, price, prices)
    if missing is not None:
        return Estimate(price=price, unknown=missing)
    if run.is_of_video or run.is_of_speech:
        return by_seconds(run, [count.seconds for count in data if count.seconds is not None], price)
    if not any(count.rows for count in data):
        return Estimate(price=price, unknown="there is no data whose rows are text")
    tokens, remarks, unbounded = _tokens(run, data)
    if tokens.dropped_rows == tokens.rows:
        return Estimate(tokens, price=price, unknown="all rows are longer than max_length, so none is trained on")
    if price is None:
        return Estimate(tokens, unknown=no_price(run, run.base), remarks=remarks)
    return priced(tokens, price, unbounded, remarks)


def _by_time(run: Run, prices: PriceList) -> Estimate:
    price = prices.find(TRAINING_TIME, region=run.region, model=run.model) or prices.find(
        TRAINING_TIME, region=run.region, training_type=str(run.training_type)
    )
    remarks = ("billed by the minute until the job ends, so epochs and rows do not say what it costs",)
    if price is None or price.units is None:
        return Estimate(per="hour", unknown=no_price(run, run.model), remarks=remarks)
    hourly = Money(price.amount * price.units, price.currency)
    more = f"{price.units} × {price.unit} at {price}"
    return Estimate(low=hourly, high=hourly, price=price, per="hour", remarks=(*remarks, more))


def _of_images(run: Run, price: Price | None, prices: PriceList) -> Estimate:
    steps = run.number("max_steps")
    kind, pixels = (str(run.hyper_parameters.get(name) or "").lower() for name in ("generation_type", "max_pixels"))
    row = next(
        (one for one in prices.image_steps if (one.generation_type, one.max_pixels) == (kind, pixels)),
        None,
    )
    if price is None:
        return Estimate(unknown=no_price(run, run.model))
    if steps is None or row is None:
        reason = "max_steps, generation_type and max_pixels decide what it costs, and not all of them are given"
        return Estimate(price=price, unknown=reason)
    remark = "until June 2026 a step had ten times as many tokens by the documentation: that is the upper figure"
    tokens = Tokens(steps * row.tokens, steps * row.tokens_before, 0, 0, (1, 1), exact=False)
    return priced(tokens, price, None, (remark,))


def _tokens(run: Run, data: Sequence[TokenSummary]) -> tuple[Tokens, tuple[str, ...], str | None]:
    """Return the tokens of all epochs, what they rest on, and why there is no upper bound."""
    limit = run.number("max_length")
    cuts = run.training_type in _CUTS
    low = high = rows = dropped = 0
    exact = all(count.exact for count in data)
    for count in data:
        rows += count.rows
        shorter = 0
        for bucket in count.buckets:
            least_kept, most_kept, gone = _kept(bucket, shorter, limit, cuts=cuts)
            low, high, dropped = low + least_kept, high + most_kept, dropped + gone
            shorter = bucket.longest
    low -= min(sum(count.repeated for count in data), low)
    shown = pictures.shown(run, data, limit, low, cuts=cuts)
    low = shown.texts
    given = run.number("n_epochs")
    epochs = _EPOCHS if given is None else (given, given)
    least, most = Decimal(low * epochs[0]), Decimal(high * epochs[1])
    remarks = []
    if given is None:
        remarks.append("without n_epochs there is 1 epoch by the default of the API, and 3 by that of the console")
    if not exact:
        least, most = least * (1 - APPROXIMATION), most * (1 + APPROXIMATION)
        remarks.append(
            "tokens are approximated, within 15 %: pip install 'pulumi-dashscope-ft[spend]' brings the vocabulary"
        )
    if run.model.startswith(_OWN_VOCABULARY):
        least *= _FEWER
        remarks.append("counted with the vocabulary of Qwen 2 to 3; this family's own is larger and gives fewer tokens")
    least, most = least + epochs[0] * shown.low, most + epochs[1] * shown.high
    remarks += shown.remarks
    mixed = run.mixed_in
    if mixed:
        most *= 1 + mixed
        remarks.append(f"mixed-in data is billed, too: {mixed.normalize():f} times as many rows, of unknown length")
    unbounded = shown.unbounded
    tokens = Tokens(
        int(least), None if unbounded else int(most.to_integral_value(ROUND_CEILING)), rows, dropped, epochs, exact
    )
    return tokens, tuple(remarks), unbounded


def _kept(bucket: Bucket, shorter: int, limit: int | None, *, cuts: bool) -> tuple[int, int, int]:
    """Return the fewest and the most tokens that are trained on of a bucket, and how many sequences at least are not.

    :param shorter: each of its sequences is longer than this.
    """
    if limit is None or bucket.longest <= limit:
        return bucket.tokens, bucket.tokens, 0
    if bucket.is_even or shorter >= limit:  # all of them are too long
        cut = bucket.sequences * limit
        return (cut, cut, 0) if cuts else (0, 0, bucket.sequences)
    if cuts:
        return bucket.tokens * limit // bucket.longest, min(bucket.tokens, bucket.sequences * limit), 0
    return 0, bucket.tokens - bucket.longest, 1
