"""Files, archives and documents that are made to cost more than they weigh, or to be read in two ways."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pulumi_dashscope_ft.lifecycle.training_data import archive as data_archive
from pulumi_dashscope_ft.lifecycle.training_data.formats import DataReport, check_data_file
from pulumi_dashscope_ft.lifecycle.training_data.zip import directory as zip_directory

ROW = b'{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}\n'
MEMORY = {"data": 150, "report": 150, "state": 300}
"""Megabytes that reading any of these may take, the interpreter and its modules (some 40) included."""


def packed(*members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytearray:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content, compress_type=method)
    return bytearray(buffer.getvalue())


def checked(tmp_path: Path, content: bytes | bytearray, name: str = "train.zip") -> DataReport:
    path = tmp_path / name
    path.write_bytes(content)
    return check_data_file(path)


def refused(tmp_path: Path, content: bytes | bytearray, name: str = "train.zip") -> str:
    [problem] = checked(tmp_path, content, name).problems
    return problem.reason


# What reading costs, in a process of its own.

_MEASURED = """
import resource, sys
from pulumi_dashscope_ft.lifecycle.sweep import recorded_state
from pulumi_dashscope_ft.lifecycle.training_data.formats import check_data_file
from pulumi_dashscope_ft.cli.commands.reporting import report
limit = 1 << 30  # an attack that works is stopped here, and not by the machine's last megabyte
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
what, *paths = sys.argv[1:]
for path in paths:
    if what == "data":
        found = check_data_file(path)
        print([one.reason for one in found.problems] or [one.reason for one in found.warnings])
    elif what == "state":
        print(recorded_state.read(open(path, "rb").read(), "here").problem)
    else:
        try:
            report.main([path, "--json"], standalone_mode=False)
        except Exception as error:
            print(repr(str(error)))
