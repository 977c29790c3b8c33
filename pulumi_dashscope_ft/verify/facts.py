"""The facts that are verified, as data: what is asked, which answer the provider relies on, what follows if it differs.

`facts.json` is the only place that lists them. Their ids are in reports that people have published, so an id never
changes its meaning.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

BASE, TRAIN, DEPLOY = "base", "train", "deploy"
NUMBER, CODE = "number", "code"
"""Kinds of answers that are no choice from a list: a whole number; a code of the service, or a word of ours."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact.

    :param group: `base`, or the option that its experiment needs: `train`, `deploy`.
    :param assumed: the answer that the provider relies on; a number is the least one.
    :param answers: the possible ones, or `number`, or `code`.
    :param source: sections and pages that it is inferred from.
    :param follows: what follows for the provider when the answer is another one.
    """

    fact_id: str
    title: str
    group: str
    assumed: str
    answers: tuple[str, ...] | str
    source: str
    follows: str


@cache
def facts() -> dict[str, Fact]:
    """Return all facts by their id, in the order of the report."""
    document = json.loads(files(__package__).joinpath("facts.json").read_text(encoding="utf-8"))
    rows = [_fact(row) for row in document["facts"]]
    return {fact.fact_id: fact for fact in rows}


def _fact(row: dict[str, object]) -> Fact:
    answers = row["answers"]
    texts = {name: str(row[name]) for name in ("title", "group", "assumed", "source", "follows")}
    return Fact(str(row["id"]), answers=tuple(answers) if isinstance(answers, list) else str(answers), **texts)
