"""The official SDK's Python API, unmodified, against the emulator: what a script on the real service would see."""

from __future__ import annotations

from typing import Any

import pytest
from sdk_process import Sdk

from pulumi_dashscope_ft.emulator import EmulatorServer

ROW = '{"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}]}\n'
SETTINGS_OF_A_RUN = {"n_epochs": 1, "batch_size": 16, "max_length": 8192, "learning_rate": "1.6e-5"}


@pytest.fixture
def file_id(sdk: Sdk) -> Any:
    sdk.write("train.jsonl", ROW * 20)
    return sdk("Files.upload", "train.jsonl", description="a description").output.uploaded_files[0].file_id


def start(sdk: Sdk, file_id: str, *, mode: str = "sft", **more: Any) -> Any:
    job = sdk("FineTunes.call", model="qwen3-14b", training_file_ids=file_id, mode=mode, **more)
    assert job.status_code == 200, job
    return job.output.job_id


def refusal(answer: Any) -> Any:
    assert answer.output is None
    assert answer.request_id
    return answer.status_code, answer.code, answer.message


def test_a_file_is_uploaded_found_and_deleted(sdk: Sdk) -> None:
    sdk.write("train.jsonl", ROW)
    up = sdk("Files.upload", "train.jsonl", description="a description")
    assert (up.status_code, up.output.failed_uploads) == (200, [])
    file_id = up.output.uploaded_files[0].file_id

    found = sdk("Files.get", file_id).output
    assert (found.name, found.description, found.purpose, found.size) == (
        "train.jsonl",
        "a description",
        "fine-tune",
        len(ROW),
    )
    listed = sdk("Files.list", page=1, page_size=100)
    assert [one.file_id for one in listed.output.files] == [file_id]

    assert sdk("Files.delete", file_id).output == {}
    assert refusal(sdk("Files.get", file_id)) == (404, "NotFound", "File not found.")
    assert refusal(sdk("Files.delete", file_id))[0] == 404


def test_what_is_not_jsonl_is_refused_by_the_sdk_before_it_is_sent(sdk: Sdk, emulator: EmulatorServer) -> None:
    sdk.write("bad.jsonl", "no JSON at all\n")
    with pytest.raises(Exception, match="not in valid jsonl format"):
        sdk("Files.upload", "bad.jsonl")
    assert emulator.count() == {}


def test_a_job_from_submission_to_a_model(sdk: Sdk, emulator: EmulatorServer, file_id: str) -> None:
    job = sdk(
        "FineTunes.call",
        model="qwen3-14b",
        training_file_ids=file_id,
        mode="sft",
        hyper_parameters=SETTINGS_OF_A_RUN,
        workspace="llm-abc",
    )
    assert job.status_code == 200
    assert job.output.status in ("PENDING", "QUEUING")
    assert job.output.workspace_id == "llm-abc"
    job_id = job.output.job_id
    assert sdk("FineTunes.get", job_id).output.hyper_parameters == SETTINGS_OF_A_RUN  # the string stays a string
    emulator.clock.advance(3600)

    done = sdk("FineTunes.wait", job_id).output
    assert (done.status, done.training_type) == ("SUCCEEDED", "sft")
    assert done.finetuned_output == f"qwen3-14b-{job_id}"
    logs = sdk("FineTunes.logs", job_id, offset=0, line=1000).output
    assert logs.total == len(logs.logs)
    assert "##FT_COMPLETE##" in logs.logs[-1]
    assert sdk("FineTunes.logs", job_id).output.logs == logs.logs[1:]  # the SDK starts at line 1 of 0
    assert sdk("FineTunes.logs", job_id, offset=3, line=2).output.logs == logs.logs[3:5]


def test_cancel_then_delete_and_each_only_once(sdk: Sdk, emulator: EmulatorServer, file_id: str) -> None:
    emulator.configure(canceling_seconds=0)
    job_id = start(sdk, file_id)
    assert refusal(sdk("FineTunes.delete", job_id))[:2] == (400, "UnsupportedOperation")
    assert sdk("FineTunes.cancel", job_id).output.status == "success"
    assert sdk("FineTunes.wait", job_id).output.status == "CANCELED"
    assert refusal(sdk("FineTunes.cancel", job_id))[:2] == (400, "UnsupportedOperation")
    assert sdk("FineTunes.delete", job_id).output.status == "success"
    assert refusal(sdk("FineTunes.get", job_id)) == (404, "NotFound", "Not found!")
    for verb in ("get", "cancel", "delete", "logs"):
        assert refusal(sdk(f"FineTunes.{verb}", job_id))[:2] == (404, "NotFound")


def test_lists_come_in_pages_newest_first(sdk: Sdk, emulator: EmulatorServer, file_id: str) -> None:
    made = []
    for _ in range(5):
        made.append(start(sdk, file_id))
        emulator.clock.advance(1)
    pages = [sdk("FineTunes.list", page_no=number, page_size=2).output for number in (1, 2, 3, 4)]
    assert [[job.job_id for job in page.jobs] for page in pages] == [
        [made[4], made[3]],
        [made[2], made[1]],
        [made[0]],
        [],
    ]
    assert {(page.total, page.page_size) for page in pages} == {(5, 2)}
    assert refusal(sdk("FineTunes.list", page_no=1, page_size=101))[:2] == (400, "InvalidParameter")
    assert len(sdk("FineTunes.list").output.jobs) == 5

    for number in range(3):
        sdk.write(f"{number}.jsonl", ROW)
        sdk("Files.upload", f"{number}.jsonl")
    page = sdk("Files.list", page=2, page_size=3).output
    assert (page.total, page.page_no, [one.name for one in page.files]) == (4, 2, ["train.jsonl"])


