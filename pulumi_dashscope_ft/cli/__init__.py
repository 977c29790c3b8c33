"""The `dashscope-ft` command.

The emulator's libraries come with an extra, and an installation without dependencies (`--no-deps`) may lack any. This
module uses only the standard library, so that it can say what to install instead of showing a traceback.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from io import TextIOWrapper

from .output.signs import use_known_signs

_EMULATOR = frozenset({"starlette", "uvicorn", "h11", "python_multipart", "jinja2", "markupsafe"})
_OWN = frozenset({"click", "rich", "pygments", "markdown_it", "mdurl"})
"""The command's own libraries, which are dependencies of the package."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point of the console script; ends in `SystemExit`: 0 done, 1 failed, 2 wrong usage or not installed."""
    chosen = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        # A terminal or a log with a small character set gets other signs, not a traceback.
        if isinstance(stream, TextIOWrapper):
            use_known_signs(stream)
    try:
        from .group import cli

        cli.main(args=chosen, prog_name="dashscope-ft")
    except ModuleNotFoundError as missing:
        library = (missing.name or "").partition(".")[0]
        if library not in _OWN | _EMULATOR:
            raise
        package = "'pulumi-dashscope-ft[emulator]'" if library in _EMULATOR else "--force-reinstall pulumi-dashscope-ft"
        print(
            f"dashscope-ft: {missing.name} is not installed.\nInstall it with: pip install {package}", file=sys.stderr
        )
        raise SystemExit(2) from None
    except Exception as defect:
        import traceback

        from pulumi_dashscope_ft.frontend.lines import sanitize_lines

        # The interpreter would print it unchanged, and an exception may quote anything.
        print(sanitize_lines("".join(traceback.format_exception(defect))), file=sys.stderr)
        raise SystemExit(1) from None
