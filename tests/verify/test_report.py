"""The report: nothing of the account is in it, whatever the service answers, and it is small enough for an issue."""

from __future__ import annotations

import json
import string

import pytest
from verify_stage import KEY, Stage

from pulumi_dashscope_ft.api import Client, resolve_settings
from pulumi_dashscope_ft.emulator import FaultRule
from pulumi_dashscope_ft.emulator.errors import CATALOGUE
from pulumi_dashscope_ft.verify.facts import NUMBER, facts
from pulumi_dashscope_ft.verify.findings import Finding
from pulumi_dashscope_ft.verify.plan import job_body
from pulumi_dashscope_ft.verify.report import MOST_CHARACTERS, Report
from pulumi_dashscope_ft.verify.wording import code_shown, message_shown

HOSTILE = (
    *(KEY, "1396993924585947", "llm-v71tlv3dexample", "ft-202410291653-1c7f", "976bd01a-f30b-4414-86fd-50c54486e3ef"),
    *("qwen3-8b-acme-ft-202511272033-8ae7", "AcmeCorp", "alice@acme.example", "train-acme.jsonl", "</td><script>"),
)
SENTENCE = f"The job {' '.join(HOSTILE)} can not be deleted | because # of `{HOSTILE[0]}`"


def everything_in(stage: Stage, verification_text: str) -> list[str]:
    """What of the account is in a text."""
    emulator = stage.emulator
    jobs = {**emulator.jobs, **emulator.gone_jobs}
    ours = [request.path for request in emulator.requests]
    ids = {part for path in ours for part in path.split("/") if len(part) > 14}
    secrets = {KEY, *HOSTILE, *jobs, *emulator.files, *ids}
    return [secret for secret in secrets if secret in verification_text]


@pytest.mark.parametrize("code", ["UnsupportedOperation", *HOSTILE], ids=range(len(HOSTILE) + 1))
def test_nothing_of_the_account_is_in_it(stage: Stage, code: str) -> None:
    stage.configure(check_file_ids=False)
    settings = resolve_settings(base_url=stage.emulator.base_url, api_key=KEY, environ={})
    with Client(settings, clock=stage.clock) as client:
        body = {**job_body("train-acme"), "model": "qwen3-8b", "job_name": "AcmeCorp"}
        stage.emulator.force(client.fine_tunes.create(body).job_id, "SUCCEEDED")
    for operation in ("cancel", "delete", "create"):
        stage.emulator.add_fault(FaultRule(operation=operation, nth=2, status=400, code=code, message=SENTENCE))
    verification = stage.run()
    report = stage.report(verification)
    for text in (report.to_markdown(), json.dumps(report.to_json(), ensure_ascii=False)):
        assert not everything_in(stage, text)
        assert verification.bench.label not in text
        assert stage.emulator.base_url not in text


def test_an_unknown_status_is_not_quoted(stage: Stage) -> None:
    stage.emulator.add_fault(FaultRule(operation="get", kind="unknown_status", shown_status=HOSTILE[0], count=6))
    verification = stage.run()
    assert not verification.left
    assert not everything_in(stage, json.dumps(stage.report(verification).to_json()))


def test_codes_and_messages_of_the_documentation_are_readable() -> None:
    for refusal in CATALOGUE.values():
        assert code_shown(refusal.code) == refusal.code
        assert message_shown(refusal.message)


def test_nothing_but_words_of_the_list_is_quoted() -> None:
    assert code_shown("Sk-0123456789") == code_shown("AcmeCorp") == code_shown("x" * 100) == "another code"
    assert code_shown("") == "another code"
    shown = message_shown(SENTENCE)
    assert shown == "The job … can not be deleted … because … of …"
    assert not set(shown) & set(string.digits + "`|#<>@")
    assert message_shown("ключ 中文 \x1b[31m\u202e") == ""
    assert len(message_shown("the job " * 100_000)) <= 140


def test_the_longest_report_fits_into_an_issue() -> None:
    answers = {fact_id: "7" if fact.answers == NUMBER else "another answer" for fact_id, fact in facts().items()}
    findings = [Finding(fact, answers[name], None, ("|" * 200, "*" * 200, "#" * 200)) for name, fact in facts().items()]
    left = [f"the record of a {status} job" for status in ("CANCELED", "FAILED", "SUCCEEDED")] * 10
    report = Report("https://x", False, ["base", "train", "deploy"], 1000, findings, "x" * 300, left, 0.0)
    typical = [Finding(fact, answers[name], None, ("word " * 40,) * 2) for name, fact in facts().items()]
    small = Report("https://x", False, ["base"], 1000, typical, "x" * 300, left, 0.0)
    assert len(json.dumps(report.to_json())) <= 2 * MOST_CHARACTERS < 65536
    assert len(small.to_markdown()) <= MOST_CHARACTERS
    assert len(json.dumps(small.to_json())) <= MOST_CHARACTERS


PINNED = """
job_name_get job_name_list data_form hyper_parameters_form unknown_fields output_before_success list_lag list_order
list_page_limit cancel_pending cancel_queuing cancel_running cancel_again cancel_refusal cancel_duration
usage_after_cancel delete_active delete_refusal delete_cancelled delete_failed gone_job time_zone failure_reason
wrong_training_type wrong_model wrong_file wrong_suffix rate_limit_headers train_end delete_succeeded checkpoints_form
export_form logs_form deployment_name_shown suffix_reuse deployment_delete_running deployment_gone
"""


def test_the_form_of_a_report_is_pinned(stage: Stage) -> None:
    """Reports that people have published have these names; others may be added."""
    report = stage.report(stage.verification()).to_json()
    names = ("schema", "version", "date", "region", "emulator", "scope", "calls", "facts", "trouble", "left")
    assert tuple(report) == names
    assert report["schema"] == "dashscope-ft/verify-report/1"
    assert set(PINNED.split()) <= {entry["fact"] for entry in report["facts"]}
    assert all(set(entry) >= {"fact", "verdict", "answer", "why", "evidence"} for entry in report["facts"])
