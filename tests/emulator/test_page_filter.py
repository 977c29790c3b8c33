"""The page's filter and names: the server chooses what is shown, and shows the resource's name first."""

from __future__ import annotations

import json
import re

import pytest
import requests
from caller import Caller
from seen_page import Seen

from pulumi_dashscope_ft.emulator import EmulatorServer, Settings
from pulumi_dashscope_ft.emulator.page.choice import STATUSES, Choice, choice_of_address
from pulumi_dashscope_ft.emulator.page.naming import described_name, resource_name
from pulumi_dashscope_ft.emulator.page.snapshot import JOBS_SHOWN
from pulumi_dashscope_ft.lifecycle.base.owner import stamp

STAMPED = "triage--p1-k7m2x9qd4t-9c41f0e2-h3v8wz"


def shown(emulator: EmulatorServer, **query: str) -> Seen:
    return Seen(requests.get(emulator.root_url + "/", params=query, timeout=20).text)


def cards(seen: Seen) -> list[str]:
    return [str(one["id"]).removeprefix("job-") for tag, one in seen.elements if tag == "article"]


@pytest.mark.parametrize(
    ("name", "resource"),
    [
        (STAMPED, "triage"),
        ("triage--xhtfko--p1-k7m2x9qd4t-9c41f0e2-h3v8wz", "triage"),
        ("tri--age--r1-k7m2x9qd4t-9c41f0e2-h3v8wz", "tri--age"),
        ("triage--p1-k7m2x9qd4t-9c41f0e2", "triage--p1-k7m2x9qd4t-9c41f0e2"),
        ("--p1-k7m2x9qd4t-9c41f0e2-h3v8wz", "--p1-k7m2x9qd4t-9c41f0e2-h3v8wz"),
        ("by hand", "by hand"),
    ],
)
def test_the_name_of_the_resource(name: str, resource: str) -> None:
    assert resource_name(name) == resource
    assert described_name(f"tickets [{name}]") == (resource if resource != name else None)


@pytest.mark.parametrize("expires", [None, 1_795_377_600.0, 3_700_000_000.0])
@pytest.mark.parametrize("retained", [True, False])
def test_it_is_that_of_the_providers_stamp(expires: float | None, retained: bool) -> None:
    made = stamp.make("Support Triage", "k7m2x9qd4t", stamp.new_nonce(), {}, expires=expires, retained=retained)
    assert resource_name(str(made)) == made.readable


def test_cards_begin_with_the_name_of_the_resource(emulator: EmulatorServer, call: Caller) -> None:
    job_id = call.create(job_name=STAMPED)
    text = shown(emulator).text
    assert f"triage PENDING qwen3-8b {STAMPED} {job_id} pending" in text.replace("qwen3-14b", "qwen3-8b")
    call("DELETE", f"/fine-tunes/{job_id}")


def test_text_and_status_choose(emulator: EmulatorServer, call: Caller) -> None:
    triage, tone = call.create(job_name=STAMPED, model="qwen3-8b"), call.create(job_name="Tone", model="qwen3-14b")
    call.upload(name="tone.jsonl")
    emulator.force(tone, "FAILED")
    for query, expected in (
        ({}, [tone, triage]),
        ({"text": "TRIAGE"}, [triage]),
        ({"text": "k7m2x9qd4t"}, [triage]),
        ({"text": triage}, [triage]),
        ({"text": "14b tone"}, [tone]),
        ({"text": "14b triage"}, []),
        ({"status": "FAILED"}, [tone]),
        ({"status": "failed", "text": "triage"}, []),
        ({"status": "NO_SUCH"}, [tone, triage]),
    ):
        assert cards(shown(emulator, **query)) == expected, query
    seen = shown(emulator, text="tone", status="FAILED")
    assert "1 of 2 jobs, 0 of 0 deployments, 0 of 0 compressed and imported models, 1 of 1 files." in seen.text
    assert ("input", "tone") in [(tag, one.get("value")) for tag, one in seen.elements if one.get("name") == "text"]
    nothing = shown(emulator, text="nothing").text
    assert "No job fits the filter." in nothing
    assert "No file fits the filter." in nothing


def test_it_finds_what_is_too_old_for_the_page(caller_of: type[Caller]) -> None:
    with EmulatorServer(Settings(check_file_ids=False, quota=1000), speed=None) as emulator:
        call = caller_of(emulator)
        first = call.create(job_name="the first")
        for number in range(JOBS_SHOWN):
            call.create(job_name=f"later-{number}")
        assert first not in cards(shown(emulator))
        assert cards(shown(emulator, text="first")) == [first]
        assert "older jobs are not shown" not in shown(emulator, text="first").text


def test_a_button_keeps_the_choice(emulator: EmulatorServer, call: Caller) -> None:
    call.create(job_name="one")
    for address, place in (
        ("/?text=one&status=PENDING&x=1", "/?text=one&status=PENDING"),
        ("/", "/"),
        ("/?text=", "/"),
    ):
        headers = {"Origin": emulator.root_url, "Referer": emulator.root_url + address}
        answer = requests.post(
            f"{emulator.root_url}/_emulator/page/clock",
            data={"advance": "1"},
            headers=headers,
            timeout=9,
            allow_redirects=False,
        )
        assert (answer.status_code, answer.headers["Location"]) == (303, place)


def test_changes_are_of_the_choice(emulator: EmulatorServer, call: Caller) -> None:
    call.create(job_name="one")
    call.create(job_name="two")
    events = f"{emulator.root_url}/_emulator/page/events"
    with requests.get(events, params={"text": "two"}, stream=True, timeout=20) as answer:
        for line in answer.iter_lines():
            if line.startswith(b"data: ") and (section := json.loads(line[6:]))["id"] == "jobs":
                assert re.findall(r"<h3[^>]*><bdi>(\w+)</bdi>", section["html"]) == ["two"]
                break


def test_addresses_of_strangers_are_harmless() -> None:
    assert choice_of_address("http://127.0.0.1:1/?text=a+b&status=FAILED") == Choice("a b", "FAILED")
    for address in ("", "//[", "http://x/?" + "a=1&" * 500, "?text=%ff%fe", "?status=<script>"):
        assert choice_of_address(address).status == ""
    assert len(choice_of_address("?text=" + "x" * 9000).text) == 200
    assert Choice('"><script>&', "").query == "?text=%22%3E%3Cscript%3E%26"
    assert {"SUCCEEDED", "ARREARS_DOWN", "SUCCESSED"} <= set(STATUSES)
    assert len(STATUSES) == len(set(STATUSES))
