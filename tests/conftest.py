"""What all tests share: the two engines that end-to-end tests run on, and hypothesis profiles."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, settings

from pulumi_dashscope_ft.testing import pulumi_command

# Slow shared machines: an example may take its time, and CI must not depend on chance.
settings.register_profile(
    "default", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.register_profile("soak", settings.get_profile("default"), derandomize=False, max_examples=20_000)
# The counter-example as it was found: making it small can take many times as long as finding it.
settings.register_profile("found", settings.get_profile("default"), phases=[Phase.explicit, Phase.generate])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(params=["local", "command"])
def engine(request: pytest.FixtureRequest) -> str:
    """The engine a test runs on: the local one, and the real `pulumi` command where it is on PATH."""
    if request.param == "command" and pulumi_command() is None:
        pytest.skip("the `pulumi` command is not on PATH")
    return str(request.param)
