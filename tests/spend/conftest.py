"""Puts what the tests of spending share on the path: pytest's importlib mode puts no test directory there."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
