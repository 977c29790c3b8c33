"""Text for the author of a Python program: sanitized, with properties in Python's spelling.

Authors who wrote `on_destroy` must read `on_destroy`, although the schema, the state and the lifecycle call it
`onDestroy`. All text of the dynamic classes and of waits in a program goes through here (see `frontend.lines`).
"""

from __future__ import annotations

import re
from functools import lru_cache

from pulumi_dashscope_ft.frontend import lines
from pulumi_dashscope_ft.schema import input_names, load, output_names, to_snake_case


def sanitize_for_python(text: str) -> lines.TerminalText:
    """Return `text` for the user: in Python's spelling, without control characters or anything like a key.

    Lines and their indentation are kept.
    """
    return lines.sanitize_lines(text, _as_python)


def _as_python(line: str) -> str:
    return _camel_case_names().sub(lambda match: to_snake_case(match[0]), line)


@lru_cache(maxsize=1)
def _camel_case_names() -> re.Pattern[str]:
    from pulumi_dashscope_ft.lifecycle.base import engine_options  # imported late: importing the package must stay fast

    kinds = load()["resources"]
    names = set(engine_options.NAMES)
    names |= {name for kind in kinds for name in (*input_names(kind), *output_names(kind)) if name != name.lower()}
    # Not after a colon: `dashscope-ft:workspaceId` is a configuration key, whose name is spelled that way.
    return re.compile(rf"(?<![\w:])(?:{'|'.join(sorted(names))})(?!\w)")
