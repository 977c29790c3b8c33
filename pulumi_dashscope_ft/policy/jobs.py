"""Rules about what training jobs may be: how long they are kept, how much they train, with what, and for how much."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from pulumi_dashscope_ft.lifecycle.spend import money
from pulumi_dashscope_ft.lifecycle.spend.money import Money
from pulumi_dashscope_ft.schema import UNKNOWN, parse_duration
from pulumi_dashscope_ft.schema.numbers import number_or_same

from .rule import Rule, Settings, amount, names, number_text, seconds
from .subject import JOBS, Subject

EPOCHS = ("n_epochs", "lm_max_epoch", "fm_max_epoch")
"""Hyper-parameters that say how often the data is trained on."""
_DEFAULT_TYPE = "sft"
_EXAMPLE = "30 CNY"


def _expire(job: Subject, settings: Settings) -> Iterator[str]:
    stack = job.surroundings.stack
    if not job.surroundings.is_one_of(settings["previewStacks"]):
        return
    name, longest = job.spelled("expiresIn"), settings["longest"]
    given = job.get("expiresIn")
    if given is None:
        yield (
            f"{job.name} has no {name}, and {stack} is a preview stack: set {name} to {longest} or less, so that "
            "`dashscope-ft sweep` ends what is forgotten."
        )
    elif (kept := _seconds(given)) is not None and kept > seconds(settings, "longest"):
        yield f"{job.name} has {name} {given}, more than the {longest} of a preview stack: set {longest} or less."


def _seconds(given: Any) -> float | None:
    """Return a length of time in seconds; None while it is not known, or is none, which the provider refuses."""
    try:
        return None if given is UNKNOWN else parse_duration(given)
    except ValueError:
        return None


def _epochs(job: Subject, settings: Settings) -> Iterator[str]:
    given, most = job.known("hyperParameters"), settings["most"]
    for name in EPOCHS if isinstance(given, Mapping) else ():
        number = number_or_same(given.get(name))
        if isinstance(number, (int, float)) and number > most:
            yield (
                f"{job.name} has {name} {number_text(number)}, and at most {number_text(most)} are allowed: each epoch "
                f"costs as much as the first. Set {name} to {number_text(most)} or less."
            )


def _models(job: Subject, settings: Settings) -> Iterator[str]:
    model, allowed = job.known("model"), settings["allowed"]
    if model is not None and allowed and not any(fnmatchcase(str(model), pattern) for pattern in allowed):
        yield f"{job.name} trains {model}, which is not among the allowed models: set model to {_any_of(allowed)}."


def _training_types(job: Subject, settings: Settings) -> Iterator[str]:
    given, allowed = job.get("trainingType"), settings["allowed"]
    if given is UNKNOWN or not allowed or (given or _DEFAULT_TYPE) in allowed:
        return
    name = job.spelled("trainingType")
    what = f"has {name} {given}" if given else f"has no {name}, which is {_DEFAULT_TYPE}"
    yield f"{job.name} {what}, and that is not allowed: set {name} to {_any_of(allowed)}."


def _budget(job: Subject, settings: Settings) -> Iterator[str]:
    if job.get("adoptJobId") is not None:
        return
    name = job.spelled("maxCost")
    given = [
        job.get("maxCost"),
        job.provider.get("maxCost"),
        job.surroundings.configuration.get("dashscope-ft:maxCost"),
    ]
    if UNKNOWN in given:
        return
    most = amount(settings, "most")
    budgets = [budget for value in given if (budget := _money(value)) is not None]
    if all(value is None for value in given):
        example = most or _EXAMPLE
        yield (
            f'{job.name} has no budget: set {name}, such as "{example}", or that of all jobs of the stack: '
            f'pulumi config set dashscope-ft:maxCost "{example}".'
        )
    elif budgets and most is not None and not any(_is_within(budget, most) for budget in budgets):
        yield (
            f'{job.name} has a budget of {budgets[0]}, and at most {most} are allowed: set {name} to "{most}" or less.'
        )
    if job.known("allowUnknownCost") is True and not settings["allowUnknownCost"]:
        yield f"{job.name} may start at a cost that nobody knows: remove {job.spelled('allowUnknownCost')}."


def _money(given: Any) -> Money | None:
    """Return an amount; None when it is not set, or is none, which the provider refuses."""
    try:
        return None if given is None else money.parse(str(given))
    except ValueError:
        return None


def _is_within(budget: Money, most: Money) -> bool:
    return budget.currency == most.currency and budget.amount <= most.amount


def _any_of(allowed: list[Any]) -> str:
    return str(allowed[0]) if len(allowed) == 1 else f"one of {', '.join(map(str, allowed))}"


RULES = (
    Rule(
        "preview-jobs-expire",
        "Jobs of preview stacks expire.",
        JOBS,
        _expire,
        {
            "previewStacks": names("Names of preview stacks, as patterns.", ("pr-*", "preview-*", "*-preview")),
            "longest": {
                "type": "string",
                "default": "7d",
                "description": "The longest that a job of a preview stack may be kept, such as 3d.",
            },
        },
    ),
    Rule(
        "epochs-within-limit",
        "Jobs train for few epochs.",
        JOBS,
        _epochs,
        {"most": {"type": "integer", "default": 10, "minimum": 1, "description": "The most epochs of a job."}},
    ),
    Rule(
        "allowed-models",
        "Jobs train allowed models.",
        JOBS,
        _models,
        {"allowed": names("Models that may be trained, as patterns such as qwen3-*. Empty: all.")},
    ),
    Rule(
        "allowed-training-types",
        "Jobs are of allowed training types.",
        JOBS,
        _training_types,
        {"allowed": names("Training types, such as efficient_sft. Empty: all.")},
    ),
    Rule(
        "jobs-have-a-budget",
        "Each job has a budget, which the provider holds before it uploads or starts anything.",
        JOBS,
        _budget,
        {
            "most": {"type": "string", "description": "The highest budget of a job, such as 30 CNY."},
            "allowUnknownCost": {
                "type": "boolean",
                "default": False,
                "description": "Whether a job may start although its cost is not known.",
            },
        },
    ),
)
