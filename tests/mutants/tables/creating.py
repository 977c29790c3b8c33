"""Mistakes in creating a job, a deployment, a file or an export: what is bought twice, lost, or taken from others."""

from __future__ import annotations

from mutant import Mutant

MUTANTS = [
    Mutant(
        "lifecycle/base/creating/driver.py",
        "_LOOK_SERVES = 60.0",
        "_LOOK_SERVES = 600.0",
        ("lifecycle/test_shared_looks.py::test_creates_within_a_minute_share_a_look",),
    ),
    Mutant(
        "lifecycle/base/creating/driver.py",
        "(proves and not left_over)",
        "not left_over",
        ("lifecycle/test_shared_looks.py::test_no_earlier_look_will_do_where_the_service_shows_no_names",),
    ),
    Mutant(
        "lifecycle/base/creating/driver.py",
        "(proves and not left_over)",
        "proves",
        ("lifecycle/test_shared_looks.py::test_what_a_killed_run_has_left_is_taken_over_as_it_is_now",),
    ),
    Mutant(
        "lifecycle/base/creating/driver.py",
        "        if self._strategy.stamp is None:\n            return None\n        asked",
        "        asked",
        ("lifecycle/test_shared_looks.py::test_no_earlier_look_will_do_for_a_name_of_the_users_own",),
    ),
    Mutant(
        "lifecycle/waiting/listing.py",
        "leads = look is None or look.error is not None or look.began < oldest",
        "leads = look is None or look.error is not None",
        (
            "lifecycle/test_many_at_once.py::TestListing::test_a_shared_look_serves_for_a_time_whatever_is_made_meanwhile",
        ),
    ),
    Mutant(
        "lifecycle/base/creating/driver.py",
        "if not error.ambiguous:",
        "if True:",
        ("lifecycle/test_creation.py::test_a_create_whose_answer_is_lost_is_found_not_repeated",),
    ),
    Mutant(
        "lifecycle/base/creating/driver.py",
        "_ATTEMPTS = 3",
        "_ATTEMPTS = 4",
        ("lifecycle/test_creation.py::test_three_creates_without_effect_end_in_an_error",),
    ),
    Mutant(
        "lifecycle/base/creating/driver.py",
        "            self._listing.outdate()\n",
        "",
        ("lifecycle/test_orphans.py::test_what_this_run_has_made_since_is_seen",),
    ),
    Mutant(
        "lifecycle/base/creating/driver.py",
        "return found.same_work(self._strategy.stamp) and not self.connection.run_registry.is_recorded(found.nonce)",
        "return found.same_work(self._strategy.stamp)",
        ("lifecycle/test_creation.py::test_a_job_that_the_state_holds_is_not_taken_for_a_leftover",),
    ),
    Mutant(
        "lifecycle/base/creating/driver.py",
        "found.same_run(ours)",
        "found.same_work(ours)",
        ("lifecycle/test_model_deployment_creation.py::test_a_dead_left_over_is_not_taken",),
    ),
    Mutant(
        "lifecycle/base/creating/driver.py",
        "made = self._take(left_over)",
        "made = None",
        (
            "lifecycle/test_creation.py::test_when_nothing_can_be_settled_nothing_is_bought_twice_and_the_next_up_settles_it",
        ),
    ),
    Mutant(
        "lifecycle/base/creating/driver.py",
        "self.connection.run_registry.hold(self._strategy.id_of(made))",
        "pass",
        ("lifecycle/test_creation.py::test_two_resources_of_one_run_never_get_one_job",),
    ),
    Mutant(
        "lifecycle/base/creating/driver.py",
        "if len(proven) > 1 and recognition is not None:",
        "if False and recognition is not None:",
        ("lifecycle/test_creation.py::test_of_two_new_jobs_with_this_very_stamp_none_is_taken",),
    ),
    Mutant(
        "lifecycle/base/creating/driver.py",
        "if len(alike) != 1:",
        "if not alike:",
        ("lifecycle/test_creation.py::TestNameOfTheUsersOwn::test_two_candidates_stop_it",),
    ),
    Mutant(
        "lifecycle/base/creating/driver.py",
        "if self._strategy.id_of(seen) not in self.before\n            and (",
        "if (",
        (
            "lifecycle/test_creation.py::TestServiceThatDoesNotEchoNames::test_a_job_that_was_there_before_is_never_taken",
        ),
    ),
    Mutant(
        "lifecycle/base/creating/driver.py",
        "            and not self.connection.run_registry.is_held(self._strategy.id_of(seen))\n",
        "",
        ("lifecycle/test_model_deployment_creation.py::test_another_resources_new_one_is_not_taken",),
    ),
    Mutant(
        "lifecycle/base/creating/driver.py",
        "            and recognition.fits(seen)\n",
        "",
        ("lifecycle/test_model_deployment_creation.py::test_somebody_elses_new_one_is_not_taken_for_ours",),
    ),
    Mutant(
        "lifecycle/base/creating/driver.py",
        "or not (shows_names or recognition.name_of(seen)))",
        "or not recognition.name_of(seen))",
        ("lifecycle/test_model_deployment_creation.py::test_somebody_elses_new_one_is_not_taken_for_ours",),
    ),
    Mutant(
        "lifecycle/base/creating/driver.py",
        "return [seen for seen in fitting if recognition.is_sure(seen)] or fitting",
        "return fitting",
        ("lifecycle/test_model_deployment_creation.py::test_the_id_that_only_ours_can_have_settles_it",),
    ),
    Mutant(
        "lifecycle/base/creating/driver.py",
        "self._strategy.require_need(self, left_over)",
        "pass",
        ("lifecycle/test_creation.py::test_a_succeeded_leftover_is_neither_adopted_nor_bought_again",),
    ),
    Mutant(
        "lifecycle/base/creating/driver.py",
        "alike = [seen for seen in candidates if not recognition.doubts(seen)]",
        "alike = candidates",
        (
            "lifecycle/test_creation.py::TestNameOfTheUsersOwn::test_a_candidate_with_other_settings_is_not_taken_without_asking",
        ),
    ),
    Mutant(
        "lifecycle/base/creating/driver.py",
        "for live in self.looks(error, delays):",
        "for live in [next(self.looks(error, delays))]:",
        ("lifecycle/test_creation.py::test_a_job_that_the_list_shows_late_is_waited_for",),
    ),
    Mutant(
        "lifecycle/base/creating/driver.py",
        "        found = self._search(error, CREATE_REPEATABLE)\n",
        "        found = None\n",
        ("faults/test_lists.py::test_a_list_that_lags_by_minutes_buys_nothing_twice",),
    ),
    Mutant(
        "lifecycle/base/creating/driver.py",
        "        # Not earlier: an object",
        "        return None\n        # Not earlier: an object",
        ("lifecycle/test_creation.py::TestNameOfTheUsersOwn::test_a_lost_answer_is_reconciled_by_name_model_and_data",),
    ),
    Mutant(
        "lifecycle/job/creation.py",
        "(job for job in left_over if not job.is_final)",
        "(job for job in left_over)",
        ("lifecycle/test_creation.py::test_a_succeeded_leftover_is_neither_adopted_nor_bought_again",),
    ),
    Mutant(
        "lifecycle/job/creation.py",
        "if len(twins) > 1:",
        "if len(twins) > 2:",
        ("lifecycle/test_creation.py::test_of_two_jobs_with_one_stamp_none_is_taken",),
    ),
    Mutant(
        "lifecycle/job/creation.py",
        "if other.status != JobStatus.CANCELED]",
        "if not other.is_final]",
        ("lifecycle/test_creation.py::test_of_two_jobs_with_one_stamp_none_is_taken",),
    ),
    Mutant(
        "lifecycle/job/creation.py",
        "if job.status == JobStatus.SUCCEEDED and not creation",
        "if job.status == JobStatus.FAILED and not creation",
        ("lifecycle/test_creation.py::test_a_succeeded_leftover_is_neither_adopted_nor_bought_again",),
    ),
    Mutant(
        "lifecycle/job/creation.py",
        "self._refuse_same_name(creation)",
        "pass",
        ("lifecycle/test_creation.py::TestNameOfTheUsersOwn::test_an_active_twin_is_for_the_user_to_decide",),
    ),
    Mutant(
        "lifecycle/job/creation.py",
        "            and self.fits(job)\n",
        "",
        (
            "lifecycle/test_creation.py::TestNameOfTheUsersOwn::test_an_active_job_of_that_name_for_another_purpose_is_no_twin",
        ),
    ),
    Mutant(
        "api/models/jobs.py",
        "return None if self.job_name == self.job_id else self.job_name",
        "return self.job_name",
        (
            "lifecycle/test_creation.py::TestServiceThatDoesNotEchoNames::test_a_lost_answer_is_reconciled_by_model_and_data",
        ),
    ),
    Mutant(
        "lifecycle/job/creation.py",
        "retained=outlives_stack(inputs, retained=request.retained)",
        "retained=False",
        ("lifecycle/test_file_guard.py::test_a_job_that_outlives_its_stack_keeps_it_with_a_warning",),
    ),
    Mutant(
        "lifecycle/deployment/creation.py",
        "if seen.status not in SERVES_NOTHING]",
        "]",
        ("lifecycle/test_model_deployment_creation.py::test_a_dead_left_over_is_not_taken",),
    ),
    Mutant(
        "lifecycle/deployment/creation.py",
        "if creation.lost is not None:\n            # The first",
        "if True:\n            # The first",
        ("lifecycle/test_model_deployment_creation.py::test_one_that_somebody_deploys_just_before_ours_is_not_taken",),
    ),
    Mutant(
        "lifecycle/deployment/creation.py",
        "if creation.lost is not None:\n            # The first",
        "if False:\n            # The first",
        ("lifecycle/test_model_deployment_creation.py::test_one_that_shows_only_when_its_name_is_refused_is_found",),
    ),
    Mutant(
        "lifecycle/deployment/creation.py",
        'return seen.deployed_model.endswith(f"-{self._suffix}")',
        "return True",
        ("lifecycle/test_model_deployment_creation.py::test_one_with_another_suffix_is_not_ours",),
    ),
    Mutant(
        "lifecycle/deployment/creation.py",
        "self._way_out([] if is_held else rivals)",
        "self._way_out(rivals)",
        (
            "lifecycle/test_model_deployment_creation.py::test_a_name_taken_by_another_resource_of_the_program_is_not_offered_for_adoption",
        ),
    ),
    Mutant(
        "lifecycle/deployment/creation.py",
        "if leaving and len(leaving) == len(rivals)",
        "if False",
        ("lifecycle/test_model_deployment_creation.py::test_a_dead_left_over_is_not_taken",),
    ),
    Mutant(
        "lifecycle/deployment/creation.py",
        "retained=outlives_stack(inputs, retained=request.retained)",
        "retained=False",
        ("lifecycle/test_model_deployment_creation.py::test_one_that_may_outlive_its_stack_says_so_in_its_name",),
    ),
    Mutant(
        "lifecycle/file/upload.py",
        "sha256=self.sha256",
        'sha256=""',
        ("lifecycle/test_training_file.py::test_upload_read_delete",),
    ),
    Mutant(
        "lifecycle/job/request.py",
        " and not _other_data(inputs, job, VALIDATION)",
        "",
        ("lifecycle/test_data_sources.py::test_a_job_with_validation_data_of_its_own_is_not_the_one_without",),
    ),
    Mutant(
        "lifecycle/job/request.py",
        'names = ("trainingType", "hyperParameters", "modelName", ',
        'names = ("trainingType", "modelName", ',
        (
            "lifecycle/test_creation.py::TestNameOfTheUsersOwn::test_a_candidate_with_other_settings_is_not_taken_without_asking",
        ),
    ),
    Mutant(
        "lifecycle/job/request.py",
        '(*SUBMITTED, EXTRA, "workspaceId", "triggers")',
        '(*SUBMITTED, EXTRA, "workspaceId")',
        ("lifecycle/test_creation.py::test_another_stack_resource_input_or_trigger_starts_a_run_of_its_own",),
    ),
    Mutant(
        "lifecycle/job/request.py",
        '[] if job.model and job.model == inputs.get("model") else ["model"]',
        "[]",
        ("lifecycle/test_data_sources.py::test_a_job_of_another_model_or_of_other_data_is_not",),
    ),
    Mutant(
        "lifecycle/deployment/request.py",
        "name for name in SUBMITTED if name not in ADJUSTABLE",
        "name for name in SUBMITTED",
        ("lifecycle/test_model_deployment_creation.py::test_a_left_over_of_other_capacity_is_taken_and_shows_it",),
    ),
    Mutant(
        "lifecycle/deployment/request.py",
        "str(plan).lower() != live.plan.lower()",
        "False",
        ("lifecycle/test_model_deployment_adoption.py::test_adopting_what_does_not_fit",),
    ),
    Mutant(
        "lifecycle/deployment/request.py",
        'if live.model_name is not None and live.model_name != inputs.get("modelName"):',
        "if False:",
        ("lifecycle/test_model_deployment_creation.py::test_somebody_elses_new_one_is_not_taken_for_ours",),
    ),
    Mutant(
        "lifecycle/checkpoint/export.py",
        "            if found.status != before:\n",
        "            if False:\n",
        ("lifecycle/test_exported_checkpoint.py::test_an_answer_that_is_lost_after_the_effect_costs_one_request",),
    ),
    Mutant(
        "lifecycle/checkpoint/export.py",
        "with _turns.setdefault((account, wanted.job_id, wanted.checkpoint), threading.Lock()):",
        "if True:",
        ("lifecycle/test_exported_checkpoint.py::test_two_resources_of_one_checkpoint_export_it_once",),
    ),
    Mutant(
        "lifecycle/checkpoint/export.py",
        "                looks = CREATE_VISIBLE\n",
        "                looks = (1.0,)\n",
        (
            "lifecycle/test_exported_checkpoint.py::test_a_request_without_effect_is_made_again_once_the_list_has_had_time",
        ),
    ),
    Mutant(
        "lifecycle/checkpoint/export.py",
        "                if not refusal.ambiguous:\n                    raise\n",
        "                if True:\n                    return before\n",
        ("lifecycle/test_exported_checkpoint.py::test_a_look_that_is_refused_after_a_plain_no",),
    ),
]
