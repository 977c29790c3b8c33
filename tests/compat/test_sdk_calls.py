"""The official SDK's Python API, unmodified, against the emulator: what a script on the real service would see.

Each step runs through all three of its clients: the first generation, `dashscope.v2`, and `dashscope.v2` asynchronous.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sdk_clients import AsynchronousClient, RefusedError, SdkClient, SecondClient
from sdk_process import Sdk, SdkError

from pulumi_dashscope_ft.emulator import EmulatorServer

ROW = '{"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}]}\n'
SETTINGS_OF_A_RUN = {"n_epochs": 1, "batch_size": 16, "max_length": 8192, "learning_rate": "1.6e-5"}
UNKNOWN = "ft-000000000000-0000"


@pytest.fixture
def file_id(sdk: Sdk, client: SdkClient) -> str:
    sdk.write("train.jsonl", ROW * 20)
    return client.upload("train.jsonl", description="a description")


def refusal(call: Callable[..., object], *args: object, **kwargs: object) -> tuple[int, str]:
    with pytest.raises(RefusedError) as refused:
        call(*args, **kwargs)
    return refused.value.status, refused.value.code


def test_a_file_is_uploaded_found_and_deleted(sdk: Sdk, client: SdkClient) -> None:
    sdk.write("train.jsonl", ROW)
    file_id = client.upload("train.jsonl", description="a description")
    found = client.ask("files", "get", file_id)
    assert (found.file_id, found.name, found.purpose, found.size) == (file_id, "train.jsonl", "fine-tune", len(ROW))
    assert found.description == "a description"
    assert client.files(page=1, size=100).ids == ["train.jsonl"]

    deleted = client.ask("files", "delete", file_id)
    assert deleted == {} or deleted.deleted
    for verb in ("get", "delete"):
        with pytest.raises(RefusedError, match=r"^404 NotFound: File not found\.$"):
            client.ask("files", verb, file_id)


@pytest.mark.parametrize("kind", [SecondClient, AsynchronousClient])
def test_both_ways_to_answer_for_a_missing_file_are_understood(
    sdk: Sdk, emulator: EmulatorServer, kind: type[SecondClient]
) -> None:
    """The vendor's comment in the second client says that the service answers 400 with this message."""
    emulator.configure(missing_file_status=400)
    for verb in ("get", "delete"):
        with pytest.raises(SdkError, match="NotFoundError") as missing:
            sdk(f"{kind.kind}.files.{verb}", "file-unknown")
        assert (missing.value.status_code, missing.value.code) == (400, "InvalidParameter")


def test_what_is_not_jsonl_is_refused_by_the_sdk_before_it_is_sent(
    sdk: Sdk, client: SdkClient, emulator: EmulatorServer
) -> None:
    sdk.write("bad.jsonl", "no JSON at all\n")
    with pytest.raises(SdkError, match="not in valid jsonl format"):
        client.upload("bad.jsonl")
    assert emulator.count() == {}


def test_a_job_from_submission_to_a_model(client: SdkClient, emulator: EmulatorServer, file_id: str) -> None:
    job = client.start(file_id, hyper_parameters=SETTINGS_OF_A_RUN, workspace="llm-abc")
    assert job.status in ("PENDING", "QUEUING")
    assert job.workspace_id == "llm-abc"
    job_id = job.job_id
    assert client.job(job_id).hyper_parameters == SETTINGS_OF_A_RUN  # the string stays a string
    emulator.clock.advance(3600)

    assert client.wait(job_id) == "SUCCEEDED"
    done = client.job(job_id)
    assert (done.status, done.training_type) == ("SUCCEEDED", "sft")
    assert client.product(done) == f"qwen3-14b-{job_id}"
    log = client.log(job_id, offset=0, lines=1000)
    assert log == emulator_log(client, job_id)
    assert "##FT_COMPLETE##" in log[-1]
    assert client.log(job_id) == log[1:]  # the SDK starts at line 1 of 0
    assert client.log(job_id, offset=3, lines=2) == log[3:5]
    assert client.log(job_id, offset=10_000) == []


