"""Mistakes in waiting: what is taken for ended, waited for without end, or asked about without need."""

from __future__ import annotations

from mutant import Mutant

MUTANTS = [
    Mutant(
        "lifecycle/waiting/waiter.py",
        "if status in self.failure and now >= self.lingering.get(status, now):",
        "if status in self.failure:",
        ("lifecycle/test_waiters.py::test_a_failure_of_an_earlier_attempt_counts_only_later",),
    ),
    Mutant(
        "lifecycle/waiting/waiter.py",
        "if status in self.failure and now >= self.lingering.get(status, now):",
        "if False:",
        ("lifecycle/test_waiters.py::test_a_failure_ends_a_wait_and_says_what_it_means",),
    ),
    Mutant(
        "lifecycle/waiting/waiter.py",
        "raise WaitFailedError(seen, self.failure[status])",
        "return True",
        ("lifecycle/test_waiters.py::test_a_failure_ends_a_wait_and_says_what_it_means",),
    ),
    Mutant(
        "lifecycle/waiting/waiter.py",
        "return status in self.success and self.complete(seen)",
        "return status in self.success",
        ("lifecycle/test_waiters.py::test_a_status_without_what_comes_with_it_is_no_success",),
    ),
    Mutant(
        "lifecycle/waiting/waiter.py",
        "if self.leaving is not None and status != self.leaving:",
        "if False:",
        ("lifecycle/test_waiters.py::test_a_failure_is_one_also_where_any_change_ends_the_wait",),
    ),
    Mutant(
        "lifecycle/waiting/waiter.py",
        "if self.leaving is not None and status != self.leaving:",
        "if self.leaving is not None:",
        ("lifecycle/test_waiters.py::test_a_failure_is_one_also_where_any_change_ends_the_wait",),
    ),
    Mutant(
        "lifecycle/waiting/waiter.py",
        "return status in self.success or status in self.failure",
        "return status in self.success",
        ("lifecycle/test_waiters.py::test_a_failure_decides_a_wait_too",),
    ),
    Mutant(
        "lifecycle/waiting/waiter.py",
        "JOB_ENDED = Waiter(\n    success=JobStatus.FINAL,",
        "JOB_ENDED = Waiter(\n    success=frozenset({JobStatus.CANCELED}),",
        ("lifecycle/test_teardown.py::test_a_job_that_ends_by_itself_while_it_is_cancelled",),
    ),
    Mutant(
        "lifecycle/waiting/waiter.py",
        "success=DeploymentStatus.SETTLED | {DeploymentStatus.DELETING}",
        "success=DeploymentStatus.SETTLED | {DeploymentStatus.UPDATING, DeploymentStatus.PENDING}",
        ("lifecycle/test_model_deployment_running.py::TestAdjusting::test_a_change_under_way_is_waited_for",),
    ),
    Mutant(
        "lifecycle/waiting/waiter.py",
        "delays=(1.0, 2.0, 4.0, 8.0), leaving=status)",
        "delays=(1.0, 2.0, 4.0, 8.0))",
        ("lifecycle/test_waiters.py::test_any_change_ends_the_wait_after_a_refused_cancel",),
    ),
    Mutant(
        "lifecycle/waiting/waiter.py",
        "delays = self.crowd_delays if waiting >= CROWD and self.crowd_delays else self.delays",
        "delays = self.delays",
        ("lifecycle/test_waiters.py::test_a_crowd_looks_as_often_as_its_own_delays_say",),
    ),
    Mutant(
        "lifecycle/waiting/poller.py",
        "if now >= watch.deadline:",
        "if False:",
        ("lifecycle/test_waiters.py::test_an_unknown_status_goes_on_until_the_time_is_up",),
    ),
    Mutant(
        "lifecycle/waiting/poller.py",
        "if error is not None and not error.retryable:",
        "if False:",
        ("lifecycle/test_waiters.py::test_an_error_that_trying_again_cant_fix_ends_the_wait",),
    ),
    Mutant(
        "lifecycle/waiting/poller.py",
        "if error is not None and not error.retryable:",
        "if error is not None:",
        ("lifecycle/test_waiters.py::test_a_failure_ends_a_wait_and_says_what_it_means",),
    ),
    Mutant(
        "lifecycle/waiting/poller.py",
        "            except NotFoundError:\n",
        "            except ZeroDivisionError:\n",
        ("lifecycle/test_waiters.py::test_what_is_gone_ends_the_wait",),
    ),
    Mutant(
        "lifecycle/waiting/poller.py",
        "watch.last, watch.finished = None, True",
        "watch.finished = True",
        ("lifecycle/test_waiters.py::test_what_is_gone_ends_the_wait",),
    ),
    Mutant(
        "lifecycle/waiting/poller.py",
        "if not watch.finished and watch.interrupted():",
        "if False:",
        ("lifecycle/test_waiters.py::test_ctrl_c_ends_the_wait_between_two_looks",),
    ),
    Mutant(
        "lifecycle/waiting/poller.py",
        "            except WaitFailedError as failed:\n                watch.failure, watch.finished = failed, True\n",
        "            except WaitFailedError:\n                watch.finished = True\n",
        ("lifecycle/test_waiters.py::test_a_failure_ends_a_wait_and_says_what_it_means",),
    ),
    Mutant(
        "lifecycle/waiting/poller.py",
        "if watch.object_id in found or watch.due - now <= _TOGETHER * watch.delay:",
        "if watch.object_id in found:",
        ("lifecycle/test_waiters.py::test_success_ends_a_wait",),
    ),
    Mutant(
        "lifecycle/waiting/reader.py",
        "if known is not None and known[0] >= oldest:",
        "if known is not None:",
        ("lifecycle/test_many_at_once.py::TestReader::test_a_change_of_ones_own_makes_older_listings_useless",),
    ),
    Mutant(
        "lifecycle/waiting/reader.py",
        "return found if found is not None else self._get(object_id)",
        "if found is None:\n            raise KeyError(object_id)\n        return found",
        ("lifecycle/test_teardown.py::test_a_canceling_job_gets_no_second_cancel",),
    ),
]
