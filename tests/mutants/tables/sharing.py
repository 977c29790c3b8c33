"""Mistakes in how processes share an account: its rate limit, and the places in its quota."""

from __future__ import annotations

from mutant import Mutant

_QUOTA = "lifecycle/test_quota_wait.py::"

MUTANTS = [
    Mutant(
        "api/http/pace.py",
        "if sent < self._slowed_at:",
        "if sent < 0:",
        ("api/test_fair_share.py::test_callers_that_were_refused_together_slow_the_process_down_once",),
    ),
    Mutant(
        "api/http/pace.py",
        "self.rate = max(shown * DECREASE, min(LEAST_RATE, self.rate))",
        "pass",
        ("api/test_fair_share.py::test_a_service_that_refuses_everything_is_asked_ever_more_rarely",),
    ),
    Mutant(
        "api/http/pace.py",
        "self.rate += self._increase",
        "pass",
        ("api/test_fair_share.py::test_a_limit_that_is_lifted_is_noticed_within_half_a_minute",),
    ),
    Mutant(
        "api/http/ratelimit.py",
        "younger.behind += now - younger.counted",
        "pass",
        ("api/test_fair_share.py::test_waiting_for_older_calls_counts_only_while_the_service_accepts_none",),
    ),
    Mutant(
        "api/http/retry.py",
        "self._clock.monotonic() - started - behind()",
        "self._clock.monotonic() - started",
        ("api/test_retry_policy.py::test_waiting_behind_older_calls_does_not_count",),
    ),
    Mutant(
        "lifecycle/base/creating/driver.py",
        "return self._take(self._left_over(seen))",
        "return None",
        (f"{_QUOTA}test_what_appears_meanwhile_is_taken_over_and_not_bought_again",),
    ),
    Mutant(
        "lifecycle/base/creating/driver.py",
        "return self.recognised(list(seen.values()), self.lost)",
        "return None",
        (f"{_QUOTA}test_a_lost_job_that_fills_the_quota_itself_is_found_in_the_wait",),
    ),
    Mutant(
        "lifecycle/waiting/places.py",
        "return 1 if since >= PROBE else 0",
        "return 0",
        (f"{_QUOTA}test_a_raised_quota_is_found_although_the_list_stays_as_it_is",),
    ),
    Mutant(
        "lifecycle/waiting/places.py",
        "self._pause = min(2 * self._pause, PROBE) if again else _FIRST_PAUSE",
        "self._pause = 0.0",
        (f"{_QUOTA}test_places_that_the_list_does_not_show_are_tried_ever_more_rarely",),
    ),
    Mutant(
        "lifecycle/job/quota/counting.py",
        "if refusal.code != _CODE:",
        "if False:",
        (f"{_QUOTA}test_another_quota_is_not_waited_for",),
    ),
    Mutant(
        "lifecycle/job/resource.py",
        "if wait is not None and wait.has_waited:",
        "if False:",
        (f"{_QUOTA}test_the_expiry_counts_from_the_start_of_the_job",),
    ),
]