def emulator_log(client: SdkClient, job_id: str) -> list[str]:
    """The log as another client than the one under test reads it: through the transport, as JSON."""
    path = f"/fine-tunes/{job_id}/logs"
    output = client.sdk("Client.transport.request", "GET", path, params={"offset": 0, "line": 1000}).body.output
    assert output.total == len(output.logs) > 5
    return list(output.logs)


@pytest.mark.parametrize("kind", ["Client", "AsyncClient"])
def test_the_second_client_sends_the_name_of_the_model(sdk: Sdk, emulator: EmulatorServer, kind: str) -> None:
    """As `model_name`; the first has no parameter for it."""
    sdk.write("train.jsonl", ROW)
    file_id = sdk(f"{kind}.files.upload", file_path="train.jsonl").file_id
    named = {"model": "qwen3-14b", "training_file_ids": file_id, "finetuned_model": "my-model"}
    sdk(f"{kind}.fine_tunes.create", **named)
    (sent,) = [json.loads(one.body) for one in emulator.requests if one.operation == "create"]
    assert sent == {
        "model": "qwen3-14b",
        "training_file_ids": [file_id],
        "validation_file_ids": None,
        "hyper_parameters": {},
        "model_name": "my-model",
    }


def test_a_job_that_fails(client: SdkClient, emulator: EmulatorServer, file_id: str) -> None:
    """A failed job shows no `code`, and no client takes its entry in a list for an error.

    The second client would read one (API reference 3.6), but no page shows it, and `ft get` fails over it.
    """
    job_id = client.start(file_id).job_id
    emulator.force(job_id, "FAILED")
    assert client.job(job_id).status == "FAILED"
    assert client.jobs().ids == [job_id]
    if isinstance(client, SecondClient):
        with pytest.raises(RefusedError, match=f"fine-tune job {job_id} failed"):
            client.wait(job_id)
    else:
        assert client.wait(job_id) == "FAILED"


@pytest.mark.parametrize("data_form", ["datasets", "file_ids"])
def test_each_form_of_a_job_object_is_read(
    client: SdkClient, emulator: EmulatorServer, file_id: str, data_form: str
) -> None:
    emulator.configure(data_form=data_form)
    job_id = client.start(file_id).job_id
    emulator.clock.advance(3600)
    job = client.job(job_id)
    assert file_id in str(job)
    assert client.jobs().ids == [job_id]
    tokens = job.usage.total_tokens if isinstance(client, SecondClient) else job.usage
    assert tokens > 0


def test_cancel_then_delete_and_each_only_once(client: SdkClient, emulator: EmulatorServer, file_id: str) -> None:
    emulator.configure(canceling_seconds=0)
    job_id = client.start(file_id).job_id
    assert refusal(client.ask, "fine_tunes", "delete", job_id) == (400, "UnsupportedOperation")
    assert client.ask("fine_tunes", "cancel", job_id).status == "success"
    assert client.wait(job_id) == "CANCELED"
    assert refusal(client.ask, "fine_tunes", "cancel", job_id) == (400, "UnsupportedOperation")
    assert client.ask("fine_tunes", "delete", job_id).status == "success"
    with pytest.raises(RefusedError, match=r"^404 NotFound: Not found!$"):
        client.job(job_id)
    for verb in ("get", "cancel", "delete", "logs"):
        assert refusal(client.ask, "fine_tunes", verb, job_id) == (404, "NotFound")


