"""Read the directory of a zip archive, treating it as hostile.

A zip archive names each of its files twice, and some readers believe the one, some the other. So only what all readers
understand in the same way passes, everything is bounded before it is kept, and no file is unpacked except the one that
is asked for (see `zip.content`).

Format: PKWARE APPNOTE.TXT 6.3.10, sections 4.3 (structure), 4.4 (fields) and 4.5.3 (zip64).
"""

from __future__ import annotations

import stat
import struct
from collections.abc import Callable, Iterator
from typing import NamedTuple

from pulumi_dashscope_ft.schema.quoting import quote_text

STORED, DEFLATED = 0, 8

MOST_MEMBERS = 100_000
MOST_DIRECTORY = 64 * 2**20
"""The longest directory, in bytes for all entries together; a usual entry has some hundred."""
LONGEST_NAME = 1000
DEEPEST_FOLDER = 32
LARGEST_UNPACKED = 16 * 2**30
"""The most that all members together may unpack to, in bytes.

Sixteen times what the service takes (reference, section 4.6).
"""
FREE_OF_RATIO = 64 * 2**20
"""Unpacked bytes that may be packed at any ratio."""
HIGHEST_RATIO = 100
"""Unpacked bytes per packed byte, beyond that. Text reaches 3 to 10, pictures and video 1."""

_METHODS = {
    1: "shrink", 6: "implode", 9: "deflate64", 12: "bzip2", 14: "LZMA", 93: "zstd", 95: "xz", 97: "WavPack", 98: "PPMd",
}  # fmt: skip

_END = struct.Struct("<4s4H2LH")
_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_EXTRA = struct.Struct("<2H")
_LONGEST_COMMENT = 0xFFFF
_IN_ZIP64 = 0xFFFFFFFF
_ENCRYPTED, _DESCRIPTOR, _PATCH, _STRONG, _UTF8, _MASKED = 1, 1 << 3, 1 << 5, 1 << 6, 1 << 11, 1 << 13
_NEWEST = 63
"""Version of the format that readers know, times ten."""
_UNIX = (3, 19)  # 19: macOS

ReadAt = Callable[[int, int], bytes]
"""Reads so many bytes from an offset on, fewer at the end of the file."""


class ArchiveError(Exception):
    """The archive is not read; the text says why and what to do, as a clause without a subject."""


class Member(NamedTuple):
    """A file or folder in an archive.

    :param packed: bytes that it takes in the archive, from `start` on.
    :param unpacked: bytes that it declares to unpack to.
    """

    name: str
    method: int
    crc: int
    packed: int
    unpacked: int
    start: int


class _Entry(NamedTuple):
    name: str
    raw_name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    unpacked: int
    offset: int


def read_directory(read_at: ReadAt, size: int) -> list[Member]:
    """Read the members of an archive, in the order of its directory.

    :param size: bytes of the archive.
    :raises ArchiveError: it is broken, contradicts itself, or exceeds a bound.
    """
    count, start, length = _find_directory(read_at, size)
    entries = list(_entries(read_at(start, length), count))
    _refuse_duplicates(entries)
    _refuse_bomb(sum(entry.unpacked for entry in entries), sum(entry.packed for entry in entries))
    return _located(entries, read_at, start)


def is_too_tight(unpacked: int, packed: int) -> bool:
    """Whether the ratio is so high that somebody must have made the archive to do harm."""
    return unpacked > FREE_OF_RATIO and unpacked > packed * HIGHEST_RATIO


def broken(why: str) -> ArchiveError:
    """Return the error for an archive that contradicts itself or the format."""
    return ArchiveError(f"is a broken or incomplete zip archive ({why}): pack it again")


def _find_directory(read_at: ReadAt, size: int) -> tuple[int, int, int]:
    """Return the number of entries, the offset and the length of the directory."""
    tail_start = max(size - _END.size - _LONGEST_COMMENT, 0)
    tail = read_at(tail_start, size - tail_start)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        raise broken("it has no end record")
    _, disk, first_disk, here, count, length, start, comment = _END.unpack_from(tail, at)
    if at + _END.size + comment != len(tail):
        raise broken("its comment does not end where the file does")
    end = tail_start + at
    locator = read_at(end - _LOCATOR.size, _LOCATOR.size) if end >= _LOCATOR.size else b""
    if locator[:4] == b"PK\x06\x07":
        end -= _LOCATOR.size
        short = (disk, first_disk, here, count, length, start)
        disk, first_disk, here, count, length, start = _end_in_zip64(read_at, locator, end, short)
        end -= _END64.size
    elif _IN_ZIP64 in (length, start):
        raise broken("its zip64 record is missing")
    if disk or first_disk or here != count:
        raise ArchiveError("is a part of an archive that was split: pack it as one file")
    if count > MOST_MEMBERS:
        raise ArchiveError(f"holds {count:,} files, and more than {MOST_MEMBERS:,} are not read: make it smaller")
    if length > MOST_DIRECTORY:
        raise ArchiveError(f"has a directory of {length:,} bytes, more than is read: make it smaller")
    if start + length != end:
        raise broken("its directory is not where its end record says")
    return count, start, length