# Not getrusage: there a process begins with the memory of the one that has started it.
status = open("/proc/self/status").read()
print(int(status.partition("VmHWM:")[2].split()[0]) // 1024)
"""


def costs(what: str, *paths: Path) -> tuple[str, int]:
    """What is said of the files, and the largest memory of a process that reads them, in megabytes."""
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, what, *map(str, paths)],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    *told, memory = done.stdout.strip().splitlines()
    return "\n".join(told), int(memory)


measured = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux to measure memory")


@measured
@pytest.mark.parametrize(
    ("method", "words"),
    [(zipfile.ZIP_BZIP2, "bzip2"), (zipfile.ZIP_LZMA, "LZMA"), (zipfile.ZIP_DEFLATED, "as a zip bomb does")],
)
def test_an_archive_that_unpacks_to_much_memory(tmp_path: Path, method: int, words: str) -> None:
    """A rows file of one line of blanks. With bzip2, 1.7 KB came to four gigabytes."""
    path = tmp_path / "train.zip"
    with zipfile.ZipFile(path, "w", method) as archive, archive.open("data.jsonl", "w") as file:
        for _ in range(200):
            file.write(b" " * 2**20)
    told, memory = costs("data", path)
    assert words in told
    assert memory < MEMORY["data"], told


HUNGRY: dict[str, Callable[[], bytes]] = {
    "lists": lambda: b"[" + b"[]," * 5_000_000 + b"[]]",
    "objects": lambda: b"[" + b"{}," * 5_000_000 + b"{}]",
    "keys": lambda: b"{" + b",".join(b'"%x":0' % number for number in range(1_500_000)) + b"}",
    "floats": lambda: b"[" + b"1.5," * 3_500_000 + b"1]",
    "brackets": lambda: b"[" * 15_000_000,
    "digits": lambda: b"[" + b"9" * 15_000_000 + b"]",
    "quotes": lambda: b'"' + b'\\"' * 7_000_000,
}
"""Documents of some fifteen megabytes, which `json` turns into half a gigabyte, or for which it takes minutes."""


@measured
@pytest.mark.parametrize("what", ["data", "state", "report"])
def test_json_that_grows_when_it_is_parsed(tmp_path: Path, what: str) -> None:
    paths = []
    for kind, made in HUNGRY.items():
        document = made()
        paths.append(tmp_path / f"{kind}.jsonl")
        if what == "state" and kind not in ("brackets", "digits", "quotes"):  # ten million values are read
            document = b"[" + b",".join([document] * 4) + b"]"
        paths[-1].write_bytes(document + b"\n")
    told, memory = costs(what, *paths)
    assert memory < MEMORY[what], told
    needed = {
        "data": ("which no row needs", "is only a piece of JSON", "unterminated string"),
        "state": ("than is read", "it is not a whole JSON document"),
        "report": ("line 1 of",),
    }
    for line in told.splitlines():
        if "unreadableLines" not in line and line.strip(' {}[],"').split('"')[0] not in ("endings", "ok", ""):
            assert any(words in line for words in needed[what]), told


# Archives that lie, or that two readers read in two ways.


def directory_entry(name: str, content: bytes, offset: int) -> bytes:
    """The entry of a stored file whose header is at `offset`."""
    archive = packed((name, content), method=zipfile.ZIP_STORED)
    entry = archive[archive.index(b"PK\x01\x02") : archive.index(b"PK\x05\x06")]
    struct.pack_into("<L", entry, 42, offset)
    return bytes(entry)


def with_entry(archive: bytearray, entry: bytes) -> bytearray:
    """An archive with one more entry in its directory."""
    end = archive.rindex(b"PK\x05\x06")
    count, size = struct.unpack_from("<HL", archive, end + 10)
    struct.pack_into("<HHL", archive, end + 8, count + 1, count + 1, size + len(entry))
    archive[end:end] = entry
    return archive


def test_an_archive_of_overlapping_files(tmp_path: Path) -> None:
    """Two entries share one content, as in Fifield's bomb; or one file stands in the content of another."""
    same = with_entry(packed(("data.jsonl", ROW)), directory_entry("1.jpg", ROW, 0))
    assert "overlaps another file, as in a zip bomb" in refused(tmp_path, same)
    inner = bytes(packed(("2.jpg", b"x" * 50), method=zipfile.ZIP_STORED))
    outer = packed(("data.jsonl", ROW), ("1.jpg", inner), method=zipfile.ZIP_STORED)
    nested = with_entry(outer, directory_entry("2.jpg", b"x" * 50, outer.index(inner)))
    assert "overlaps another file, as in a zip bomb" in refused(tmp_path, nested)


@pytest.mark.parametrize("name", ["data.jsonl", "./data.jsonl", "data.jsonl/"])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_archive_with_two_files_of_one_name(tmp_path: Path, name: str) -> None:
    assert "twice" in refused(tmp_path, packed(("data.jsonl", ROW), (name, b"")))


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../x", "a/../../x", "..", "\\\\server\\x", "a\\..\\..\\x", "C:\\x", "c:x"]
)
def test_an_archive_with_a_name_that_leads_out(tmp_path: Path, name: str) -> None:
    assert "leads out of the archive" in refused(tmp_path, packed(("data.jsonl", ROW), (name, b"x")))


@pytest.mark.parametrize(("mode", "words"), [(0o120777, "a link"), (0o010644, "is no file"), (0o020644, "is no file")])
def test_an_archive_with_a_link_or_a_device(tmp_path: Path, mode: int, words: str) -> None:
    link = zipfile.ZipInfo("1.jpg")
    link.create_system = 3
    link.external_attr = mode << 16
    assert words in refused(tmp_path, packed(("data.jsonl", ROW), (link, b"/etc/passwd")))


def test_an_archive_with_a_name_too_long_or_too_deep(tmp_path: Path) -> None:
    assert "a name of 1,100 bytes" in refused(tmp_path, packed(("data.jsonl", ROW), ("x" * 1100, b"")))
    assert "folders deep" in refused(tmp_path, packed(("data.jsonl", ROW), ("x/" * 100 + "y", b"")))


def test_an_archive_of_too_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_directory, "MOST_MEMBERS", 10)
    content = packed(("data.jsonl", ROW), *((f"{number}.jpg", b"") for number in range(20)))
    assert "holds 21 files, and more than 10 are not read" in refused(tmp_path, content)


