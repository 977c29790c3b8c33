"""The pages of errors are complete, are what the provider really says, and are of use to the one who reads them."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from error_calls import CALLS, CallErrors
from error_entry import ROWS, Entry, label
from error_operations import OPERATIONS, Operation
from error_page import DOCS, GROUPS, INDEX, PLACES, all_entries, anchor, call_title, pages, played, the_one
from error_stage import KEY

from pulumi_dashscope_ft.api.http.catalogue import CATALOGUE
from pulumi_dashscope_ft.api.http.catalogue import Entry as Row
from pulumi_dashscope_ft.api.operations import OPERATIONS as API

MADE = [INDEX, *sorted(str(path.relative_to(DOCS)) for path in (DOCS / "errors").glob("*.md"))]
TEXTS = {name: (DOCS / name).read_text(encoding="utf-8") for name in MADE}
TEXT = "\n".join(TEXTS.values())
LONGEST = 500
"""Lines of a page: more than that nobody reads through in a hurry."""
HEADINGS = re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)
ENTRIES = all_entries()
THINGS = re.compile(
    r"ft-\d{12}|quant-\d{12}|compression \"|import \"|import [0-9a-f]{8}-|one import job|qwen3-\d+b-[0-9a-f]{8}"
    r"|the deployment of |job \"|job [0-9a-f]{8}-|job named \"|starting \"|train\.jsonl|API key|base URL|the region "
    r"|FineTuningJob triage|dashscope-ft:\w+:? |^triage: |warning: prices of |^\w[\w.\[\]]*: "
)
"""What a message may be about: a job, a file, a deployment, a setting, or a field of the program."""
DOCUMENTED = ("InvalidParameter", "UnsupportedOperation", "NotFound", "Conflict", "Throttling", "InternalError")
"""The codes in the table of errors that both operation pages have."""


def message(entry: Entry) -> str:
    """The message of an entry, from its page."""
    section = TEXT.split(f"# {entry.title}\n\n**When:**", 1)[1].split("\n#", 1)[0]
    found = re.search(r"```text\n(.*?)\n```\n\n\*\*What to type:\*\* \S", section, re.DOTALL)
    assert found is not None, "a part of the entry is missing or empty"
    return found[1]


def test_the_pages_are_up_to_date() -> None:
    made = pages(played())
    assert made.keys() == TEXTS.keys()
    stale = [name for name in made if made[name] != TEXTS[name]]
    assert stale == [], "out of date: run `python tests/docs/error_page.py`"


@pytest.mark.parametrize("name", MADE)
def test_a_page_is_short(name: str) -> None:
    assert TEXTS[name].count("\n") <= (100 if name == INDEX else LONGEST)


def test_the_index_leads_to_every_page() -> None:
    for name in MADE[1:]:
        assert f"]({name})" in TEXTS[INDEX]


@pytest.mark.parametrize("row", CATALOGUE, ids=label)
def test_the_index_leads_from_each_code_to_its_entry(row: Row) -> None:
    (entry,) = [entry for group in GROUPS for entry in group.entries if row in entry.rows]
    (line,) = [line for line in TEXTS[INDEX].splitlines() if line.startswith(f"| `{row.code}` |")]
    assert f"[{entry.title}]({PLACES[entry.title]}#{anchor(entry.title)})" in line


@pytest.mark.parametrize("row", CATALOGUE, ids=label)
def test_every_code_of_the_catalogue_has_its_entry(row: Row) -> None:
    entries = [entry for group in GROUPS for entry in group.entries if row in entry.rows]
    assert len(entries) == 1
    assert f"`{row.code}`" in entries[0].title
    assert entries[0].title in HEADINGS


def test_rows_that_share_a_code_are_told_apart() -> None:
    assert len(ROWS) == len(CATALOGUE)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.title.split(":")[0])
def test_every_row_of_an_operation_page_is_there(operation: Operation) -> None:
    titles = " ".join(entry.title for entry in operation.errors)
    for code in DOCUMENTED:
        assert f"`{code}`" in titles
    assert titles.count("`Throttling`") == 2
    rows = {fact.row for fact in operation.facts}
    assert {"path `job_id`", "header `Authorization`", "answer `request_id`", "answer `output.status`"} <= rows
    for fact in operation.facts:
        assert f"| {fact.row} | {fact.page} | {fact.provider} |" in TEXT


def test_every_call_after_the_training_is_there() -> None:
    after = {name for name in API if "deployment" in name or name in ("logs", "checkpoints", "export")}
    assert [call.name for call in CALLS] == [name for name in API if name in after]


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_every_answer_to_a_call_is_there(call: CallErrors) -> None:
    answers = " ".join(row.answer for row in call.rows)
    assert call_title(call) in HEADINGS
    if call.name != "logs":  # of which nothing is fatal
        for needed in ("`InvalidParameter`", "401", "403", "404", "429 rate", "429 quota", "500", "no answer"):
            assert needed in answers
    for row in call.rows:
        assert row.entry in HEADINGS
        assert f"| {row.answer} | {row.provider} |" in TEXT


DEPLOYMENT_ERRORS = (
    ("NotFound", "Model: xxx not found!"),
    ("Conflict", "already exists, please specify a suffix"),
    ("InvalidParameter", "Invalid capacity"),
    ("", "Miss ptu capacity info"),
    ("", "does not have deployment privilege"),
    ("", "Workspace access denied"),
)
"""Code and words of the table of errors of the deployment pages (model-deployment-api)."""


@pytest.mark.parametrize(("code", "words"), DEPLOYMENT_ERRORS)
def test_every_error_of_the_deployment_pages_is_shown(code: str, words: str) -> None:
    told = [line for line in TEXT.splitlines() if all(part in line for part in words.split("xxx")) and code in line]
    assert [line for line in told if line.startswith(("could not make", "| ")) or "refused" in line]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: anchor(entry.title))
def test_an_entry_is_of_use(entry: Entry) -> None:
    for part in (entry.when, entry.does, entry.typed):
        assert part.strip()
        assert part.endswith(".")
        assert "{" not in re.sub(r"`[^`]*`", "", part)
    told = message(entry)
    assert THINGS.search(told), "names neither job nor file nor field"
    failed = "next:" in told or entry.scene.command == "preview"
    assert re.search(r"`\w+[^`]*`", entry.typed) or (entry.typed.startswith("Nothing") and not failed)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: anchor(entry.title))
def test_a_message_can_be_acted_on(entry: Entry) -> None:
    told = message(entry)
    for never in ("Traceback", KEY, "None", "Error(", "<class", "dict_", "{'", "['", "\\x", "the-key", "tmp"):
        assert never not in told
    assert "127.0.0.1:8100" in told or "127.0.0.1:" not in told
    first, *others = told.split("\n  ")
    assert not re.search(r"[Cc]ould not .*[Cc]ould not", first), "says twice what failed"
    sentences = Counter(re.findall(r"[^.:]{25,}[.:]", told))
    assert not [sentence for sentence, times in sentences.items() if times > 1]
    if "could not" in first or others:
        others = [line for line in others if not line.startswith(" ")]  # a log is indented further
        labels = [line.split(":")[0].strip() for line in others]
        assert labels == [name for name in ("state", "done", "next") if name in labels]
        assert {"done", "next"} <= set(labels)
        assert re.search(r"`pulumi \w+", others[-1]), "does not say what to type"
        assert others[-1].count("then run `pulumi") <= 1


def test_codes_that_read_differently_need_entries_of_their_own() -> None:
    alike = ["answer was HTTP 500 A: “x”. Wait.", "answer was HTTP 429 B.C: “y”. Wait."]
    assert the_one("two", alike) == alike[0]
    with pytest.raises(ValueError, match="do not read alike"):
        the_one("two", [*alike, "answer was HTTP 500 A: “x”. Pay."])


@pytest.mark.parametrize("name", MADE)
def test_no_two_headings_have_the_same_anchor(name: str) -> None:
    anchors = [anchor(heading) for heading in re.findall(r"^#+ (.+)$", TEXTS[name], re.MULTILINE)]
    assert len(set(anchors)) == len(anchors)
