"""With a control token, nobody without it looks inside the emulator or steers it."""

from __future__ import annotations

import hmac
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from emulator_wire import Answer, request, send

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings
from pulumi_dashscope_ft.emulator.http.control import ACTIONS
from pulumi_dashscope_ft.emulator.page.actions import BUTTONS
from pulumi_dashscope_ft.emulator.page.render import LIVE
from pulumi_dashscope_ft.emulator.page.routes import OPEN
from pulumi_dashscope_ft.emulator.page.token import VARIABLE

TOKEN = "a-control-token-that-nobody-guesses"
TEMPLATES = Path(__file__).parents[2] / "pulumi_dashscope_ft/emulator/page/templates"


@pytest.fixture
def emulator() -> Iterator[EmulatorServer]:
    with EmulatorServer(Settings(check_file_ids=False), speed=None, control_token=TOKEN) as server:
        yield server


def ask(emulator: EmulatorServer, method: str, path: str, key: str | None = TOKEN, *more: str) -> Answer:
    host = emulator.root_url.removeprefix("http://")
    return send(emulator, request(method, path, f"Host: {host}", f"Origin: {emulator.root_url}", *more, key=key))


@pytest.mark.parametrize("key", [None, "", "sk-emulator", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "\xff" * 35])
def test_without_the_token_nothing_is_shown_and_nothing_is_done(emulator: EmulatorServer, key: str | None) -> None:
    job_id = send(emulator, request("POST", body=b'{"model": "m", "training_file_ids": ["f"]}')).json()["output"][
        "job_id"
    ]
    for method, path, _ in ACTIONS:
        answer = ask(emulator, method, f"/_emulator{path}".replace("{job_id}", job_id), key)
        assert (answer.status, set(answer.json())) == (401, {"error"})
    for button in BUTTONS:
        assert ask(emulator, "POST", f"/_emulator/page{button.path}".replace("{job_id}", job_id), key).status == 401
    for path in (
        "/_emulator",
        "/_emulator/",
        "/_emulator/nowhere",
        "/_emulator/page/events",
        f"/_emulator/state?token={TOKEN}",
    ):
        assert ask(emulator, "GET", path, key).status == 401
    page = ask(emulator, "GET", "/", key)
    assert page.status == 401
    assert b"Control token" in page.body
    assert job_id.encode() not in page.body
    assert list(emulator.jobs) == [job_id]
    assert emulator.jobs[job_id].status == "PENDING"


@pytest.mark.parametrize("scheme", ["Basic", "Token", "", "Bearerx"])
def test_only_a_bearer_token_counts(emulator: EmulatorServer, scheme: str) -> None:
    assert ask(emulator, "GET", "/_emulator/state", None, f"Authorization: {scheme} {TOKEN}").status == 401


def test_with_the_token_everything_works(emulator: EmulatorServer) -> None:
    for path in ("/", "/_emulator/state", "/_emulator/settings", "/_emulator/requests"):
        assert ask(emulator, "GET", path).status == 200
    assert ask(emulator, "POST", "/_emulator/page/requests/clear").status == 303
    assert ask(emulator, "POST", "/_emulator/reset").status == 200


def test_the_api_is_as_ever(emulator: EmulatorServer) -> None:
    assert send(emulator, request()).status == 200
    assert send(emulator, request(key=TOKEN)).status == 401  # it is no key
    assert send(emulator, request(target="/openapi.json", key=None)).status == 200


def test_the_pieces_of_the_page_hold_nothing(emulator: EmulatorServer) -> None:
    for path in OPEN:
        answer = ask(emulator, "GET", path, None)
        assert answer.status == 200
        assert TOKEN.encode() not in answer.body


def test_the_token_is_nowhere(emulator: EmulatorServer) -> None:
    send(emulator, request(target=f"/api/v1/fine-tunes/{TOKEN[:5]}", key=TOKEN))
    shown = [ask(emulator, "GET", path).raw for path in ("/", "/_emulator/state", "/_emulator/requests")]
    assert not [one for one in shown if TOKEN.encode() in one]
    assert TOKEN not in repr(emulator.service) + repr(emulator.requests) + repr(emulator.settings)


