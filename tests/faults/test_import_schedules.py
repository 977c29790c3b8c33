"""Random schedules of imported models: nothing is imported twice, nothing stays that the user believes torn down.

They are the schedules of jobs, on other calls. Run longer with `HYPOTHESIS_PROFILE=soak`. A counter-example is printed
as the steps of an `ImportStory`: keep it in `test_import_regressions.py`.
"""

from __future__ import annotations

import pytest
from import_story import ImportStory
from shards import SHARDS, SOAK, run
from test_schedules import Schedules

EXAMPLES = 6
"""Schedules in each shard of a normal run: 8 × 6 = 48."""


class ImportSchedules(Schedules):
    """Stories that hypothesis writes."""

    story_of = ImportStory


@pytest.mark.timeout(0 if SOAK else 300)
@pytest.mark.parametrize(("shard", "front"), SHARDS)
def test_nothing_is_imported_twice(shard: int, front: str) -> None:
    run(ImportSchedules, front, 1300 + shard, EXAMPLES)