def _end_in_zip64(read_at: ReadAt, locator: bytes, end: int, short: tuple[int, ...]) -> tuple[int, ...]:
    """Read the fields of the end record from the zip64 one, which precedes its locator and must agree with it."""
    _, disk, offset, disks = _LOCATOR.unpack(locator)
    if disk or disks > 1:
        raise ArchiveError("is a part of an archive that was split: pack it as one file")
    if offset + _END64.size != end:
        raise broken("its zip64 record is not where its locator says")
    signature, length, _, _, *fields = _END64.unpack(read_at(offset, _END64.size))
    if signature != b"PK\x06\x06" or length != _END64.size - 12:
        raise broken("its zip64 record is none")
    limits = (0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, _IN_ZIP64, _IN_ZIP64)
    if any(small not in (full, limit) for small, full, limit in zip(short, fields, limits, strict=True)):
        raise broken("its two end records disagree")
    return tuple(fields)


def _entries(directory: bytes, count: int) -> Iterator[_Entry]:
    at = 0
    for _ in range(count):
        if len(directory) - at < _ENTRY.size or directory[at : at + 4] != b"PK\x01\x02":
            raise broken("its directory ends too soon")
        (_, made_by, needed, flags, method, _, _, crc, packed, unpacked, name_length, extra_length, comment_length,
         disk, _, attributes, offset) = _ENTRY.unpack_from(directory, at)  # fmt: skip
        at += _ENTRY.size
        raw_name = directory[at : at + name_length]
        extra = directory[at + name_length : at + name_length + extra_length]
        at += name_length + extra_length + comment_length
        if at > len(directory):
            raise broken("its directory ends too soon")
        if disk:
            raise ArchiveError("is a part of an archive that was split: pack it as one file")
        if needed & 0xFF > _NEWEST:
            raise broken(f"it needs version {(needed & 0xFF) / 10} of the format")
        unpacked, packed, offset = _sizes(extra, unpacked, packed, offset)
        name = _checked_name(raw_name, flags)
        mode = attributes >> 16 if made_by >> 8 in _UNIX else 0
        _refuse_kind(name, flags, method, mode, packed, unpacked)
        yield _Entry(name, raw_name, flags, method, crc, packed, unpacked, offset)
    if at != len(directory):
        raise broken("its directory holds more than it says")


def _sizes(extra: bytes, unpacked: int, packed: int, offset: int) -> tuple[int, int, int]:
    """Return the three numbers of an entry; those that don't fit into it come from its zip64 field."""
    missing = [number == _IN_ZIP64 for number in (unpacked, packed, offset)]
    fields = [field for tag, field in _extra_fields(extra) if tag == 1]
    if len(fields) > 1 or (any(missing) and not fields):
        raise broken("an entry has no zip64 field, or two")
    if not any(missing):
        return unpacked, packed, offset
    if len(fields[0]) < 8 * sum(missing):
        raise broken("a zip64 field is too short")
    longer = iter(struct.unpack_from(f"<{sum(missing)}Q", fields[0]))
    found = [
        next(longer) if absent else number for absent, number in zip(missing, (unpacked, packed, offset), strict=True)
    ]
    return found[0], found[1], found[2]


def _extra_fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + _EXTRA.size <= len(extra):  # some packers append a few bytes that are no field
        tag, length = _EXTRA.unpack_from(extra, at)
        at += _EXTRA.size
        if at + length > len(extra):
            raise broken("an extra field is longer than its entry")
        yield tag, extra[at : at + length]
        at += length


