"""What all tests share: the engines and the flavours that end-to-end tests run on, and hypothesis profiles."""

from __future__ import annotations

import gc
import os
import re
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from pulumi_dashscope_ft.lifecycle.waiting.poller import Poller
from pulumi_dashscope_ft.testing import pulumi_command
from pulumi_dashscope_ft.testing.providers.process import ProviderProcess
from pulumi_dashscope_ft.text import redaction, secrets

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent / "warm"))

import breadth
import liked
import order
import warm_processes

# Slow shared machines: an example may take its time, and CI must not depend on chance.
settings.register_profile(
    "default", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.register_profile("soak", settings.get_profile("default"), derandomize=False, max_examples=20_000)
# A normal run does not make a failing schedule small (see tests/faults/shards.py); this does, on the same schedules.
settings.register_profile("shrink", settings.get_profile("default"))
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """How broad a run is (see `breadth`)."""
    choices = ["rotated", "whole"]
    parser.addoption("--breadth", choices=choices, default=choices[0], help="how much of each matrix to run")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave repetition to `make soak`. It comes after `-k`: if you ask for one flavour, you get all of its rows."""
    if config.getoption("--breadth") == "rotated":
        breadth.deselect(config, items)
    liked.leave_out(items)
    items[:] = order.spread(items, Path(__file__).parent)


def pytest_collection_finish() -> None:
    """Spare the garbage collector the tests themselves: they are a million objects, and stay to the end."""
    gc.freeze()


def pytest_configure(config: pytest.Config) -> None:
    """Let the local engine fork its providers from processes that have everything imported."""
    config.addinivalue_line("markers", "rotated(*names): parameters that change from row to row (see tests/breadth.py)")
    config.addinivalue_line(
        "markers", "usual(*facts): about the answers that the provider relies on (see tests/liked.py)"
    )
    # A run in the background may have it ignored, and then no test could be interrupted; children inherit that, too.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    warm_processes.start_servers()
    ProviderProcess.popen = warm_processes.popen


@pytest.fixture(autouse=True)
def no_secrets_of_other_tests() -> Iterator[None]:
    """Forget the keys and secrets that a test has used, because every text is searched for all that are in use.

    The garbage collector of a process with many objects comes late to the clients that hold them. With those of some
    hundred tests, a test took ten times as long.
    """
    keys, registries = set(redaction._WATCHED.keys()), {one: one._texts for one in secrets._REGISTRIES}
    yield
    for key in set(redaction._WATCHED.keys()) - keys:
        redaction._WATCHED.pop(key, None)
    for registry in set(secrets._REGISTRIES):
        if registry in registries:
            registry._texts = registries[registry]  # of a session that lives as long as the process
        else:
            secrets._REGISTRIES.discard(registry)


@pytest.fixture
def long_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wait sleeps longer at a time: on a simulated clock a slice costs as much as a jump to the next look."""
    monkeypatch.setattr(Poller, "slice", 5.0)


@pytest.fixture(params=["local", "command"])
def engine(request: pytest.FixtureRequest) -> str:
    """The engine a test runs on: the local one, and the real `pulumi` command where it is on PATH."""
    if request.param == "command" and pulumi_command() is None:
        pytest.skip("the `pulumi` command is not on PATH")
    return str(request.param)


@dataclass(frozen=True)
class Flavour:
    """One front end, as a program and a project name it."""

    name: str
    module: str
    identities: int
    """Resources beside those that the program declares: the default classes make one that says whose the jobs are."""

    def __str__(self) -> str:
        return self.name

    @property
    def is_plugin(self) -> bool:
        return self.name == "plugin"

    def program(self, text: str) -> str:
        """A program for the default classes, with those of this flavour instead."""
        assert "from pulumi_dashscope_ft import " in text
        return text.replace("from pulumi_dashscope_ft import ", f"from {self.module} import ")

    def told(self, message: str) -> str:
        """A message with its properties as this flavour spells them: the plugin does not know the program's language.
        Keys inside a property, such as `hyper_parameters.n_epochs`, are the API's.
        """
        camel = re.compile(r"(?<![\w.])([a-z]+)((?:_[a-z]+)+)(?!\w)")
        return (
            camel.sub(lambda word: word[1] + word[2].title().replace("_", ""), message) if self.is_plugin else message
        )

    def project(self, name: str) -> str:
        """`Pulumi.yaml`; it says where the plugin is, so that PATH does not matter."""
        plugin = f"plugins:\n  providers:\n    - name: dashscope-ft\n      path: {Path(sys.executable).parent}\n"
        return f"name: {name}\nruntime: python\n{plugin if self.is_plugin else ''}"


FLAVOURS = {
    "dynamic": Flavour("dynamic", "pulumi_dashscope_ft", identities=1),
    "plugin": Flavour("plugin", "pulumi_dashscope_ft.native", identities=0),
}


@pytest.fixture
def flavours() -> dict[str, Flavour]:
    """Both, for a test that is about one of them, or about moving between them."""
    return FLAVOURS


@pytest.fixture(params=FLAVOURS)
def flavour(request: pytest.FixtureRequest) -> Flavour:
    """The front end a test runs on: the default classes, or the plugin. What it says must be true of both."""
    return FLAVOURS[request.param]
