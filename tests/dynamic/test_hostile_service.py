"""In the real provider host: whatever the service says, no line and no error moves a cursor or holds the key; and
whatever stands in a state, an id stays one segment of a path.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from pulumi_dashscope_ft.dynamic.provider import FineTuningJobProvider
from pulumi_dashscope_ft.emulator import EmulatorServer, FaultRule, Settings
from pulumi_dashscope_ft.testing.errors import ProviderError
from pulumi_dashscope_ft.testing.providers.pool import DYNAMIC_PACKAGE, Launcher

KEY = "sk-host-0123456789abcdef"
PROVIDER = "urn:pulumi:dev::shop::pulumi:providers:pulumi-python::default"
NASTY = f"no \x1b]0;owned\x07\x1b[31m\u202e\x9b2J\r {KEY}"
URN = "urn:pulumi:dev::shop::pulumi-python:dynamic/dashscope-ft:FineTuningJob::job"


class Hosted:
    """A host process, and the lines that it has shown."""

    def __init__(self, emulator: EmulatorServer, directory: Path) -> None:
        self.emulator = emulator
        self.lines: list[str] = []
        known = {"DASHSCOPE_HTTP_BASE_URL": emulator.base_url, "DASHSCOPE_API_KEY": KEY}
        self.host = Launcher("shop", directory, known, self.lines.append).launch(DYNAMIC_PACKAGE)
        self.host.configure(PROVIDER, "some-id", {})
        from pulumi.dynamic.dynamic import serialize_provider

        hidden = {"__provider": serialize_provider(FineTuningJobProvider()), "__name": "job", "__owner": "0wner0wner"}
        self.inputs = {"model": "qwen3-8b", "trainingFileIds": ["file-1"], **hidden}

    def create(self, *triggers: str, **more: str) -> tuple[str, dict[str, Any]]:
        checked = self.host.check(URN, {}, {**self.inputs, **more, "triggers": list(triggers)})
        made = self.host.create(URN, checked.inputs, 0)
        return made.id, made.outputs

    def read(self, job: tuple[str, dict[str, Any]]) -> Any:
        return self.host.read(URN, job[0], inputs=self.inputs, outputs=job[1])

    def delete(self, job: tuple[str, dict[str, Any]]) -> None:
        self.host.delete(URN, job[0], inputs=self.inputs, outputs=job[1], timeout=0)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    settings = Settings(check_file_ids=False, running_seconds=100_000, canceling_seconds=10)
    with EmulatorServer(settings=settings, speed=20.0) as emulator:
        hosted = Hosted(emulator, tmp_path_factory.mktemp("project"))
        yield hosted
        hosted.host.stop()
    assert KEY not in "\n".join(hosted.lines)


@pytest.fixture
def hosted(shared: Hosted) -> Hosted:
    shared.emulator.reset()
    shared.lines.clear()
    return shared


def harmless(text: str) -> bool:
    return KEY not in text and all(char == "\n" or char.isprintable() for char in text)


@pytest.mark.parametrize("operation", ["create", "get", "cancel"])
def test_no_error_moves_a_cursor_or_holds_the_key(hosted: Hosted, operation: str) -> None:
    job = hosted.create(operation, teardownTimeout="1s")
    hosted.emulator.force(job[0], "RUNNING")
    hosted.emulator.add_fault(FaultRule(operation=operation, status=400, code=f"X{NASTY}", message=NASTY))
    steps: dict[str, Callable[[], object]] = {
        "create": lambda: hosted.create("again"),
        "get": lambda: hosted.read(job),
        "cancel": lambda: hosted.delete(job),
    }
    with pytest.raises(ProviderError, match=r"\\x1b") as caught:
        steps[operation]()
    assert harmless(str(caught.value))
    assert all(map(harmless, hosted.lines))


def test_no_name_in_an_error_moves_a_cursor(hosted: Hosted) -> None:
    """What a message tells of a job is not cleaned by the client: names are kept as they are."""
    body = {"model": f"m{NASTY}", "training_file_ids": ["file-1"]}
    headers = {"Authorization": f"Bearer {KEY}"}
    made = requests.post(f"{hosted.emulator.base_url}/fine-tunes", json=body, headers=headers, timeout=10).json()
    inputs = hosted.host.check(URN, {}, {**hosted.inputs, "adoptJobId": made["output"]["job_id"]}).inputs
    with pytest.raises(ProviderError, match=r"\\x1b\]0;owned") as caught:
        hosted.host.create(URN, inputs, 0)
    assert harmless(str(caught.value))


def test_no_line_moves_a_cursor_or_holds_the_key(hosted: Hosted) -> None:
    job = hosted.create("lines")
    hosted.emulator.force(job[0], "RUNNING")
    hosted.emulator.add_fault(FaultRule(operation="*", kind="unknown_status", shown_status=NASTY, count=3))
    hosted.delete(job)
    assert any(r"\x1b]0;owned" in line for line in hosted.lines)
    assert all(map(harmless, hosted.lines))


@pytest.mark.parametrize("id_", ["../files", "ft-1?x=1", "%2e%2e", "..", "", "\x1b[31m", "x" * 10_000])
def test_an_id_from_a_state_stays_one_segment(hosted: Hosted, id_: str) -> None:
    bag = {**hosted.inputs, "jobId": id_, "__inputs": ["model", "trainingFileIds"]}
    for step in (hosted.read, hosted.delete):
        with contextlib.suppress(ProviderError):  # it may as well be gone
            step((id_, bag))
    assert all(map(harmless, hosted.lines))
    # What is sent is looked at in tests/api; the emulator decodes a path before it finds its route.
    assert {record.operation for record in hosted.emulator.requests} <= {"get", "list", "unknown"}


def test_a_refused_input_is_not_shown_with_its_value(hosted: Hosted) -> None:
    """The engine prints the whole value of the property that a failure names, secrets included."""
    secret = "hush-hush-0123456789"
    given = {**hosted.inputs, "hyperParameters": {"n_epochs": 0, "note": secret}, "onDestroy": secret}
    failures = hosted.host.check(URN, {}, given).failures
    assert {named for named, _ in failures} == {""}
    assert len(failures) == 2
