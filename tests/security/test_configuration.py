"""A provider process as a confused deputy: whoever reaches its port tries to have it send what it knows elsewhere.

The attacks run on both front ends as real processes: the plugin, and Pulumi's dynamic provider host.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from pulumi_dashscope_ft.api import SettingsError, resolve_settings
from pulumi_dashscope_ft.display.engine_log import EngineLog
from pulumi_dashscope_ft.dynamic.provider import FineTuningJobProvider, ModelDeploymentProvider, TrainingFileProvider
from pulumi_dashscope_ft.emulator import EmulatorServer, Settings
from pulumi_dashscope_ft.testing.errors import ProviderError
from pulumi_dashscope_ft.testing.providers.pool import DYNAMIC_PACKAGE, Launcher

KEY, TEAM = "sk-deputy-0123456789abcdef", "sk-team-b-0123456789abcdef"
SECRETS = {
    "AWS_SECRET_ACCESS_KEY": "wJalr-another-systems-secret",
    "PULUMI_CONFIG_PASSPHRASE": "the-passphrase-of-the-stack",
    "GITHUB_TOKEN": "ghp_0123456789abcdef",
    "TEAM_B": TEAM,
}
PROVIDERS = {
    "FineTuningJob": FineTuningJobProvider,
    "ModelDeployment": ModelDeploymentProvider,
    "TrainingFile": TrainingFileProvider,
}


class Listener:
    """A port that keeps every byte that arrives. It answers nothing but the end."""

    def __init__(self) -> None:
        self.heard = b""
        self.calls = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.base_url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/api/v1"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):  # closed: the test is over
            while True:
                connection, _ = self._socket.accept()
                self.calls += 1
                with connection:
                    connection.settimeout(2)
                    with contextlib.suppress(OSError):
                        while chunk := connection.recv(65536):
                            self.heard += chunk
                            if b"\r\n\r\n" in self.heard:
                                connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
                                break

    def close(self) -> None:
        self._socket.close()


class Deputy:
    """One provider process, and what an attacker or the engine sends to its port."""

    def __init__(self, flavour: str, directory: Path, emulator: EmulatorServer, **environment: str) -> None:
        self.flavour = flavour
        self.lines: list[str] = []
        known = {"DASHSCOPE_HTTP_BASE_URL": emulator.base_url, "DASHSCOPE_API_KEY": KEY, **SECRETS, **environment}
        self.package = DYNAMIC_PACKAGE if flavour == "dynamic" else "dashscope-ft"
        self.client = Launcher("shop", directory, known, self.lines.append).launch(self.package)

    def configure(self, provider_id: str = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d", **config: Any) -> None:
        spelled = config if self.flavour == "plugin" else {f"dashscope-ft:{key}": one for key, one in config.items()}
        self.client.configure(f"urn:pulumi:dev::shop::pulumi:providers:{self.package}::default", provider_id, spelled)

    def urn(self, kind: str) -> str:
        prefix = "pulumi-python:dynamic/dashscope-ft" if self.flavour == "dynamic" else "dashscope-ft:index"
        return f"urn:pulumi:dev::shop::{prefix}:{kind}::one"

    def bag(self, kind: str, **properties: Any) -> dict[str, Any]:
        hidden: dict[str, Any] = {
            "__name": "one",
            "__owner": "0wner0wner",
            "__nonce": "n0nce",
            "__inputs": sorted(properties),
        }
        if self.flavour == "dynamic":
            from pulumi.dynamic.dynamic import serialize_provider

            hidden["__provider"] = serialize_provider(PROVIDERS[kind]())
        return {"model": "qwen3-8b", "trainingFileIds": ["file-1"], "jobId": "ft-1", **properties, **hidden}

    def refused(self, verb: str, kind: str = "FineTuningJob", **properties: Any) -> str:
        """What the verb's failure says."""
        bag = self.bag(kind, **properties)
        with pytest.raises(ProviderError) as caught:
            self._call(verb, kind, bag)
        return str(caught.value)

    def _call(self, verb: str, kind: str, bag: dict[str, Any]) -> None:
        if verb == "delete":
            self.client.delete(self.urn(kind), "ft-1", inputs=bag, outputs=bag, timeout=0)
        elif verb == "read":
            self.client.read(self.urn(kind), "ft-1", inputs=bag, outputs=bag)
        else:
            self.client.create(self.urn(kind), bag, 0)

    def delete(self, kind: str = "FineTuningJob", **properties: Any) -> None:
        """Of a job that the service does not know: it is gone already."""
        self._call("delete", kind, self.bag(kind, **properties))


