"""The `dashscope-ft` command.

The provider is installed without the command's libraries, which extras add. This module uses only the standard library,
so that it can say which extra is missing instead of showing a traceback.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from io import TextIOWrapper

_EXTRAS = {
    "click": "cli",
    "rich": "cli",
    "starlette": "emulator",
    "uvicorn": "emulator",
    "h11": "emulator",
    "python_multipart": "emulator",
    "jinja2": "emulator",
    "markupsafe": "emulator",
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point of the console script; ends in `SystemExit`: 0 done, 1 failed, 2 wrong usage or not installed."""
    chosen = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        # A terminal or a log with a small character set gets question marks, not a traceback.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        from .group import cli

        cli.main(args=chosen, prog_name="dashscope-ft")
    except ModuleNotFoundError as missing:
        extra = _EXTRAS.get((missing.name or "").partition(".")[0])
        if extra is not None and chosen[:1] == ["emulator"]:
            extra = "emulator"
        if extra is None:
            raise
        print(
            f"dashscope-ft: {missing.name} is not installed.\n"
            f"Install it with: pip install 'pulumi-dashscope-ft[{extra}]'",
            file=sys.stderr,
        )
        raise SystemExit(2) from None
    except Exception as defect:
        import traceback

        from pulumi_dashscope_ft.frontend.lines import sanitize_lines

        # The interpreter would print it unchanged, and an exception may quote anything.
        print(sanitize_lines("".join(traceback.format_exception(defect))), file=sys.stderr)
        raise SystemExit(1) from None
