"""Mistakes in the stamp, its hash, its key and its expiry: whose an object is."""

from __future__ import annotations

from mutant import Mutant

MUTANTS = [
    Mutant(
        "lifecycle/base/owner/stamp.py",
        "return self.owner == other.owner and not",
        "return not",
        ("lifecycle/test_stamp.py::test_a_key_makes_other_hashes_and_those_of_earlier_releases_are_known",),
    ),
    Mutant(
        "lifecycle/base/owner/stamp.py",
        "mine, others = self.former | {self.digest}, other.former | {other.digest}",
        "mine, others = {self.digest}, {other.digest}",
        ("lifecycle/test_stamp.py::test_a_key_makes_other_hashes_and_those_of_earlier_releases_are_known",),
    ),
    Mutant(
        "lifecycle/base/owner/stamp.py",
        "(self.owner, self.digest, self.nonce) == (other.owner, other.digest, other.nonce)",
        "(self.owner, self.digest) == (other.owner, other.digest)",
        ("lifecycle/test_stamp_expiry.py::test_what_a_killed_run_left_expires_by_its_own_age",),
    ),
    Mutant(
        "lifecycle/base/owner/stamp.py",
        "[resource_name, canonical(decisive)]",
        "[canonical(decisive)]",
        ("lifecycle/test_stamp.py::test_the_format_is_pinned",),
    ),
    Mutant(
        "lifecycle/base/owner/stamp.py",
        "canonical(decisive)]",
        "decisive]",
        ("lifecycle/test_stamp.py::test_the_format_is_pinned",),
    ),
    Mutant(
        "lifecycle/base/owner/stamp.py",
        "math.ceil(expires / 60)",
        "math.floor(expires / 60)",
        ("lifecycle/test_stamp_expiry.py::test_any_stamp_is_read_back_and_an_older_release_still_knows_its_own",),
    ),
    Mutant(
        "lifecycle/base/owner/stamp.py",
        "decisive if meaning is None else meaning",
        "decisive",
        ("lifecycle/test_stamp.py::test_the_spelling_of_the_data_makes_no_difference",),
    ),
    Mutant(
        "lifecycle/base/owner/stamp.py",
        "hmac.new(key.encode(),",
        'hmac.new(b"key",',
        ("lifecycle/test_stamp.py::test_the_hash_with_a_key_is_pinned",),
    ),
    Mutant(
        "lifecycle/base/owner/stamp.py",
        'match["mark"] == "r"',
        "False",
        ("lifecycle/test_stamp.py::test_a_job_that_may_outlive_its_stack_says_so_and_does_the_same_work",),
    ),
    Mutant(
        "lifecycle/base/owner/stamp.py",
        "_READABLE - len(_expiry_token(expiry))",
        "_READABLE",
        ("lifecycle/test_stamp_expiry.py::test_with_a_long_name_the_expiry_is_a_part_of_the_readable_text",),
    ),
    Mutant(
        "lifecycle/base/owner/key.py",
        "return as_stamp_key(old) or new_stamp_key()",
        "return new_stamp_key()",
        ("lifecycle/test_stamp.py::test_a_key_that_is_there_is_kept",),
    ),
    Mutant(
        "lifecycle/base/owner/key.py",
        "self.value = as_stamp_key(value) or self.value",
        "self.value = as_stamp_key(value)",
        ("lifecycle/test_stamp.py::test_a_process_does_not_forget_the_key_when_it_is_given_none",),
    ),
    Mutant(
        "lifecycle/base/owner/key.py",
        "value if isinstance(value, str) and _DIGITS.fullmatch(value) else None",
        "value if isinstance(value, str) else None",
        ("lifecycle/test_stamp.py::test_what_can_not_be_a_key_is_none",),
    ),
    Mutant(
        "lifecycle/base/expiry.py",
        'ahead = 0.0 if zone == "Z" else',
        "ahead = 0.0 if True else",
        ("lifecycle/test_stamp_expiry.py::test_moments",),
    ),
    Mutant(
        "lifecycle/base/expiry.py",
        "now if began is None else began",
        "now",
        ("lifecycle/test_stamp_expiry.py::test_the_plan_says_what_a_changed_expiry_means",),
    ),
    Mutant(
        "lifecycle/base/expiry.py",
        "text(old - before + span)",
        "text(now + span)",
        ("lifecycle/test_stamp_expiry.py::test_the_plan_says_what_a_changed_expiry_means",),
    ),
    Mutant(
        "lifecycle/base/owner/stamp.py",
        "over = 0 if longest is None else len(str(made)) - longest",
        "over = 0",
        ("lifecycle/test_compressed_model.py::test_a_stamp_fits_into_the_names_that_the_service_accepts",),
    ),
    Mutant(
        "lifecycle/base/owner/stamp.py",
        "max(len(readable) - over, 0)",
        "len(readable) - over",
        ("lifecycle/test_stamp.py::test_a_stamp_that_is_cut_stays_a_stamp",),
    ),
    Mutant(
        "lifecycle/base/owner/stamp.py",
        '[: max(len(readable) - over, 0)].rstrip("-"))',
        "[: max(len(readable) - over, 0)])",
        ("lifecycle/test_stamp.py::test_a_stamp_that_is_cut_stays_a_stamp",),
    ),
    Mutant(
        "lifecycle/base/owner/stamp.py",
        '"r1" if self.retained else "p1"',
        '"p1"',
        ("lifecycle/test_stamp.py::test_a_job_that_may_outlive_its_stack_says_so_and_does_the_same_work",),
    ),
]
