"""Mistakes in a verification: objects of others that are ended, things of its own that stay, a report that tells."""

from __future__ import annotations

from mutant import Mutant

_SURVIVING = "verify/test_surviving.py"

MUTANTS = [
    Mutant(
        "verify/running.py",
        "        known = {*bench.jobs, *bench.files, *bench.deployments, *bench.others}\n",
        "        known = {*bench.jobs, *bench.files, *bench.deployments}\n",
        (f"{_SURVIVING}::test_an_id_that_was_there_before_is_not_taken_for_ours",),
    ),
    Mutant(
        "verify/running.py",
        "        if self.must_end:  # found just now",
        "        if False:  # found just now",
        (f"{_SURVIVING}::test_a_fault_leaves_nothing",),
    ),
    Mutant(
        "verify/labels.py",
        "    if not used or not used <= {*files, NO_SUCH_FILE}:\n",
        "    if True:\n",
        (f"{_SURVIVING}::test_what_a_killed_run_leaves_the_next_one_ends",),
    ),
    Mutant(
        "verify/labels.py",
        "    if not used or not used <= {*files, NO_SUCH_FILE}:\n",
        "    if not used:\n",
        (f"{_SURVIVING}::test_ctrl_c_leaves_nothing",),
    ),
    Mutant(
        "verify/account.py",
        "    return seen is Run.ALIVE or not (",
        "    return not (",
        (f"{_SURVIVING}::test_what_is_known_to_run_is_never_ended",),
    ),
    Mutant(
        "verify/account.py",
        "        return False\n    return seen is Run.ALIVE",
        "        return True\n    return seen is Run.ALIVE",
        (f"{_SURVIVING}::test_what_a_killed_run_leaves_the_next_one_ends",),
    ),
    Mutant(
        "verify/account.py",
        "bench.clock.time() - maker.began > MAY_RUN",
        "bench.clock.time() - maker.began > 0",
        (f"{_SURVIVING}::test_what_was_made_elsewhere_is_ended_after_half_a_day_or_when_told",),
    ),
    Mutant(
        "verify/account.py",
        "    if account.used + JOBS_AT_ONCE > LIMIT:\n",
        "    if account.used + JOBS_AT_ONCE > 10 * LIMIT:\n",
        ("verify/test_command.py::test_a_full_quota",),
    ),
    Mutant(
        "verify/wording.py",
        "    return all(piece.lower() in _WORDS",
        "    return any(piece.lower() in _WORDS",
        ("verify/test_report.py::test_nothing_but_words_of_the_list_is_quoted",),
    ),
]
