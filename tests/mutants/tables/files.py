"""Mistakes in the guard that keeps the files of running jobs, and in the listings that it looks at."""

from __future__ import annotations

from mutant import Mutant

MUTANTS = [
    Mutant(
        "lifecycle/file/guard.py",
        "if job.is_active and not connection.run_registry.has_ended(job.job_id) and file_id",
        "if job.is_active and file_id",
        ("lifecycle/test_file_guard.py::test_what_this_run_has_ended_does_not_count",),
    ),
    Mutant(
        "lifecycle/file/guard.py",
        "if job.is_active and not",
        "if not",
        ("lifecycle/test_file_guard.py::test_an_active_job_keeps_it_and_an_ended_one_does_not",),
    ),
    Mutant(
        "lifecycle/file/guard.py",
        "if readers and began <= asked:",
        "if False:",
        ("lifecycle/test_file_guard.py::test_an_active_job_keeps_it_and_an_ended_one_does_not",),
    ),
    Mutant(
        "lifecycle/file/guard.py",
        "raise _unknown(error, file) from error",
        "return None",
        ("lifecycle/test_file_guard.py::test_jobs_that_cant_be_listed_may_read_it",),
    ),
    Mutant(
        "lifecycle/file/guard.py",
        "recent(FRESH_SECONDS)",
        "recent(1e9)",
        ("lifecycle/test_file_guard.py::test_a_listing_that_is_too_old_proves_nothing",),
    ),
    Mutant(
        "lifecycle/file/guard.py",
        "if not readers or _is_gone(connection, file):",
        "if not readers:",
        ("lifecycle/test_file_guard.py::test_a_file_that_is_gone_is_gone_whoever_reads_it",),
    ),
    Mutant(
        "lifecycle/file/guard.py",
        "        and found.owner == file.owner\n",
        "",
        ("lifecycle/test_file_guard.py::test_but_not_where_somebody_still_holds_the_job",),
    ),
    Mutant(
        "lifecycle/file/guard.py",
        "        and found.retained\n",
        "",
        ("lifecycle/test_file_guard.py::test_an_active_job_keeps_it_and_an_ended_one_does_not",),
    ),
    Mutant(
        "lifecycle/file/guard.py",
        "        and not connection.run_registry.is_kept(job.job_id)\n    )",
        "    )",
        ("lifecycle/test_file_guard.py::test_but_not_where_somebody_still_holds_the_job",),
    ),
    Mutant(
        "lifecycle/file/guard.py",
        "return isinstance(error, NotFoundError)",
        "return True",
        ("lifecycle/test_file_guard.py::test_a_file_that_can_not_be_read_is_not_gone",),
    ),
    Mutant(
        "lifecycle/file/guard.py",
        "retained = connection.run_registry.retained_needing(file.file_id)",
        "retained = None",
        ("lifecycle/test_file_of_a_retained_job.py::test_it_stays_while_the_job_may_read_it",),
    ),
    Mutant(
        "lifecycle/file/guard.py",
        "    if others:\n",
        "    if False:\n",
        ("lifecycle/test_file_guard.py::test_an_active_job_keeps_it_and_an_ended_one_does_not",),
    ),
    Mutant(
        "lifecycle/file/guard.py",
        "return job.status == JobStatus.CANCELING or run_registry.is_ending(job.job_id)",
        "return run_registry.is_ending(job.job_id)",
        ("lifecycle/test_file_guard.py::test_a_job_that_is_being_cancelled_is_waited_for",),
    ),
    Mutant(
        "lifecycle/waiting/listing.py",
        "                    if made == self._made:\n",
        "                    if True:\n",
        ("lifecycle/test_file_guard.py::test_a_listing_during_which_this_run_made_something_is_not_used_again",),
    ),
    Mutant(
        "lifecycle/waiting/listing.py",
        "if latest is not None and latest.began >= oldest:",
        "if latest is not None:",
        ("lifecycle/test_file_guard.py::test_a_listing_that_is_too_old_proves_nothing",),
    ),
    Mutant(
        "lifecycle/waiting/listing.py",
        "            flight.error = error\n",
        "            pass\n",
        ("lifecycle/test_many_at_once.py::TestListing::test_nobody_takes_an_interrupted_listing_for_a_short_one",),
    ),
    Mutant(
        "lifecycle/waiting/listing.py",
        "if not page.is_last and barren == _BARREN_PAGES:",
        "if False:",
        ("lifecycle/test_many_at_once.py::TestListing::test_a_list_without_an_end_is_not_read_for_ever",),
    ),
]
