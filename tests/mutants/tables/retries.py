"""Mistakes in what is sent again, and in what an answer means: what is bought twice, given up or taken for gone."""

from __future__ import annotations

from mutant import Mutant

MUTANTS = [
    Mutant(
        "api/http/retry.py",
        '"create": Policy.UNLESS_ACCEPTED',
        '"create": Policy.ALWAYS',
        ("api/test_retry_policy.py::TestOverTheWire::test_a_create_that_may_have_been_accepted_is_sent_once",),
    ),
    Mutant(
        "api/http/retry.py",
        '"upload": Policy.UNLESS_ACCEPTED',
        '"upload": Policy.ALWAYS',
        ("api/test_retry_policy.py::test_every_operation_has_a_policy",),
    ),
    Mutant(
        "api/http/retry.py",
        '"export": Policy.NEVER',
        '"export": Policy.ALWAYS',
        ("api/test_client_calls.py::test_an_export_is_never_sent_twice",),
    ),
    Mutant(
        "api/http/retry.py",
        '"create_deployment": Policy.UNLESS_ACCEPTED',
        '"create_deployment": Policy.ALWAYS',
        ("api/test_deployments_calls.py::test_a_create_without_an_answer_is_not_repeated_and_a_scale_is",),
    ),
    Mutant(
        "api/http/retry.py",
        '"create_compression": Policy.UNLESS_ACCEPTED',
        '"create_compression": Policy.ALWAYS',
        ("lifecycle/test_compressed_model.py::test_without_a_list_it_is_not_asked_for_twice",),
    ),
    Mutant(
        "api/http/retry.py",
        '"cancel": Policy.ALWAYS',
        '"cancel": Policy.NEVER',
        ("lifecycle/test_teardown.py::test_a_passing_fault_is_survived",),
    ),
    Mutant(
        "api/http/retry.py",
        '"delete": Policy.ALWAYS',
        '"delete": Policy.UNLESS_ACCEPTED',
        ("api/test_retry_policy.py::TestOverTheWire::test_a_delete_whose_answer_was_lost_ends_in_not_found",),
    ),
    Mutant(
        "api/http/retry.py",
        '"get": Policy.ALWAYS',
        '"get": Policy.UNLESS_ACCEPTED',
        ("api/test_retry_policy.py::TestOverTheWire::test_a_read_survives_every_passing_fault",),
    ),
    Mutant(
        "api/http/retry.py",
        '"scale_deployment": Policy.ALWAYS',
        '"scale_deployment": Policy.UNLESS_ACCEPTED',
        ("lifecycle/test_model_deployment_running.py::TestAdjusting::test_a_lost_answer_is_asked_for_again",),
    ),
    Mutant(
        "api/http/retry.py",
        '"cancel_compression": Policy.ALWAYS',
        '"cancel_compression": Policy.UNLESS_ACCEPTED',
        ("lifecycle/test_compressed_model_teardown.py::test_a_lost_answer_to_a_teardown_does_no_harm",),
    ),
    Mutant(
        "api/http/retry.py",
        "if self is Policy.NEVER or not error.retryable:",
        "if self is Policy.NEVER:",
        ("api/test_retry_policy.py::TestOverTheWire::test_the_job_quota_is_not_waited_for",),
    ),
    Mutant(
        "api/http/retry.py",
        "return self is Policy.ALWAYS or not error.ambiguous",
        "return True",
        ("api/test_retry_policy.py::TestOverTheWire::test_a_create_that_may_have_been_accepted_is_sent_once",),
    ),
    Mutant(
        "api/http/retry.py",
        "return self is Policy.ALWAYS or not error.ambiguous",
        "return self is Policy.ALWAYS",
        ("api/test_retry_policy.py::TestOverTheWire::test_a_create_that_was_not_accepted_is_sent_again",),
    ),
    Mutant(
        "api/http/retry.py",
        "POLICIES.get(operation, Policy.NEVER)",
        "POLICIES.get(operation, Policy.ALWAYS)",
        ("api/test_retry_policy.py::test_an_operation_without_a_policy_is_tried_once",),
    ),
    Mutant(
        "api/http/retry.py",
        "spent() + max(state.upcoming_sleep, spaced or 0.0) >= self._timeout",
        "spent() >= self._timeout",
        ("api/test_retry_policy.py::test_waits_grow_and_stop_in_time",),
    ),
    Mutant(
        "api/http/retry.py",
        "wait = max(wait, error.retry_after)",
        "pass",
        ("api/test_retry_policy.py::test_retry_after_is_honoured_or_ends_it_at_once",),
    ),
    Mutant(
        "api/http/retry.py",
        "wait = max(wait, error.retry_after)",
        "wait = error.retry_after",
        ("api/test_retry_policy.py::test_retry_after_is_honoured_or_ends_it_at_once",),
    ),
    Mutant(
        "api/http/retry.py",
        "min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(state.attempt_number - 1, 30))",
        "FIRST_WAIT * 2.0 ** min(state.attempt_number - 1, 30)",
        ("api/test_retry_policy.py::test_no_wait_is_longer_than_half_a_minute",),
    ),
    Mutant(
        "api/http/retry.py",
        "return max(self._timeout - spent, 0.0) if self._timeout > 0 else math.inf",
        "return math.inf",
        ("api/test_retry_policy.py::test_each_try_has_the_time_that_is_left",),
    ),
    Mutant(
        "api/http/classification.py",
        "return _JOB_QUOTA.search(message) is not None",
        "return False",
        ("api/test_retry_policy.py::TestOverTheWire::test_the_job_quota_is_not_waited_for",),
    ),
    Mutant(
        "api/http/classification.py",
        'return resource_id is None or "request path not found" in said',
        "return resource_id is None",
        ("api/test_classification.py::test_what_counts_as_gone",),
    ),
    Mutant(
        "api/http/classification.py",
        'return resource_id is None or "request path not found" in said',
        'return "request path not found" in said',
        ("api/test_classification.py::test_what_counts_as_gone",),
    ),
    Mutant(
        "api/http/classification.py",
        "        404: e.UnexpectedNotFoundError,\n",
        "        404: e.NotFoundError,\n",
        ("lifecycle/test_teardown.py::test_a_gateway_page_with_404_is_never_gone",),
    ),
    Mutant(
        "api/http/classification.py",
        "ambiguous=True if unknown_inside_success else None",
        "ambiguous=None",
        ("api/test_retry_policy.py::TestOverTheWire::test_a_create_that_may_have_been_accepted_is_sent_once",),
    ),
    Mutant(
        "api/http/classification.py",
        "    if status >= 500:\n        return e.ServerError\n",
        "",
        ("api/test_classification.py::test_everything_else",),
    ),
    Mutant(
        "api/http/classification.py",
        "if 400 <= status < 500 and row.error not in _STATE_LEAVING:",
        "if 400 <= status < 500:",
        ("api/test_classification.py::test_what_counts_as_gone",),
    ),
    Mutant(
        "api/http/failures.py",
        "sent = (not unsent) if begun is None else begun",
        "sent = False",
        ("api/test_transport_wire.py::test_a_connection_that_breaks_after_sending_is_ambiguous",),
    ),
    Mutant(
        "api/http/failures.py",
        "if late and begun is False:",
        "if late:",
        ("api/test_transport_wire.py::test_silence_and_dripping_end_at_the_read_timeout",),
    ),
]