@pytest.fixture(scope="module")
def emulator() -> Iterator[EmulatorServer]:
    with EmulatorServer(settings=Settings(check_file_ids=False)) as server:
        yield server


@pytest.fixture
def thief() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.close()


@pytest.fixture(params=["plugin", "dynamic"])
def deputy(request: pytest.FixtureRequest, tmp_path: Path, emulator: EmulatorServer) -> Iterator[Callable[..., Deputy]]:
    started: list[Deputy] = []

    def start(**environment: str) -> Deputy:
        started.append(Deputy(request.param, tmp_path, emulator, **environment))
        return started[-1]

    yield start
    for one in started:
        one.client.stop()
        said = "\n".join(one.lines)
        assert not any(secret in said for secret in (KEY, *SECRETS.values()))


def second_configuration(one: Deputy, **config: Any) -> str:
    """What is said to a second, different configuration. The dynamic host keeps it for the kinds that come later."""
    if one.flavour == "plugin":
        with pytest.raises(ProviderError) as caught:
            one.configure(**config)
        return str(caught.value)
    one.configure(**config)
    return one.refused("delete", "ModelDeployment", deploymentId="d-1")


def test_a_second_configuration_sends_nothing_elsewhere(deputy: Any, thief: Listener) -> None:
    """The attack of the review: another base URL, then a delete with a variable of another system."""
    one = deputy()
    one.configure()
    one.delete()  # the first kind that is served takes over the configuration of the dynamic host
    said = second_configuration(one, baseUrl=thief.base_url)
    assert "second configuration, which differs in baseUrl" in said.replace("base_url", "baseUrl")
    assert "the first configuration holds" in said
    assert "run the same command (such as `pulumi up`) again" in said
    assert thief.base_url not in said
    for name in SECRETS:
        said = one.refused("delete", apiKeyEnv=name)
        assert "was not read" in said
        assert SECRETS[name] not in said
    one.delete()
    assert (thief.calls, thief.heard) == (0, b"")


SECOND = (
    {"apiKey": "sk-of-somebody-0123456789"},
    {"workspaceId": "llm-2"},
    {"region": "eu-central-1"},
    {"apiKeyEnvs": "TEAM_B"},
    {"apiKeyEnvs": "AWS_SECRET_ACCESS_KEY,TEAM_B"},
)


def test_nothing_of_the_first_configuration_is_changed(deputy: Any, emulator: EmulatorServer) -> None:
    one = deputy()
    first = {"baseUrl": emulator.base_url, "apiKey": KEY}
    one.configure(**first)
    one.delete()
    for second in SECOND:
        (changed,) = second
        said = second_configuration(one, **{**first, **second})
        assert f"differs in {changed}" in said.replace("api_key", "apiKey").replace("workspace_id", "workspaceId")
        assert not any(value in said for value in second.values())
    assert "was not read" in one.refused("delete", apiKeyEnv="TEAM_B")
    one.delete()


def test_an_equal_configuration_may_come_again(deputy: Any, emulator: EmulatorServer) -> None:
    one = deputy()
    one.configure(apiKeyEnvs="TEAM_B, TEAM_C", baseUrl=emulator.base_url)
    one.delete(apiKeyEnv="TEAM_B")
    one.configure(apiKeyEnvs='["TEAM_C", "TEAM_B"]', baseUrl=emulator.base_url)
    one.delete(apiKeyEnv="TEAM_B")
    one.delete("ModelDeployment", deploymentId="d-1", modelName="m", apiKeyEnv="TEAM_B")


