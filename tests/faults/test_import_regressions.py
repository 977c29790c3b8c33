"""Stories of imported models that once ended badly (see `test_import_schedules.py`)."""

from __future__ import annotations

import pytest
from import_story import ImportStory


@pytest.mark.parametrize("status", ["RUNNING", "SUCCEEDED", "FAILED"])
def test_a_copy_of_our_request_is_not_taken_for_what_a_killed_up_has_left(front: str, status: str) -> None:
    """A forced replacement looks for what is left over, and the copy has the very name of ours: it was adopted, and its
    files were removed with the stack."""
    story = ImportStory(front)
    story.up()
    (ours,) = story.state.ids()
    story.cloud.force(ours, "RUNNING")
    story.repeated()
    story.cloud.force(ours, status)
    story.cloud.let_lists_show()
    story.up("a")
    assert story.told is not None
    assert "more than one has it" in story.told
    assert all(one in story.told for one in (ours, *story.copies))
    story.finish()
    assert story.copies <= set(story.cloud.emulator.imports)
