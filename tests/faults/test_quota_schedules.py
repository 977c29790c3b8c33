"""Random schedules of jobs that wait for places in a quota: never bought twice, never lost, and no wait without an end.

Run longer with `HYPOTHESIS_PROFILE=soak`.
"""

from __future__ import annotations

import pytest
from front_ends import DYNAMIC, PLUGIN
from hypothesis.stateful import rule
from quota_story import QuotaStory
from shards import SOAK, run
from test_schedules import Schedules, names

EXAMPLES = 20
"""Schedules in each shard of a normal run."""


class QuotaSchedules(Schedules):
    """Stories that hypothesis writes."""

    story: QuotaStory
    story_of = QuotaStory

    @rule()
    def others_come(self) -> None:
        self.story.others_come()

    @rule()
    def others_end(self) -> None:
        self.story.others_end()

    @rule(name=names)
    def change_how_long_to_wait(self, name: str) -> None:
        self.story.edit(name, waitForQuota="2m")

    @rule(name=names)
    def wait_no_more(self, name: str) -> None:
        self.story.edit(name, waitForQuota=None)


@pytest.mark.timeout(0 if SOAK else 300)
@pytest.mark.parametrize(("shard", "front"), [(0, DYNAMIC), (1, PLUGIN)])
def test_the_promises_hold_in_any_order(shard: int, front: str) -> None:
    run(QuotaSchedules, front, 1600 + shard, EXAMPLES)
