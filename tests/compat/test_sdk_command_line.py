"""The official command line, `python -m dashscope.cli …`, against the emulator: what it prints and how it exits.

Its own bugs (see the comments) are part of the picture: the emulator must not be bent to hide them.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from sdk_process import Sdk

from pulumi_dashscope_ft.emulator import EmulatorServer

ROW = '{"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}]}\n'
QUICK = {"pending_seconds": 0, "queuing_seconds": 0, "running_seconds": 0, "canceling_seconds": 0}
"""A new job has ended before anybody can look: `ft create` would wait 30 s between two looks."""
GONE = "status_code: 404, code: NotFound"


@pytest.fixture
def file_id(sdk: Sdk) -> Any:
    sdk.write("t.jsonl", ROW)
    return sdk("Files.upload", "t.jsonl").output.uploaded_files[0].file_id


@pytest.fixture
def job_id(sdk: Sdk, file_id: str) -> Any:
    """A job that stays PENDING while the clock stands still."""
    return sdk("FineTunes.call", model="qwen3-14b", training_file_ids=file_id).output.job_id


def last_body(emulator: EmulatorServer, operation: str) -> Any:
    return json.loads([one for one in emulator.requests if one.operation == operation][-1].body)


def test_files(sdk: Sdk, emulator: EmulatorServer) -> None:
    sdk.write("t.jsonl", ROW)
    up = sdk.cli("files", "upload", "-f", "t.jsonl", "-d", "desc")
    assert up.code == 0
    assert "Upload success, file id: " in up.out
    (stored,) = emulator.files.values()
    assert stored.file_id in up.out
    assert (stored.name, stored.description, stored.purpose) == ("t.jsonl", "desc", "fine-tune")
    for _ in range(3):
        assert sdk.cli("files", "upload", "-f", "t.jsonl", "-u", emulator.base_url).code == 0

    listed = sdk.cli("files", "list", "-p", "2", "-s", "3")
    assert listed.code == 0
    page = json.loads(listed.out)
    assert (page["total"], page["page_no"], [one["file_id"] for one in page["files"]]) == (4, 2, [stored.file_id])

    found = sdk.cli("files", "get", stored.file_id)
    assert (found.code, json.loads(found.out)["name"]) == (0, "t.jsonl")
    gone = sdk.cli("files", "delete", stored.file_id)
    assert (gone.code, gone.err) == (0, "")
    assert "Delete success" in gone.out
    for verb in ("get", "delete"):
        missing = sdk.cli("files", verb, stored.file_id)
        assert missing.code == 1
        assert GONE in missing.err


def test_an_upload_that_is_refused_inside_200(sdk: Sdk, emulator: EmulatorServer) -> None:
    sdk.write("t.jsonl", ROW)
    emulator.configure(max_files=0)
    up = sdk.cli("files", "upload", "-f", "t.jsonl")
    assert up.code == 1
    assert "no file_id" in up.err  # the reason is in failed_uploads, which it does not show


def test_create_waits_for_the_end(sdk: Sdk, emulator: EmulatorServer, file_id: str) -> None:
    emulator.configure(**QUICK)
    made = sdk.cli(
        *("ft", "create", "-m", "qwen3-14b", "-t", file_id, "-t", file_id, "-v", file_id, "--mode", "efficient_sft"),
        *("-e", "3", "-b", "16", "-l", "1.6e-5", "-p", "0.1"),
    )
    assert made.code == 0, made
    (job,) = emulator.jobs.values()
    assert f"job_id: {job.job_id}" in made.out
    assert f"fine-tuned model: qwen3-14b-{job.job_id}" in made.out
    assert last_body(emulator, "create") == {
        "model": "qwen3-14b",
        "training_file_ids": [file_id, file_id],
        "validation_file_ids": [file_id],
        "hyper_parameters": {"n_epochs": 3, "batch_size": 16, "learning_rate": 1.6e-05, "prompt_loss": 0.1},
        "training_type": "efficient_sft",
    }


def test_create_with_the_least(sdk: Sdk, emulator: EmulatorServer, file_id: str) -> None:
    emulator.configure(**QUICK)
    assert sdk.cli("fine-tunes", "create", "-m", "qwen3-14b", "-t", file_id).code == 0
    assert last_body(emulator, "create") == {
        "model": "qwen3-14b",
        "training_file_ids": [file_id],
        "validation_file_ids": [],
        "hyper_parameters": {},
    }


@pytest.mark.parametrize(
    ("plan", "out", "err"),
    [
        ({"outcome": "FAILED"}, "Create fine-tune job success", "Fine-tune FAILED!"),
        # `create` looks for a plain dict, which its own answer is not, and so never opens the stream.
        ({"running_seconds": 60}, "Fine-tuning is RUNNING", "Invalid response for job"),
    ],
    ids=["a job that fails", "a job that runs"],
)
def test_create_exits_with_0_however_the_job_ends(
    sdk: Sdk, emulator: EmulatorServer, file_id: str, plan: dict[str, Any], out: str, err: str
) -> None:
    emulator.configure(**QUICK)
    emulator.plan_next_job(**plan)
    made = sdk.cli("ft", "create", "-m", "qwen3-14b", "-t", file_id)
    assert made.code == 0
    assert out in made.out
    assert err in made.err


def test_create_refused(sdk: Sdk, emulator: EmulatorServer, file_id: str) -> None:
    refused = sdk.cli("ft", "create", "-m", "qwen3-14b", "-t", "no-such-file")
    assert refused.code == 1
    assert "status_code: 400, code: InvalidParameter" in refused.err
    emulator.configure(quota=0)
    refused = sdk.cli("ft", "create", "-m", "qwen3-14b", "-t", file_id)
    assert refused.code == 1
    assert "status_code: 429, code: Throttling" in refused.err


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        ("PENDING", "The fine-tune task is: PENDING"),
        ("QUEUING", "The fine-tune task is: QUEUING"),
        ("RUNNING", "The fine-tune task is: RUNNING"),
        ("CANCELING", "The fine-tune task is: CANCELING"),
        ("SUCCEEDED", "Fine-tune task success, fine-tuned model: qwen3-14b-ft-"),
        ("FAILED", "Fine-tune failed!"),
        ("CANCELED", "Fine-tune task canceled"),
    ],
)
def test_get_in_each_status(sdk: Sdk, emulator: EmulatorServer, job_id: str, status: str, shown: str) -> None:
    emulator.force(job_id, status)
    answer = sdk.cli("ft", "get", job_id)
    assert answer.code == 0, answer
    assert shown in answer.out + answer.err


def test_list_shows_every_job(sdk: Sdk, emulator: EmulatorServer, job_id: str) -> None:
    listed = sdk.cli("ft", "list", "-p", "2", "-s", "5")
    assert listed.code == 0
    assert f"job: {job_id}, status: PENDING, base model: qwen3-14b" in listed.out
    sent = [one for one in emulator.requests if one.operation == "list"][-1].query
    assert sent == {"page_no": "1", "page_size": "5"}  # whatever page is asked for, it asks for the first


def test_cancel_and_delete(sdk: Sdk, emulator: EmulatorServer, job_id: str) -> None:
    emulator.configure(canceling_seconds=0)
    early = sdk.cli("ft", "delete", job_id)
    assert early.code == 3
    assert "code: UnsupportedOperation" in early.err
    assert f"Cancel fine-tune job: {job_id} success!" in sdk.cli("ft", "cancel", job_id).out
    late = sdk.cli("ft", "cancel", job_id)
    assert late.code == 3
    assert "code: UnsupportedOperation" in late.err
    assert f"fine_tune job: {job_id} delete success" in sdk.cli("ft", "delete", job_id).out
    for verb in ("get", "cancel", "delete"):
        gone = sdk.cli("ft", verb, job_id)
        assert gone.code == 1
        assert GONE in gone.err


def test_a_finished_job_that_stays(sdk: Sdk, emulator: EmulatorServer, job_id: str) -> None:
    emulator.configure(literal_reading=True)
    emulator.force(job_id, "SUCCEEDED")
    assert sdk.cli("ft", "delete", job_id).code == 3


@pytest.mark.parametrize(
    ("error", "code"),
    [("rate", 4), ("internal", 1), ("unavailable", 1), ("access_denied", 2), ("invalid_body", 3), ("html", 1)],
)
def test_exit_codes_of_faults(sdk: Sdk, emulator: EmulatorServer, error: str, code: int) -> None:
    rule = {"operation": "get", "kind": "html"} if error == "html" else {"operation": "get", "error": error}
    added = requests.post(f"{emulator.root_url}/_emulator/faults", json=rule, timeout=10)
    assert added.status_code == 200, added.text
    failed = sdk.cli("ft", "get", "ft-000000000000-0000")
    assert failed.code == code
    assert "Failed request_id" in failed.err


def test_the_key_option_and_a_wrong_key(sdk: Sdk, job_id: str) -> None:
    other = sdk.cli("-k", "sk-x", "ft", "get", job_id)
    assert other.code == 1
    assert GONE in other.err  # a key of its own, a workspace of its own
    wrong = sdk.cli("-k", "wrong", "ft", "get", job_id)
    assert wrong.code == 2
    assert "status_code: 401, code: InvalidApiKey" in wrong.err
    assert "wrong" not in wrong.err


def test_legacy_spellings(sdk: Sdk, emulator: EmulatorServer, job_id: str) -> None:
    assert f"job: {job_id}" in sdk.cli("fine_tunes.list").out
    assert sdk.cli("files.upload", "-f", "t.jsonl", "-p", "fine_tune", "-d", "old").code == 0
    assert sdk.cli("fine_tunes.get", "-j", job_id).code == 2
    assert sdk.cli("fine_tunes.call", "-m", "qwen3-14b", "-t", "f1", "f2").code == 2


def test_a_process_of_its_own(sdk: Sdk, emulator: EmulatorServer, job_id: str) -> None:
    """What the other tests do in a fork is what `python -m dashscope.cli` does."""
    warm, cold = sdk.cli("ft", "get", job_id), sdk.cold_cli("ft", "get", job_id)
    assert (warm.code, warm.out, warm.err) == (cold.code, cold.out, cold.err)
    assert "PENDING" in cold.out


def test_without_a_key_nothing_is_sent(sdk: Sdk, emulator: EmulatorServer) -> None:
    silent = sdk.cold_cli("ft", "list", DASHSCOPE_API_KEY=None)
    assert silent.code == 1
    assert "No api key provided" in silent.out + silent.err
    assert emulator.count() == {}


def test_whoami(sdk: Sdk, emulator: EmulatorServer) -> None:
    known = sdk.cli("auth", "whoami")
    assert known.code == 0, known
    assert "Authenticated" in known.out
    assert "0123456789" not in known.out + known.err
    unknown = sdk.cli("-k", "wrong", "auth", "whoami")
    assert unknown.code == 2
    assert "code=InvalidApiKey" in unknown.err
    assert json.loads(sdk.cli("models", "get", "qwen3-14b").out) == {"model": "qwen3-14b"}
    assert sdk.cli("models", "get", "no-such-model").code == 1


def test_a_saved_key(sdk: Sdk, emulator: EmulatorServer, job_id: str) -> None:
    """`auth login` writes a file, which the commands read where the variable is not set.

    Its `-k` is taken for the option of all commands, and the command asks for the key instead: a bug of 2.0.2.
    """
    try:
        assert sdk.cli("auth", "login", "--key", "sk-saved").code == 0
        listed = sdk.cold_cli("ft", "get", job_id, DASHSCOPE_API_KEY=None)
        assert GONE in listed.err  # the saved key has a workspace of its own
        assert emulator.requests[-1].status == 404
    finally:
        assert sdk.cli("auth", "logout").code == 0
    assert not (sdk.folder / ".dashscope" / "api_key").exists()


def test_models(sdk: Sdk) -> None:
    first, second = (json.loads(sdk.cli("models", "list", "-p", page, "-s", "2").out) for page in ("1", "2"))
    assert (first["page_no"], second["page_no"]) == (1, 2)
    assert first["total"] == second["total"] > 4
    assert len({one["model"] for one in (*first["models"], *second["models"])}) == 4


def test_a_deployment_from_a_template(sdk: Sdk, emulator: EmulatorServer) -> None:
    """By token; one by model units needs a `deploy_spec`, which the service takes the template's id in."""
    emulator.configure(deploying_seconds=0)
    command = ("deployments", "create", "-m", "qwen3-14b", "--template-id", "MU1", "--plan")
    units = sdk.cli(*command, "mu")
    assert units.code == 1
    assert "code: InvalidParameter, message: Required parameter(deploy_spec)" in units.err
    assert sdk.cli(*command, "Lora").code == 0
    assert last_body(emulator, "create_deployment") == {
        "model_name": "qwen3-14b",
        "capacity": 1,
        "plan": "Lora",  # as its help spells it
        "template_id": "MU1",
    }


def test_a_deployment(sdk: Sdk, emulator: EmulatorServer) -> None:
    emulator.configure(deploying_seconds=0)
    made = sdk.cli("deployments", "create", "-m", "qwen3-14b", "--plan", "lora", "-c", "1", "-s", "sfx")
    assert made.code == 0, made
    assert "status: RUNNING" in made.out
    (name,) = [one.deployed_model for one in sdk("Deployments.list").output.deployments]
    assert name in made.out
    found = sdk.cli("deployments", "get", name)
    assert (found.code, found.out.strip()) == (0, f"Deployed model: {name} capacity: 1 status: RUNNING")
    scaled = sdk.cli("deployments", "scale", name, "-c", "2")
    assert scaled.code == 0
    assert "status: UPDATING" in scaled.out
    # It looks for a plain dict here as well.
    assert "There is no deployed model!" in sdk.cli("deployments", "list").out
    assert f"Deployed model: {name} delete success" in sdk.cli("deployments", "delete", name).out
    emulator.clock.advance(3600)
    gone = sdk.cli("deployments", "get", name)
    assert gone.code == 1
    assert GONE in gone.err