@pytest.mark.parametrize("deputy", ["plugin"], indirect=True)
def test_a_provider_keeps_its_id(deputy: Any) -> None:
    """Its id says whose the jobs are. A preview does not know it yet."""
    one = deputy()
    one.configure(provider_id="")
    one.configure()
    one.configure(provider_id="")
    with pytest.raises(ProviderError, match="differs in the id of the provider"):
        one.configure(provider_id="ffffffff-4e5f-4a6b-8c7d-9e0f1a2b3c4d")


def test_no_list_opens_the_secret_of_another_system(deputy: Any, emulator: EmulatorServer) -> None:
    """Also where the first configuration is the attacker's."""
    before = emulator.count()
    one = deputy(DASHSCOPE_FT_API_KEY_ENVS=",".join(SECRETS))
    one.configure(apiKeyEnvs=",".join(SECRETS))
    for name in set(SECRETS) - {"TEAM_B"}:
        for verb in ("delete", "read", "create"):
            said = one.refused(verb, apiKeyEnv=name)
            assert f"{name}, which by its name holds a secret of another system" in said
            assert "export DASHSCOPE_API_KEY_TEAM_B=sk-" in said
    assert emulator.count() == before


def test_a_state_of_today_says_what_to_set_and_is_torn_down_after_that(deputy: Any, emulator: EmulatorServer) -> None:
    one = deputy()
    one.configure()
    for verb in ("read", "delete"):
        said = one.refused(verb, apiKeyEnv="TEAM_B")
        assert "pulumi config set dashscope-ft:apiKeyEnvs TEAM_B," in said
        assert "export DASHSCOPE_FT_API_KEY_ENVS=TEAM_B " in said
        assert TEAM not in said
    emulator.configure(keys={TEAM: "llm-b"})
    try:
        for environment, config in (({}, {"apiKeyEnvs": "TEAM_B"}), ({"DASHSCOPE_FT_API_KEY_ENVS": "TEAM_B"}, {})):
            again = deputy(**environment)
            again.configure(**config)
            again.delete(apiKeyEnv="TEAM_B")
    finally:
        emulator.configure(keys={})


def test_no_property_of_a_resource_says_where_to_send_the_key(deputy: Any, thief: Listener) -> None:
    one = deputy()
    one.configure()
    for name in ("baseUrl", "base_url", "dashscope-ft:baseUrl", "apiKey", "url", "__baseUrl", "endpoint"):
        one.delete(**{name: thief.base_url})
    one.delete(region="eu-central-1")
    assert thief.calls == 0


def test_lines_go_to_the_engine_that_started_the_plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that was started by nobody, to be debugged, goes from engine to engine."""
    addresses: list[str] = []

    def channel_to(address: str) -> Any:
        addresses.append(address)
        return grpc.Channel

    monkeypatch.setattr("grpc.insecure_channel", channel_to)
    monkeypatch.setattr("pulumi_dashscope_ft.display.engine_log.engine_pb2_grpc.EngineStub", lambda channel: channel)
    started = EngineLog("127.0.0.1:1")
    for address in ("127.0.0.1:1", "127.0.0.1:2", ""):
        started.attach(address)
    debugged = EngineLog()
    for address in ("127.0.0.1:3", "127.0.0.1:4"):
        debugged.attach(address)
    assert addresses == ["127.0.0.1:1", "127.0.0.1:3", "127.0.0.1:4"]


@pytest.mark.parametrize(
    "workspace",
    ["evil.example/", "evil.example#", "a@evil.example", "evil.example:443/x?", "llm\r\nHost: evil", "../x"],
)
def test_a_workspace_that_would_be_another_host_is_refused(workspace: str) -> None:
    """In most regions the workspace is a part of the host's name."""
    with pytest.raises(SettingsError, match="the workspace id from"):
        resolve_settings(workspace_id=workspace, configuration={"region": "eu-central-1"}, environ={})
