"""Zip archives: the mistakes that are made in packing, and that no archive, however broken, makes the check raise."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pulumi_dashscope_ft.lifecycle.training_data import formats as data_formats
from pulumi_dashscope_ft.lifecycle.training_data.formats import DataReport, check_data_file

ANSWER = {"role": "assistant", "content": [{"text": "A cat."}]}


def row(*parts: dict[str, Any]) -> bytes:
    return json.dumps({"messages": [{"role": "user", "content": list(parts)}, ANSWER]}).encode() + b"\n"


def packed(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def checked(tmp_path: Path, content: bytes, name: str = "train.zip", **options: Any) -> DataReport:
    path = tmp_path / name
    path.write_bytes(content)
    return check_data_file(path, **options)


def only(report: DataReport) -> str:
    assert len(report.problems) == 1, [str(p) for p in report.problems]
    return report.problems[0].reason


def test_a_good_archive(tmp_path: Path) -> None:
    rows = (
        row({"image": "1.jpg"}, {"text": "What?"})
        + row({"video": ["2.jpg", "3.jpg"]})
        + row({"image": "https://x/9.jpg"})
    )
    files = {"data.jsonl": rows, "1.jpg": b"x", "pictures/2.jpg": b"x", "3.jpg": b"x"}
    report = checked(tmp_path, packed(files), training_type="sft")
    assert (report.problems, report.warnings) == ((), ())
    assert (report.kind, report.rows, report.complete) == ("vl", 3, True)


def test_rows_of_media_models_are_let_through(tmp_path: Path) -> None:
    content = packed({"data.jsonl": b'{"prompt": "a dog", "video_path": "1.mp4"}\n', "1.mp4": b"x"})
    report = checked(tmp_path, content, training_type="efficient_sft")
    assert report.ok
    assert report.kind == "media"


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "is an empty archive"),
        ({"train.jsonl": b"{}"}, 'has no data.jsonl in its root (it has "train.jsonl")'),
        ({"set/data.jsonl": b"{}"}, 'has its data.jsonl in a folder ("set/data.jsonl")'),
        ({"__MACOSX/data.jsonl": b"{}"}, "is an empty archive"),
        ({"[Content_Types].xml": b"", "xl/workbook.xml": b""}, "is an office document"),
        ({"data.jsonl": b""}, "has only blank lines"),
        ({"a/b/data.jsonl": b"{}"}, 'has its data.jsonl in a folder ("a/b/data.jsonl")'),
        ({"a/data.jsonl": b"{}", "b/1.jpg": b""}, 'has its data.jsonl in a folder ("a/data.jsonl")'),
        ({"data.jsonl": b"{}"}, "is an empty object"),
        ({"data.jsonl": b"[]\n"}, "is a list, not a JSON object"),
    ],
)
def test_faulty_archives(tmp_path: Path, files: dict[str, bytes], words: str) -> None:
    assert words in only(checked(tmp_path, packed(files)))


def test_a_problem_in_an_archive_names_the_file_in_it(tmp_path: Path) -> None:
    [problem] = checked(tmp_path, packed({"data.jsonl": row({"text": "a"}) + b"{\n"})).problems
    assert str(problem).startswith(str(tmp_path / "train.zip > data.jsonl, line 2: "))


def test_names_that_the_service_may_refuse(tmp_path: Path) -> None:
    report = checked(tmp_path, packed({"data.jsonl": row({"image": "猫.jpg"}), "猫.jpg": b"x"}))
    assert report.ok
    assert "characters other than" in report.warnings[0].reason


def test_names_and_content_that_disagree(tmp_path: Path) -> None:
    assert "is named .zip but is no zip archive" in only(checked(tmp_path, row({"text": "a"})))
    report = checked(tmp_path, packed({"data.jsonl": row({"text": "a"})}), name="train.jsonl")
    assert report.ok
    assert "should be named .zip" in report.warnings[0].reason


def test_size_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_formats, "MEDIA_LIMIT", 10)
    report = checked(tmp_path, packed({"data.jsonl": row({"text": "a"})}))
    assert report.ok
    assert "more than" in report.warnings[0].reason


def test_an_encrypted_archive(tmp_path: Path) -> None:
    content = bytearray(packed({"data.jsonl": row({"text": "a"})}))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + flags] |= 1
    assert "is encrypted" in only(checked(tmp_path, bytes(content)))


def test_an_archive_compressed_in_an_odd_way(tmp_path: Path) -> None:
    content = bytearray(packed({"data.jsonl": row({"text": "a"})}))
    for signature, method in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        content[content.index(signature) + method] = 97
    assert "pack it again as a plain zip" in only(checked(tmp_path, bytes(content)))


def test_a_truncated_archive(tmp_path: Path) -> None:
    content = packed({"data.jsonl": row({"text": "a"}) * 100})
    assert "broken or incomplete" in only(checked(tmp_path, content[: len(content) // 2]))


GOOD = packed({"data.jsonl": row({"image": "1.jpg"}) * 50, "1.jpg": b"x" * 50})


@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), max_size=6), st.integers(5, len(GOOD)))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_broken_archive_makes_it_raise(tmp_path: Path, flips: list[tuple[int, int]], length: int) -> None:
    content = bytearray(GOOD)
    for position, value in flips:
        content[position] = value
    report = checked(tmp_path, bytes(content[:length]))
    assert report.problems or report.rows
