"""A new kind is one folder and one line: the toy kind `Note` goes through both front ends, the command and the sweep,
and no other file knows of it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from click.testing import CliRunner, Result
from emulated_clock import EmulatedClock
from note.kind import KIND
from note.provider import NoteProvider
from note.shelf import pin
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from pulumi_dashscope_ft.api import Client, resolve_settings
from pulumi_dashscope_ft.cli.group import cli
from pulumi_dashscope_ft.cli.output.runtime import CommandRuntime
from pulumi_dashscope_ft.display.engine_log import EngineLog
from pulumi_dashscope_ft.emulator import EmulatorServer
from pulumi_dashscope_ft.lifecycle.base.connection import Connection, connect
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.base.owner.provider import owner_of_provider
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.lifecycle.identity import resource as stack_identity
from pulumi_dashscope_ft.plugin.cancelling import CancelToken
from pulumi_dashscope_ft.plugin.server import serve
from pulumi_dashscope_ft.plugin.wire import decode, encode
from pulumi_dashscope_ft.testing import open_stack

KEY = "sk-kinds-0123456789abcdef"
OWNER = "0wner0wner"
PROVIDER_ID = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
URN = "urn:pulumi:dev::shop::dashscope-ft:index:Note::todo"
TOKEN = "dashscope-ft:index:Note"
ABOUT: dict[str, Any] = {"urn": URN, "type": TOKEN, "name": "todo"}
SOME, NONE = provider_pb2.DiffResponse.DIFF_SOME, provider_pb2.DiffResponse.DIFF_NONE


@pytest.fixture
def client(emulator: EmulatorServer) -> Client:
    return Client(resolve_settings())


@pytest.fixture
def connection(client: Client, emulator: EmulatorServer) -> Connection:
    return connect(client, clock=EmulatedClock(emulator), run_registry=RunRegistry(), report=lambda line: None)


@pytest.fixture
def plugin(emulator: EmulatorServer) -> Iterator[Any]:
    """The plugin's server in this process, and the engine's end of the wire."""
    server, port = serve(EngineLog(), CancelToken())
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        stub.Handshake(provider_pb2.ProviderHandshakeRequest(configure_with_urn=True))
        stub.Configure(provider_pb2.ConfigureRequest(args=encode({}), id=PROVIDER_ID, acceptSecrets=True))
        yield stub
    server.stop(None)


def notes(client: Client) -> list[str]:
    """The texts of all notes on the shelf."""
    listed = client.files.list().files
    return sorted(str(file.description) for file in listed if str(file.name).endswith(".note"))


def written(client: Client, owner: str = OWNER, text: str = "buy milk") -> str:
    """A note that a stack with this owner id has written."""
    return pin(client, str(stamp.make("todo", owner, stamp.new_nonce(), {})), text)


def checked(plugin: Any, inputs: dict[str, Any], olds: Any = None) -> Any:
    answer = plugin.Check(provider_pb2.CheckRequest(**ABOUT, news=encode(inputs), olds=olds, randomSeed=b"seed"))
    assert not answer.failures, answer.failures
    return answer.inputs


def diffed(plugin: Any, made: Any, inputs: Any, news: dict[str, Any]) -> Any:
    new_inputs = checked(plugin, news, inputs)
    request = provider_pb2.DiffRequest(**ABOUT, id=made.id, olds=made.properties, old_inputs=inputs, news=new_inputs)
    return plugin.Diff(request)


def test_the_plugin_serves_it(plugin: Any, client: Client) -> None:
    wrong = plugin.Check(provider_pb2.CheckRequest(**ABOUT, news=encode({"txt": "?"}), randomSeed=b"seed"))
    assert "text" in str(wrong.failures)
    inputs = checked(plugin, {"text": "buy milk"})
    planned = plugin.Create(provider_pb2.CreateRequest(**ABOUT, properties=inputs, preview=True))
    assert (planned.id, notes(client)) == ("", [])
    made = plugin.Create(provider_pb2.CreateRequest(**ABOUT, properties=inputs))
    outputs = decode(made.properties).values
    assert (made.id, outputs["noteId"], notes(client)) == (outputs["noteId"], made.id, ["buy milk"])
    assert not made.refresh_before_update

    assert diffed(plugin, made, inputs, {"text": "buy milk"}).changes == NONE
    in_place = diffed(plugin, made, inputs, {"text": "buy milk", "remark": "fresh"})
    assert (in_place.changes, list(in_place.replaces)) == (SOME, [])
    replaced = diffed(plugin, made, inputs, {"text": "buy oats"})
    assert (list(replaced.replaces), list(replaced.detailedDiff)) == (["text"], ["text"])

    news = checked(plugin, {"text": "buy milk", "remark": "fresh"}, inputs)
    request = provider_pb2.UpdateRequest(
        **ABOUT, id=made.id, olds=made.properties, old_inputs=inputs, news=news, preview=True
    )
    assert decode(plugin.Update(request).properties).values["remark"] == "fresh"

    read = plugin.Read(provider_pb2.ReadRequest(**ABOUT, id=made.id, inputs=inputs, properties=made.properties))
    assert decode(read.properties).values == outputs
    listed = list(plugin.List(provider_pb2.ListRequest(token=TOKEN)))
    assert [one.result.id for one in listed] == [made.id]

    imported = plugin.Read(provider_pb2.ReadRequest(**ABOUT, id=made.id))
    assert decode(imported.inputs).values["text"] == "buy milk"
    assert diffed(plugin, _Made(made.id, imported.properties), imported.inputs, {"text": "buy milk"}).changes == NONE
    plugin.Delete(provider_pb2.DeleteRequest(**ABOUT, id=made.id, properties=made.properties, old_inputs=inputs))
    assert notes(client) == []
    assert not plugin.Read(provider_pb2.ReadRequest(**ABOUT, id=made.id)).id


class _Made:
    def __init__(self, id_: str, properties: Any) -> None:
        self.id = id_
        self.properties = properties


def test_the_plugin_adopts_it(plugin: Any, client: Client) -> None:
    note_id = written(client)
    inputs = checked(plugin, {"text": "buy milk", "adoptNoteId": note_id})
    assert plugin.Create(provider_pb2.CreateRequest(**ABOUT, properties=inputs)).id == note_id
    assert notes(client) == ["buy milk"]


def test_what_follows_from_a_secret_is_one(plugin: Any, client: Client) -> None:
    note_id = written(client)
    secret = encode({"text": "buy milk", "adoptNoteId": note_id}, {"adoptNoteId": True})
    inputs = plugin.Check(provider_pb2.CheckRequest(**ABOUT, news=secret, randomSeed=b"seed")).inputs
    made = plugin.Create(provider_pb2.CreateRequest(**ABOUT, properties=inputs))
    assert decode(made.properties).marks == {"adoptNoteId": True, "noteId": True}


def test_the_dynamic_host_serves_it(emulator: EmulatorServer, client: Client) -> None:
    provider: Any = NoteProvider()
    hidden = {"__name": "todo", "__owner": OWNER}
    wrong = provider.check({}, {"remark": "?", **hidden})
    assert "text" in wrong.failures[0].reason
    inputs = provider.check({}, {"text": "buy milk", **hidden}).inputs
    made = provider.create(inputs)
    assert (made.outs["noteId"], notes(client)) == (made.id, ["buy milk"])
    assert not provider.diff(made.id, made.outs, inputs).changes
    oats = provider.check(inputs, {"text": "buy oats", **hidden}).inputs
    planned = provider.diff(made.id, made.outs, oats)
    assert (planned.changes, planned.replaces) == (True, ["text"])
    fresh = provider.check(inputs, {"text": "buy milk", "remark": "fresh", **hidden}).inputs
    assert provider.update(made.id, made.outs, fresh).outs["remark"] == "fresh"
    assert provider.read(made.id, made.outs).outs["noteId"] == made.id
    provider.delete(made.id, made.outs)
    assert (notes(client), provider.read(made.id, made.outs).id) == ([], None)

    adopted = written(client)
    inputs = provider.check({}, {"text": "buy milk", "adoptNoteId": adopted, **hidden}).inputs
    assert provider.create(inputs).id == adopted


def run(emulator: EmulatorServer, *arguments: str, code: int = 0) -> Result:
    here = CommandRuntime(clock=EmulatedClock(emulator), terminal=False)
    result = CliRunner().invoke(cli, list(arguments), obj=here, prog_name="dashscope-ft")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result


def test_the_command_lists_adopts_and_deletes_it(emulator: EmulatorServer, client: Client) -> None:
    note_id = written(client)
    assert "notes  " in run(emulator, "--help").output
    assert json.loads(run(emulator, "notes", "--owner", OWNER, "--json").stdout)["notes"][0]["noteId"] == note_id
    assert "1 note" in run(emulator, "notes").output
    adopted = json.loads(run(emulator, "adopt", note_id, "--json").stdout)
    assert adopted["adopted"][0]["inputs"] == {"adoptNoteId": note_id, "text": "buy milk"}
    assert f"todo = Note(\n    'todo',\n    adopt_note_id='{note_id}'" in adopted["program"].replace('"', "'")
    assert "note" in run(emulator, "delete", "--help").output
    deleted = json.loads(run(emulator, "delete", note_id, "--yes", "--json").stdout)
    assert [(one["kind"], one["outcome"]) for one in deleted["endings"]] == [("note", "deleted")]
    assert notes(client) == []


def moment(emulator: EmulatorServer) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(emulator.clock.now() + 1))


def state(emulator: EmulatorServer, folder: Path, owner: str, held: str, created: str) -> str:
    """A state of one stack that holds a note, as `pulumi stack export` writes it."""
    stack, prefix = "urn:pulumi:dev::shop::", "pulumi-python:dynamic/dashscope-ft:"
    resources = [{"urn": f"{stack}{prefix}StackIdentity::id", "type": f"{prefix}StackIdentity", "id": owner}]
    resources.append({"urn": f"{stack}{TOKEN}::todo", "type": TOKEN, "id": held, "created": created})
    path = folder / "state.json"
    deployment = {"manifest": {"time": moment(emulator)}, "resources": resources}
    path.write_text(json.dumps({"version": 3, "deployment": deployment}))
    return str(path)


def test_a_sweep_judges_and_ends_it(emulator: EmulatorServer, client: Client, tmp_path: Path) -> None:
    lost, kept = written(client, text="lost"), written(client, text="kept")
    created = moment(emulator)
    emulator.clock.advance(7200)
    export = state(emulator, tmp_path, OWNER, kept, created)
    emulator.clock.advance(60)
    arguments = ("sweep", export, "--kind", "note", "--utc-offset", "8")
    seen = json.loads(run(emulator, *arguments, "--json", code=2).stdout)
    assert {one["id"]: (one["verdict"], one["action"]) for one in seen["objects"]} == {
        lost: ("orphan", "delete"),
        kept: ("in use", None),
    }
    assert notes(client) == ["kept", "lost"]
    run(emulator, *arguments, "--execute", "--yes")
    assert notes(client) == ["kept"]


def test_a_stack_does_not_go_before_it(connection: Connection, client: Client) -> None:
    owner = owner_of_provider(PROVIDER_ID)
    note_id = written(client, owner)
    with pytest.raises(LifecycleError, match=rf"started {note_id} \(since [^)]+\), (.|\n)*tear it up"):
        stack_identity.delete(connection, owner)
    assert KIND.teardown is not None
    KIND.teardown.tear_down(connection, note_id, "", KIND.teardown.options_of({}))
    stack_identity.delete(connection, owner)


PROGRAM = """\
import pulumi
from hosted_note import Note

settings = pulumi.Config().require_object("settings")
if settings:
    note = Note("todo", **settings)
    pulumi.export("note", note.note_id)
"""


def test_a_program_has_it_served_by_the_dynamic_host(
    engine: str, emulator: EmulatorServer, client: Client, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (project / "__main__.py").write_text(PROGRAM)
    environment = {
        "DASHSCOPE_HTTP_BASE_URL": emulator.base_url,
        "DASHSCOPE_API_KEY": KEY,
        "PYTHONPATH": str(Path(__file__).parent),
    }
    lines: list[str] = []
    stack = open_stack(engine, project, env=environment, on_line=lines.append)

    def up(**settings: str) -> Any:
        stack.set_config("settings", json.dumps(settings))
        return stack.up().outputs.get("note")

    first = up(text="buy milk")
    assert notes(client) == ["buy milk"]
    assert up(text="buy milk", remark="fresh") == first
    stack.refresh()
    second = up(text="buy oats")
    assert (second != first, notes(client)) == (True, ["buy oats"])
    assert f"text: replaces {first}, which is torn up" in "\n".join(lines)
    kept = written(client)
    assert up(text="buy milk", adopt_note_id=kept) == kept
    stack.destroy()
    assert (notes(client), stack.resources) == ([], [])
