"""Mistakes with compressed models: what is compressed twice, taken from others, or goes on when it was to end."""

from __future__ import annotations

from mutant import Mutant

MUTANTS = [
    Mutant(
        "lifecycle/base/product/creation.py",
        "longest=product.longest_name,",
        "longest=None,",
        ("lifecycle/test_compressed_model.py::test_a_stamp_fits_into_the_names_that_the_service_accepts",),
    ),
    Mutant(
        "lifecycle/base/product/creation.py",
        "retained=outlives_stack(inputs, retained=request.retained)",
        "retained=False",
        ("lifecycle/test_compressed_model.py::test_one_that_may_outlive_its_stack_says_so_in_its_name",),
    ),
    Mutant(
        "lifecycle/base/product/creation.py",
        "return not job.is_final or job.status == self.product.succeeded",
        "return True",
        ("lifecycle/test_compressed_model.py::test_a_left_over_that_has_no_model_is_not_taken",),
    ),
    Mutant(
        "lifecycle/base/product/creation.py",
        "if self.stamp is not None:\n            return",
        "if True:\n            return",
        (
            "lifecycle/test_compressed_model.py::test_a_name_that_another_job_has_is_refused_before_anything_is_asked_for",
        ),
    ),
    Mutant(
        "lifecycle/base/product/creation.py",
        "if creation.lost is not None else None",
        "if False else None",
        (
            "lifecycle/test_compressed_model.py::test_a_lost_job_that_the_list_shows_too_late_is_found_when_its_name_is_refused",
        ),
    ),
    Mutant(
        "lifecycle/base/product/creation.py",
        "wrong = product.mismatches(inputs, job)\n    if",
        "wrong: list[str] = []\n    if",
        ("lifecycle/test_compressed_model.py::test_another_job_is_not_adopted",),
    ),
    Mutant(
        "lifecycle/base/product/creation.py",
        "adoption.claim(connection, job_id, resource_name)",
        "pass",
        ("lifecycle/test_compressed_model.py::test_two_resources_never_hold_one_job",),
    ),
    Mutant(
        "lifecycle/compression/request.py",
        'names = (*SUBMITTED, "workspaceId", "triggers")',
        'names = (*SUBMITTED, "workspaceId")',
        ("lifecycle/test_compressed_model.py::test_another_trigger_is_another_job",),
    ),
    Mutant(
        "lifecycle/compression/request.py",
        "if value is not None and value != inputs.get(name)]",
        "if False]",
        ("lifecycle/test_compressed_model.py::test_another_job_is_not_adopted",),
    ),
    Mutant(
        "lifecycle/compression/teardown.py",
        "if policy.on_destroy == RETAIN:\n            connection",
        "if False:\n            connection",
        ("lifecycle/test_compressed_model_teardown.py::test_a_retained_job_is_left_alone",),
    ),
    Mutant(
        "lifecycle/compression/teardown.py",
        'if self.policy.on_undeletable == "error":',
        "if False:",
        ("lifecycle/test_compressed_model_teardown.py::test_a_record_that_the_service_keeps",),
    ),
    Mutant(
        "lifecycle/compression/teardown.py",
        'if self.policy.on_undeletable == "error":',
        "if True:",
        ("lifecycle/test_compressed_model_teardown.py::test_a_record_that_the_service_keeps",),
    ),
    Mutant(
        "lifecycle/compression/teardown.py",
        "return run.action(status, self.policy)",
        "return Action.DELETE",
        ("lifecycle/test_compressed_model_teardown.py::test_an_active_job_is_cancelled_awaited_and_deleted",),
    ),
    Mutant(
        "lifecycle/compression/view.py",
        "active=not job.is_final",
        "active=False",
        ("lifecycle/test_compressed_model.py::test_a_sweep_sees_what_runs_and_what_it_needs",),
    ),
    Mutant(
        "lifecycle/compression/view.py",
        "needs=frozenset([job.model] if job.model and not job.is_final else [])",
        "needs=frozenset()",
        ("lifecycle/test_compressed_model.py::test_a_sweep_sees_what_runs_and_what_it_needs",),
    ),
    Mutant(
        "lifecycle/base/product/takeover.py",
        "if wrong or missing or drift.replaces:",
        "if wrong:",
        ("lifecycle/test_compressed_model.py::test_what_the_service_does_not_show_cant_be_written_down",),
    ),
]