def test_it_is_compared_in_constant_time(emulator: EmulatorServer, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[int, int]] = []
    real = hmac.compare_digest

    def noted(one: bytes, other: bytes) -> bool:
        compared.append((len(one), len(other)))
        return real(one, other)

    monkeypatch.setattr("pulumi_dashscope_ft.emulator.page.token.hmac.compare_digest", noted)
    for key in (None, "x", TOKEN):
        ask(emulator, "GET", "/_emulator/clock", key)
    assert compared == [(32, 32)] * 3  # equally long, whatever was sent


@pytest.mark.parametrize(
    "token", ["", "short", "x" * 15, "x" * 201, "with a space in the middle", "n\u00f6n-ascii" * 4]
)
def test_a_token_that_can_not_be_one(token: str) -> None:
    with pytest.raises(ValueError, match="16 to 200") as caught:
        EmulatorServer(control_token=token)
    assert not token or token not in str(caught.value)


def test_the_page_keeps_it_out_of_addresses() -> None:
    script = (TEMPLATES / "unlock.js").read_text()
    for means in ("location.search", "location.hash", "location.href", "document.cookie", "localStorage", "innerHTML"):
        assert means not in script
    assert "http:" not in script
    locked = (TEMPLATES / "locked.html").read_text()
    assert "action=" not in locked
    assert "name=" not in locked.split("<form")[1]  # no form could send it


# The command


def run(*options: str, **environment: str) -> tuple[list[str], str, int]:
    program = "from pulumi_dashscope_ft.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", program, "emulator", "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**{name: value for name, value in os.environ.items() if name != VARIABLE}, **environment},
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        first = child.stdout.readline()
        child.terminate()
        rest, errors = child.stdout.read(), child.stderr.read()
    return [first.rstrip(), *rest.splitlines()], errors, child.returncode


def test_a_new_token_is_printed_once() -> None:
    lines, errors, code = run("--control-token")
    found = [line.partition("=")[2] for line in lines if line.startswith(f"export {VARIABLE}=")]
    assert len(found) == 1
    assert len(found[0]) >= 43
    assert ("".join(lines) + errors).count(found[0]) == 1
    assert (code, errors) == (0, "")
    told = json.loads(run("--control-token", "--json")[0][0])
    assert set(told) == {"baseUrl", "apiKey", "controlToken"}
    assert told["controlToken"] != found[0]


@pytest.mark.parametrize("options", [[], ["--control-token"], ["--json"]])
def test_a_token_of_the_environment_is_not_printed(options: list[str]) -> None:
    lines, errors, code = run(*options, **{VARIABLE: TOKEN})
    assert TOKEN not in "".join(lines) + errors
    assert code == 0


def test_a_short_token_of_the_environment_is_refused() -> None:
    _, errors, code = run(**{VARIABLE: "short"})
    assert code == 2
    assert "16 to 200" in errors


# The page's script


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not on PATH")
@pytest.mark.parametrize("token", [TOKEN, "another-token-of-some-length"])
def test_the_page_unlocks_itself_with_a_header(emulator: EmulatorServer, token: str) -> None:
    runner = Path(__file__).parent / "unlock_in_node.mjs"
    done = subprocess.run(
        ["node", str(runner), str(TEMPLATES / "unlock.js"), emulator.root_url, token],
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    found = json.loads(done.stdout)
    assert {one["authorization"] for one in found["asked"]} == {f"Bearer {token}"}
    assert not [one for one in found["asked"] if token in one["address"]]
    if token == TOKEN:
        assert found["added"] == "/_emulator/page/page.js"
        assert (found["opened"], found["jobs"], found["kept"]) == (True, True, 1)
        assert found["sections"][: len(LIVE)] == list(LIVE)
    else:
        assert (found["said"], found["kept"]) == (["That is not the token of this emulator."], 0)
