"""A pytest plugin: stop when the tests would run against another package than the copy that was made for them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

COPY = "MUTANTS_COPY"
"""The variable that names the folder with the copy."""
WRONG_PACKAGE = 90
"""The exit status when the package is not the copy."""


def pytest_sessionstart() -> None:
    """Compare where the package was imported from with where it should be."""
    import pulumi_dashscope_ft  # not before: the process that forks the run imports this module, too

    wanted, imported = Path(os.environ[COPY]).resolve(), Path(pulumi_dashscope_ft.__file__).resolve()
    if not imported.is_relative_to(wanted):
        pytest.exit(f"the tests import {imported}, not the copy in {wanted}", WRONG_PACKAGE)
