"""Mistakes with imported models: what is removed that was to stay, imported twice, or given up too early."""

from __future__ import annotations

from mutant import Mutant

MUTANTS = [
    Mutant(
        "lifecycle/imported/teardown.py",
        "return Action.DELETE if status in ImportStatus.FINAL else Action.WAIT",
        "return Action.DELETE",
        ("lifecycle/test_imported_model_teardown.py::test_an_import_under_way_is_awaited_and_deleted",),
    ),
    Mutant(
        "lifecycle/imported/teardown.py",
        "if policy.on_destroy == RETAIN:\n            connection",
        "if False:\n            connection",
        ("lifecycle/test_imported_model_teardown.py::test_a_retained_import_is_left_alone",),
    ),
    Mutant(
        "lifecycle/imported/teardown.py",
        "if not staying and (users or refusals < _TRIES):",
        "if users or refusals < _TRIES:",
        ("lifecycle/test_imported_model_teardown.py::test_a_deployed_model_is_named_and_stays",),
    ),
    Mutant(
        "lifecycle/imported/teardown.py",
        "if not staying and (users or refusals < _TRIES):",
        "if False:",
        ("lifecycle/test_imported_model_teardown.py::test_a_deployment_that_goes_is_awaited",),
    ),
    Mutant(
        "lifecycle/imported/kind.py",
        "return DELETE if options.on_destroy == DELETE else RETAIN",
        "return DELETE",
        ("lifecycle/test_imported_model_teardown.py::test_outside_a_stack_too_only_a_delete_removes_the_model",),
    ),
    Mutant(
        "lifecycle/imported/kind.py",
        "needed_as=lambda one: one.model,",
        "needed_as=lambda one: None,",
        ("lifecycle/test_imported_model_teardown.py::test_a_sweep_knows_by_which_id_others_use_it",),
    ),
    Mutant(
        "lifecycle/imported/request.py",
        'names = (*SUBMITTED, "workspaceId", "triggers")',
        'names = (*SUBMITTED, "workspaceId")',
        ("lifecycle/test_imported_model.py::test_an_import_for_other_triggers_is_not_taken_over",),
    ),
    Mutant(
        "lifecycle/base/product/creation.py",
        "return self.product.names_are_unique or (self._is_useful(job) and self.fits(job) and not known)",
        "return self.product.names_are_unique",
        ("lifecycle/test_imported_model.py::test_a_lost_import_with_the_users_display_name_is_not_repeated",),
    ),
    Mutant(
        "lifecycle/base/product/creation.py",
        "return self.product.names_are_unique or (self._is_useful(job) and self.fits(job) and not known)",
        "return self.product.names_are_unique or (self._is_useful(job) and self.fits(job))",
        ("lifecycle/test_imported_model.py::test_what_a_resource_of_the_state_holds_does_not_stand_in_the_way",),
    ),
    Mutant(
        "lifecycle/base/product/diff.py",
        "*(name for name in product.unshown if state.inputs.get(name) is None)",
        "*product.unshown",
        ("lifecycle/test_imported_model.py::test_the_type_of_the_weights_can_be_added_later_and_then_counts",),
    ),
]