def test_the_event_stream_of_a_finished_job_is_its_log(sdk: Sdk, emulator: EmulatorServer, file_id: str) -> None:
    job_id = start(sdk, file_id)
    emulator.clock.advance(3600)
    events = sdk("FineTunes.stream_events", job_id)
    assert {event.status_code for event in events} == {200}
    text = [event.output for event in events]
    assert [line.strip() for line in text] == [
        line.strip() for line in sdk("FineTunes.logs", job_id, offset=0).output.logs
    ]
    assert refusal(sdk("FineTunes.stream_events", "ft-000000000000-0000")[0])[:2] == (404, "NotFound")


@pytest.mark.parametrize(
    ("files", "settings", "status", "code"),
    [
        ("no-such-file", {}, 400, "InvalidParameter"),
        ([], {}, 400, "InvalidParameter"),
        (None, {"quota": 0}, 429, "Throttling"),
    ],
    ids=["an unknown file", "no file", "beyond the quota"],
)
def test_what_the_service_refuses_reaches_the_caller(
    sdk: Sdk,
    emulator: EmulatorServer,
    file_id: str,
    files: str | list[Any] | None,
    settings: dict[str, Any],
    status: int,
    code: str,
) -> None:
    emulator.configure(**settings)
    answer = sdk("FineTunes.call", model="qwen3-14b", training_file_ids=file_id if files is None else files)
    assert refusal(answer)[:2] == (status, code)
    assert not emulator.jobs


def test_keys_and_workspaces(sdk: Sdk, emulator: EmulatorServer, file_id: str) -> None:
    job_id = start(sdk, file_id)
    assert refusal(sdk("FineTunes.get", job_id, api_key="wrong"))[:2] == (401, "InvalidApiKey")
    assert refusal(sdk("FineTunes.get", job_id, api_key="sk-sp-coding-plan"))[:2] == (401, "InvalidApiKey")
    assert refusal(sdk("FineTunes.get", job_id, api_key="sk-somebody-else"))[:2] == (404, "NotFound")
    emulator.configure(keys={"sk-listed-1": "llm-one", "sk-listed-2": "llm-one"})
    assert refusal(sdk("FineTunes.list"))[:2] == (401, "InvalidApiKey")
    other = sdk("FineTunes.list", api_key="sk-listed-1", workspace="llm-two")
    assert refusal(other)[:2] == (403, "Workspace.AccessDenied")
    assert sdk("FineTunes.list", api_key="sk-listed-1", workspace="llm-one").status_code == 200


@pytest.mark.parametrize("means", ["keyword", "keyword without slash", "attribute"])
def test_the_address_can_be_given_in_each_of_the_sdks_ways(sdk: Sdk, emulator: EmulatorServer, means: str) -> None:
    nowhere = "http://127.0.0.1:9/api/v1"
    try:
        if means == "attribute":
            sdk.assign(base_http_api_url=nowhere)
            with pytest.raises(Exception, match="Connection"):
                sdk("FineTunes.list")
            sdk.assign(base_http_api_url=emulator.base_url)
            assert sdk("FineTunes.list").status_code == 200
        else:
            sdk.assign(base_http_api_url=nowhere)
            address = emulator.base_url + ("/" if means == "keyword" else "")
            assert sdk("FineTunes.list", base_address=address).status_code == 200
            assert sdk("Files.list", base_address=address).status_code == 200
    finally:
        sdk.assign(base_http_api_url=emulator.base_url)


def test_the_request_log_shows_the_sdk_and_hides_its_key(sdk: Sdk, emulator: EmulatorServer, file_id: str) -> None:
    start(sdk, file_id)
    (created,) = [one for one in emulator.requests if one.operation == "create"]
    assert created.user_agent.startswith("dashscope/")
    assert "sk-compat" not in str(emulator.requests)


def test_a_model_is_deployed_scaled_and_withdrawn(sdk: Sdk, emulator: EmulatorServer, file_id: str) -> None:
    job_id = start(sdk, file_id, mode="efficient_sft")  # only LoRA results are deployed by token
    emulator.clock.advance(3600)
    model = sdk("FineTunes.get", job_id).output.finetuned_output
    made = sdk("Deployments.call", model=model, capacity=1, plan="lora")
    assert made.status_code == 200, made
    name = made.output.deployed_model
    assert (made.output.status, made.output.model_name) == ("PENDING", model)
    emulator.clock.advance(3600)

    found = sdk("Deployments.get", name).output
    assert (found.status, found.capacity, found.ready_capacity) == ("RUNNING", 1, 1)
    assert [one.deployed_model for one in sdk("Deployments.list").output.deployments] == [name]
    scaled = sdk("Deployments.scale", name, 2).output
    assert (scaled.status, scaled.capacity) == ("UPDATING", 2)
    emulator.clock.advance(3600)
    assert sdk("Deployments.get", name).output.capacity == 2

    again = sdk("Deployments.call", model=model, capacity=1, plan="lora")
    assert refusal(again)[:2] == (409, "Conflict")
    second = sdk("Deployments.call", model=model, capacity=1, plan="lora", suffix="s1")
    assert second.status_code == 200, second
    assert second.output.deployed_model.endswith("-s1")

    assert sdk("Deployments.delete", name).output.status == "DELETING"
    emulator.clock.advance(3600)
    assert refusal(sdk("Deployments.get", name))[:2] == (404, "NotFound")
    assert refusal(sdk("Deployments.delete", name))[:2] == (404, "NotFound")


def test_a_base_model_can_be_deployed_too(sdk: Sdk, emulator: EmulatorServer) -> None:
    made = sdk("Deployments.call", model="qwen3-14b", capacity=1, suffix="s1", plan="lora")
    assert made.status_code == 200, made
    assert sdk("Deployments.get", made.output.deployed_model).output.capacity == 1
