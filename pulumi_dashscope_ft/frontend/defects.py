"""Why this exists: an error that nobody has foreseen is read by a person, too. Its text is not for them (it may hold
anything), and a traceback of a provider process helps nobody but us.
"""

from __future__ import annotations

import os
import traceback

DEBUG_VARIABLE = "DASHSCOPE_FT_DEBUG"
"""When set, a defect's traceback is shown as well."""


def defect(error: Exception) -> str:
    """What to say of an error that nobody has foreseen. Its own text may hold anything, so it is not shown."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else "an unknown place"
    if os.environ.get(DEBUG_VARIABLE, "") not in ("", "0"):
        return "".join(traceback.format_exception(error))
    return (
        f"the provider has a defect: {type(error).__name__} at {place}.\n"
        "  done:  what had been done before that is not undone; the state is as it was.\n"
        f"  next:  run the same command again. If it stays, set {DEBUG_VARIABLE}=1, run it once more, and report what "
        "it says."
    )
