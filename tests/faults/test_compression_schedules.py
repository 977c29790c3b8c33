"""Random schedules of compressed models: nothing is compressed twice, nothing goes on that the user believes torn down.

They are the schedules of jobs, on other calls. Run longer with `HYPOTHESIS_PROFILE=soak`. A counter-example is printed
as the steps of a `CompressionStory`: keep it in `test_compression_regressions.py`.
"""

from __future__ import annotations

import pytest
from compression_story import CompressionStory
from shards import SHARDS, SOAK, run
from test_schedules import Schedules

EXAMPLES = 6
"""Schedules in each shard of a normal run: 8 × 6 = 48."""


class CompressionSchedules(Schedules):
    """Stories that hypothesis writes."""

    story_of = CompressionStory


@pytest.mark.timeout(0 if SOAK else 300)
@pytest.mark.parametrize(("shard", "front"), SHARDS)
def test_nothing_is_compressed_twice(shard: int, front: str) -> None:
    run(CompressionSchedules, front, 300 + shard, EXAMPLES)
