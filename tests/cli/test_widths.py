"""Every table on terminals of every width: an id is never broken or cut, because people copy it."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from pulumi_dashscope_ft.cli.output.layout import column_widths
from pulumi_dashscope_ft.cli.output.progress_bar import whole_words

WIDTHS = (60, 80, 100, 160)
STYLE = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture
def account(line: Any, tmp_path: Path) -> dict[str, Any]:
    """One of everything that the service lists; the ids by the command that shows them."""
    job_id = line.job("SUCCEEDED", "*", hyper_parameters={"n_epochs": 3})
    other = line.job("RUNNING", "a name of many words, such as people write in the console")
    deployed = line.deployment(name="Shop assistant, blue", capacity=2)
    data = tmp_path / "train.jsonl"
    data.write_text('{"messages": []}\n')
    file_id = line.client.files.upload(data, description="tickets [triage--p1-0wner0wner-9c41f0e2-h3v8wz]").file_id
    base = line.client.fine_tunes.get(line.job("SUCCEEDED", model="qwen3.5-flash-2026-02-23")).model_id
    body = {"model": base, "template_id": "quant-w8a8", "job_name": "nightly"}
    compression = line.client.compressions.create(body).job_id
    storage = {"bucket_name": "weights", "object_key": "triage/"}
    body = {"model_name": "qwen3-8b", "display_name": "Ours", "source": "oss", "weight_type": "lora"}
    imported = line.client.imports.create({**body, "storage_info": storage}).job_id
    ids = [job_id, other, deployed, file_id, compression, imported]
    report = tmp_path / "report.jsonl"
    report.write_text(
        "".join(f'{{"kind": "job", "id": "{one}", "outcome": "kept", "why": "so it is"}}\n' for one in ids)
    )
    return {
        "jobs": [job_id, other],
        "files": [file_id],
        "deployments": [deployed],
        "compressions": [compression],
        "imports": [imported],
        f"show {job_id}": [job_id],
        "sweep": ids,
        "costs --by owner --by model": ["0wner0wner", "qwen3.5-flash-2026-02-23"],
        f"report {report}": ids,
    }


@pytest.mark.parametrize("width", WIDTHS)
def test_ids_stay_whole_on_a_terminal(
    line: Any, account: dict[str, Any], width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    line.terminal = True
    monkeypatch.setenv("COLUMNS", str(width))
    for command, ids in account.items():
        text = STYLE.sub("", line.run(*command.split()).stdout)
        words = [word.rstrip(":,") for row in text.splitlines() for word in row.split()]
        assert set(ids) <= set(words), f"{command} at {width}:\n{text}"
        table = [row for row in text.splitlines() if "──" in row]
        assert all(cell_len(row.rstrip()) <= width for row in text.splitlines()) or not table, text
    jobs = STYLE.sub("", line.run("jobs").stdout)
    assert ("──" in jobs) is (width >= 100), "records where the table does not fit"


def test_where_nobody_looks_a_row_is_one_line(
    line: Any, account: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    for command, ids in account.items():
        rows = line.run(*command.split()).stdout.splitlines()
        assert all(any(one in row.split() for row in rows) for one in ids), command
    header, *rows = line.run("jobs").stdout.splitlines()
    assert header.split() == ["ID", "NAME", "STATUS", "MODEL", "OWNER", "AGE", "TOKENS", "COST"]
    assert [row.split()[0] for row in rows[:2]] != account["jobs"], "newest first"


def test_cells_wrap_between_words_only() -> None:
    rows = [
        ["id", "name", "reason"],
        ["ft-202410291653-1c7f", "one two three", "it is " * 12],
        ["ft-1", "名前 名前", "-"],
    ]
    for width in range(1, 200):
        widths = column_widths(rows, width, 2, cell_len)
        if widths is None:
            assert width < 20 + 2 + 5 + 2 + 24
            continue
        assert sum(widths) + 4 <= width
        for row, (at, given) in itertools.product(rows, enumerate(widths)):
            assert all(cell_len(word) <= given for word in row[at].split())


@pytest.mark.parametrize("room", range(60))
def test_a_bar_drops_a_whole_id_and_cuts_none(room: int) -> None:
    text = "ending deployment qwen3-8b-ft-202410291653-1c7f-blue"
    shown = whole_words(text, room)
    assert len(shown) <= max(room, 1)
    assert set(shown.split()) <= {*text.split(), "…"}
