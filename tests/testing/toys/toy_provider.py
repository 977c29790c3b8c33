"""A dynamic provider that writes down every call it gets and fails on command.

It runs in the provider host, a process of its own, so it and the test talk through two files in ``$TOY_DIR``:
``calls.jsonl`` (what was called, with what) and ``control.json`` (what should go wrong, per ``operation:name``).
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

import pulumi
from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffResult,
    ReadResult,
    Resource,
    ResourceProvider,
    UpdateResult,
)


def folder() -> Path:
    return Path(os.environ["TOY_DIR"])


def control(key: str) -> Any:
    file = folder() / "control.json"
    return json.loads(file.read_text()).get(key) if file.exists() else None


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: plain(item) for key, item in sorted(value.items()) if key != "__provider"}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if value is None or isinstance(value, (str, int, float, bool)) else "?"


def record(operation: str, **details: Any) -> None:
    with (folder() / "calls.jsonl").open("a") as handle:
        handle.write(json.dumps({"call": operation, "at": time.monotonic(), **plain(details)}) + "\n")


def abort(id_: str, properties: dict[str, Any], how: str) -> None:
    """Fail the way a provider can: with a bare message, or with what is known about a half-made resource."""
    from google.protobuf import struct_pb2
    from pulumi.runtime.proto import provider_pb2, status_pb2

    status = status_pb2.Status(code=2, message="two lines\nof message")
    if how == "partial":
        live = struct_pb2.Struct()
        live.update(properties)
        detail = provider_pb2.ErrorResourceInitFailed(id=id_, properties=live, reasons=["not well yet"])
        status.details.add().Pack(detail)
    frame: FrameType | None = sys._getframe()
    while frame is not None and "context" not in frame.f_locals:
        frame = frame.f_back
    assert frame is not None
    metadata = (("grpc-status-details-bin", status.SerializeToString()),)
    frame.f_locals["context"].set_trailing_metadata(metadata)
    raise RuntimeError("the status above goes to the user instead of this")


class ToyProvider(ResourceProvider):
    serialize_as_secret_always = False

    def configure(self, req: Any) -> None:
        (folder() / "host.pid").write_text(str(os.getpid()))
        record("configure", plain=req.config.get("toy:plain"), hidden=req.config.get("toy:hidden"))

    def check(self, olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        record("check", olds=olds, news=news)
        failures = [CheckFailure("v", "must not be bad")] if news.get("v") == "bad" else []
        return CheckResult(news, failures)

    def diff(self, id_: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        record("diff", id=id_, olds=olds, news=news)
        if news.get("guess"):
            return DiffResult()
        before = {key: value for key, value in olds.items() if key not in ("made", "token")}
        replaces = ["r"] if before.get("r") != news.get("r") else []
        return DiffResult(before != news, replaces, delete_before_replace=bool(news.get("first")))

    def create(self, props: dict[str, Any]) -> CreateResult:
        record("create", props=props)
        id_ = f"{props['name']}-{plain(props.get('r', 0))}"
        outs = {**props, "made": f"made {id_}"}
        self._go_wrong("create", props["name"], id_, outs)
        return CreateResult(id_, outs)

    def update(self, id_: str, olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        record("update", id=id_, olds=olds, news=news)
        outs = {**news, "made": olds.get("made")}
        self._go_wrong("update", news["name"], id_, outs)
        return UpdateResult(outs)

    def delete(self, id_: str, props: dict[str, Any]) -> None:
        record("delete", id=id_)
        print(f"deleting {id_}")
        self._go_wrong("delete", props["name"], id_, props)

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        record("read", id=id_, props=props)
        name = props["name"]
        self._go_wrong("read", name, id_, props)
        if control(f"gone:{name}"):
            return ReadResult(None, {})
        outs = {**props, **(control(f"outs:{name}") or {})}
        return ReadResult(id_, outs, control(f"inputs:{name}"))

    def _go_wrong(self, operation: str, name: str, id_: str, properties: dict[str, Any]) -> None:
        how = control(f"{operation}:{name}")
        if how in ("partial", "message"):
            abort(id_, properties, how)
        if how == "sleep":
            time.sleep(60)
        if how == "short":
            time.sleep(1.5)
        elif how:
            raise ValueError(how)


class Toy(Resource, module="toy", name="Toy"):
    made: pulumi.Output[str]
    v: pulumi.Output[Any]

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None, **props: Any) -> None:
        super().__init__(ToyProvider(), name, {"name": name, "made": None, "v": None, **props}, opts)