def test_lists_come_in_pages_newest_first(sdk: Sdk, client: SdkClient, emulator: EmulatorServer, file_id: str) -> None:
    made = []
    for _ in range(5):
        made.append(client.start(file_id).job_id)
        emulator.clock.advance(1)
    pages = [client.jobs(number, 2) for number in (1, 2, 3, 4)]
    assert [page.ids for page in pages] == [[made[4], made[3]], [made[2], made[1]], [made[0]], []]
    assert {page.total for page in pages} == {5}
    assert refusal(client.jobs, 1, 101) == (400, "InvalidParameter")
    assert len(client.jobs().ids) == 5

    for number in range(3):
        sdk.write(f"{number}.jsonl", ROW)
        client.upload(f"{number}.jsonl")
    page = client.files(page=2, size=3)
    assert (page.total, page.ids) == (4, ["train.jsonl"])


def test_the_event_stream_of_a_finished_job_is_its_log(
    client: SdkClient, emulator: EmulatorServer, file_id: str
) -> None:
    job_id = client.start(file_id).job_id
    emulator.clock.advance(3600)
    events = client.events(job_id)
    assert [line.strip() for line in events] == [line.strip() for line in client.log(job_id, offset=0)]
    assert refusal(client.events, UNKNOWN) == (404, "NotFound")


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
    client: SdkClient,
    emulator: EmulatorServer,
    file_id: str,
    files: str | list[str] | None,
    settings: dict[str, Any],
    status: int,
    code: str,
) -> None:
    emulator.configure(**settings)
    assert refusal(client.start, file_id if files is None else files) == (status, code)
    assert not emulator.jobs


def test_keys_and_workspaces(client: SdkClient, emulator: EmulatorServer, file_id: str) -> None:
    job_id = client.start(file_id).job_id
    assert refusal(client.job, job_id, api_key="wrong") == (401, "InvalidApiKey")
    assert refusal(client.job, job_id, api_key="sk-sp-coding-plan") == (401, "InvalidApiKey")
    assert refusal(client.job, job_id, api_key="sk-somebody-else") == (404, "NotFound")
    emulator.configure(keys={"sk-listed-1": "llm-one", "sk-listed-2": "llm-one"})
    assert refusal(client.jobs) == (401, "InvalidApiKey")
    other = {"api_key": "sk-listed-1", "workspace": "llm-two"}
    assert refusal(client.jobs, **other) == (403, "Workspace.AccessDenied")
    assert client.jobs(api_key="sk-listed-1", workspace="llm-one").total == 0


@pytest.mark.parametrize("means", ["keyword", "keyword without slash", "attribute"])
def test_the_address_can_be_given_in_each_of_the_first_generations_ways(
    sdk: Sdk, emulator: EmulatorServer, means: str
) -> None:
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


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("kind", ["Client", "AsyncClient"])
def test_the_address_of_a_client_of_the_second_generation(
    sdk: Sdk, emulator: EmulatorServer, kind: str, slash: str
) -> None:
    with pytest.raises(SdkError, match="APIConnectionError"):
        sdk.call({"base_url": "http://127.0.0.1:9/api/v1", "max_retries": 0}, f"{kind}.fine_tunes.list")
    emulator.configure(keys={"sk-listed": "llm-one"})
    given = {"base_url": emulator.base_url + slash, "api_key": "sk-listed"}
    assert sdk.call({**given, "workspace": "llm-one"}, f"{kind}.fine_tunes.list").total_count == 0
    with pytest.raises(SdkError, match=r"code=Workspace\.AccessDenied"):
        sdk.call({**given, "workspace": "llm-two"}, f"{kind}.fine_tunes.list")


def test_the_request_log_shows_the_sdk_and_hides_its_key(
    client: SdkClient, emulator: EmulatorServer, file_id: str
) -> None:
    client.start(file_id)
    (created,) = [one for one in emulator.requests if one.operation == "create"]
    assert created.user_agent.startswith(client.agent)
    assert "sk-compat" not in str(emulator.requests)


