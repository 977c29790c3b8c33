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
        "return is_label(job.job_name) or (bool(used) and used <= {*files, NO_SUCH_FILE})",
        "return is_label(job.job_name)",
        (f"{_SURVIVING}::test_what_a_killed_run_leaves_the_next_one_ends",),
    ),
    Mutant(
        "verify/labels.py",
        "(bool(used) and used <= {*files, NO_SUCH_FILE})",
        "bool(used)",
        (f"{_SURVIVING}::test_ctrl_c_leaves_nothing",),
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
