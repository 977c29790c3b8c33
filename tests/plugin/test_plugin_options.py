"""What the plugin says where Pulumi's options decide: exactly for a Python program, conditionally for any other."""

from __future__ import annotations

from typing import Any

import pytest

UNLESS = "(unless deleteBeforeReplace, retainOnDelete or deletedWith says otherwise)"
INPUTS = {"model": "qwen3-8b", "trainingDatasets": [{"data_source_type": "file_id", "file_id": "f"}]}
CHANGED = {**INPUTS, "model": "qwen3-14b"}


@pytest.fixture(autouse=True)
def any_file(emulator: Any) -> None:
    emulator.configure(check_file_ids=False)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (None, None, UNLESS),
        ({}, {}, "it will be cancelled first (tokens so far are billed), then it is deleted\n"),
        ({}, {"deleteBeforeReplace": False}, "it will be cancelled after the new run was started"),
        ({}, None, UNLESS),
    ],
)
def test_a_plan_follows_the_options_or_says_that_it_does_not_know_them(
    plugin: Any, before: Any, after: Any, said: str
) -> None:
    def told(options: Any) -> dict[str, Any]:
        return {} if options is None else {"__options": options}

    job = plugin.create("FineTuningJob", "job", {**INPUTS, **told(before)})
    plugin.next()
    assert not plugin.diff(job, {**INPUTS, **told(after)}).replaces, "an option makes no difference"
    plugin.next()
    assert plugin.diff(job, {**CHANGED, **told(after)}).replaces
    assert said in plugin.said("job") + "\n"


def test_what_was_retained_is_said_to_stay(plugin: Any) -> None:
    job = plugin.create("FineTuningJob", "job", {**INPUTS, "__options": {}, "__retain": True})
    plugin.next()
    plugin.diff(job, {**CHANGED, "__options": {}})
    assert "it is left running and billed (retainOnDelete)" in plugin.said("job")


@pytest.mark.parametrize("kind", ["FineTuningJob", "FineTunedModel"])
def test_a_replacement_that_nobody_has_asked_for(plugin: Any, kind: str) -> None:
    """The engine checks the successor without old inputs."""
    checked = plugin.checked(kind, "job", INPUTS)
    plugin.next()
    plugin.checked(kind, "job", INPUTS, checked)
    assert "Pulumi replaces" not in plugin.said("job")
    plugin.checked(kind, "job", INPUTS)
    said = plugin.said("job")
    assert "Pulumi replaces this resource by itself" in said
    assert f"then it is deleted {UNLESS}" in said


def test_what_goes_because_of_what_it_depends_on(plugin: Any) -> None:
    """Before the program has declared it, the engine asks with an unknown in its inputs; then it deletes first."""
    from pulumi.runtime.proto import provider_pb2

    from pulumi_dashscope_ft.plugin.wire import UNKNOWN_TEXT, decode, encode

    job = plugin.create("FineTuningJob", "job", {**INPUTS, "__options": {}})
    plugin.next()
    request = provider_pb2.DiffRequest(
        id=job.id,
        urn=f"urn:pulumi:dev::shop::dashscope-ft:index:{job.kind}::job",
        olds=job.outputs,
        old_inputs=job.inputs,
        news=encode({**decode(job.inputs).values, "trainingDatasets": UNKNOWN_TEXT}),
        type=f"dashscope-ft:index:{job.kind}",
        name="job",
    )
    assert plugin.call("Diff", request).replaces
    assert "if Pulumi replaces it with what it depends on: trainingDatasets: replaces" in plugin.said()