def _checked_name(raw_name: bytes, flags: int) -> str:
    if len(raw_name) > LONGEST_NAME:
        raise ArchiveError(
            f"holds a file with a name of {len(raw_name):,} bytes, more than {LONGEST_NAME:,}: rename it"
        )
    try:
        name = raw_name.decode("utf-8" if flags & _UTF8 else "cp437")
    except UnicodeDecodeError:
        raise broken("a name that should be UTF-8 is not") from None
    parts = name.replace("\\", "/").split("/")
    if not name or "\0" in name:
        raise broken("a file has no usable name")
    if name[0] in "/\\" or name[1:2] == ":" or ".." in parts:
        raise ArchiveError(
            f"holds {quote_text(name)}, a name that leads out of the archive: pack relative names without `..`"
        )
    if len(parts) > DEEPEST_FOLDER:
        raise ArchiveError(f"holds {quote_text(name)}, more than {DEEPEST_FOLDER} folders deep: pack it flatter")
    return name


def _refuse_kind(name: str, flags: int, method: int, mode: int, packed: int, unpacked: int) -> None:
    if flags & (_ENCRYPTED | _STRONG | _MASKED):
        raise ArchiveError("is encrypted: pack it without a password")
    if method not in (STORED, DEFLATED) or flags & _PATCH:
        how = _METHODS.get(method, f"method {method}")
        raise ArchiveError(
            f"is compressed in a way that is not read here ({quote_text(name)}: {how}): pack it again as a plain zip "
            "(stored or deflate)"
        )
    if stat.S_ISLNK(mode):
        raise ArchiveError(f"holds {quote_text(name)}, a link: pack the file that it leads to")
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise ArchiveError(f"holds {quote_text(name)}, which is no file: pack files and folders only")
    if method == STORED and packed != unpacked:
        raise broken(f"{quote_text(name)} has two sizes")
    if is_too_tight(unpacked, packed):
        raise _bomb(unpacked, packed)


def _refuse_duplicates(entries: list[_Entry]) -> None:
    seen: set[str] = set()
    for entry in entries:
        plain = "/".join(part for part in entry.name.split("/") if part not in ("", "."))
        if plain in seen:
            raise ArchiveError(
                f"holds {quote_text(entry.name)} twice, and readers differ in which they take: pack it again"
            )
        seen.add(plain)


def _refuse_bomb(unpacked: int, packed: int) -> None:
    if unpacked > LARGEST_UNPACKED:
        raise ArchiveError(f"unpacks to {unpacked / 2**30:,.0f} GB, more than {LARGEST_UNPACKED // 2**30} GB")
    if is_too_tight(unpacked, packed):
        raise _bomb(unpacked, packed)


def _bomb(unpacked: int, packed: int) -> ArchiveError:
    return ArchiveError(
        f"packs {unpacked:,} bytes into {packed:,}, more than {HIGHEST_RATIO} to 1, as a zip bomb does: "
        "pack it again, from real data"
    )


def _located(entries: list[_Entry], read_at: ReadAt, limit: int) -> list[Member]:
    """Compare each entry with the header before its content; return the members with the places of their content.

    :param limit: where the directory begins. No two members may share a byte.
    """
    starts: dict[int, int] = {}
    free = 0
    for entry in sorted(entries, key=lambda entry: entry.offset):
        if entry.offset < free:
            raise broken(f"{quote_text(entry.name)} overlaps another file, as in a zip bomb")
        header = read_at(entry.offset, _LOCAL.size) if entry.offset < limit else b""
        if len(header) < _LOCAL.size or header[:4] != b"PK\x03\x04":
            raise broken(f"{quote_text(entry.name)} is not where the directory says")
        _, _, flags, method, _, _, crc, packed, unpacked, name_length, extra_length = _LOCAL.unpack(header)
        at = entry.offset + _LOCAL.size
        if read_at(at, name_length) != entry.raw_name or method != entry.method or flags & _ENCRYPTED:
            raise broken(f"{quote_text(entry.name)} has another name or kind in its own header")
        extra = read_at(at + name_length, extra_length)
        if flags & _DESCRIPTOR:  # its numbers follow the content, and may be zero here
            pairs = [(number, known) for number, known in ((crc, entry.crc),) if number]
        else:
            unpacked, packed, _ = _sizes(extra, unpacked, packed, 0)
            pairs = [(crc, entry.crc), (packed, entry.packed), (unpacked, entry.unpacked)]
        if any(number != known for number, known in pairs):
            raise broken(f"{quote_text(entry.name)} has another size or checksum in its own header")
        free = starts[entry.offset] = at + name_length + extra_length
        free += entry.packed
        if free > limit:
            raise broken(f"{quote_text(entry.name)} is longer than the archive")
    return [
        Member(entry.name, entry.method, entry.crc, entry.packed, entry.unpacked, starts[entry.offset])
        for entry in entries
    ]
