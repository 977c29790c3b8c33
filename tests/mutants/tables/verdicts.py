"""Mistakes in what a sweep concludes from states: whose an object is, and whether it is over."""

from __future__ import annotations

from mutant import Mutant

MUTANTS = [
    Mutant(
        "lifecycle/sweep/ownership.py",
        "if not kind.sweep.expires or len(over) < len(ends):",
        "if not kind.sweep.expires or not over:",
        ("lifecycle/test_ownership.py::test_expiry_needs_every_holder_and_sound_states",),
    ),
    Mutant(
        "lifecycle/sweep/ownership.py",
        "doubt = _extended(holders, over, evidence.time.now) or evidence",
        "doubt = evidence",
        ("lifecycle/test_state_copies.py::test_a_copy_from_before_the_end_cant_tell_whether_that_was_put_off",),
    ),
    Mutant(
        "lifecycle/sweep/ownership.py",
        " or evidence.doubt([*(state for state, _ in holders), *knowing])",
        "",
        ("lifecycle/test_ownership.py::test_expiry_needs_every_holder_and_sound_states",),
    ),
    Mutant(
        "lifecycle/sweep/ownership.py",
        "    if not knowing and not lost:\n",
        "    if not knowing and not lost and not over:\n",
        ("lifecycle/test_ownership.py::test_what_is_left_alone",),
    ),
    Mutant(
        "lifecycle/sweep/ownership.py",
        "    if mentioned:\n",
        "    if False:\n",
        ("lifecycle/test_ownership.py::test_what_is_left_alone",),
    ),
    Mutant(
        "lifecycle/sweep/ownership.py",
        "if found.retained and not (over and kind.sweep.expires):",
        "if False:",
        ("lifecycle/test_ownership.py::test_what_is_left_alone",),
    ),
    Mutant(
        "lifecycle/sweep/ownership.py",
        "if found.retained and not (over and kind.sweep.expires):",
        "if found.retained and not over:",
        ("lifecycle/test_expired_policy.py::test_only_a_job_expires",),
    ),
    Mutant(
        "lifecycle/sweep/ownership.py",
        "    if twin is not None:\n",
        "    if False:\n",
        ("lifecycle/test_ownership.py::test_of_two_jobs_with_one_stamp_none_is_ended",),
    ),
    Mutant(
        "lifecycle/sweep/ownership.py",
        "    doubt = evidence.doubt(knowing)\n    if doubt:\n",
        "    doubt = evidence.doubt(knowing)\n    if False:\n",
        ("lifecycle/test_ownership.py::test_what_is_left_alone",),
    ),
    Mutant(
        "lifecycle/sweep/ownership.py",
        "    if age is None:\n        return Verdict(NOT_CHECKED",
        "    if age is None and False:\n        return Verdict(NOT_CHECKED",
        ("lifecycle/test_ownership.py::test_what_is_left_alone",),
    ),
    Mutant(
        "lifecycle/sweep/ownership.py",
        "if not age >= evidence.min_age:",
        "if age < evidence.min_age:",
        ("lifecycle/test_ownership.py::test_an_age_that_is_no_number_is_no_age",),
    ),
    Mutant(
        "lifecycle/sweep/ownership.py",
        "if not age >= evidence.min_age:",
        "if False:",
        ("lifecycle/test_ownership.py::test_what_is_left_alone",),
    ),
    Mutant(
        "lifecycle/sweep/ownership.py",
        'f"{ended}; {why}{_kept(_OUTLIVES)}", ended_only(policy), stacks)',
        'f"{ended}; {why}{_kept(_OUTLIVES)}", policy, stacks)',
        (
            "lifecycle/test_expired_policy.py::test_what_was_started_to_outlive_its_stack_is_at_most_ended_once_no_state_holds_it",
        ),
    ),
    Mutant(
        "lifecycle/sweep/ownership.py",
        "    if kind.sweep.is_record(one):\n",
        "    if False:\n",
        (
            "lifecycle/test_ownership.py::test_the_record_of_a_finished_job_that_no_state_holds_may_have_been_kept_on_purpose",
        ),
    ),
    Mutant(
        "lifecycle/sweep/ownership.py",
        "    if evidence.finished:\n",
        "    if True:\n",
        ("lifecycle/test_ownership.py::test_finished_left_overs_go_only_when_wanted",),
    ),
    Mutant(
        "lifecycle/sweep/ownership.py",
        "if user_kind.noun in evidence.unlisted:",
        "if False:",
        ("lifecycle/test_ownership.py::test_a_file_that_an_active_job_needs_stays_whosever_job_it_is",),
    ),
    Mutant(
        "lifecycle/sweep/ownership.py",
        "    if user is not None:\n",
        "    if False:\n",
        ("lifecycle/test_ownership.py::test_a_file_that_an_active_job_needs_stays_whosever_job_it_is",),
    ),
    Mutant(
        "lifecycle/sweep/evidence.py",
        "            if one.active:\n                for object_id",
        "            if True:\n                for object_id",
        ("lifecycle/test_needed_models.py::test_who_has_ended_needs_nothing",),
    ),
    Mutant(
        "lifecycle/sweep/evidence.py",
        '(need, _CHECKPOINT.sub("", need))',
        "(need,)",
        ("lifecycle/test_needed_models.py::test_a_job_stays_while_its_model_is_in_use",),
    ),
    Mutant(
        "lifecycle/sweep/evidence.py",
        '_CHECKPOINT = re.compile(r"-c\\d+$")',
        '_CHECKPOINT = re.compile(r"-c.*$")',
        ("lifecycle/test_needed_models.py::test_another_model_is_another",),
    ),
    Mutant(
        "lifecycle/sweep/evidence.py",
        "staying = next((one for one in users if one.key not in self.ending), None)",
        "staying = next(iter(users), None)",
        ("lifecycle/test_ownership.py::test_a_file_goes_with_the_last_job_that_needs_it",),
    ),
    Mutant(
        "lifecycle/sweep/evidence.py",
        " if state.partial else None",
        " if False else None",
        ("lifecycle/test_state_copies.py::test_a_state_that_may_lack_something_is_in_doubt_for_everybody",),
    ),
    Mutant(
        "lifecycle/sweep/evidence.py",
        "    if state.unreadable:\n",
        "    if False:\n",
        ("lifecycle/test_ownership.py::test_what_is_left_alone",),
    ),
    Mutant(
        "lifecycle/sweep/evidence.py",
        "written = state.written - (lead or 0.0)",
        "written = state.written",
        (
            "lifecycle/test_ownership.py::test_a_state_of_a_machine_whose_clock_is_ahead_is_not_taken_for_newer_than_it_is",
        ),
    ),
    Mutant(
        "lifecycle/sweep/evidence.py",
        "                written -= _LONGEST_LEAD\n",
        "                pass\n",
        (
            "lifecycle/test_state_copies.py::test_a_copy_in_which_nothing_shows_the_clock_proves_nothing_of_the_last_day",
        ),
    ),
    Mutant(
        "lifecycle/sweep/evidence.py",
        "written = min(written, state.copied)",
        "pass",
        (
            "lifecycle/test_state_copies.py::test_a_copy_is_no_newer_than_its_file_whatever_the_clock_said_that_wrote_it",
        ),
    ),
    Mutant(
        "lifecycle/sweep/evidence.py",
        "if written > self.time.now + TOLERANCE:",
        "if False:",
        ("lifecycle/test_state_copies.py::test_a_state_from_the_services_future_proves_nothing",),
    ),
    Mutant(
        "lifecycle/sweep/evidence.py",
        "if one.key not in state.held and made is not None and made > written:",
        "if made is not None and made > written:",
        ("lifecycle/test_ownership.py::test_a_stale_state_spoils_everything_of_its_owner",),
    ),
    Mutant(
        "lifecycle/sweep/evidence.py",
        "if one.key not in state.held and made is not None and made > written:",
        "if False:",
        ("lifecycle/test_ownership.py::test_a_stale_state_spoils_everything_of_its_owner",),
    ),
    Mutant(
        "lifecycle/sweep/ownership.py",
        "if state.copied is not None and now - state.copied > _FRESH:",
        "if False:",
        ("lifecycle/test_state_copies.py::test_a_copy_from_before_the_end_cant_tell_whether_that_was_put_off",),
    ),
    Mutant(
        "lifecycle/sweep/ownership.py",
        "if known and max(known) <= time.now:",
        "if known and min(known) <= time.now:",
        ("lifecycle/test_ownership.py::test_expiry_of_what_a_state_holds",),
    ),
    Mutant(
        "lifecycle/sweep/ownership.py",
        "if limit is not None and one.active and began",
        "if limit is not None and began",
        ("lifecycle/test_ownership.py::test_expiry_of_what_a_state_holds",),
    ),
    Mutant(
        "lifecycle/sweep/recorded_state.py",
        "written = time if time is not None and time > 0 else None",
        "written = time",
        ("lifecycle/test_ownership_states.py::test_a_state_that_can_be_read_and_proves_nothing",),
    ),
    Mutant(
        "lifecycle/sweep/recorded_state.py",
        "problem = _under_way(pending) or doubt",
        "problem = doubt",
        ("lifecycle/test_ownership_states.py::test_a_state_that_can_be_read_and_proves_nothing",),
    ),
    Mutant(
        "lifecycle/sweep/recorded_state.py",
        "lacking = _lacking(resources)",
        "lacking = None",
        ("lifecycle/test_ownership_states.py::test_a_state_that_can_be_read_and_proves_nothing",),
    ),
    Mutant(
        "lifecycle/sweep/recorded_state.py",
        "if isinstance(version, bool) or version not in VERSIONS:",
        "if False:",
        ("lifecycle/test_ownership_states.py::test_what_is_no_state_is_unreadable_and_never_empty",),
    ),
    Mutant(
        "lifecycle/sweep/recorded_state.py",
        'retained=bool(resource.get("retainOnDelete"))',
        "retained=False",
        ("lifecycle/test_expired_policy.py::test_a_state_tells_how_pulumi_itself_would_treat_the_resource",),
    ),
    Mutant(
        "lifecycle/sweep/recorded_state.py",
        'protected=bool(resource.get("protect"))',
        "protected=False",
        ("lifecycle/test_expired_policy.py::test_a_state_tells_how_pulumi_itself_would_treat_the_resource",),
    ),
    Mutant(
        "lifecycle/sweep/recorded_state.py",
        "(pair for resource in [*resources, *under_way] for pair",
        "(pair for resource in resources for pair",
        ("lifecycle/test_ownership_states.py::test_what_an_operation_is_deleting_is_held",),
    ),
    Mutant(
        "lifecycle/sweep/recorded_state.py",
        "held[key] = (*held.get(key, ()), found)",
        "held[key] = (found,)",
        ("lifecycle/test_ownership_states.py::test_a_rename_that_was_cut_short_leaves_two_holders",),
    ),
    Mutant(
        "lifecycle/sweep/recorded_state.py",
        "            yield owner_of_provider(provider_id)\n",
        "            pass\n",
        ("lifecycle/test_ownership_states.py::test_a_providers_id_proves_what_the_plugin_has_started",),
    ),
]
