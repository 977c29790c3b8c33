"""Mistakes in what jobs and compressions share when they end, and in jobs that are billed by the minute."""

from __future__ import annotations

from mutant import Mutant

MUTANTS = [
    Mutant(
        "lifecycle/base/ending/run.py",
        "{name: value for name, value in properties.items() if value is not None}",
        "{}",
        ("lifecycle/test_teardown.py::test_cancel_ends_the_job_and_keeps_the_record",),
    ),
    Mutant(
        "lifecycle/base/ending/run.py",
        "{name: value for name, value in properties.items() if value is not None}",
        "dict(properties)",
        ("lifecycle/test_teardown.py::test_options_that_are_not_set_have_their_defaults",),
    ),
    Mutant(
        "lifecycle/base/ending/run.py",
        'timeout=parse_duration(chosen["teardownTimeout"])',
        "timeout=600.0",
        ("lifecycle/test_teardown.py::test_a_cancel_that_stays_refused_is_tried_again_until_the_time_is_up",),
    ),
    Mutant(
        "lifecycle/base/ending/run.py",
        'on_undeletable=str(chosen["onUndeletable"])',
        'on_undeletable="warn"',
        ("lifecycle/test_teardown.py::test_literal_reading_as_an_error_tells_what_to_type",),
    ),
    Mutant(
        "lifecycle/base/ending/run.py",
        '    if policy.on_destroy == RETAIN:\n        return "keep"\n',
        "",
        ("lifecycle/test_teardown.py::test_the_plan_in_words",),
    ),
    Mutant(
        "lifecycle/base/ending/run.py",
        'return "keep" if policy.on_destroy == CANCEL else "delete"',
        'return "delete"',
        ("lifecycle/test_teardown.py::test_the_plan_in_words",),
    ),
    Mutant(
        "lifecycle/base/ending/run.py",
        'ending = "wait for cancel" if status == JobStatus.CANCELING else "cancel"',
        'ending = "cancel"',
        ("lifecycle/test_teardown.py::test_the_plan_in_words",),
    ),
    Mutant(
        "lifecycle/base/ending/run.py",
        'return f"{ending}, keep the record" if policy.on_destroy == CANCEL else f"{ending}, then delete"',
        'return f"{ending}, then delete"',
        ("lifecycle/test_teardown.py::test_the_plan_in_words",),
    ),
    Mutant(
        "lifecycle/base/ending/run.py",
        "    if seen.model_id:\n        model = ",
        "    if False:\n        model = ",
        ("lifecycle/test_teardown_report.py::test_what_becomes_of_a_job",),
    ),
    Mutant(
        "lifecycle/base/ending/run.py",
        '    if not seen.model_id:\n        return ""\n',
        '    if True:\n        return ""\n',
        ("lifecycle/test_teardown.py::test_the_model_of_a_succeeded_job_is_said_to_stay",),
    ),
    Mutant(
        "lifecycle/base/ending/run.py",
        'teardown.ending.kept(f"its record, {seen.status}", "onDestroy: cancel")',
        "pass",
        ("lifecycle/test_teardown_report.py::test_what_becomes_of_a_job",),
    ),
    Mutant(
        "lifecycle/base/ending/run.py",
        "teardown.ending.leaves(model, kept_model.NO_CALL)",
        "pass",
        ("lifecycle/test_teardown_report.py::test_what_becomes_of_a_job",),
    ),
    Mutant(
        "lifecycle/base/kind/run.py",
        'return "" if planned == "keep" else planned',
        "return planned",
        ("lifecycle/test_ownership.py::test_expiry_of_what_a_state_holds",),
    ),
    Mutant(
        "lifecycle/base/kind/run.py",
        "tear_down(connection, run_id, _policy(options))",
        "tear_down(connection, run_id, _policy(TeardownOptions()))",
        ("lifecycle/test_expired_policy.py::test_a_sweep_ends_a_run_as_its_options_say",),
    ),
    Mutant(
        "lifecycle/job/timed.py",
        "return training_type in ON_POLICY",
        "return training_type == ON_POLICY[0]",
        ("lifecycle/test_timed_jobs.py::test_what_destroy_would_do_says_what_it_costs_until_then",),
    ),
    Mutant(
        "lifecycle/job/timed.py",
        "REINFORCEMENT[0] if training_type in REINFORCEMENT else training_type",
        "training_type",
        ("lifecycle/test_timed_jobs.py::test_both_spellings_of_reinforcement_mean_the_same_run",),
    ),
    Mutant(
        "lifecycle/job/timed.py",
        "if active and is_timed(training_type) else planned",
        "if is_timed(training_type) else planned",
        ("lifecycle/test_timed_jobs.py::test_what_destroy_would_do_says_what_it_costs_until_then",),
    ),
    Mutant(
        "lifecycle/job/timed.py",
        'return "minutes" if is_timed(training_type) else "tokens"',
        'return "tokens"',
        ("lifecycle/test_timed_jobs.py::test_plan_output_and_errors_speak_of_minutes",),
    ),
    Mutant(
        "lifecycle/job/timed.py",
        'if any(inputs.get(name) is not None for name in ("expiresIn", "maxRuntime")):',
        "if True:",
        ("lifecycle/test_timed_jobs.py::test_a_job_without_an_end_is_warned_about",),
    ),
    Mutant(
        "lifecycle/job/timed.py",
        'if any(inputs.get(name) is not None for name in ("expiresIn", "maxRuntime")):',
        'if inputs.get("expiresIn") is not None:',
        ("lifecycle/test_timed_jobs.py::test_a_job_without_an_end_is_warned_about",),
    ),
    Mutant(
        "lifecycle/job/timed.py",
        "mini_batch <= batch * rollouts",
        "mini_batch <= batch",
        ("lifecycle/test_timed_jobs.py::test_the_rule_between_three_hyper_parameters",),
    ),
]
