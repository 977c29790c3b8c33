"""Mistakes in the sweep's verdicts and in its last look: what is deleted that belongs to somebody."""

from __future__ import annotations

from mutant import Mutant

MUTANTS = [
    Mutant(
        "lifecycle/sweep/verdicts.py",
        "        if errors:\n            kind, failure",
        "        if False:\n            kind, failure",
        ("lifecycle/test_sweep_last_look.py::test_a_file_stays_when_nobody_can_say_any_more_what_needs_it",),
    ),
    Mutant(
        "lifecycle/sweep/verdicts.py",
        "states = tuple(self._read_states(now))",
        "states = evidence.states",
        ("lifecycle/test_sweep_last_look.py::test_what_is_adopted_at_the_last_moment_is_left_alone",),
    ),
    Mutant(
        "lifecycle/sweep/verdicts.py",
        "list_all(self._account, _users(now))",
        "list_all(self._account, ())",
        (
            "lifecycle/test_sweep_last_look.py::test_a_file_that_a_job_has_begun_to_need_since_the_first_was_ended_stays",
        ),
    ),
    Mutant(
        "lifecycle/sweep/verdicts.py",
        "        if now is None:\n            return Outcome(finding, GONE)",
        "        if now is None:\n            now = was",
        ("lifecycle/test_sweep_last_look.py::test_what_goes_at_the_last_moment_is_gone",),
    ),
    Mutant(
        "lifecycle/sweep/verdicts.py",
        "if evidence is None or stop():",
        "if evidence is None:",
        ("lifecycle/test_sweep_last_look.py::test_stopped_in_the_middle_the_rest_is_left_for_another_time",),
    ),
    Mutant(
        "lifecycle/sweep/verdicts.py",
        "now = self._account.get(was.kind, was.object_id)",
        "now = was",
        ("lifecycle/test_sweep_last_look.py::test_what_is_adopted_at_the_last_moment_is_left_alone",),
    ),
    Mutant(
        "lifecycle/sweep/account.py",
        "if set(again) == before or account.confirm(kind):",
        "if True:",
        ("lifecycle/test_sweep_listing.py::test_readings",),
    ),
    Mutant(
        "lifecycle/sweep/account.py",
        "        found.update(again)\n",
        "",
        ("lifecycle/test_sweep_listing.py::test_readings",),
    ),
    Mutant(
        "lifecycle/sweep/expired_policy.py",
        "if properties.get(name) is not None and properties[name] not in choices:",
        "if False:",
        ("lifecycle/test_expired_policy.py::test_a_policy_that_cant_be_read_is_none",),
    ),
    Mutant(
        "lifecycle/sweep/expired_policy.py",
        "(ended_only(policies[0]) if keeper else policies[0]), keeper",
        "policies[0], keeper",
        ("lifecycle/test_expired_policy.py::test_the_record_of_what_is_meant_to_stay_is_never_deleted",),
    ),
    Mutant(
        "lifecycle/sweep/expired_policy.py",
        "    if held.protected:\n",
        "    if False:\n",
        ("lifecycle/test_expired_policy.py::test_the_record_of_what_is_meant_to_stay_is_never_deleted",),
    ),
    Mutant(
        "lifecycle/sweep/expired_policy.py",
        "if held.retained or is_retained(State.of(held.properties)):",
        "if is_retained(State.of(held.properties)):",
        ("lifecycle/test_expired_policy.py::test_the_record_of_what_is_meant_to_stay_is_never_deleted",),
    ),
    Mutant(
        "lifecycle/sweep/service_time.py",
        "math.ceil((max(leads)",
        "math.floor((max(leads)",
        ("lifecycle/test_ownership.py::test_the_zone_is_found_out",),
    ),
    Mutant(
        "lifecycle/sweep/service_time.py",
        "BEIJING - UNCERTAIN), BEIJING)",
        "BEIJING), BEIJING)",
        ("lifecycle/test_ownership.py::test_a_zone_that_nothing_shows_makes_everything_a_day_younger",),
    ),
    Mutant(
        "lifecycle/identity/orphans.py",
        "        and one.stamp.owner == owner\n",
        "",
        ("lifecycle/test_orphans.py::test_what_is_not_ours_or_ended_is_left_out",),
    ),
    Mutant(
        "lifecycle/identity/orphans.py",
        "        and not run_registry.has_ended(one.object_id)\n",
        "",
        ("lifecycle/test_orphans.py::test_a_listing_of_this_run_is_good_enough_to_find_nothing",),
    ),
    Mutant(
        "lifecycle/identity/orphans.py",
        "if seen is not None and not _of(",
        "if seen is not None or not _of(",
        ("lifecycle/test_orphans.py::test_what_such_a_listing_shows_is_looked_for_once_more",),
    ),
    Mutant(
        "lifecycle/kinds/registry.py",
        "key=lambda kind: -_depth(kind, kinds)",
        "key=lambda kind: _depth(kind, kinds)",
        ("lifecycle/test_sweep_last_look.py::test_a_file_goes_with_the_job_that_needs_it",),
    ),
    Mutant(
        "lifecycle/sweep/verdicts.py",
        "finding.sure_age is not None and finding.sure_age >= self.older_than",
        "finding.age is not None and finding.age >= self.older_than",
        ("lifecycle/test_sweep_survey.py::test_an_age_that_is_not_certain_is_not_older_than_anything",),
    ),
    Mutant(
        "lifecycle/sweep/verdicts.py",
        "    if not patterns:\n        return True\n",
        "    if True:\n        return True\n",
        ("lifecycle/test_sweep_survey.py::test_filters_limit_what_is_reported_and_what_is_ended",),
    ),
    Mutant(
        "lifecycle/sweep/verdicts.py",
        "(not self.kinds or one.kind in self.kinds)",
        "True",
        ("lifecycle/test_sweep_survey.py::test_filters_limit_what_is_reported_and_what_is_ended",),
    ),
    Mutant(
        "lifecycle/sweep/verdicts.py",
        "if one.verdict.action and self._filters.admit(one))",
        "if one.verdict.action)",
        ("lifecycle/test_sweep_survey.py::test_what_the_filters_leave_out_goes_on_needing_what_it_needs",),
    ),
    Mutant(
        "lifecycle/sweep/verdicts.py",
        "evidence = None if stop() else self._survey()[1]",
        "evidence = self._survey()[1]",
        ("lifecycle/test_sweep_survey.py::test_a_sweep_that_is_stopped_before_it_begins_asks_for_nothing",),
    ),
    Mutant(
        "lifecycle/sweep/verdicts.py",
        "if (now.stamp, now.create_time) != (was.stamp, was.create_time):",
        "if now.stamp != was.stamp:",
        ("lifecycle/test_sweep_last_look.py::test_another_object_of_the_same_id_is_left_alone",),
    ),
    Mutant(
        "lifecycle/sweep/verdicts.py",
        "again.verdict.label != finding.verdict.label or ",
        "",
        (
            "lifecycle/test_sweep_survey.py::test_what_is_over_for_another_reason_than_a_moment_ago_is_left_for_another_sweep",
        ),
    ),
    Mutant(
        "lifecycle/sweep/verdicts.py",
        " or not self._filters.admit(again):",
        ":",
        ("lifecycle/test_sweep_survey.py::test_what_the_filters_no_longer_admit_is_left_alone",),
    ),
    Mutant(
        "lifecycle/sweep/verdicts.py",
        "time=replace(evidence.time, now=self._now()),",
        "time=evidence.time,",
        (
            "lifecycle/test_sweep_survey.py::test_a_copy_of_a_state_that_grows_old_while_the_sweep_works_proves_nothing_any_more",
        ),
    ),
    Mutant(
        "lifecycle/sweep/verdicts.py",
        "lost = next((state for state in states if state.unreadable), None)",
        "lost = None",
        ("lifecycle/test_sweep_survey.py::test_a_state_that_cant_be_read_again_is_named",),
    ),
    Mutant(
        "lifecycle/sweep/verdicts.py",
        '            return Outcome(finding, FAILED, f"it could not be read again: {fact(error)}")\n',
        "            now = was\n",
        ("lifecycle/test_sweep_survey.py::test_an_object_that_cant_be_read_again_is_left_alone",),
    ),
    Mutant(
        "lifecycle/sweep/verdicts.py",
        "if self._options.utc_offset is not None:",
        "if False:",
        ("lifecycle/test_sweep_survey.py::test_an_age_that_is_not_certain_is_not_older_than_anything",),
    ),
    Mutant(
        "lifecycle/sweep/verdicts.py",
        "if any(kinds[noun].sweep.quota is not None for noun in unlisted):",
        "if False:",
        ("lifecycle/test_sweep_survey.py::test_the_quota_counts_what_runs_or_has_succeeded_of_any_owner",),
    ),
    Mutant(
        "lifecycle/sweep/verdicts.py",
        "            return Outcome(again, FAILED, error.what, error)\n",
        "            pass\n",
        ("lifecycle/test_sweep_survey.py::test_a_teardown_that_fails_is_reported_with_its_error",),
    ),
    Mutant(
        "lifecycle/waiting/listing.py",
        "totals == {len(found)}",
        "True",
        ("lifecycle/test_sweep_listing.py::test_one_that_goes_while_another_hides_is_not_overlooked",),
    ),
    Mutant(
        "lifecycle/base/kind/objects.py",
        "if listed is None or len(listed) <= PAGE_SIZE:",
        "if listed is None:",
        ("lifecycle/test_sweep_listing.py::test_a_list_of_one_page_is_read_again_as_it_is",),
    ),
    Mutant(
        "lifecycle/base/kind/objects.py",
        "if not all(one is not None and after is not None and one >= after for one, after in pairwise(made)):",
        "if False:",
        ("lifecycle/test_sweep_listing.py::test_a_list_in_another_order_is_not_confirmed",),
    ),
    Mutant(
        "lifecycle/base/kind/objects.py",
        " and list(first.items) == list(islice(listed, len(first.items)))",
        "",
        ("lifecycle/test_sweep_listing.py::test_one_that_comes_while_another_goes_is_not_overlooked",),
    ),
    Mutant(
        "lifecycle/base/kind/objects.py",
        "first.total == len(listed) and ",
        "",
        ("lifecycle/test_sweep_listing.py::test_one_that_has_gone_since_is_not_confirmed",),
    ),
]
