"""What the fault tests share. Their modules (`inprocess`, `simulation`, …) import each other by name."""

from __future__ import annotations

import sys
from pathlib import Path

# pytest's importlib mode puts no test directory on the path; the machinery here is too large for fixtures alone.
sys.path.insert(0, str(Path(__file__).parent))
