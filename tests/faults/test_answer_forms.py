"""A job is found again after a lost answer, adopted, kept by a sweep and its twin left alone, in whichever form the
service shows its data. Where no stamp can be seen, the data is all that a job is recognised by.
"""

from __future__ import annotations

from typing import Any

import pytest
from engine import State
from fault_table import FAULTS
from faulty_stack import FaultyStack

from pulumi_dashscope_ft.emulator.model.settings import DATA_FORMS

FILES = {"trainingFileIds": ["file-1", "file-2"], "validationFileIds": ["file-3"]}
DATASETS = {
    "trainingDatasets": [{"data_source_type": "file_id", "file_id": name} for name in ("file-1", "file-2")],
    "validationDatasets": [{"data_source_type": "file_id", "file_id": "file-3"}],
}
MOUNTED = {
    "trainingDatasets": [
        {"data_source_type": "file_id", "file_id": "file-1"},
        {
            "data_source_type": "oss_mount",
            "mount_storage": {"region": "cn-beijing", "bucket": "tides", "file_path": "2026/train.jsonl"},
        },
    ]
}
REQUESTS = {"file ids": FILES, "data sets": DATASETS, "mounted data": MOUNTED}
HYPER_PARAMETERS = {"n_epochs": 3, "learning_rate": "1.6e-5"}
LOST = ("answer lost after it took effect", "504 after it took effect", "malformed JSON", "hang after it took effect")

forms = pytest.mark.parametrize("data_form", DATA_FORMS)
requests = pytest.mark.parametrize("data", REQUESTS.values(), ids=REQUESTS.keys())
namings = pytest.mark.parametrize(
    ("name", "shown"),
    [("nightly", True), ("nightly", False), (None, False), (None, True)],
    ids=["own name", "own name, not shown", "names not shown", "stamped"],
)


class Stack(FaultyStack):
    """With a colleague who starts a job while the answer to ours is looked for."""

    theirs: dict[str, Any] | None = None
    """The body of that job's create; None once it is started."""

    def _point(self, phase: str, operation: str, object_id: str) -> None:
        if self.theirs and (phase, operation) == ("before", "list") and self.hits + self.rule.fired:
            self.started = self.cloud.submitted_past_the_faults(self.theirs)
            self.theirs = None
        super()._point(phase, operation, object_id)


def _stack(front: str, data: dict[str, Any], data_form: str, name: str | None, shown: bool, fault: str) -> Stack:
    job = {"model": "qwen3-8b", "hyperParameters": HYPER_PARAMETERS, **data, **({"jobName": name} if name else {})}
    service: dict[str, Any] = {
        "check_file_ids": False,
        "running_seconds": 1e6,
        "echo_job_name": shown,
        "data_form": data_form,
    }
    return Stack(front, "create", FAULTS[fault], {"job": job}, **service)


def _body(**more: Any) -> dict[str, Any]:
    """What a colleague's tool sends: the very job of `FILES`."""
    files = {"training_file_ids": FILES["trainingFileIds"], "validation_file_ids": FILES["validationFileIds"]}
    return {"model": "qwen3-8b", "hyper_parameters": HYPER_PARAMETERS, **files, **more}


@pytest.mark.usual("data_form=neither")
@pytest.mark.rotated("front", "data_form")
@forms
@requests
@namings
@pytest.mark.parametrize("fault", LOST)
def test_a_lost_create_is_found_and_not_bought_twice(
    front: str, fault: str, name: str | None, shown: bool, data: dict[str, Any], data_form: str
) -> None:
    stack = _stack(front, data, data_form, name, shown, fault)
    stack.arm(lasting=False)
    assert stack.run(stack.up) is None
    stack.clear()
    assert stack.hits
    assert len(stack.cloud.bought()) == 1, "bought twice"
    assert stack.state.ids() == set(stack.cloud.bought())
    bought = dict(stack.cloud.bought())
    assert stack.run(lambda process: stack.engine.refresh(process)) is None
    assert stack.run(stack.up) is None
    assert stack.cloud.bought() == bought
    assert stack.run(stack.engine.destroy) is None
    assert (stack.state, stack.cloud.emulator.jobs) == (State(), {})


