"""What a job trains on is one value, and "is this my job?" has one answer, however the service spells it.

`answers/` holds a request and its answer in the newest form, and the same in the form of older pages.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_dashscope_ft.api import Job
from pulumi_dashscope_ft.lifecycle.base.request import Request
from pulumi_dashscope_ft.lifecycle.base.state import State
from pulumi_dashscope_ft.lifecycle.job import diff as job_diff
from pulumi_dashscope_ft.lifecycle.job import request as job_request
from pulumi_dashscope_ft.lifecycle.training_data import sources as data_sources
from pulumi_dashscope_ft.schema import UNKNOWN, to_camel_case

ANSWERS = sorted((Path(__file__).parent / "answers").glob("*.json"))

ids = st.text(st.sampled_from("abcdef0123456789-"), min_size=1, max_size=12)
file_sources = st.builds(lambda one: {"data_source_type": "file_id", "file_id": one}, ids)
mounts = st.builds(
    lambda bucket, path: {
        "data_source_type": "oss_mount",
        "mount_storage": {"region": "cn-beijing", "bucket": bucket, "file_path": path},
    },
    ids,
    ids,
)
links = st.builds(lambda one: {"data_source_type": "download_url", "download_url": f"https://data.test/{one}"}, ids)
unheard_of = st.builds(lambda one: {"data_source_type": "lake", "table": one, "part": 3}, ids)
sources = st.lists(st.one_of(file_sources, mounts, links, unheard_of), min_size=1, max_size=4, unique_by=json.dumps)
values = st.one_of(
    st.integers(0, 9999), st.floats(1e-9, 10.0), st.sampled_from(["1.6e-5", "cosine", "2E-4"]), st.booleans()
)
hyper_parameters = st.dictionaries(st.sampled_from(["n_epochs", "batch_size", "learning_rate", "split"]), values)


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """The body of a create: either form of data, with or without validation data."""
    body: dict[str, Any] = {"model": draw(st.sampled_from(["qwen3-8b", "qwen3-14b"]))}
    for purpose in data_sources.PURPOSES:
        chosen = draw(sources) if purpose == data_sources.TRAINING else draw(st.one_of(st.just([]), sources))
        if chosen:
            body |= draw(st.sampled_from(_spellings(chosen, purpose)))
    if draw(st.booleans()):
        body["hyper_parameters"] = draw(hyper_parameters)
    if draw(st.booleans()):
        body["training_type"] = draw(st.sampled_from(["sft", "efficient_sft", "dpo_lora"]))
    return body


def _spellings(chosen: list[dict[str, Any]], purpose: str) -> list[dict[str, Any]]:
    """The forms in which these sources can be sent, or shown."""
    spellings: list[dict[str, Any]] = [{f"{purpose}_datasets": chosen}]
    if all(one["data_source_type"] == "file_id" for one in chosen):
        spellings.append({f"{purpose}_file_ids": [one["file_id"] for one in chosen]})
    return spellings


def _sent(body: dict[str, Any], purpose: str) -> list[dict[str, Any]]:
    files = body.get(f"{purpose}_file_ids", [])
    datasets: list[dict[str, Any]] = body.get(f"{purpose}_datasets", [])
    return [{"data_source_type": "file_id", "file_id": one} for one in files] + datasets


def _respelled(value: Any, draw: st.DrawFn) -> Any:
    """A number as a text and the other way round, a truth value as a text."""
    if isinstance(value, bool):
        return draw(st.sampled_from([value, str(value), str(value).lower()]))
    if isinstance(value, (int, float)):
        return draw(st.sampled_from([value, str(value), float(value), f"{float(value)!r}".upper()]))
    if value == "cosine":
        return value
    return draw(st.sampled_from([value, float(value), value.upper()]))


@st.composite
def answers(draw: st.DrawFn, body: dict[str, Any]) -> Job:
    """The job of this request, as some page of the documentation might show it."""
    shown: dict[str, Any] = {"job_id": "ft-202611010900-a1b2", "status": "PENDING", "model": body["model"]}
    for purpose in data_sources.PURPOSES:
        sent = draw(st.permutations(_sent(body, purpose)))
        spelling = draw(st.sampled_from(_spellings(copy.deepcopy(sent), purpose))) if sent else {}
        empty: dict[str, list[Any]] = {f"{purpose}_file_ids": [], f"{purpose}_datasets": []}
        shown |= {name: empty[name] for name in empty if draw(st.booleans())} | spelling
        for one in shown.get(f"{purpose}_datasets", []):
            if draw(st.booleans()):
                one["file_name"] = "added by the service"
    kept = body.get("hyper_parameters", {})
    shown["hyper_parameters"] = {
        name: _respelled(value, draw) for name, value in kept.items() if draw(st.booleans())
    } | draw(st.sampled_from([{}, {"max_split_val_dataset_sample": 1000}]))
    if "training_type" not in body or draw(st.booleans()):
        shown["training_type"] = body.get("training_type", "sft")
    shown |= draw(st.sampled_from([{}, {"group": "llm", "base_model": "qwen3-8b", "max_output_cnt": 1}]))
    return Job.from_json(shown)


def _inputs(body: dict[str, Any]) -> dict[str, Any]:
    return {to_camel_case(name): value for name, value in body.items()}


@given(st.data(), requests())
def test_my_job_is_mine_however_the_answer_spells_it(data: st.DataObject, body: dict[str, Any]) -> None:
    job, inputs = data.draw(answers(body)), _inputs(body)
    assert job_request.fits(inputs, job)
    assert job_request.mismatches(inputs, job) == []
    assert job_request.doubts(inputs, job) == []


@given(st.data(), requests(), requests())
def test_a_job_of_another_model_or_of_other_data_is_not(
    data: st.DataObject, body: dict[str, Any], other: dict[str, Any]
) -> None:
    def meant(one: dict[str, Any]) -> tuple[Any, ...]:
        return one["model"], *(
            sorted(json.dumps(source, sort_keys=True) for source in _sent(one, purpose))
            for purpose in data_sources.PURPOSES
        )

    job = data.draw(answers(other))
    assert job_request.fits(_inputs(body), job) == (meant(body) == meant(other))


def test_a_job_with_validation_data_of_its_own_is_not_the_one_without() -> None:
    """A person who adopts a job need not name its validation data; a lost create had none."""
    job = Job.from_json(
        {
            "job_id": "ft-1",
            "status": "RUNNING",
            "model": "m",
            "training_file_ids": ["file-1"],
            "validation_file_ids": ["file-2"],
        }
    )
    inputs = {"model": "m", "trainingFileIds": ["file-1"]}
    assert job_request.mismatches(inputs, job) == []
    assert not job_request.fits(inputs, job)


def test_a_file_that_is_shown_in_both_fields_counts_once() -> None:
    file = {"data_source_type": "file_id", "file_id": "file-1"}
    job = Job.from_json(
        {"job_id": "ft-1", "status": "RUNNING", "training_file_ids": ["file-1"], "training_datasets": [file]}
    )
    assert data_sources.of_job(job, data_sources.TRAINING) == [file]


def test_a_bucket_in_another_region_is_another() -> None:
    def mounted(**more: str) -> list[dict[str, Any]]:
        return [{"data_source_type": "oss_mount", "mount_storage": {"bucket": "b", "file_path": "/x.jsonl", **more}}]

    here = mounted(region="cn-beijing")
    assert not data_sources.is_shown(here, mounted(region="cn-shanghai"))
    assert data_sources.is_shown(here, mounted()), "a field that only one side has is no difference"


def test_sources_that_nothing_identifies_are_not_the_same() -> None:
    nameless = [{"data_source_type": "file_id"}]
    assert not data_sources.is_shown(nameless, nameless)


@given(st.data(), requests())
def test_what_is_read_back_is_what_was_asked_for(data: st.DataObject, body: dict[str, Any]) -> None:
    """Import and `adopt` write a program: it takes the job over, and plans no new run after."""
    job, inputs = data.draw(answers(body)), _inputs(body)
    written = job_request.inputs_shown(job)
    assert job_request.mismatches(written, job) == []
    for purpose in data_sources.PURPOSES:
        assert len([name for name in data_sources.property_names(purpose) if name in written]) <= 1
        wanted, shown = (data_sources.in_properties(one, purpose) for one in (inputs, written))
        assert data_sources.is_shown(wanted, shown)
        assert data_sources.data_files(job) >= set(data_sources.file_ids(wanted))


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.stem)
def test_documented_answers_are_the_job_of_their_request(path: Path) -> None:
    pair = json.loads(path.read_text())
    inputs, job = _inputs(pair["request"]), Job.from_json(pair["answer"]["output"])
    assert job_request.fits(inputs, job)
    assert job_request.doubts(inputs, job) == []
    for name, value in {"model": "qwen3-14b", "trainingFileIds": ["another"], "trainingDatasets": []}.items():
        other = {key: one for key, one in inputs.items() if key not in job_request.DATA or name == "model"}
        assert not job_request.fits({**other, name: value}, job)


@pytest.mark.parametrize(
    ("old", "new", "replaces"),
    [
        ({"trainingFileIds": ["a", "b"]}, {"trainingFileIds": ["b", "a"]}, False),
        ({"trainingFileIds": ["a"]}, {"trainingDatasets": [{"data_source_type": "file_id", "file_id": "a"}]}, False),
        ({"trainingDatasets": [{"file_id": "a"}]}, {"trainingFileIds": ["a"]}, False),
        ({"trainingFileIds": ["a"]}, {"trainingFileIds": ["a", "a"]}, True),
        ({"trainingFileIds": ["a"]}, {"trainingDatasets": [{"data_source_type": "file_id", "file_id": "b"}]}, True),
        ({"trainingFileIds": ["a"]}, {"trainingDatasets": [{"file_id": "a", "type": "rollout"}]}, True),
        ({"trainingFileIds": ["a"]}, {"trainingDatasets": UNKNOWN}, True),
        ({"trainingFileIds": ["a"]}, {"trainingFileIds": [UNKNOWN]}, True),
    ],
)
def test_only_other_data_is_another_run(old: dict[str, Any], new: dict[str, Any], replaces: bool) -> None:
    olds = {"model": "qwen3-8b", **old, "__inputs": ["model", *old]}
    found = job_diff.compare("ft-1", State.of(olds), Request.of({"model": "qwen3-8b", **new}))
    assert bool(found.replaces) == replaces
    assert found.replaces or found.updates, "the state follows what the program says"
