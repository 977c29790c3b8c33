"""Whatever is read from outside, no exception of a library comes out. Short here; `make soak` goes on for long.

The first draft of an archive, a row, a state or a report is a sound one, which is then damaged: noise alone is refused
at its first byte.
"""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pulumi_dashscope_ft.bounded.json_text import JsonBounds, decode_bytes
from pulumi_dashscope_ft.cli.commands.reporting import report
from pulumi_dashscope_ft.cli.output.failing import CommandError
from pulumi_dashscope_ft.lifecycle.sweep import recorded_state
from pulumi_dashscope_ft.lifecycle.training_data.formats import check_data_file
from pulumi_dashscope_ft.lifecycle.training_data.zip.directory import ArchiveError, read_directory

ROW = {"messages": [{"role": "user", "content": [{"image": "1.jpg"}]}, {"role": "assistant", "content": "b"}]}
fuzz = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def archive(stream: bool) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in (("data.jsonl", json.dumps(ROW).encode() * 3), ("a/1.jpg", b"x" * 50)):
            with file.open(name, "w", force_zip64=stream) as member:
                member.write(content)
    return buffer.getvalue()


ARCHIVES = [archive(False), archive(True)]


@st.composite
def damaged(draw: st.DrawFn, originals: list[bytes]) -> bytes:
    """One of these with some bytes set, numbers made large, pieces cut out, doubled or moved."""
    content = bytearray(draw(st.sampled_from(originals)))
    for _ in range(draw(st.integers(0, 5))):
        at = draw(st.integers(0, max(len(content) - 1, 0)))
        end = draw(st.integers(at, min(at + 64, len(content))))
        piece = bytes(content[at:end])
        match draw(st.sampled_from(["set", "large", "cut", "double", "move", "put"])):
            case "set":
                content[at : at + 1] = bytes([draw(st.integers(0, 255))])
            case "large":
                content[at : at + 4] = draw(st.sampled_from([b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\0\0"]))
            case "cut":
                del content[at:end]
            case "double":
                content[at:at] = piece
            case "move":
                del content[at:end]
                place = draw(st.integers(0, len(content)))
                content[place:place] = piece
            case "put":
                content[at:at] = draw(st.sampled_from(INSERTED))
    return bytes(content)


INSERTED = [
    b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07", b"\n", b"\r", b"\0", b'"', b"\\",
    b"\\ud83d", b"\xef\xbb\xbf", b"\xff", b"[" * 300, b'{"a":' * 100, b"9" * 400, b"1e999", b"NaN", b"null", b"[]",
    b"{}", b"3", b"true", b'"data.jsonl"', b'"../x"', b"\xc2\x9b", b"\\u0000",
]  # fmt: skip

PROVIDER = "urn:pulumi:d::p::pulumi:providers:dashscope-ft::q"
STATE = {
    "version": 3,
    "deployment": {
        "manifest": {"time": "2026-11-22T13:05:00Z"},
        "pending_operations": [{"type": "creating", "resource": {"urn": "urn:pulumi:d::p::t::n", "type": "t"}}],
        "resources": [
            {"urn": PROVIDER, "type": "pulumi:providers:dashscope-ft", "id": "1"},
            {
                "urn": "urn:pulumi:d::p::dashscope-ft:index:FineTuningJob::j",
                "type": "dashscope-ft:index:FineTuningJob",
                "id": "ft-1",
                "created": "2026-11-22T13:05:00Z",
                "outputs": {"model": "qwen3-8b", "hyperParameters": {"n_epochs": 3}},
                "dependencies": [PROVIDER],
            },
        ],
    },
}  # fmt: skip
LINE = {
    "version": 1, "time": "2026-11-22T13:05:00Z", "kind": "job", "id": "ft-1", "name": "n", "statusBefore": "RUNNING",
    "outcome": "deleted", "done": ["cancel was accepted"], "stays": None, "why": None, "next": None,
}  # fmt: skip

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def odd(draw: st.DrawFn, document: Any) -> Any:
    """The document with one of its values replaced by any other."""
    if isinstance(document, dict) and document and draw(st.integers(0, 9)):
        key = draw(st.sampled_from(sorted(document)))
        return {**document, key: draw(odd(document[key]))}
    if isinstance(document, list) and document and draw(st.integers(0, 9)):
        place = draw(st.integers(0, len(document) - 1))
        return [*document[:place], draw(odd(document[place])), *document[place + 1 :]]
    return draw(values)


def written(document: Any) -> bytes:
    return json.dumps(document).encode()


@fuzz
@given(damaged(ARCHIVES))
def test_archives(content: bytes) -> None:
    """What passes is an archive that Python's own reader opens, too, with the same files in it."""
    try:
        members = read_directory(lambda offset, count: content[offset : offset + count], len(content))
    except ArchiveError:
        return
    with zipfile.ZipFile(io.BytesIO(content)) as reference:
        names = [name.partition("\0")[0] for name in reference.namelist()]
        assert [member.name for member in members] == names
        assert [member.unpacked for member in members] == [info.file_size for info in reference.infolist()]


@fuzz
@given(damaged([*ARCHIVES, written(ROW) + b"\n"]) | odd(ROW).map(written), st.sampled_from(["a.zip", "a.jsonl"]))
def test_data_files(tmp_path: Path, content: bytes, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    found = check_data_file(path)
    assert found.ok == (found.digest is not None and not found.problems)
    for one in (*found.problems, *found.warnings):
        assert str(one).isprintable()


@fuzz
@given(damaged([written(STATE)]) | odd(STATE).map(written))
def test_states(content: bytes) -> None:
    state = recorded_state.read(content, "here")
    assert isinstance(state, recorded_state.RecordedState)
    str(state.problem).encode()


@fuzz
@given(
    damaged([written(LINE) + b"\n" + written(LINE)]) | odd(LINE).map(written),
    st.sampled_from(["table", "markdown", "json"]),
)
def test_reports(tmp_path: Path, content: bytes, form: str) -> None:
    path = tmp_path / "destroy.jsonl"
    path.write_bytes(content)
    result = CliRunner().invoke(report, [str(path), "--format", form])
    assert result.exception is None or isinstance(result.exception, (CommandError, SystemExit)), result.exception


@fuzz
@given(damaged([written(STATE), written(ROW)]) | values.map(written) | st.binary(max_size=40))
def test_documents(content: bytes) -> None:
    """Where it gives a value, that is what Python's own reader gives."""
    try:
        found = decode_bytes(content, JsonBounds(depth=50, values=1000))
    except ValueError:
        return
    assert found == json.loads(content)
