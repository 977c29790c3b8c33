"""Mistakes in taking over what exists, in remembering who holds what, and in letting go of it."""

from __future__ import annotations

from mutant import Mutant

MUTANTS = [
    Mutant(
        "lifecycle/base/creating/adoption.py",
        "if holder is not None or connection.run_registry.adopt_one([object_id]) is None:",
        "if holder is not None:",
        ("lifecycle/test_file_adoption.py::test_two_resources_can_not_adopt_one_file",),
    ),
    Mutant(
        "lifecycle/base/creating/adoption.py",
        "if holder is not None or connection.run_registry.adopt_one([object_id]) is None:",
        "if connection.run_registry.adopt_one([object_id]) is None:",
        ("lifecycle/test_file_adoption.py::test_a_file_that_another_resource_keeps_is_refused_with_its_name",),
    ),
    Mutant(
        "lifecycle/job/creation.py",
        "wrong = job_request.mismatches(inputs, job)",
        "wrong: list[str] = []",
        ("lifecycle/test_creation.py::TestAdoptJobId::test_refuses_what_does_not_fit",),
    ),
    Mutant(
        "lifecycle/job/creation.py",
        "_ADOPTION.claim(connection, job_id, resource_name)",
        "pass",
        ("lifecycle/test_creation.py::TestAdoptJobId::test_two_resources_can_not_adopt_one_job",),
    ),
    Mutant(
        "lifecycle/deployment/creation.py",
        "if found.status == DeploymentStatus.DELETING:",
        "if False:",
        ("lifecycle/test_model_deployment_adoption.py::test_adopting_what_is_being_deleted_or_held",),
    ),
    Mutant(
        "lifecycle/deployment/creation.py",
        "wrong = deployment_request.mismatches(inputs, found)",
        "wrong: list[str] = []",
        ("lifecycle/test_model_deployment_adoption.py::test_adopting_what_does_not_fit",),
    ),
    Mutant(
        "lifecycle/deployment/creation.py",
        "_ADOPTION.claim(connection, deployed_model, resource_name)",
        "pass",
        ("lifecycle/test_model_deployment_adoption.py::test_adopting_what_is_being_deleted_or_held",),
    ),
    Mutant(
        "lifecycle/base/run_registry.py",
        "if candidate not in self._held:",
        "if True:",
        ("lifecycle/test_creation.py::test_two_resources_of_one_run_never_get_one_job",),
    ),
    Mutant(
        "lifecycle/base/run_registry.py",
        "                    self._adopted.add(candidate)\n",
        "",
        ("lifecycle/test_file_adoption.py::test_a_replacement_by_the_very_same_file_leaves_it_alone",),
    ),
    Mutant(
        "lifecycle/base/run_registry.py",
        "return bool(nonce and kept) and kept != nonce",
        "return False",
        ("lifecycle/test_file_adoption.py::test_two_old_records_of_an_adopted_file_do_not_delete_it",),
    ),
    Mutant(
        "lifecycle/base/run_registry.py",
        "if wanted and (wanted, name) not in self._superseded else None",
        "if wanted else None",
        ("lifecycle/test_file_adoption.py::test_another_content_is_uploaded_though_the_old_file_is_still_named",),
    ),
    Mutant(
        "lifecycle/file/adoption.py",
        "if file.size is not None and file.size != size:",
        "if False:",
        ("lifecycle/test_file_adoption.py::test_another_content_is_refused",),
    ),
    Mutant(
        "lifecycle/file/adoption.py",
        "if file.md5 and file.md5.lower() != md5:",
        "if False:",
        ("lifecycle/test_file_adoption.py::test_another_content_is_refused",),
    ),
    Mutant(
        "lifecycle/file/adoption.py",
        "file.md5.lower() != md5",
        "file.md5 != md5",
        ("lifecycle/test_file_adoption.py::test_an_md5_in_capitals_is_the_same_md5",),
    ),
    Mutant(
        "lifecycle/base/ending/release_guard.py",
        "if run_registry.give_up_adopted(object_id):",
        "if False:",
        ("lifecycle/test_file_adoption.py::test_a_replacement_by_the_very_same_file_leaves_it_alone",),
    ),
    Mutant(
        "lifecycle/base/ending/release_guard.py",
        'elif run_registry.is_kept_under_another(object_id, state.nonce or ""):',
        "elif False:",
        ("lifecycle/test_file_adoption.py::test_two_old_records_of_an_adopted_file_do_not_delete_it",),
    ),
    Mutant(
        "lifecycle/base/ending/release_guard.py",
        "elif (holder := run_registry.keeper(object_id, state.name)) is not None:",
        "elif (holder := None) is not None:",
        ("lifecycle/test_file_adoption.py::test_the_rest_of_a_rename_that_was_cut_short_does_not_delete_the_file",),
    ),
    Mutant(
        "lifecycle/job/diff.py",
        'or (name == "adoptJobId" and news.get(name) in (None, job_id))',
        "",
        ("lifecycle/test_job_plan.py::test_nothing_changed_costs_no_call",),
    ),
    Mutant(
        "lifecycle/job/diff.py",
        "or (name in job_request.DATA and name not in other_data)",
        "",
        ("lifecycle/test_data_sources.py::test_only_other_data_is_another_run",),
    ),
    Mutant(
        "lifecycle/base/run_registry.py",
        "return bool(nonce and kept) and kept != nonce",
        "return bool(kept) and kept != nonce",
        ("lifecycle/test_run_registry.py::test_a_record_with_another_nonce_than_the_keepers_is_not_the_keepers",),
    ),
    Mutant(
        "lifecycle/base/run_registry.py",
        "            self._unchanged.discard(name)\n",
        "            pass\n",
        ("lifecycle/test_run_registry.py::test_who_keeps_an_object_whose_record_goes",),
    ),
    Mutant(
        "lifecycle/base/run_registry.py",
        "return holder if holder != name or holder in self._unchanged else None",
        "return holder if holder != name else None",
        ("lifecycle/test_run_registry.py::test_who_keeps_an_object_whose_record_goes",),
    ),
    Mutant(
        "lifecycle/base/run_registry.py",
        "return holder if holder != name or holder in self._unchanged else None",
        "return holder",
        ("lifecycle/test_run_registry.py::test_who_keeps_an_object_whose_record_goes",),
    ),
    Mutant(
        "lifecycle/base/run_registry.py",
        "                self._ending.discard(object_id)\n",
        "                pass\n",
        ("lifecycle/test_run_registry.py::test_an_object_is_being_ended_only_as_long_as_the_teardown_lasts",),
    ),
    Mutant(
        "lifecycle/base/run_registry.py",
        "return account in self._deploying",
        "return bool(self._deploying)",
        ("lifecycle/test_run_registry.py::test_deployments_are_known_by_account",),
    ),
    Mutant(
        "lifecycle/base/run_registry.py",
        "                self._adopted.remove(object_id)\n",
        "",
        ("lifecycle/test_run_registry.py::test_an_adopted_object_is_given_up_once",),
    ),
    Mutant(
        "lifecycle/job/takeover.py",
        "    if options.retain:\n",
        "    if False:\n",
        ("lifecycle/test_job_takeover.py::test_it_says_what_destroy_would_do",),
    ),
    Mutant(
        "lifecycle/job/takeover.py",
        "TeardownPolicy(RETAIN if options.retain else DELETE,",
        "TeardownPolicy(DELETE,",
        ("lifecycle/test_job_takeover.py::test_it_says_what_destroy_would_do",),
    ),
    Mutant(
        "lifecycle/job/takeover.py",
        "active=job.is_active)",
        "active=False)",
        ("lifecycle/test_job_takeover.py::test_it_says_what_destroy_would_do",),
    ),
    Mutant(
        "lifecycle/job/takeover.py",
        "if wrong or drift.replaces:",
        "if False:",
        ("lifecycle/test_job_takeover.py::test_a_job_that_the_program_would_not_fit_is_not_written_down",),
    ),
    Mutant(
        "lifecycle/job/takeover.py",
        "inputs[name] = integral(value)",
        "pass",
        ("lifecycle/test_job_takeover.py::test_the_inputs_are_those_of_the_job",),
    ),
    Mutant(
        "lifecycle/job/takeover.py",
        "    if found is not None:\n",
        "    if False:\n",
        ("lifecycle/test_job_takeover.py::test_the_stack_that_has_started_it_is_named",),
    ),
]
