"""Why this exists: Pulumi starts a plugin that it has fetched as source by `python -m` and the package's name (see
PulumiPlugin.yaml). For that, running the package means running the provider plugin.
"""

from __future__ import annotations

import sys

from pulumi_dashscope_ft.plugin.start import main

if __name__ == "__main__":
    sys.exit(main())