def test_an_archive_whose_directory_claims_billions(tmp_path: Path) -> None:
    """The number of entries is read before any of them."""
    content = packed(("data.jsonl", ROW))
    end = content.index(b"PK\x05\x06")
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 2**40, 2**40, 2**50, 0)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    struct.pack_into("<HHLL", content, end + 8, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)
    content[end:end] = record + locator
    assert "holds 1,099,511,627,776 files" in refused(tmp_path, content)


def test_an_archive_that_is_larger_than_it_says(tmp_path: Path) -> None:
    """Both headers say ten bytes; the content unpacks to more."""
    content = packed(("data.jsonl", ROW * 1000))
    for signature, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<L", content, content.index(signature) + at, 10)
    assert "unpacks to more than it says" in refused(tmp_path, content)


def test_an_archive_whose_rows_are_damaged(tmp_path: Path) -> None:
    content = packed(("data.jsonl", ROW * 3), method=zipfile.ZIP_STORED)
    content[content.index(b'"a"') + 1] ^= 1
    assert "another size or checksum than it says" in refused(tmp_path, content)


@pytest.mark.parametrize("at", [8, 14, 18, 22, 30])
def test_an_archive_whose_headers_disagree(tmp_path: Path, at: int) -> None:
    """Method, checksum, packed and unpacked size, and name in the header before the content."""
    content = packed(("data.jsonl", ROW), ("1.jpg", b"xxxx"), method=zipfile.ZIP_STORED)
    content[content.index(b"PK\x03\x04", 4) + at] ^= 8
    assert "in its own header" in refused(tmp_path, content)


def test_an_archive_of_a_version_to_come(tmp_path: Path) -> None:
    """Found by fuzzing: other readers refuse it."""
    content = packed(("data.jsonl", ROW))
    content[content.index(b"PK\x01\x02") + 6] = 64
    assert "needs version 6.4 of the format" in refused(tmp_path, content)


def test_an_archive_with_data_before_or_behind_it(tmp_path: Path) -> None:
    content = bytes(packed(("data.jsonl", ROW)))
    assert "is not where its end record says" in refused(tmp_path, b"PK\x03\x04" + content)
    assert "does not end where the file does" in refused(tmp_path, content + b"more")


def changed(content: bytearray, signature: bytes, at: int, form: str, value: int) -> bytearray:
    """The archive with another number in the first record of this signature."""
    struct.pack_into(form, content, content.index(signature) + at, value)
    return content


ENTRY, END = b"PK\x01\x02", b"PK\x05\x06"


@pytest.mark.parametrize(
    ("signature", "at", "form", "value", "words"),
    [
        (END, 4, "<H", 1, "a part of an archive that was split"),
        (END, 6, "<H", 1, "a part of an archive that was split"),
        (END, 8, "<H", 2, "a part of an archive that was split"),
        (END, 12, "<L", 0xFFFFFFFF, "its zip64 record is missing"),
        (END, 16, "<L", 0xFFFFFFFF, "its zip64 record is missing"),
        (END, 12, "<L", 10, "its directory is not where its end record says"),
        (ENTRY, 34, "<H", 1, "a part of an archive that was split"),
        (ENTRY, 28, "<H", 0xFFFF, "its directory ends too soon"),
        (ENTRY, 30, "<H", 4, "its directory"),
        (ENTRY, 0, "<L", 0, "its directory ends too soon"),
        (ENTRY, 20, "<L", 0xFFFFFFFF, "an entry has no zip64 field, or two"),
        (ENTRY, 42, "<L", 0xFFFFFFFF, "an entry has no zip64 field, or two"),
        (ENTRY, 42, "<L", 7, "is not where the directory says"),
        (ENTRY, 20, "<L", 1, "has two sizes"),
        (ENTRY, 8, "<H", 1, "is encrypted"),
        (ENTRY, 8, "<H", 0x20, "compressed in a way that is not read here"),
    ],
)
def test_an_archive_that_contradicts_itself(
    tmp_path: Path, signature: bytes, at: int, form: str, value: int, words: str
) -> None:
    content = packed(("data.jsonl", ROW), method=zipfile.ZIP_STORED)
    assert words in refused(tmp_path, changed(content, signature, at, form, value))


