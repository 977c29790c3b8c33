"""`dashscope-ft sweep` with the states of a bucket, and how the URL of one is read."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sweep_stage import FakePulumi, Stage, checkpoint

from benchmarks.bucket_server import ENVIRONMENT, BucketServer, bucket_server
from pulumi_dashscope_ft.cli.sweeping.backends.address import open_store
from pulumi_dashscope_ft.cli.sweeping.backends.bucket import Bucket
from pulumi_dashscope_ft.cli.sweeping.backends.stack import NotDirectError
from pulumi_dashscope_ft.cli.sweeping.backends.store import StoreError

EXECUTE = ("--utc-offset", "8", "--execute", "--yes")
STATE = ".pulumi/stacks/previews/pr-7.json"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "hush", "HOME": "/nowhere"}


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[BucketServer]:
    for name in ("AWS_PROFILE", "AWS_ENDPOINT", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {**ENVIRONMENT, "NO_PROXY": "127.0.0.1", "PATH": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    with bucket_server() as server:
        yield server


@pytest.fixture
def leaked(stage: Stage, bucket: BucketServer) -> str:
    """A job that its stack has lost, beside one that it holds; its state is in the bucket."""
    lost = stage.job()
    stage.job(hold={})
    stage.later()
    bucket.put(".pulumi/meta.yaml", b"version: 1\n")
    bucket.put(STATE, checkpoint(stage.document()))
    return lost


def sweep(stage: Stage, bucket: BucketServer) -> Any:
    return stage.line.run("sweep", "--state-dir", bucket.backend(), *EXECUTE)


def test_what_no_state_in_a_bucket_holds_is_ended(stage: Stage, bucket: BucketServer, leaked: str) -> None:
    told = sweep(stage, bucket)
    assert told.exit_code == 0, told.output
    assert leaked not in stage.live
    assert len(stage.live) == 1
    assert {request.partition(" ")[0] for request in bucket.requests} == {"GET"}, "nothing is written"


def test_a_thousand_stacks_take_a_list_in_pages(bucket: BucketServer, leaked: str) -> None:
    for number in range(1200):
        bucket.put(f".pulumi/stacks/shop/s{number}.json", checkpoint({"version": 3, "deployment": None}))
    entries = Bucket(_opened(bucket)).entries(".pulumi/stacks/")
    assert len({entry.key for entry in entries}) == len(entries) == 1201
    assert len([request for request in bucket.requests if "list-type" in request]) == 2


def _opened(bucket: BucketServer) -> Any:
    return open_store(bucket.backend(), ENVIRONMENT)._store  # type: ignore[attr-defined]  # what obstore has opened


def test_a_lock_in_a_bucket(stage: Stage, bucket: BucketServer, leaked: str) -> None:
    bucket.put(".pulumi/locks/organization/previews/pr-7/0f5b.json", b"{}")
    assert "it has been locked since" in sweep(stage, bucket).stdout
    assert leaked in stage.live


def test_a_torn_object(stage: Stage, bucket: BucketServer, leaked: str) -> None:
    bucket.put(STATE, checkpoint(stage.document())[:-9])
    told = sweep(stage, bucket)
    assert told.exit_code == 1
    assert "it is not a whole checkpoint" in told.stdout
    assert leaked in stage.live


def test_an_object_that_is_too_large(bucket: BucketServer, leaked: str) -> None:
    with pytest.raises(StoreError, match="larger than 10 bytes"):
        Bucket(_opened(bucket)).read(STATE, 10)


class Hanging(BucketServer):
    """A bucket that is listed, and whose objects never come."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.ended = threading.Event(), threading.Event()

    def get(self, key: str) -> tuple[bytes, float] | None:
        if key.endswith(".json"):
            self.asked.set()
            self.ended.wait(100)
        return super().get(key)


def test_ctrl_c_does_not_wait_for_a_bucket_that_does_not_answer(stage: Stage, bucket: BucketServer) -> None:
    command = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    command += "from pulumi_dashscope_ft.cli import main; main()"
    with bucket_server(Hanging()) as hanging:
        assert isinstance(hanging, Hanging)
        hanging.put(".pulumi/meta.yaml", b"version: 1\n")
        hanging.put(STATE, checkpoint(stage.document()))
        arguments = [sys.executable, "-c", command, "sweep", "--state-dir", hanging.backend()]
        process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            assert hanging.asked.wait(60)
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=50)
        finally:
            process.kill()
            hanging.ended.set()
    assert process.returncode == 130
    assert said == "dashscope-ft: interrupted.\n"


