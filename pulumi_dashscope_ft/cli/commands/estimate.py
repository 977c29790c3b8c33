"""`dashscope-ft estimate`: what training on a file would cost, before anything is bought.

Nothing leaves the machine: the file is read here, and prices come from the package or from a file of the user's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pulumi_dashscope_ft.cli.output.failing import NO, CommandError
from pulumi_dashscope_ft.cli.output.rendering import json_option, print_fields, print_json, print_lines
from pulumi_dashscope_ft.cli.output.runtime import clock
from pulumi_dashscope_ft.cli.prices import price_list_of, prices_option

if TYPE_CHECKING:
    from pulumi_dashscope_ft.lifecycle.spend.figures import Estimate, Seconds, Tokens
    from pulumi_dashscope_ft.lifecycle.spend.money import Money
    from pulumi_dashscope_ft.lifecycle.training_data.counting.summary import TokenSummary

__all__ = ["estimate"]


@click.command(short_help="What training on a file would cost.")
@click.argument("data", metavar="DATA…", nargs=-1, type=click.Path(path_type=Path))
@click.option("--model", required=True, help="Such as qwen3-8b; a tuned model costs what its base model does.")
@click.option("--training-type", help="Such as efficient_sft; without it sft.")
@click.option("--epochs", type=click.IntRange(1, 10_000), help="n_epochs of the job.")
@click.option(
    "--max-length", type=click.IntRange(1, 10_000_000), help="max_length of the job: longer rows are dropped."
)
@click.option(
    "--hyper-parameter", "more", metavar="NAME=VALUE", multiple=True, help="Any other one, as often as needed."
)
@click.option("--region", default="cn-beijing", show_default=True)
@prices_option
@click.option("--max-cost", metavar="AMOUNT", help='Exit code 1 above it, such as "50 CNY", or when it is not known.')
@json_option
def estimate(
    data: tuple[Path, ...],
    model: str,
    training_type: str | None,
    epochs: int | None,
    max_length: int | None,
    more: tuple[str, ...],
    region: str,
    prices: Path | None,
    max_cost: str | None,
    as_json: bool,
) -> None:
    """Estimate what training on these files would cost. It needs no key, no account and no Pulumi.

    Tokens are counted in the files, with the vocabulary of Qwen 2 to 3 if the extra `spend` is installed, and are
    approximated otherwise. Of an archive the lengths of clips and recordings and the sizes of pictures are read. The
    price comes with the package and has a date; it is no promise of the service.

    \b
      dashscope-ft estimate data/train.jsonl --model qwen3-8b --epochs 3
      dashscope-ft estimate data/*.jsonl --model qwen3-14b --epochs 2 --max-length 8192 --max-cost "50 CNY"
      dashscope-ft estimate clips.zip --model wan2.5-i2v-preview --epochs 400 --hyper-parameter max_pixels=36864
    """
    from pulumi_dashscope_ft.lifecycle.spend import estimate as estimating
    from pulumi_dashscope_ft.lifecycle.spend.figures import Run

    limit = _money(max_cost)
    price_list = price_list_of(prices)
    given: dict[str, Any] = dict(_pair(one) for one in more)
    given |= {name: one for name, one in (("n_epochs", epochs), ("max_length", max_length)) if one is not None}
    run = Run(model, training_type, given, region)
    found = estimating.estimate(run, [_counted(path, training_type) for path in data], price_list)
    over = None if limit is None else _over(found, limit)
    if as_json:
        print_json({**_facts(found), "overBudget": over})
    else:
        print_fields([(name, text) for name, text in _fields(found) if text])
        print_lines("\n".join(_remarks(found)))
    if over:
        raise CommandError(f"{over}.", NO)


def _counted(path: Path, training_type: str | None) -> TokenSummary:
    from pulumi_dashscope_ft.lifecycle.training_data.counting.meter import TokenMeter
    from pulumi_dashscope_ft.lifecycle.training_data.counting.summary import in_full
    from pulumi_dashscope_ft.lifecycle.training_data.counting.vocabulary import NoVocabularyError, installed
    from pulumi_dashscope_ft.lifecycle.training_data.formats import check_data_file

    try:
        meter = TokenMeter(installed())
    except NoVocabularyError as error:
        raise CommandError(f"The vocabulary can't be used: {error}.", NO) from None
    report = check_data_file(path, training_type=training_type, meter=meter)
    count = meter.close()
    if report.problems:
        problems = "\n  ".join(map(str, report.problems))
        raise CommandError(f"{path} can't be trained on as it is; nothing was estimated:\n  {problems}", NO)
    return in_full(count)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise click.UsageError(f"--hyper-parameter {text!r}: write NAME=VALUE, such as max_steps=800.")
    return name, value


def _money(text: str | None) -> Money | None:
    from pulumi_dashscope_ft.lifecycle.spend import money

    try:
        return None if text is None else money.parse(text)
    except ValueError as error:
        raise click.UsageError(f"--max-cost {text!r} {error}.") from None


def _over(found: Estimate, limit: Money) -> str | None:
    """Say why the cost is not within a limit; None when it is."""
    if found.high is None:
        advice = "; --prices takes a file with one" if found.price is None else ""
        return f"the cost may be more than {limit}: {found.unknown}{advice}"
    if found.per == "hour":
        return f"the run costs {found.high} an hour, and how many hours it takes is not known"
    if found.high.currency != limit.currency:
        return f"the limit is in {limit.currency}, and the price in {found.high.currency}: write it in that"
    if found.high.amount > limit.amount:
        return f"it costs up to {found.high}, more than {limit}: fewer epochs or rows, or a cheaper model, cost less"
    return None


def _facts(found: Estimate) -> dict[str, Any]:
    price, tokens = found.price, found.tokens
    return {
        "tokens": None if tokens is None else {"low": tokens.low, "high": tokens.high, "exact": tokens.exact},
        "rows": None if tokens is None else tokens.rows,
        "droppedRows": None if tokens is None else tokens.dropped_rows,
        "epochs": None if tokens is None else list(tokens.epochs),
        "seconds": None if tokens is None or tokens.seconds is None else _seconds(tokens.seconds),
        "cost": _cost(found),
        "unknown": found.unknown,
        "price": None
        if price is None
        else {
            "amount": str(price.amount),
            "currency": price.currency,
            "per": price.per,
            "region": price.region,
            "date": price.date,
            "sources": list(price.sources),
        },
        "remarks": list(found.remarks),
    }


def _seconds(seconds: Seconds) -> Mapping[str, Any]:
    return {
        "of": seconds.what,
        "low": float(seconds.low),
        "high": None if seconds.high is None else float(seconds.high),
    }


def _cost(found: Estimate) -> Mapping[str, Any] | None:
    if found.low is None:
        return None
    high = None if found.high is None else f"{found.high.amount:.2f}"
    return {"low": f"{found.low.amount:.2f}", "high": high, "currency": found.low.currency, "per": found.per}


def _fields(found: Estimate) -> Sequence[tuple[str, str]]:
    price, tokens = found.price, found.tokens
    dropped = f"{tokens.dropped_rows:,} of {tokens.rows:,} rows, longer than max_length" if tokens else ""
    return [
        ("seconds", "" if tokens is None or tokens.seconds is None else _of_seconds(tokens.seconds)),
        ("tokens", "" if tokens is None else _of(tokens)),
        ("dropped", dropped if tokens and tokens.dropped_rows else ""),
        ("price", "" if price is None else f"{price}, {price.region}, as of {price.date}"),
        ("cost", _cost_text(found)),
    ]


def _remarks(found: Estimate) -> Sequence[str]:
    from pulumi_dashscope_ft.lifecycle.spend.price_list import STALE_AFTER_DAYS

    today = datetime.fromtimestamp(clock().time(), UTC).date()
    age = 0 if found.price is None else found.price.days_old(today)
    stale = f"The price is {age} days old; --prices takes a file with newer ones." if age > STALE_AFTER_DAYS else ""
    return [*(f"{remark[0].upper()}{remark[1:]}." for remark in found.remarks), *filter(None, [stale])]


def _of(tokens: Tokens) -> str:
    least, most = tokens.epochs
    epochs = "1 epoch" if most == 1 else f"{least} epochs" if least == most else f"{least} to {most} epochs"
    about = "" if tokens.exact else "about "
    if tokens.high is None:
        return f"at least {tokens.low:,} in {epochs}, {tokens.rows:,} rows"
    if tokens.low >= tokens.high - 1:
        return f"{tokens.low:,} in {epochs}, {tokens.rows:,} rows"
    return f"{about}{tokens.low:,} to {tokens.high:,} in {epochs}, {tokens.rows:,} rows"


def _of_seconds(seconds: Seconds) -> str:
    from pulumi_dashscope_ft.lifecycle.spend.outputs import seconds_text

    return seconds_text(seconds)


def _cost_text(found: Estimate) -> str:
    each = " an hour" if found.per == "hour" else ""
    if found.low is None:
        return f"unknown: {found.unknown}"
    if found.high is None:
        return f"at least {found.low}{each}: {found.unknown}"
    if str(found.low) == str(found.high):
        return f"about {found.low}{each}"
    return f"{found.low} to {found.high}{each}"
