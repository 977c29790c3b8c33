"""Resource options that name properties: they are spelled as the program spells the properties themselves."""

from __future__ import annotations

from typing import Any

import pytest

SECRET = "4dabf18193072939515e22adb298388d"  # how Pulumi marks a secret in a state

TRANSFORMED = """
def ignoring(asked):
    wanted = pulumi.ResourceOptions(ignore_changes=["hyper_parameters"])
    return pulumi.ResourceTransformationResult(asked.props, pulumi.ResourceOptions.merge(asked.opts, wanted))

pulumi.runtime.register_stack_transformation(ignoring)
"""

UNCHANGED = """
options = pulumi.ResourceOptions(ignore_changes=["hyper_parameters"], replace_on_changes=["nonsense_name", "*"])
before = {**vars(options)}
FineTuningJob("other", model="qwen3-8b", training_file_ids=["file-1"], opts=options)
assert {**vars(options)} == before and options.ignore_changes == ["hyper_parameters"], vars(options)
assert all(type(name) is str for name in options.ignore_changes)
"""


def running(stage: Any, **settings: Any) -> str:
    """The id of a job that has been started and is RUNNING now."""
    stage.program(**settings)
    stage.stack.up()
    stage.emulator.force(stage.job_id, "RUNNING")
    return str(stage.job_id)


def epochs(number: int, **more: Any) -> dict[str, Any]:
    return {"hyper_parameters": {"n_epochs": number, **more}}


@pytest.mark.parametrize("name", ["hyper_parameters", "hyperParameters", "hyper_parameters.n_epochs"])
def test_ignore_changes_keeps_a_running_job(stage: Any, name: str) -> None:
    job_id = running(stage)
    stage.program(arguments=epochs(9), options={"ignore_changes": [name]})
    stage.stack.up()
    assert stage.job_id == job_id
    assert stage.counts() == {"upload": 1, "create": 1}


@pytest.mark.parametrize("name", ["training_file_ids", "training_file_ids[0]"])
def test_ignore_changes_of_a_list_keeps_a_running_job(stage: Any, name: str) -> None:
    job_id = running(stage)
    stage.program(arguments={"training_file_ids": ["file-other"]}, options={"ignore_changes": [name]})
    stage.stack.up()
    assert stage.job_id == job_id
    assert stage.counts() == {"upload": 1, "create": 1}


def test_a_path_goes_on_in_the_keys_of_the_user(stage: Any) -> None:
    """Another key of the same mapping is not ignored, so its change is a new run."""
    job_id = running(stage, arguments=epochs(3, batch_size=16))
    stage.program(arguments=epochs(9, batch_size=32), options={"ignore_changes": ["hyper_parameters.n_epochs"]})
    stage.stack.up()
    assert stage.job_id != job_id
    assert stage.counts()["create"] == 2


def test_a_transformation_of_the_stack_names_properties_too(stage: Any) -> None:
    job_id = running(stage)
    program = (stage.directory / "__main__.py").read_text()
    (stage.directory / "__main__.py").write_text(program.replace("\nsettings =", TRANSFORMED + "\nsettings =", 1))
    stage.program(arguments=epochs(9))
    stage.stack.up()
    assert stage.job_id == job_id
    assert stage.counts() == {"upload": 1, "create": 1}


def test_replace_on_changes_makes_a_new_run_of_what_would_be_an_update(stage: Any) -> None:
    job_id = running(stage)
    stage.program(arguments={"on_destroy": "cancel"})
    stage.stack.up()
    assert stage.job_id == job_id

    stage.program(arguments={"on_destroy": "delete"}, options={"replace_on_changes": ["on_destroy"]})
    stage.stack.up()
    assert stage.job["replaceOnChanges"] == ["onDestroy"]
    # The dynamic flavour can't follow: Pulumi's host tells the engine that something has changed, but not what.
    assert stage.counts()["create"] == (2 if stage.flavour.is_plugin else 1)


def test_additional_secret_outputs_are_encrypted_in_the_state(stage: Any) -> None:
    stage.program(options={"additional_secret_outputs": ["base_model", "status"]})
    stage.stack.up()
    outputs = stage.job["outputs"]
    assert all(SECRET in outputs[name] for name in ("baseModel", "status"))
    assert outputs["model"] == "qwen3-8b"


def test_the_options_of_the_program_stay_as_they_are(stage: Any) -> None:
    program = (stage.directory / "__main__.py").read_text()
    (stage.directory / "__main__.py").write_text(program + UNCHANGED)
    stage.stack.preview()