def test_a_model_is_deployed_scaled_and_withdrawn(client: SdkClient, emulator: EmulatorServer, file_id: str) -> None:
    job_id = client.start(file_id, mode="efficient_sft").job_id  # only LoRA results are deployed by token
    emulator.clock.advance(3600)
    model = client.product(client.job(job_id))
    assert model
    made = client.deploy(model)
    name = made.deployed_model
    assert (made.status, made.get("model_name", made.get("model"))) == ("PENDING", model)
    emulator.clock.advance(3600)

    found = client.deployment(name)
    assert (found.status, found.capacity, found.ready_capacity) == ("RUNNING", 1, 1)
    assert client.deployments().ids == [name]
    scaled = client.scale(name, 2)
    assert (scaled.status, scaled.capacity) == ("UPDATING", 2)
    emulator.clock.advance(3600)
    assert client.deployment(name).capacity == 2

    assert refusal(client.deploy, model) == (409, "Conflict")
    second = client.deploy(model, suffix="s1")
    assert second.deployed_model.endswith("-s1")
    assert client.deployments().total == 2

    assert client.ask("deployments", "delete", name).status == "DELETING"
    emulator.clock.advance(3600)
    assert refusal(client.deployment, name) == (404, "NotFound")
    assert refusal(client.ask, "deployments", "delete", name) == (404, "NotFound")


@pytest.mark.parametrize("kind", ["Client", "AsyncClient"])
def test_a_deployment_by_token_without_capacities_as_on_the_pages(
    sdk: Sdk, emulator: EmulatorServer, kind: str
) -> None:
    """The first generation fails over such an answer; to the second the fields are optional."""
    emulator.configure(lora_capacities=False)
    name = sdk(f"{kind}.deployments.create", model="qwen3-14b", capacity=1, plan="lora").deployed_model
    for deployment in (sdk(f"{kind}.deployments.get", name), *sdk(f"{kind}.deployments.list").deployments):
        assert (deployment.deployed_model, deployment.model, deployment.capacity) == (name, "qwen3-14b", None)
    with pytest.raises(AttributeError, match="capacity"):
        assert sdk("Deployments.get", name).output.capacity


@pytest.mark.parametrize("kind", ["Client", "AsyncClient"])
def test_a_deployment_by_model_units(sdk: Sdk, emulator: EmulatorServer, kind: str) -> None:
    """`deploy_spec` is an object to the client's signature, and the text that the API takes goes through it."""
    units = {"plan": "mu", "deploy_spec": "MU1", "billing_method": "POST_PAY"}
    made = sdk(f"{kind}.deployments.create", model="qwen3-14b", capacity=1, **units)
    (sent,) = [json.loads(one.body) for one in emulator.requests if one.operation == "create_deployment"]
    assert sent == {"model_name": "qwen3-14b", "capacity": 1, **units}
    assert made.status == "PENDING"


@pytest.mark.parametrize("kind", ["Client", "AsyncClient"])
def test_the_events_of_a_deployment_are_on_no_page(sdk: Sdk, kind: str) -> None:
    """Only this client knows the path; what it would answer is not known, so the emulator has none."""
    name = sdk(f"{kind}.deployments.create", model="qwen3-14b", capacity=1, plan="lora").deployed_model
    with pytest.raises(SdkError, match="NotFoundError"):
        sdk(f"{kind}.deployments.stream_events", name)


@pytest.mark.parametrize("kind", ["Client", "AsyncClient"])
def test_models(sdk: Sdk, kind: str) -> None:
    page = sdk(f"{kind}.models.list", page_no=1, page_size=2)
    assert len(page.models) == 2 < page.total_count
    assert sdk(f"{kind}.models.get", page.models[1].model).model == page.models[1].model
    with pytest.raises(SdkError, match=r"code=Model\.NotExist"):
        sdk(f"{kind}.models.get", "no-such-model")


def test_a_base_model_can_be_deployed_too(client: SdkClient) -> None:
    made = client.deploy("qwen3-14b", suffix="s1")
    assert client.deployment(made.deployed_model).capacity == 1
