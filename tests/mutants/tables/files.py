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
]
