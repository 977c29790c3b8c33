"""Mistakes in changing a deployment that runs: what is billed and not said, or deployed anew without need."""

from __future__ import annotations

from mutant import Mutant

MUTANTS = [
    Mutant(
        "lifecycle/deployment/adjusting.py",
        'if capacity is not None and not is_lora(news.get("plan")):',
        "if capacity is not None:",
        (
            "lifecycle/test_model_deployment_running.py::TestAdjusting::test_the_capacity_of_a_deployment_by_token_is_recorded_and_not_asked_for",
        ),
    ),
    Mutant(
        "lifecycle/deployment/adjusting.py",
        'if capacity is not None and not is_lora(news.get("plan")):',
        "if False:",
        ("lifecycle/test_model_deployment_running.py::TestAdjusting::test_it_makes_the_calls_it_needs",),
    ),
    Mutant(
        "lifecycle/deployment/adjusting.py",
        "    if throughput is not None:\n",
        "    if False:\n",
        ("lifecycle/test_model_deployment_plan.py::test_reserved_throughput_is_scaled_in_place",),
    ),
    Mutant(
        "lifecycle/deployment/adjusting.py",
        "rpm_limit=rpm, tpm_limit=tpm",
        "rpm_limit=rpm, tpm_limit=None",
        ("lifecycle/test_model_deployment_running.py::TestAdjusting::test_both_rate_limits_arrive",),
    ),
    Mutant(
        "lifecycle/deployment/adjusting.py",
        "if now.is_settled and seen == now.status:",
        "if False:",
        (
            "lifecycle/test_model_deployment_running.py::TestAdjusting::test_a_refusal_that_waiting_cannot_mend_ends_at_once",
        ),
    ),
    Mutant(
        "lifecycle/deployment/adjusting.py",
        "if now.is_settled and seen == now.status:",
        "if now.is_settled:",
        (
            "lifecycle/test_model_deployment_running.py::TestAdjusting::test_one_that_settles_right_after_the_refusal_is_asked_again",
        ),
    ),
    Mutant(
        "lifecycle/deployment/adjusting.py",
        "seen = self._settle(now, refusal).status",
        "raise self._refused(now, refusal) from refusal",
        ("lifecycle/test_model_deployment_running.py::TestAdjusting::test_a_change_under_way_is_waited_for",),
    ),
    Mutant(
        "lifecycle/deployment/adjusting.py",
        "deadline = connection.clock.monotonic() + BUSY_LIMIT",
        'deadline = float("inf")',
        ("lifecycle/test_model_deployment_running.py::TestAdjusting::test_one_that_stays_busy_is_given_up_in_time",),
    ),
    Mutant(
        "lifecycle/deployment/adjusting.py",
        "Refusal = (UnsupportedOperationError, ConflictError)",
        "Refusal = (UnsupportedOperationError,)",
        ("lifecycle/test_model_deployment_running.py::TestAdjusting::test_a_conflict_counts_as_busy",),
    ),
    Mutant(
        "lifecycle/deployment/adjusting.py",
        "self._connection.deployments.forget(self._deployed_model)",
        "pass",
        ("lifecycle/test_model_deployment_running.py::TestAdjusting::test_a_read_after_a_change_shows_the_change",),
    ),
    Mutant(
        "lifecycle/deployment/adjusting.py",
        "if error.ambiguous",
        "if False",
        ("lifecycle/test_model_deployment_running.py::TestAdjusting::test_errors_say_what_to_do",),
    ),
    Mutant(
        "lifecycle/deployment/resource.py",
        "    if not live.is_settled:\n        return {}\n",
        "",
        (
            "lifecycle/test_model_deployment_plan.py::test_what_somebody_else_has_scaled_shows_after_a_refresh_and_is_changed_back",
        ),
    ),
    Mutant(
        "lifecycle/deployment/resource.py",
        'ignored = ("capacity",) if is_lora(inputs.get("plan")) or is_lora(live.plan) else ()',
        "ignored: tuple[str, ...] = ()",
        ("lifecycle/test_model_deployment_plan.py::test_the_capacity_of_a_lora_deployment_never_drifts",),
    ),
    Mutant(
        "lifecycle/deployment/resource.py",
        '_LIVE = {"capacity": "capacity", ',
        "_LIVE = {",
        (
            "lifecycle/test_model_deployment_plan.py::test_what_somebody_else_has_scaled_shows_after_a_refresh_and_is_changed_back",
        ),
    ),
    Mutant(
        "lifecycle/deployment/resource.py",
        "status not in (None, DeploymentStatus.FAILED):",
        "status is None:",
        ("lifecycle/test_model_deployment_plan.py::test_one_that_has_recovered_since_is_not_replaced",),
    ),
    Mutant(
        "lifecycle/deployment/resource.py",
        "if live is None and not deployment_running.is_due(olds, news):",
        "if not deployment_running.is_due(olds, news):",
        ("lifecycle/test_model_deployment_running.py::TestAdjusting::test_it_makes_the_calls_it_needs",),
    ),
    Mutant(
        "lifecycle/deployment/diff.py",
        'ADJUSTABLE or (name == "adoptDeployment"',
        '() or (name == "adoptDeployment"',
        ("lifecycle/test_model_deployment_plan.py::test_what_is_adjusted_in_place_says_what_follows",),
    ),
    Mutant(
        "lifecycle/deployment/diff.py",
        "and new in (None, deployed_model))",
        "and new is None)",
        (
            "lifecycle/test_model_deployment_plan.py::test_naming_the_deployment_that_it_has_and_no_longer_naming_it_deploys_nothing",
        ),
    ),
    Mutant(
        "lifecycle/deployment/diff.py",
        'if not replaces and state.outputs.get("status") == DeploymentStatus.FAILED:',
        "if False:",
        ("lifecycle/test_model_deployment_plan.py::test_one_that_is_known_to_have_failed_is_replaced",),
    ),
    Mutant(
        "lifecycle/deployment/diff.py",
        'return "suffix" if news.get("suffix") is not None else "modelName"',
        'return "modelName"',
        (
            "lifecycle/test_model_deployment_plan.py::test_with_the_same_suffix_another_model_has_to_wait_for_the_old_one",
        ),
    ),
    Mutant(
        "lifecycle/deployment/diff.py",
        "return deciding is not None and equal(news.get(deciding), olds.get(deciding))",
        "return False",
        ("lifecycle/test_model_deployment_plan.py::test_what_replaces",),
    ),
    Mutant(
        "lifecycle/deployment/diff.py",
        '    if name == "capacity" and is_lora(plan):\n        return f"{arrow}: nothing',
        '    if False:\n        return f"{arrow}: nothing',
        ("lifecycle/test_model_deployment_plan.py::test_what_is_adjusted_in_place_says_what_follows",),
    ),
]
