"""Reinforcement and distillation jobs: `client.rl` of both clients of the second generation, and `dashscope rl`.

Functions for rollouts and rewards are registered on paths of their own, where the SDK uploads code (API reference
13.4). The emulator has none of them: nothing of this package calls them. A job with the ids of functions that are
registered already needs none.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from sdk_process import Ended, Sdk, SdkError

from pulumi_dashscope_ft.emulator import EmulatorServer

ROW = '{"messages": [{"role": "user", "content": "1 + 1?"}], "rollout_extra": {"solution": "2"}}\n'
HYPER_PARAMETERS = {"algorithm": "gspo", "batch_size": 64, "n_epochs": 1, "learning_rate": "2e-06"}
"""The learning rate goes out as a string also when the YAML file has `2e-6`: to YAML 1.1 that is no number."""
RESOURCES = {"charge_type": "mtu_postpaid", "mtu_spec_code": "MTU4", "mtu_capacity": 24}
CONFIG = {
    "name": "my-rl",
    "model": {"name": "qwen3.5-9b"},
    "datasets": [{"type": "training", "data_source_type": "file_id", "file_name": "rl.jsonl"}],
    "training": {"hyper_parameters": HYPER_PARAMETERS, "resources": RESOURCES},
}
FUNCTIONS = [
    {"type": "rollout", "name": "solve", "entity_id": "ro-00000001", "timeout": 600},
    {"type": "reward", "name": "exact", "entity_id": "rw-00000001"},
]
kinds = pytest.mark.parametrize("kind", ["Client", "AsyncClient"])


@pytest.fixture(autouse=True)
def files(sdk: Sdk) -> None:
    sdk.write("rl.jsonl", ROW * 70)
    sdk.write("rl.yaml", json.dumps(CONFIG).replace('"2e-06"', "2e-06"))  # JSON is YAML, too


def created(emulator: EmulatorServer) -> Any:
    """The body of the only create, without the eight random characters in its name."""
    (body,) = [json.loads(one.body) for one in emulator.requests if one.operation == "create"]
    body["job_name"] = body["job_name"][:-8]
    return body


def expected(emulator: EmulatorServer, **more: object) -> dict[str, object]:
    (file_id,) = emulator.files
    data = {"type": "training", "data_source_type": "file_id", "file_name": "rl.jsonl", "file_id": file_id}
    return {
        "model": "qwen3.5-9b",
        "training_datasets": [data],
        "hyper_parameters": HYPER_PARAMETERS,
        "resource_config": RESOURCES,
        "job_name": "my-rl-",
        **more,
    }


@kinds
def test_a_job_with_registered_functions(sdk: Sdk, emulator: EmulatorServer, kind: str) -> None:
    emulator.configure(canceling_seconds=0)
    job_id = sdk(f"{kind}.rl.jobs.create", config_path="rl.yaml", functions=FUNCTIONS).job_id
    body = created(emulator)
    rollout, rewards = body.pop("rollout"), body.pop("rewards")
    assert body == expected(emulator, training_type="reinforcement")
    assert rollout["rollout_id"] == "ro-00000001"
    assert [reward["reward_id"] for reward in rewards] == ["rw-00000001"]
    assert emulator.jobs[job_id].training_type == "reinforcement"

    emulator.clock.advance(60)
    assert sdk(f"{kind}.rl.jobs.fetch", job_id).job_id == job_id
    assert [job.job_id for job in sdk(f"{kind}.rl.jobs.list").jobs] == [job_id]
    assert "start to fine-tune" in sdk(f"{kind}.rl.jobs.logs", job_id).content
    assert sdk(f"{kind}.rl.jobs.cancel", job_id).status == "success"
    with pytest.raises(Exception, match="was canceled while waiting"):
        sdk(f"{kind}.rl.jobs.wait", job_id)
    assert sdk(f"{kind}.rl.jobs.delete", job_id).status == "success"
    assert not emulator.jobs


@kinds
def test_a_distillation_job_needs_no_functions(sdk: Sdk, emulator: EmulatorServer, kind: str) -> None:
    job_id = sdk(f"{kind}.rl.jobs.create", config_path="rl.yaml", teacher_model="qwen3.5-27b").job_id
    assert created(emulator) == expected(emulator, training_type="pg_opd", teacher_model="qwen3.5-27b")
    emulator.force(job_id, "SUCCEEDED")
    assert sdk(f"{kind}.rl.jobs.wait", job_id).finetuned_model == emulator.jobs[job_id].finetuned_output


@kinds
def test_data_is_uploaded_in_the_form_that_the_pages_document(sdk: Sdk, emulator: EmulatorServer, kind: str) -> None:
    """With a `purpose`, which the other uploads of the SDK leave out."""
    ids = sdk(f"{kind}.rl.upload_data", ["rl.jsonl"], ["rl.jsonl"])
    assert [*ids.training_file_ids, *ids.validation_file_ids] == list(emulator.files)
    assert {file.purpose for file in emulator.files.values()} == {"fine-tune"}


@kinds
def test_a_name_for_the_job_can_be_given_in_the_file_only(sdk: Sdk, emulator: EmulatorServer, kind: str) -> None:
    """A bug of SDK 2.0.2: it takes the argument for a key of the file, which has none of that name."""
    with pytest.raises(SdkError, match="Failed to load from dict"):
        sdk(f"{kind}.rl.jobs.create", config_path="rl.yaml", teacher_model="qwen3.5-27b", job_name="other")
    assert emulator.count() == {}


@kinds
def test_paths_for_functions_are_not_there(sdk: Sdk, emulator: EmulatorServer, kind: str) -> None:
    with pytest.raises(SdkError):
        sdk(f"{kind}.rl.delete_function_instance", "rw-ins-1")
    assert {(one.path, one.status) for one in emulator.requests} == {("/api/v1/fine-tunes/delete/faas/rw-ins-1", 404)}


def test_what_the_service_refuses(sdk: Sdk, emulator: EmulatorServer) -> None:
    refused = sdk("Client.rl.jobs.create", config_path="rl.yaml", teacher_model="no-such-model")
    assert (refused.status_code, refused.code, refused.is_error) == (400, "InvalidParameter", True)
    assert refused.message == "teacher_model must be a valid model ID"
    assert not emulator.jobs


class TestCommandLine:
    """`dashscope rl`, which is the first generation's `AgenticRL`."""

    @pytest.fixture
    def job_id(self, sdk: Sdk, emulator: EmulatorServer) -> str:
        ran = sdk.cli("rl", "run", "-c", "rl.yaml", "--teacher-model", "qwen3.5-27b", "-o", "json")
        assert ran.code == 0, ran
        assert created(emulator) == expected(emulator, training_type="pg_opd", teacher_model="qwen3.5-27b")
        (job_id,) = emulator.jobs
        assert self.printed(ran) == {"job_id": job_id, "status": "PENDING", "message": ""}
        return job_id

    @staticmethod
    def printed(ended: Ended) -> Any:
        """The JSON after the lines of the SDK's own log."""
        assert ended.code == 0, ended
        return json.loads(ended.out[ended.out.index("\n{") if not ended.out.startswith("{") else 0 :])

    def test_a_job_from_run_to_cancel(self, sdk: Sdk, emulator: EmulatorServer, job_id: str) -> None:
        emulator.configure(canceling_seconds=0)
        emulator.clock.advance(60)
        assert self.printed(sdk.cli("rl", "get", job_id, "-o", "json"))["job_id"] == job_id
        listed = self.printed(sdk.cli("rl", "list", "-p", "1", "-s", "5", "-o", "json"))
        assert [job["job_id"] for job in listed["jobs"]] == [job_id]
        shown = self.printed(sdk.cli("agentic-rl", "logs", job_id, "--offset", "0", "--lines", "2", "-o", "json"))
        assert len(shown["logs"]) == 2
        canceled = sdk.cli("rl", "cancel", job_id)
        assert (canceled.code, f"Job {job_id} canceled successfully" in canceled.err) == (0, True)
        assert self.printed(sdk.cli("rl", "get", job_id, "-o", "json"))["status"] == "CANCELED"
        again = sdk.cli("rl", "cancel", job_id)
        assert again.code == 1
        assert "API returned status 400" in again.err

    def test_what_is_not_there(self, sdk: Sdk) -> None:
        for verb in ("get", "cancel", "logs"):
            gone = sdk.cli("rl", verb, "ft-000000000000-0000")
            assert gone.code == 1
            assert "API returned status 404: Not found!" in gone.err

    def test_data(self, sdk: Sdk, emulator: EmulatorServer) -> None:
        up = sdk.cli("rl", "upload_data", "--training-files", "rl.jsonl", "--validation-files", "rl.jsonl")
        ids = self.printed(up)
        assert [*ids["uploaded_training_ids"], *ids["uploaded_validation_ids"]] == list(emulator.files)

    def test_a_run_that_is_refused(self, sdk: Sdk, emulator: EmulatorServer) -> None:
        without = sdk.cli("rl", "run", "-c", "rl.yaml", "--teacher-model", "no-such-model")
        assert without.code == 1
        assert "API returned status 400: teacher_model must be a valid model ID" in without.err
        assert not emulator.jobs
