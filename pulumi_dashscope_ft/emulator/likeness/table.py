"""The facts that `dashscope-ft verify` finds out, and the settings that give each answer.

The command has a table of its own, because the emulator shares nothing with the client side; a test holds both
together. Every fact of a report can be set here, except for what :data:`LIMITS` and :data:`STAND_INS` say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pulumi_dashscope_ft.emulator import checks
from pulumi_dashscope_ft.emulator.model.facts.answers import ANSWERS, TAKEN

Changes = dict[str, object]
Rule = Mapping[str, Changes] | Callable[[str, object], Changes]
"""Answer → settings; or a function of the fact and its answer, where the answers are no list."""


def _same(name: str) -> Mapping[str, Changes]:
    """Return the rule of a fact whose answers are the values of one setting."""
    return {answer: {name: answer} for answer in ANSWERS[name]}


def _switch(name: str, *, on: str, off: str) -> Mapping[str, Changes]:
    return {on: {name: True}, off: {name: False}}


def _list_lag(fact: str, answer: object) -> Changes:
    return {"list_lag_seconds": _LAGS[_word(fact, answer, _LAGS)]}


def _list_page_limit(fact: str, answer: object) -> Changes:
    text = str(answer)
    if isinstance(answer, bool) or not isinstance(answer, (int, str)) or not text.isascii() or not text.isdigit():
        raise ValueError(f"{fact} must be a whole number, not {checks.quoted(answer)}")
    number = int(text) if len(text) <= _DIGITS else LARGEST_PAGE
    return {"list_page_limit": max(1, min(number, LARGEST_PAGE))}


def _cancel_refusal(fact: str, answer: object) -> Changes:
    if answer == TAKEN:
        return {"cancel_ended": TAKEN}
    return {"cancel_ended": "refused", **_code("cancel_refusal")(fact, answer)}


def _cancel_duration(fact: str, answer: object) -> Changes:
    return {"canceling_seconds": _DURATIONS[_word(fact, answer, _DURATIONS)]}


def _code(name: str) -> Callable[[str, object], Changes]:
    def rule(fact: str, answer: object) -> Changes:
        checks.code(fact, answer)
        return {name: answer}

    return rule


def _deployment_gone(fact: str, answer: object) -> Changes:
    if answer == "200_DELETED":
        return {"show_deleted_deployments": True}
    return {"show_deleted_deployments": False, **_code("gone_deployment")(fact, answer)}


def _time_zone(fact: str, answer: object) -> Changes:
    return {"utc_offset": _ZONES[_word(fact, answer, _ZONES)]}


def _word(fact: str, answer: object, choices: Mapping[str, object]) -> str:
    checks.choice(fact, answer, choices)
    return str(answer)


LARGEST_PAGE = 1000
_DIGITS = 9
_LAGS: Mapping[str, float] = {"at_once": 0.0, "within_5s": 4.0, "within_30s": 20.0, "later": 60.0}
_DURATIONS: Mapping[str, float] = {"at_once": 0.0, "within_30s": 8.0, "within_5min": 120.0, "later": 400.0}
_ZONES: Mapping[str, float] = {"utc+8": 8.0, "utc": 0.0, "other": -5.0}

RULES: Mapping[str, Rule] = {
    "job_name_get": _same("job_name_get"),
    "job_name_list": _same("job_name_list"),
    "data_form": {form: {"data_form": form} for form in ("datasets", "file_ids", "both", "neither")},
    "hyper_parameters_form": {form: {"hyper_parameters_form": form} for form in ("sent", "subset", "filled", "other")},
    "unknown_fields": _same("unknown_fields"),
    "output_before_success": _switch("early_finetuned_output", on="shown", off="absent"),
    "list_lag": _list_lag,
    "list_order": _same("list_order"),
    "list_page_limit": _list_page_limit,
    "cancel_pending": _same("cancel_pending"),
    "cancel_queuing": _same("cancel_queuing"),
    "cancel_running": _same("cancel_running"),
    "cancel_again": _switch("refuse_cancel_while_canceling", on="refused", off="taken"),
    "cancel_refusal": _cancel_refusal,
    "cancel_duration": _cancel_duration,
    "usage_after_cancel": _same("usage_after_cancel"),
    "delete_active": _same("delete_active"),
    "delete_refusal": _code("delete_refusal"),
    "delete_cancelled": _same("delete_cancelled"),
    "delete_failed": _same("delete_failed"),
    "gone_job": _code("gone_job"),
    "time_zone": _time_zone,
    "failure_reason": _switch("failure_shown", on="shown", off="absent"),
    "wrong_training_type": {answer: {"unsupported_training_type": answer} for answer in ("refused", "fails", "taken")},
    "wrong_model": _same("wrong_model"),
    "wrong_file": {answer: {"wrong_file": answer} for answer in ANSWERS["wrong_file"]},
    "wrong_suffix": _same("wrong_suffix"),
    "rate_limit_headers": _same("rate_limit_headers"),
    "train_end": {
        "with_output": {"outcome": "SUCCEEDED", "output_shown": True},
        "without_output": {"outcome": "SUCCEEDED", "output_shown": False},
        "failed": {"outcome": "FAILED"},
    },
    "delete_succeeded": _same("delete_succeeded"),
    "checkpoints_form": _same("checkpoints_form"),
    "export_form": _same("export_form"),
    "logs_form": _same("logs_form"),
    "deployment_name_shown": {answer: {"deployment_name": answer} for answer in ANSWERS["deployment_name"]},
    "suffix_reuse": _same("suffix_reuse"),
    "deployment_delete_running": _switch("running_deployment_undeletable", on="refused", off="deleted"),
    "deployment_gone": _deployment_gone,
}
"""Fact → how it is set."""

LIMITS: Mapping[str, str] = {"list_page_limit": f"the emulator's largest page has {LARGEST_PAGE} jobs"}
"""Facts that can't be set to every answer, and why."""

STAND_INS: Mapping[str, str] = {
    "list_order": "the emulator lists newest first, with neighbours swapped",
    "hyper_parameters_form": "the emulator shows one JSON text",
    "checkpoints_form": "the emulator shows one JSON text",
    "logs_form": "the emulator shows one text",
    "time_zone": "the emulator shows UTC-5",
    "rate_limit_headers": "the emulator sends X-RateLimit-Reset",
    "list_lag": "the emulator shows a new job after a minute",
    "cancel_duration": "a cancel takes 400 s in the emulator",
}
"""Facts with an answer that names no form, `other` or `later`, and the form that stands in for it."""
VAGUE = ("other", "later")


def changes_for(fact: str, answer: object) -> Changes:
    """Return the settings that give this answer.

    :param fact: one of :data:`RULES`.
    :raises ValueError: names a fact that has no such answer.
    """
    rule = RULES[fact]
    if callable(rule):
        return rule(fact, answer)
    return dict(rule[_word(fact, answer, rule)])
