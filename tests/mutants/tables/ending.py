"""Mistakes in tearing down a job or a deployment: what goes on running, is forgotten, or is deleted against orders."""

from __future__ import annotations

from mutant import Mutant

_LISTS = "faults/test_lists.py"

MUTANTS = [
    Mutant(
        "lifecycle/base/sources.py",
        "                self.source.get(self.client, other)\n",
        "                pass\n",
        (f"{_LISTS}::test_answers_without_a_job_do_not_make_it_gone_while_the_list_lags",),
    ),
    Mutant(
        "lifecycle/base/sources.py",
        "isinstance(error, ApiResponseError) and error.empty",
        "isinstance(error, ApiResponseError)",
        (f"{_LISTS}::test_half_an_answer_is_never_taken_for_none",),
    ),
    Mutant(
        "lifecycle/base/sources.py",
        "                self.clock.sleep(pause)\n",
        "",
        (f"{_LISTS}::test_answers_without_a_job_do_not_make_it_gone_while_the_list_lags",),
    ),
    Mutant(
        "lifecycle/base/sources.py",
        "if names is None or any(map(names.of, page.items.values())):",
        "if True:",
        (f"{_LISTS}::test_a_list_without_names_does_not_hide_what_a_killed_run_has_started",),
    ),
    Mutant(
        "lifecycle/base/ending/driver.py",
        "if self._clock.monotonic() >= self._deadline:",
        "if False:",
        ("lifecycle/test_model_deployment_teardown.py::test_one_that_changes_with_every_refusal_is_given_up_in_time",),
    ),
    Mutant(
        "lifecycle/base/ending/driver.py",
        "            self._changed(CANCELLED)\n            return self.wait(seen, self._strategy.end)",
        "            self._changed(CANCELLED)\n            return None",
        ("lifecycle/test_teardown.py::test_an_active_job_is_cancelled_awaited_and_deleted",),
    ),
    Mutant(
        "lifecycle/base/ending/driver.py",
        "if now is None or self._strategy.action(now.status) is not Action.CANCEL:\n            return now\n",
        "if now is None or self._strategy.action(now.status) is not Action.CANCEL:\n            return None\n",
        ("lifecycle/test_teardown.py::test_a_job_that_ends_between_the_read_and_the_cancel",),
    ),
    Mutant(
        "lifecycle/base/ending/driver.py",
        "return None if self._strategy.until_gone is None else self.wait(seen, self._strategy.until_gone)",
        "return None",
        ("lifecycle/test_model_deployment_teardown.py::test_from_any_status_it_is_deleted_and_its_end_awaited",),
    ),
    Mutant(
        "lifecycle/base/ending/driver.py",
        "soon = min(self._deadline, self._clock.monotonic() + _PATIENCE)",
        "soon = self._deadline",
        ("lifecycle/test_teardown.py::test_a_cancel_that_stays_refused_is_tried_again_until_the_time_is_up",),
    ),
    Mutant(
        "lifecycle/base/ending/driver.py",
        "if now is None or self._strategy.action(now.status) is not Action.DELETE:\n                return now\n",
        "if now is None or self._strategy.action(now.status) is not Action.DELETE:\n                return None\n",
        ("lifecycle/test_teardown.py::test_delete_refused_while_the_job_turns_out_active_starts_over",),
    ),
    Mutant(
        "lifecycle/base/ending/driver.py",
        "if error is not None and error.ambiguous and error.operation in self._strategy.verbs:",
        "if False and error is not None:",
        ("lifecycle/test_model_deployment_teardown.py::test_an_outage_after_the_delete_tells_what_was_done",),
    ),
    Mutant(
        "lifecycle/base/ending/driver.py",
        "            raise self._late(timeout) from None\n        except OperationInterruptedError",
        "            return\n        except OperationInterruptedError",
        ("lifecycle/test_teardown.py::test_a_cancel_that_stays_refused_is_tried_again_until_the_time_is_up",),
    ),
    Mutant(
        "lifecycle/base/ending/driver.py",
        "            raise self._failed(error) from error",
        "            return",
        ("lifecycle/test_teardown.py::test_a_refused_key_or_right_is_an_error_and_never_gone",),
    ),
    Mutant(
        "lifecycle/base/ending/driver.py",
        '        except NotFoundError:\n            self._changed("cancel found it gone")\n',
        "",
        ("lifecycle/test_teardown.py::test_a_job_that_vanishes_between_the_read_and_the_cancel",),
    ),
    Mutant(
        "lifecycle/base/ending/run.py",
        "return Action.KEEP if policy.on_destroy == CANCEL else Action.DELETE",
        "return Action.DELETE",
        ("lifecycle/test_teardown.py::test_cancel_ends_the_job_and_keeps_the_record",),
    ),
    Mutant(
        "lifecycle/base/ending/run.py",
        "return Action.WAIT if status == JobStatus.CANCELING else Action.CANCEL",
        "return Action.CANCEL",
        ("lifecycle/test_teardown.py::test_a_canceling_job_gets_no_second_cancel",),
    ),
    Mutant(
        "lifecycle/base/ending/run.py",
        "    if status in JobStatus.FINAL:\n        return Action",
        "    if status not in JobStatus.ACTIVE:\n        return Action",
        ("lifecycle/test_teardown.py::test_an_unknown_status_counts_as_active",),
    ),
    Mutant(
        "lifecycle/job/teardown.py",
        'if self.policy.on_undeletable == "error":',
        "if False:",
        ("lifecycle/test_teardown.py::test_literal_reading_as_an_error_tells_what_to_type",),
    ),
    Mutant(
        "lifecycle/job/teardown.py",
        'if self.policy.on_undeletable == "error":',
        "if True:",
        ("lifecycle/test_teardown.py::test_the_model_of_a_succeeded_job_is_said_to_stay",),
    ),
    Mutant(
        "lifecycle/job/teardown.py",
        "if policy.on_destroy == RETAIN:\n            connection",
        "if False:\n            connection",
        ("lifecycle/test_teardown.py::test_retain_makes_no_call",),
    ),
    Mutant(
        "lifecycle/job/teardown.py",
        "            connection.run_registry.note_ended(job_id)\n",
        "            pass\n",
        ("lifecycle/test_file_guard.py::test_what_this_run_has_ended_does_not_count",),
    ),
    Mutant(
        "lifecycle/job/teardown.py",
        "return frozenset() if status in JobStatus.FINAL else named_files(recorded)",
        "return frozenset()",
        ("lifecycle/test_file_of_a_retained_job.py::test_it_stays_while_the_job_may_read_it",),
    ),
    Mutant(
        "lifecycle/job/teardown.py",
        "return frozenset() if status in JobStatus.FINAL else named_files(recorded)",
        "return named_files(recorded)",
        ("lifecycle/test_file_of_a_retained_job.py::test_it_goes_when_no_retained_job_may_read_it",),
    ),
    Mutant(
        "lifecycle/deployment/teardown.py",
        "return Action.WAIT if status == DeploymentStatus.DELETING else Action.DELETE",
        "return Action.DELETE",
        ("lifecycle/test_model_deployment_teardown.py::test_one_that_is_being_deleted_is_only_awaited",),
    ),
    Mutant(
        "lifecycle/deployment/teardown.py",
        "if not now.is_settled:",
        "if False:",
        ("lifecycle/test_model_deployment_teardown.py::test_a_refusal_while_a_change_is_under_way_is_waited_out",),
    ),
    Mutant(
        "lifecycle/deployment/teardown.py",
        "if now.status != seen.status:",
        "if False:",
        ("lifecycle/test_model_deployment_teardown.py::test_one_that_changes_with_every_refusal_is_given_up_in_time",),
    ),
    Mutant(
        "lifecycle/deployment/teardown.py",
        "until_gone: ClassVar[Waiter | None] = DEPLOYMENT_GONE",
        "until_gone: ClassVar[Waiter | None] = None",
        ("lifecycle/test_model_deployment_teardown.py::test_from_any_status_it_is_deleted_and_its_end_awaited",),
    ),
    Mutant(
        "lifecycle/deployment/teardown.py",
        "if policy.on_destroy == RETAIN:\n            connection",
        "if False:\n            connection",
        ("lifecycle/test_model_deployment_teardown.py::test_retain_makes_no_call",),
    ),
    Mutant(
        "lifecycle/base/ending/gone.py",
        "if not workspaces or recorded in workspaces:",
        "if recorded in workspaces:",
        ("lifecycle/test_out_of_sight.py::test_where_the_key_shows_nothing_the_service_is_believed",),
    ),
    Mutant(
        "lifecycle/base/ending/gone.py",
        "if not workspaces or recorded in workspaces:",
        "if not workspaces:",
        ("lifecycle/test_out_of_sight.py::test_what_is_gone_from_its_own_workspace_is_gone",),
    ),
]