@forms
@pytest.mark.parametrize(("name", "shown"), [("nightly", True), (None, False)], ids=["own name", "names not shown"])
def test_where_a_twin_appears_meanwhile_the_user_is_asked(
    front: str, name: str | None, shown: bool, data_form: str
) -> None:
    """The official SDK repeats a create up to three times, so jobs that are alike to the letter are somebody's."""
    stack = _stack(front, FILES, data_form, name, shown, LOST[0])
    stack.theirs = _body(**({"job_name": name} if name else {}))
    stack.arm(lasting=False)
    told = stack.run(stack.up)
    stack.clear()
    assert told is not None
    assert all(job_id in told for job_id in stack.cloud.bought())
    assert len(stack.cloud.bought()) == 2, "ours and theirs, and nothing was started after that"
    assert stack.state.ids() == set()
    assert not stack.cloud.touched()


@pytest.mark.usual("job_name_get")
@forms
def test_a_copy_with_our_very_name_is_neither_adopted_nor_ended(front: str, data_form: str) -> None:
    stack = _stack(front, FILES, data_form, None, True, LOST[0])
    assert stack.run(stack.up) is None
    (ours,) = stack.state.ids()
    copy = stack.cloud.submitted_past_the_faults(_body(job_name=stack.cloud.bought()[ours]))
    stack.cloud.let_lists_show()
    assert stack.run(stack.up) is None
    assert stack.run(lambda process: stack.engine.refresh(process)) is None
    assert stack.state.ids() == {ours}
    told = stack.run(stack.engine.destroy)
    assert stack.cloud.status(ours) is None
    assert stack.cloud.status(copy) is not None
    assert stack.cloud.touched() == {ours}
    if stack.front.takes_a_last_look:
        assert told is not None
        assert copy in told, "where it could be ours, the user is asked"


@pytest.mark.usual("job_name_get")
@forms
def test_of_two_that_a_killed_up_may_have_left_none_is_taken(front: str, data_form: str) -> None:
    stack = _stack(front, FILES, data_form, None, True, "500")
    assert stack.run(stack.up) is None
    (ours,) = stack.state.ids()
    stack.state.records[:] = [record for record in stack.state.records if record.id != ours]  # killed before its record
    copy = stack.cloud.submitted_past_the_faults(_body(job_name=stack.cloud.bought()[ours]))
    stack.cloud.let_lists_show()
    told = stack.run(stack.up)
    assert told is not None
    assert ours in told
    assert copy in told
    assert (len(stack.cloud.bought()), stack.cloud.touched()) == (2, set())
    stack.program["job"]["adoptJobId"] = ours
    assert stack.run(stack.up) is None
    assert stack.state.ids() == {ours}


@forms
def test_a_job_of_other_hyper_parameters_is_not_taken_unasked(front: str, data_form: str) -> None:
    """The answer of a create took no effect; a colleague has started another run on the same data meanwhile."""
    stack = _stack(front, FILES, data_form, None, False, "reset after the request was sent")
    stack.theirs = _body(hyper_parameters={"n_epochs": 1})
    stack.arm(lasting=False)
    told = stack.run(stack.up)
    stack.clear()
    assert told is not None
    assert stack.started in told
    assert (stack.state.ids(), stack.cloud.touched()) == (set(), set())


@pytest.mark.usual("data_form=neither")
@forms
@requests
@pytest.mark.parametrize("respelled", REQUESTS.values(), ids=REQUESTS.keys())
def test_a_job_is_adopted_by_its_data_in_either_spelling(
    front: str, respelled: dict[str, Any], data: dict[str, Any], data_form: str
) -> None:
    stack = _stack(front, data, data_form, None, True, "500")
    assert stack.run(stack.up) is None
    (existing,) = stack.state.ids()
    stack.state.records.clear()
    stack.program = {"mine": {"model": "qwen3-8b", **respelled, "adoptJobId": existing}}
    told = stack.run(stack.up)
    if (data is MOUNTED) == (respelled is MOUNTED):
        assert told is None
        assert stack.state.ids() == {existing}
    else:
        assert told is not None
        assert "was made with another training" in told
    assert len(stack.cloud.bought()) == 1


@forms
def test_writing_the_same_data_in_the_other_form_buys_nothing(front: str, data_form: str) -> None:
    stack = _stack(front, FILES, data_form, None, True, "500")
    assert stack.run(stack.up) is None
    bought = stack.cloud.bought()
    stack.program["job"] = {"model": "qwen3-8b", "hyperParameters": HYPER_PARAMETERS, **DATASETS}
    assert stack.run(stack.up) is None
    stack.program["job"] = {"model": "qwen3-8b", "hyperParameters": HYPER_PARAMETERS, **FILES}
    stack.program["job"]["trainingFileIds"] = ["file-2", "file-1"]
    assert stack.run(stack.up) is None
    assert stack.cloud.bought() == bought
    assert not stack.cloud.touched()
