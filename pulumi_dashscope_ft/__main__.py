"""Runs the provider plugin.

Pulumi starts a plugin that it has fetched as source with `python -m` and the package's name (see PulumiPlugin.yaml).
"""

from __future__ import annotations

import sys

from pulumi_dashscope_ft.plugin.start import main

if __name__ == "__main__":
    sys.exit(main())
