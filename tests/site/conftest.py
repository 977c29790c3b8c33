"""The site's generators import each other by name. Only `make site`, which sets `SITE`, collects what takes long."""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "docs"))
sys.path.insert(0, str(Path(__file__).parents[1] / "examples"))
sys.path.insert(0, str(Path(__file__).parent))

_SLOW = ["test_getting_started.py", "test_built_site.py", "test_snippets_run.py", "test_go_compiles.py"]
collect_ignore = [] if os.environ.get("SITE") else _SLOW
