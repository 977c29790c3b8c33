"""What a verification makes and what it can cost at most, as constants: data, models, numbers of jobs and of calls."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from pulumi_dashscope_ft.lifecycle.spend.estimate import estimate
from pulumi_dashscope_ft.lifecycle.spend.figures import Run
from pulumi_dashscope_ft.lifecycle.spend.money import Money
from pulumi_dashscope_ft.lifecycle.spend.price_list import shipped
from pulumi_dashscope_ft.lifecycle.training_data.counting.meter import TokenMeter
from pulumi_dashscope_ft.lifecycle.training_data.counting.summary import in_full
from pulumi_dashscope_ft.lifecycle.training_data.rows.shapes import CHAT
from pulumi_dashscope_ft.lifecycle.training_data.rows.texts import row_texts

from .facts import BASE, DEPLOY, TRAIN

SMALLEST = "qwen3-0.6b"
"""The cheapest model of the price list."""
DEPLOYABLE = "qwen3-4b-instruct-2507"
"""The cheapest model whose LoRA results can be deployed by token, that is, without a price for the deployment."""
TRAINING_TYPE = "efficient_sft"
BATCH = 8
"""The smallest documented batch size."""
ROWS = 12 * BATCH
"""More than ten times the batch size: the service takes a tenth of the rows for validation, and wants a batch there."""

NO_SUCH_MODEL = "dashscope-ft-verify-no-such-model"
NO_SUCH_FILE = "dec0de00-d5f7-4e21-8f1e-000000000000"
"""A file id that nobody has; a job that was made from it is a verification's."""
NO_SUCH_TYPE = "full_sft"
BAD_SUFFIX = "Not A Suffix Not A Suffix Not A Suffix 40"
EXTRA_FIELD = "dashscope_ft_verify"
NO_SUCH_JOB = "ft-200001010000-0000"

JOBS_AT_ONCE = 4
"""Places of the quota that have to be free: so many of its jobs may be active or succeeded at once."""
MOST_JOBS: Mapping[str, int] = {BASE: 9, TRAIN: 1, DEPLOY: 0}
"""Jobs that are made at most."""
MOST_COST = Decimal("0.1")
"""CNY that a run without `--train` costs at most, in Beijing."""

MOST_PAGES = 10
"""Pages of the lists of jobs, files and deployments that are read at most, when a run looks for what is there."""
LOOKING_CALLS = 3 * MOST_PAGES
"""For each of two looks."""
EXPERIMENT_CALLS: Mapping[str, int] = {BASE: 400, TRAIN: 160, DEPLOY: 80}
BURST_CALLS = 40
ENDING_CALLS = 150
"""To end what an earlier run has left, and again to end what this one has made."""


def most_calls(groups: frozenset[str], *, burst: bool) -> int:
    """Return the number of calls that a run makes at most, repetitions included."""
    experiments = sum(EXPERIMENT_CALLS[group] for group in groups)
    return 2 * (LOOKING_CALLS + ENDING_CALLS) + experiments + (BURST_CALLS if burst else 0)


def rows() -> bytes:
    """Return the training data: short rows, made up here."""
    lines = (
        json.dumps(
            {
                "messages": [
                    {"role": "user", "content": f"Add {number} and 1."},
                    {"role": "assistant", "content": f"{number + 1}"},
                ]
            }
        )
        for number in range(ROWS)
    )
    return "".join(f"{line}\n" for line in lines).encode()


def job_body(file_id: str, *, model: str = SMALLEST, epochs: int = 1) -> dict[str, Any]:
    """Return the body of a job. Some of its hyper-parameters are there to see how an answer shows them."""
    return {
        "model": model,
        "training_type": TRAINING_TYPE,
        "training_file_ids": [file_id],
        "hyper_parameters": {
            "n_epochs": epochs,
            "batch_size": BATCH,
            "max_length": 512,
            "learning_rate": "1e-4",
            "weight_decay": 0.1,
            **({"save_strategy": "epoch", "save_total_limit": epochs} if epochs > 1 else {}),
        },
    }


def trained_model(groups: frozenset[str]) -> str:
    """Return the base model of the job that is trained to its end."""
    return DEPLOYABLE if DEPLOY in groups else SMALLEST


@dataclass(frozen=True, slots=True)
class Cost:
    """The most that a part of a run can cost.

    :param jobs: how many jobs are trained to the end at most.
    :param each: what one of them costs at most.
    """

    what: str
    jobs: int
    each: Money

    @property
    def amount(self) -> Decimal:
        """The most for all of them."""
        return self.each.amount * self.jobs


def costs(groups: frozenset[str]) -> list[Cost]:
    """Return the most that each part of a run can cost: as if nothing could be cancelled, at the prices of Beijing."""
    parts = [Cost("experiments", MOST_JOBS[BASE], _most(SMALLEST, 1))]
    if TRAIN in groups:
        parts.append(Cost("run to the end", MOST_JOBS[TRAIN], _most(trained_model(groups), 2)))
    return parts


@cache
def _most(model: str, epochs: int) -> Money:
    meter = TokenMeter()
    for line in rows().splitlines():
        texts = row_texts(CHAT, json.loads(line))
        assert texts is not None, "the rows are conversations"
        meter.take(texts)
    run = Run(model, TRAINING_TYPE, job_body("file", model=model, epochs=epochs)["hyper_parameters"])
    most = estimate(run, [in_full(meter.close())], shipped()).high
    assert most is not None, "the price list has both models"
    return most
