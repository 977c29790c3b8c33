"""Messages for unforeseen errors.

A person reads them too. The text of such an error is not for that person (it may contain anything), and a traceback of
a provider process helps only the developers.
"""

from __future__ import annotations

import os
import traceback

DEBUG_VARIABLE = "DASHSCOPE_FT_DEBUG"
"""When set, a defect's traceback is shown as well."""


def defect(error: Exception) -> str:
    """Describe an unforeseen error. Its own text may contain anything, so it is not shown."""
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