def test_a_bucket_that_refuses_is_left_to_the_command(
    stage: Stage, bucket: BucketServer, leaked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulumi = FakePulumi(tmp_path, monkeypatch)
    pulumi.write(stage)
    monkeypatch.delenv("AWS_PROFILE")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIASOMEBODYELSE0000")
    told = sweep(stage, bucket)
    assert told.exit_code == 0
    assert "reading s3://states through the `pulumi` command, one process for each stack: " in told.stderr
    assert ".pulumi/meta.yaml" in told.stderr
    assert ENVIRONMENT["AWS_SECRET_ACCESS_KEY"] not in told.output
    assert leaked not in stage.live


def test_without_obstore(
    stage: Stage, bucket: BucketServer, leaked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "obstore"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "obstore", None)
    pulumi = FakePulumi(tmp_path, monkeypatch)
    pulumi.write(stage)
    told = sweep(stage, bucket)
    assert told.exit_code == 0
    assert "`obstore` is not installed: pip install 'pulumi-dashscope-ft[sweep]'" in told.stderr
    assert leaked not in stage.live


@pytest.mark.parametrize(
    ("url", "environment", "settings"),
    [
        ("s3://b", KEYS, {"region": "us-east-1", "virtual_hosted_style_request": "false"}),
        ("s3://b?region=eu-west-1&awssdk=v2", {**KEYS, "AWS_REGION": "x"}, {"region": "eu-west-1"}),
        ("s3://b", {**KEYS, "AWS_DEFAULT_REGION": "eu-west-2"}, {"region": "eu-west-2"}),
        (
            "s3://b/team?endpoint=localhost:9000&disableSSL=true&s3ForcePathStyle=true",
            KEYS,
            {"endpoint": "http://localhost:9000", "virtual_hosted_style_request": "false"},
        ),
        (
            "s3://b?endpoint=https://minio.example",
            KEYS,
            {"endpoint": "https://b.minio.example", "virtual_hosted_style_request": "true"},
        ),
        (
            "s3://b?use_path_style=true",
            {**KEYS, "AWS_ENDPOINT_URL_S3": "https://minio.example"},
            {"endpoint": "https://minio.example"},
        ),
        ("s3://b?anonymous=true", {"AWS_PROFILE": "me"}, {"skip_signature": "true"}),
        ("azblob://c?storage_account=acc", {"AZURE_STORAGE_KEY": "a2V5"}, {"account_name": "acc"}),
        (
            "azblob://c/deep",
            {"AZURE_STORAGE_ACCOUNT": "acc", "AZURE_STORAGE_SAS_TOKEN": "?sv=1&sig=x"},
            {"account_name": "acc", "sas_key": "sv=1&sig=x"},
        ),
    ],
)
def test_a_url_is_read_as_pulumi_reads_it(url: str, environment: dict[str, str], settings: dict[str, str]) -> None:
    store = open_store(url, environment)._store  # type: ignore[attr-defined]  # what obstore has opened
    assert {name: str(store.config[name]) for name in settings} == settings
    assert store.prefix == (url.partition("?")[0].partition("://")[2].partition("/")[2] or None)


@pytest.mark.parametrize(
    ("url", "environment", "words"),
    [
        ("s3://b?profile=me", KEYS, "understands the parameter profile"),
        ("s3://b?role=arn:aws:iam::1:role/x", KEYS, "understands the parameter role"),
        ("s3://b?s3ForcePathStyle=perhaps", KEYS, "neither true nor false"),
        ("s3://b?region=a&region=b", KEYS, "a parameter twice"),
        ("s3://b?disableSSL=true", KEYS, "plain HTTP without an endpoint"),
        ("s3://me@b", KEYS, "parts that only the command understands"),
        ("s3://", KEYS, "parts that only the command understands"),
        ("s3://b", {**KEYS, "AWS_PROFILE": "me"}, "AWS_PROFILE names a profile"),
        ("s3://b", {**KEYS, "AWS_ENDPOINT": "http://x"}, "AWS_ENDPOINT would be heeded here"),
        ("s3://b", {**KEYS, "AWS_CA_BUNDLE": "/ca.pem"}, "heeds the variable AWS_CA_BUNDLE"),
        ("s3://b", {"AWS_SHARED_CREDENTIALS_FILE": __file__}, "in files of AWS's own command"),
        ("s3://b", {**KEYS, "AWS_CONFIG_FILE": __file__}, "has settings that only the command heeds"),
        ("gs://b?access_id=x", {}, "understands the parameter access_id"),
        ("gs://b", {"GOOGLE_CREDENTIALS": "{}"}, "heeds the variable GOOGLE_CREDENTIALS"),
        ("azblob://c", {"AZURE_STORAGE_ACCOUNT": "acc"}, "a login of Azure"),
        ("azblob://c?domain=x", {"AZURE_STORAGE_ACCOUNT": "acc"}, "understands the parameter domain"),
        ("file:///tmp?create_dir=true", {}, "parts that only the command understands"),
    ],
)
def test_a_url_that_is_left_to_the_command(url: str, environment: dict[str, str], words: str) -> None:
    with pytest.raises(NotDirectError, match=words):
        open_store(url, environment)
