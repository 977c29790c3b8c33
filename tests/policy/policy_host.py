"""The real host of a policy pack in Python, without an engine: `python -m pulumi.policy`, asked over gRPC."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

REPOSITORY = Path(__file__).parents[2]
EXAMPLE = REPOSITORY / "examples" / "policies"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What the engine sends for a text that a preview does not know."""
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}


def python() -> Path | None:
    """The Python that has `pulumi-policy`: that of `make policy-packages`, or this one; None without any."""
    own = REPOSITORY / ".venv-policy" / "bin" / "python"
    if own.exists():
        return own
    return Path(sys.executable) if find_spec("pulumi_policy") is not None else None


@dataclass(frozen=True)
class Violation:
    """What a policy said."""

    policy: str
    message: str
    mandatory: bool
    urn: str


class PolicyHost:
    """One running pack. Close it.

    :param folder: the folder that `pulumi` is started in.
    """

    def __init__(
        self, pack: Path, *, stack: str, configuration: Mapping[str, str] | None = None, folder: Path | None = None
    ) -> None:
        interpreter = python()
        assert interpreter is not None
        told = {
            "PULUMI_PROJECT": "shop",
            "PULUMI_STACK": stack,
            "PULUMI_DRY_RUN": "true",
            "PULUMI_CONFIG": json.dumps(dict(configuration or {})),
            "PYTHONPATH": str(REPOSITORY),
            "PWD": str(folder or pack),
        }
        self._process = subprocess.Popen(
            [interpreter, "-u", "-m", "pulumi.policy", "127.0.0.1:0", str(pack)],
            env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **told},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        port = self._process.stdout.readline().strip().decode()
        if not port:
            _, errors = self._process.communicate()
            raise RuntimeError(errors.decode())
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self._stub: Any = analyzer_pb2_grpc.AnalyzerStub(self._channel)

    def close(self) -> None:
        self._channel.close()
        self._process.kill()
        self._process.communicate()

    def info(self) -> Any:
        return self._stub.GetAnalyzerInfo(empty_pb2.Empty())

    def configure(self, **settings: Mapping[str, Any]) -> None:
        """What `--policy-pack-config` says; underscores in names stand for dashes."""
        config = {
            name.replace("_", "-"): analyzer_pb2.PolicyConfig(
                enforcementLevel=analyzer_pb2.MANDATORY, properties=_struct(given)
            )
            for name, given in settings.items()
        }
        self._stub.Configure(analyzer_pb2.ConfigureAnalyzerRequest(policyConfig=config))

    def analyze(
        self,
        type_token: str,
        properties: Mapping[str, Any],
        *,
        name: str = "triage",
        provider: Mapping[str, Any] | None = None,
    ) -> list[Violation]:
        request = analyzer_pb2.AnalyzeRequest(
            type=type_token, name=name, urn=_urn(type_token, name), properties=_struct(properties)
        )
        if provider is not None:
            request.provider.CopyFrom(
                analyzer_pb2.AnalyzerProviderResource(
                    type="pulumi:providers:dashscope-ft", name="p", properties=_struct(provider)
                )
            )
        return _violations(self._stub.Analyze(request))

    def analyze_stack(self, *resources: tuple[str, str, Mapping[str, Any]]) -> list[Violation]:
        """Analyze resources, each given as type token, name and outputs."""
        every = [
            analyzer_pb2.AnalyzerResource(type=token, name=name, urn=_urn(token, name), properties=_struct(properties))
            for token, name, properties in resources
        ]
        return _violations(self._stub.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(resources=every)))


def _struct(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    return json_format.ParseDict(dict(properties), struct_pb2.Struct())


def _urn(type_token: str, name: str) -> str:
    return f"urn:pulumi:dev::shop::{type_token}::{name}"


def _violations(response: Any) -> list[Violation]:
    return [
        Violation(each.policyName, each.message, each.enforcementLevel == analyzer_pb2.MANDATORY, each.urn)
        for each in response.diagnostics
    ]
