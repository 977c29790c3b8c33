"""Mistakes in comparing training data and other values: what is the same run."""

from __future__ import annotations

from mutant import Mutant

MUTANTS = [
    Mutant(
        "lifecycle/training_data/sources.py",
        "[one for one in ids if one not in shown]",
        "list(ids)",
        ("lifecycle/test_data_sources.py::test_a_file_that_is_shown_in_both_fields_counts_once",),
    ),
    Mutant(
        "lifecycle/training_data/sources.py",
        "known is not None and known == identity(shown)",
        "known == identity(shown)",
        ("lifecycle/test_data_sources.py::test_sources_that_nothing_identifies_are_not_the_same",),
    ),
    Mutant(
        "lifecycle/training_data/sources.py",
        " and all(\n        any(_shows(one, other) for one in wanted) for other in shown\n    )",
        "",
        ("lifecycle/test_data_sources.py::test_a_job_with_validation_data_of_its_own_is_not_the_one_without",),
    ),
    Mutant(
        "lifecycle/training_data/sources.py",
        " and agree(_region(wanted), _region(shown))",
        "",
        ("lifecycle/test_data_sources.py::test_a_bucket_in_another_region_is_another",),
    ),
    Mutant(
        "lifecycle/training_data/sources.py",
        "    return not right\n",
        "    return True\n",
        ("lifecycle/test_data_sources.py::test_only_other_data_is_another_run",),
    ),
    Mutant(
        "lifecycle/training_data/sources.py",
        "return sorted(whole, key=lambda source: json.dumps(canonical(source), sort_keys=True))",
        "return whole",
        ("lifecycle/test_stamp.py::test_the_order_of_the_data_makes_no_difference_and_its_purpose_does",),
    ),
]