def test_an_archive_with_a_name_that_is_no_text(tmp_path: Path) -> None:
    content = packed(("data.jsonl", ROW), ("\u6570.jpg", b"x"), method=zipfile.ZIP_STORED)
    name = "\u6570".encode()
    assert "a name that should be UTF-8 is not" in refused(tmp_path, content.replace(name, b"\xff\xfe\xfd"))
    assert "a file has no usable name" in refused(tmp_path, content.replace(name, b"a\0b"))


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        (struct.pack("<HH", 1, 16) + b"x" * 8, "an extra field is longer than its entry"),
        (struct.pack("<HH", 1, 4) + b"x" * 4, "a zip64 field is too short"),
        (struct.pack("<HHQ", 1, 8, len(ROW)) * 2, "an entry has no zip64 field, or two"),
    ],
)
def test_an_archive_whose_extra_fields_are_damaged(tmp_path: Path, extra: bytes, words: str) -> None:
    member = zipfile.ZipInfo("data.jsonl")
    member.extra = extra
    content = packed((member, ROW), method=zipfile.ZIP_STORED)
    assert words in refused(tmp_path, changed(content, ENTRY, 24, "<L", 0xFFFFFFFF))


@pytest.mark.parametrize(
    ("at", "form", "value", "words"),
    [
        (4, "<L", 1, "a part of an archive that was split"),
        (16, "<L", 2, "a part of an archive that was split"),
        (8, "<Q", 0, "its zip64 record is not where its locator says"),
        (-56, "<L", 0, "its zip64 record is none"),
        (-52, "<Q", 45, "its zip64 record is none"),
        (-24, "<Q", 2, "its two end records disagree"),
    ],
)
def test_an_archive_whose_zip64_end_contradicts_itself(
    tmp_path: Path, at: int, form: str, value: int, words: str
) -> None:
    content = packed(("data.jsonl", ROW))
    end = content.index(END)
    length, start = struct.unpack_from("<LL", content, end + 12)
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, length, start)
    content[end:end] = record + struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    assert checked(tmp_path, content).ok
    assert words in refused(tmp_path, changed(content, b"PK\x06\x07", at, form, value))


def test_an_archive_with_a_large_rows_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_archive, "LARGEST_ROWS", len(ROW))
    assert checked(tmp_path, packed(("data.jsonl", ROW))).ok
    assert "split it" in refused(tmp_path, packed(("data.jsonl", ROW * 2)))


def test_an_archive_that_unpacks_to_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_directory, "LARGEST_UNPACKED", 1000)
    assert "unpacks to" in refused(tmp_path, packed(("data.jsonl", ROW), ("1.jpg", os.urandom(1000))))


@pytest.mark.parametrize("zip64", [False, True])
@pytest.mark.parametrize("seekable", [False, True])
def test_archives_of_other_packers(tmp_path: Path, zip64: bool, seekable: bool) -> None:
    """With zip64 fields that were not needed, and with the sizes behind the content: what streaming packers write."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return seekable

        def seek(self, *place: int) -> int:
            if not seekable:
                raise io.UnsupportedOperation
            return super().seek(*place)

        def tell(self) -> int:
            if not seekable:
                raise io.UnsupportedOperation
            return super().tell()

    buffer = Pipe()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = b"packed by hand"
        for name, content in (("data.jsonl", ROW * 50), ("pictures/1.jpg", b"x")):
            with archive.open(name, "w", force_zip64=zip64) as file:
                file.write(content)
    report = checked(tmp_path, buffer.getvalue())
    assert report.ok, report.problems
    assert report.rows == 50


@measured
def test_an_archive_of_real_size_is_read_in_little_memory(tmp_path: Path) -> None:
    """Text packs well, and pictures are many: neither is a bomb."""
    path = tmp_path / "train.zip"
    rows = b"".join(
        b'{"messages": [{"role": "user", "content": "%d %s"}, {"role": "assistant", "content": "b"}]}\n'
        % (number, str(hash(number * 7919)).encode() * 20)
        for number in range(100_000)
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.jsonl", rows)
        for number in range(3000):
            archive.writestr(f"{number}.jpg", b"x")
    told, memory = costs("data", path)
    assert told == "[]"
    assert memory < MEMORY["data"]
