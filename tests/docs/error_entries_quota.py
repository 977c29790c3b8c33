"""Why this exists: the words of the page of errors for a wait for a place in the quota of jobs."""

from __future__ import annotations

import error_scenes_quota as scenes
from error_entry import Entry

_NOTHING = "Nothing was started, and nothing is in the state."

ENTRIES = (
    Entry(
        "A job waits for a place in the quota",
        "The quota of 20 jobs is used up, and `waitForQuota` (of the job, or `dashscope-ft:waitForQuota`) is set.",
        "It waits, and says what occupies the places and what frees one. It looks again before it sends the request "
        "again, so nothing is bought twice. The jobs of one run get places in the order in which they came.",
        scenes.waited,
        "Nothing.",
    ),
    Entry(
        "No place in the quota in time",
        "The time of `waitForQuota` is over, and the quota is still used up.",
        f"It stops. {_NOTHING}",
        scenes.timed_out,
        "`dashscope-ft jobs` shows what occupies the places; make room, then {again}.",
    ),
    Entry(
        "Interrupted while waiting for a place in the quota",
        "Ctrl-C during the wait for a place.",
        f"It stops. {_NOTHING}",
        scenes.interrupted,
        "{again}.",
    ),
    Entry(
        "The jobs can't be listed while one waits for a place",
        "The key was revoked during the wait, or lost its rights. What may pass by itself does not end the wait.",
        f"It stops. {_NOTHING}",
        scenes.refused_key,
        "`export DASHSCOPE_API_KEY=sk-…` with a valid key, then {again}.",
    ),
    Entry(
        "`dashscope-ft:waitForQuota` is no length of time",
        "The configuration has something else there than `2h` or `90m`.",
        "It stops in the preview. No call is made.",
        scenes.no_length_of_time,
        "`pulumi config set dashscope-ft:waitForQuota 2h`, then {again}.",
    ),
)
