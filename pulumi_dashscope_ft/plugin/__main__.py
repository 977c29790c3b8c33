"""`python -m pulumi_dashscope_ft.plugin`, for a virtual environment whose `bin` is not on PATH."""

from __future__ import annotations

import sys

from pulumi_dashscope_ft.plugin.start import main

if __name__ == "__main__":
    sys.exit(main())
