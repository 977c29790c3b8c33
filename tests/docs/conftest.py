"""What makes the page of errors: its modules (`error_page`, `error_entries`, …) import each other by name."""

from __future__ import annotations

import sys
from pathlib import Path

# pytest's importlib mode puts no test directory on the path, and the page is also made outside pytest.
sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))
