"""The page over HTTP: what it shows, what its buttons do, what it refuses. The browser's part is in tests/browser."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import requests
from caller import Caller
from seen_page import Seen

from pulumi_dashscope_ft.emulator import EmulatorServer, FaultRule, Settings
from pulumi_dashscope_ft.emulator.model.faults import KINDS
from pulumi_dashscope_ft.emulator.model.machine import STATUSES
from pulumi_dashscope_ft.emulator.page.render import FAULT_KINDS, LIVE
from pulumi_dashscope_ft.emulator.page.routes import HEADERS
from pulumi_dashscope_ft.emulator.page.snapshot import JOBS_SHOWN, REQUESTS_SHOWN

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>'\"&{{7*7}}"


def test_the_page_and_its_pieces(emulator: EmulatorServer) -> None:
    for path, kind in (
        ("/", "text/html"),
        ("/_emulator/page/page.css", "text/css"),
        ("/_emulator/page/page.js", "text/javascript"),
        ("/_emulator/page/icon.svg", "image/svg+xml"),
    ):
        answer = requests.get(emulator.root_url + path, timeout=20)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(kind)
        for name in set(HEADERS) - {"Cache-Control"}:
            assert answer.headers[name] == HEADERS[name]
    policy = HEADERS["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert "http" not in policy


def test_looking_is_no_request_of_the_api(emulator: EmulatorServer, look: Callable[[], Seen]) -> None:
    look()
    assert emulator.count() == {}


def test_an_empty_page_says_what_to_type(emulator: EmulatorServer, look: Callable[[], Seen]) -> None:
    seen = look()
    assert f"export DASHSCOPE_HTTP_BASE_URL={emulator.base_url}" in seen.text
    assert "None in force" in seen.text
    assert "Nothing uploaded" in seen.text
    assert "No model is deployed" in seen.text


def test_nothing_is_inline_and_nothing_is_elsewhere(
    emulator: EmulatorServer, call: Caller, look: Callable[[], Seen]
) -> None:
    call.create(job_name="one")
    emulator.clock.advance(300)
    for tag, attributes in look().elements:
        assert tag not in ("style", "iframe", "object", "base", "use")
        assert not [name for name in attributes if name == "style" or name.startswith("on")]
        for name in ("src", "href", "action"):
            assert (attributes.get(name) or "/").startswith(("/", "#")), (tag, attributes)
            assert not (attributes.get(name) or "/").startswith("//")
        assert tag != "script" or attributes == {"src": "/_emulator/page/page.js", "defer": None}


def test_what_it_shows(emulator: EmulatorServer, call: Caller, look: Callable[[], Seen]) -> None:
    file_id = call.upload(name="train.jsonl")["uploaded_files"][0]["file_id"]
    running, queued = call.create(job_name="first"), call.create(job_name="second")
    emulator.clock.advance(300)
    call("GET", f"/fine-tunes/{queued}x", headers={"User-Agent": "somebody/1"})
    emulator.add_fault(FaultRule(operation="cancel", kind="lost", count=1))
    seen = look()
    for text in (
        *(running, queued, "first", "second", "RUNNING", "QUEUING", "2 of 20 jobs used", "queuing 5 s"),
        *(
            "loss",
            "to go",
            "train.jsonl",
            file_id,
            "404",
            "somebody/1",
            "account-1",
            "GET /fine-tunes/",
            "lost",
            "once",
        ),
    ):
        assert text in seen.text, text
    for tag in ("main", "aside", "header", "h1", "caption", "svg"):
        assert seen.count(tag) >= 1
    assert seen.text.index("second") < seen.text.index("first")  # newest first


@pytest.mark.parametrize("status", STATUSES)
def test_a_job_in_any_status(emulator: EmulatorServer, call: Caller, look: Callable[[], Seen], status: str) -> None:
    job_id = call.create()
    emulator.clock.advance(3)
    emulator.force(job_id, status)
    seen = look()
    assert status in seen.text
    cancels = [one for tag, one in seen.elements if tag == "button" and one.get("id") == f"cancel-{job_id}"]
    assert len(cancels) == (status in ("PENDING", "QUEUING", "RUNNING"))


def test_a_job_forced_back_to_life_is_read_anew(
    emulator: EmulatorServer, call: Caller, look: Callable[[], Seen]
) -> None:
    job_id = call.create()
    emulator.force(job_id, "FAILED")
    assert "Log, last" in look().text
    emulator.force(job_id, "RUNNING")
    emulator.clock.advance(200)
    assert " % · loss" in look().text
    emulator.force(job_id, "CANCELED")
    first = look().text
    emulator.clock.advance(200)
    assert "finetune-job canceled" in first
    assert look().text.count("loss") == first.count("loss")


def test_several_workspaces_have_a_quota_each(
    emulator: EmulatorServer, caller_of: type[Caller], look: Callable[[], Seen]
) -> None:
    caller_of(emulator, "sk-one").create()
    caller_of(emulator, "sk-two").create()
    assert look().text.count("1 of 20 jobs used") == 2


def test_long_lists_are_cut(emulator: EmulatorServer, call: Caller, look: Callable[[], Seen]) -> None:
    emulator.configure(quota=1000)
    for number in range(JOBS_SHOWN + 5):
        call.create(job_name=f"job {number}")
    for _ in range(REQUESTS_SHOWN):
        call("GET", "/fine-tunes")
    seen = look()
    assert seen.count("article") == JOBS_SHOWN
    assert "5 older jobs are not shown" in seen.text
    assert f"The newest {REQUESTS_SHOWN} of {REQUESTS_SHOWN + JOBS_SHOWN + 5}" in seen.text


def test_names_are_only_names(emulator: EmulatorServer, caller_of: type[Caller], look: Callable[[], Seen]) -> None:
    before = look()
    call = caller_of(emulator)
    call.session.headers.update({"User-Agent": HOSTILE, "X-DashScope-WorkSpace": HOSTILE})
    job_id = call.create(job_name=HOSTILE, model=HOSTILE, training_type=HOSTILE, finetuned_output_suffix=HOSTILE)
    call.upload(name=HOSTILE.replace('"', ""), purpose="batch")
    call("GET", "/fine-tunes/" + HOSTILE.replace("/", "%2F"))
    emulator.add_fault(FaultRule(operation="get", job_id=HOSTILE, error="busy"))
    emulator.force(job_id, "SUCCEEDED")
    seen = look()
    for tag in ("script", "img"):
        assert seen.count(tag) == before.count(tag)
    assert seen.text.count("alert(1)") >= 5
    assert "49" not in seen.text.replace("ft-", "").split()


def test_half_a_character_does_not_break_it(emulator: EmulatorServer, call: Caller, look: Callable[[], Seen]) -> None:
    call("POST", "/fine-tunes", data=r'{"model": "m", "training_file_ids": ["f"], "job_name": "odd \ud800 name"}')
    assert "odd ? name" in look().text
    assert any("odd \ud800 name" in one["html"] for one in events(emulator, len(LIVE)))


def test_it_never_shows_a_key(caller_of: type[Caller]) -> None:
    key = "sk-page-secret-0123456789"
    settings = Settings(keys={key: "llm-a"}, check_file_ids=False)
    with EmulatorServer(settings, speed=None) as emulator:
        call = caller_of(emulator, key)
        call.create(hyper_parameters={"note": key})
        call("GET", f"/fine-tunes/{key}", headers={"User-Agent": f"agent {key}"})
        shown = requests.get(emulator.root_url, timeout=20).text + json.dumps(events(emulator, len(LIVE)))
    assert "agent" in shown
    assert key not in shown
    assert key[-10:] not in shown
    assert "sk-" not in shown


# Live


def events(emulator: EmulatorServer, count: int, then: Callable[[], Any] | None = None, more: int = 0) -> list[Any]:
    """The first events of the stream; ``then`` is done after ``count`` of them, and ``more`` are read."""
    found: list[Any] = []
    with requests.get(f"{emulator.root_url}/_emulator/page/events", stream=True, timeout=20) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        for line in answer.iter_lines(chunk_size=1):
            if line.startswith(b"data: "):
                found.append(json.loads(line[6:]))
            if len(found) == count and then is not None:
                then()
                then = None
            if len(found) >= count + more:
                return found
    return found


def test_all_sections_then_only_what_changed(emulator: EmulatorServer, call: Caller) -> None:
    found = events(emulator, len(LIVE), lambda: call("GET", "/fine-tunes"), more=2)
    assert [one["id"] for one in found[: len(LIVE)]] == list(LIVE)
    assert {one["id"] for one in found[len(LIVE) :]} <= {"requests", "summary", "quota"}


def test_live_sections_are_on_the_page_just_as_they_are_sent(emulator: EmulatorServer, call: Caller) -> None:
    call.create(job_name="one")
    page = requests.get(emulator.root_url, timeout=20).text
    for one in events(emulator, len(LIVE)):
        assert one["html"].strip() in page
        assert re.search(rf'id="{one["id"]}"[^>]* data-live', page)


def test_an_open_page_does_not_hold_up_the_end(emulator: EmulatorServer) -> None:
    listening = threading.Event()

    def follow() -> None:
        with suppress(requests.RequestException):
            events(emulator, len(LIVE), listening.set, more=1000)

    reader = threading.Thread(target=follow)
    reader.start()
    assert listening.wait(60)
    began = time.monotonic()
    emulator.stop()
    reader.join(60)
    assert not reader.is_alive()
    assert time.monotonic() - began < 30, "the page stays open for good"


# The pieces fit


def test_every_kind_of_fault_is_in_words() -> None:
    assert set(FAULT_KINDS) == set(KINDS)


def test_the_script_is_short_and_has_no_forbidden_means() -> None:
    script = (Path(__file__).parents[2] / "pulumi_dashscope_ft/emulator/page/templates/page.js").read_text()
    assert len(script.splitlines()) < 130
    for means in ("eval", "innerHTML", "document.write", "http:", "https:"):
        assert means not in script


def test_the_picture_in_the_docs_is_small() -> None:
    picture = Path(__file__).parents[2] / "docs" / "images" / "emulator.png"
    assert 20_000 < picture.stat().st_size < 250_000
