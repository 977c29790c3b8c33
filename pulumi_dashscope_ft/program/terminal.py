"""Why this exists: whoever wrote `on_destroy` in a Python program must read `on_destroy`, although the schema, the
state and the lifecycle call it `onDestroy`. All text for the user of the dynamic classes, and of waits in a program,
leaves through here, and is made fit to be shown on the way (see `frontend.lines`).
"""

from __future__ import annotations

import re
from functools import lru_cache

from pulumi_dashscope_ft.frontend import lines
from pulumi_dashscope_ft.schema import input_names, load, output_names, to_snake_case


def printable(text: str) -> lines.TerminalText:
    """`text` as it is to be shown: properties as Python spells them, no control characters, nothing that looks like a
    key; lines and their indentation are kept.
    """
    return lines.printable(text, _as_python)


def _as_python(line: str) -> str:
    return _camel_case_names().sub(lambda match: to_snake_case(match[0]), line)


@lru_cache(maxsize=1)
def _camel_case_names() -> re.Pattern[str]:
    from pulumi_dashscope_ft.lifecycle.base import engine_options  # not with the package: its import has to stay quick

    kinds = load()["resources"]
    names = set(engine_options.NAMES)
    names |= {name for kind in kinds for name in (*input_names(kind), *output_names(kind)) if name != name.lower()}
    # Not after a colon: `dashscope-ft:workspaceId` is the name of a configuration key, which is spelled like that.
    return re.compile(rf"(?<![\w:])(?:{'|'.join(sorted(names))})(?!\w)")
