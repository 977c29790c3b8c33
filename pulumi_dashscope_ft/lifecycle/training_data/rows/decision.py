"""The check of rows for the decision model: a state, and questions about it with their answers.

Source: API page decision-model-tuning-guide. `label` is the answer; `target`, which is optional, gives a probability to
every possible answer.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pulumi_dashscope_ft.lifecycle.training_data.rows.notes import (
    Note,
    misspelled_keys,
    problem,
    quote_text,
    warning,
    what,
)
from pulumi_dashscope_ft.lifecycle.training_data.rows.shapes import DECISION, EXAMPLES
from pulumi_dashscope_ft.schema.numbers import is_number
from pulumi_dashscope_ft.schema.quoting import quote_value

CHOICE, YES_NO, SCORE = "choice", "noul", "score"
_TYPES = (CHOICE, YES_NO, SCORE)
_KEYS = ("type", "instructions", "criteria", "label", "target")
_EXACT, _ROUNDED = 0.001, 0.05
"""How far from 1 a sum may be: without a word, and as the result of rounding."""


def decision_notes(row: Mapping[str, Any]) -> Iterator[Note]:
    """Yield what is wrong with a row for the decision model."""
    yield from _state_notes(row)
    questions = row.get("questions")
    if not isinstance(questions, dict) or not questions:
        found = "missing" if questions is None else "an empty object" if questions == {} else what(questions)
        yield problem(f'"questions" is {found}: it must be an object of questions, as in {EXAMPLES[DECISION]}')
        return
    for name, question in questions.items():
        place = f"question {quote_text(name)}"
        if isinstance(question, dict):
            yield from _question_notes(question, place)
        else:
            yield problem(f"{place} is {what(question)}: it must be an object, as in {EXAMPLES[DECISION]}")


def _state_notes(row: Mapping[str, Any]) -> Iterator[Note]:
    state = row.get("state")
    if not isinstance(state, dict):
        found = "missing" if state is None else what(state)
        yield problem(f'"state" is {found}: it must be an object with "content", as in {EXAMPLES[DECISION]}')
    elif "content" not in state:
        yield from misspelled_keys(state, ("content",), '"state"')
        yield problem(f'"state" has no "content": it must hold what is decided about, as in {EXAMPLES[DECISION]}')
    elif not isinstance(state["content"], (str, list)):
        yield problem(f'"state": "content" is {what(state["content"])}: it must be a string')
    elif not state["content"]:
        yield warning('"state": "content" is empty, so there is nothing to decide about', "empty state")


def _question_notes(question: Mapping[str, Any], place: str) -> Iterator[Note]:
    yield from misspelled_keys(question, _KEYS, place)
    kind = question.get("type")
    if "type" not in question or not isinstance(kind, str):
        found = f'"type" is {what(kind)}' if "type" in question else 'has no "type"'
        yield problem(f"{place}: {found}: write {', '.join(map(quote_text, _TYPES))}")
        return
    if not isinstance(question.get("instructions"), str) or not question["instructions"].strip():
        yield warning(f'{place} has no "instructions": say in words what is asked', "instructions")
    if kind not in _TYPES:
        documented = ", ".join(map(quote_text, _TYPES))
        yield warning(f"{place}: the type {quote_text(kind)} is not documented; documented are {documented}", "type")
        return
    answers = [*_criteria_notes(question, kind, place)]
    yield from (note for note in answers if isinstance(note, Note))
    names = [name for name in answers if isinstance(name, str)]
    if kind != YES_NO and not names:
        return  # without its criteria, nothing can be said of the answer
    yield from _label_notes(question, kind, names, place)
    yield from _target_notes(question, names, place)


def _criteria_notes(question: Mapping[str, Any], kind: str, place: str) -> Iterator[Note | str]:
    """Yield the names of all possible answers, as "target" spells them, or why they can't be told."""
    criteria = question.get("criteria")
    if kind == YES_NO:
        yield from ("true", "false")
        if criteria is not None:
            yield warning(f'{place}: "criteria" is not documented for a question of the type "noul"', "criteria")
    elif kind == CHOICE and isinstance(criteria, dict) and criteria:
        yield from criteria
    elif kind == SCORE and isinstance(criteria, list) and criteria:
        yield from map(str, range(len(criteria)))
    else:
        wanted = (
            'an object of options with their meanings, such as {"left": "…", "right": "…"}'
            if kind == CHOICE
            else 'a list of levels from low to high, such as ["none", "some", "all"]'
        )
        found = "missing" if criteria is None else "empty" if criteria in ({}, []) else what(criteria)
        yield problem(f'{place}: "criteria" is {found}: it must be {wanted}')


def _label_notes(question: Mapping[str, Any], kind: str, names: Sequence[str], place: str) -> Iterator[Note]:
    if "label" not in question:
        yield problem(f'{place} has no "label": there is no answer to learn')
        return
    label = question["label"]
    if kind == YES_NO:
        if not isinstance(label, bool):
            yield problem(f'{place}: "label" is {quote_value(label)}: it must be true or false')
    elif kind == CHOICE:
        if not isinstance(label, str) or label not in names:
            yield problem(
                f'{place}: "label" is {quote_value(label)}, which is no option of "criteria": write {_listed(names)}'
            )
    elif isinstance(label, bool) or not isinstance(label, int) or not 0 <= label < len(names):
        yield problem(
            f'{place}: "label" is {quote_value(label)}: it must be the position of a level in "criteria", counted from '
            f"0, at most {len(names) - 1}"
        )


def _target_notes(question: Mapping[str, Any], names: Sequence[str], place: str) -> Iterator[Note]:
    if question.get("target") is None:
        return
    target = question["target"]
    if not isinstance(target, dict):
        yield problem(f'{place}: "target" is {what(target)}: it must be an object with a probability for each answer')
        return
    known = set(names)
    missing = next((name for name in names if name not in target), None)
    unknown = next((name for name in target if name not in known), None)
    if missing is not None:
        yield problem(f'{place}: "target" leaves out {quote_text(missing)}: it must have a probability for each answer')
    if unknown is not None:
        yield problem(
            f'{place}: "target" has {quote_text(unknown)}, which is no answer to this question: write {_listed(names)}'
        )
    if missing is not None or unknown is not None:
        return
    odd = next((name for name, chance in target.items() if not _is_probability(chance)), None)
    if odd is not None:
        yield problem(
            f'{place}: "target" gives {quote_text(odd)} {quote_value(target[odd])}: a probability is a number from 0 '
            "to 1"
        )
        return
    yield from _sum_notes(math.fsum(target.values()), place)


def _sum_notes(total: float, place: str) -> Iterator[Note]:
    off = abs(total - 1)
    if off <= _EXACT:
        return
    says = f'{place}: the probabilities in "target" sum to {total:.4g}: they must sum to 1'
    yield warning(says, "sum") if off <= _ROUNDED else problem(says)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(map(quote_text, names[:5]))
    return f"one of {shown}" + (", …" if len(names) > 5 else "")


def _is_probability(value: Any) -> bool:
    return is_number(value) and 0 <= value <= 1
