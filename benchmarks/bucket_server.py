"""A bucket on loopback that speaks as much of Amazon S3 as Pulumi and a sweep need of it.

Why it exists: state backends are buckets more often than folders, and no bucket can be reached from a test. The objects
are in memory. A request that is not signed with the right key id is refused; signatures are not computed.
"""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, quote, unquote, urlsplit
from xml.sax.saxutils import escape

from .serving import serving

KEY_ID, SECRET, BUCKET = "AKIABENCHMARK0000000", "not-a-secret-of-anybody", "states"
ENVIRONMENT = {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_REGION": "eu-central-1"}


@dataclass
class BucketServer:
    """The bucket: its objects by key, each with its content and the time it was written, in seconds since 1970."""

    url: str = ""
    objects: dict[str, tuple[bytes, float]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, key: str, content: bytes) -> None:
        with self.lock:
            self.objects[key] = (content, time.time())

    def get(self, key: str) -> tuple[bytes, float] | None:
        with self.lock:
            return self.objects.get(key)

    def backend(self, prefix: str = "") -> str:
        """The URL by which Pulumi knows the bucket."""
        return f"s3://{BUCKET}{prefix}?endpoint={self.url}&s3ForcePathStyle=true&region=eu-central-1"

    def listing(self, prefix: str, delimiter: str, after: str, most: int) -> str:
        """One page of a list, as ListObjectsV2 answers."""
        with self.lock:
            keys = sorted(key for key in self.objects if key.startswith(prefix) and key > after)
            shown = {key: self.objects[key] for key in keys}
        contents: list[str] = []
        folders: dict[str, None] = {}
        last = ""
        for key in keys:
            head, found, _ = key[len(prefix) :].partition(delimiter) if delimiter else ("", "", "")
            if found and f"{prefix}{head}{delimiter}" in folders:
                last = key
                continue
            if len(contents) + len(folders) == most:
                break
            last = key
            if found:
                folders[f"{prefix}{head}{delimiter}"] = None
            else:
                contents.append(_content(key, *shown[key]))
        cut = bool(keys) and last != keys[-1]
        token = f"<NextContinuationToken>{escape(quote(last))}</NextContinuationToken>" if cut else ""
        common = "".join(f"<CommonPrefixes><Prefix>{escape(one)}</Prefix></CommonPrefixes>" for one in folders)
        return (
            '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
            f"<Name>{BUCKET}</Name><Prefix>{escape(prefix)}</Prefix><MaxKeys>{most}</MaxKeys>"
            f"<KeyCount>{len(contents) + len(folders)}</KeyCount><IsTruncated>{str(cut).lower()}</IsTruncated>{token}"
            f"{''.join(contents)}{common}</ListBucketResult>"
        )


def _content(key: str, content: bytes, written: float) -> str:
    moment = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(written))
    return (
        f"<Contents><Key>{escape(key)}</Key><LastModified>{moment}</LastModified><ETag>{_tag(content)}</ETag>"
        f"<Size>{len(content)}</Size><StorageClass>STANDARD</StorageClass></Contents>"
    )


def _tag(content: bytes) -> str:
    return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    bucket: BucketServer

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        key, query = self._key(parts.path), parse_qs(parts.query, keep_blank_values=True)
        if not self._is_allowed():
            return
        if key:
            self._object(key)
            return
        after = unquote(query.get("continuation-token", [""])[0]) or query.get("start-after", [""])[0]
        page = self.bucket.listing(
            query.get("prefix", [""])[0],
            query.get("delimiter", [""])[0],
            after,
            int(query.get("max-keys", ["1000"])[0]),
        )
        self._answer(200, page.encode(), {"Content-Type": "application/xml"})

    def do_HEAD(self) -> None:
        if self._is_allowed():
            self._object(self._key(urlsplit(self.path).path))

    def do_PUT(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not self._is_allowed():
            return
        key, source = self._key(urlsplit(self.path).path), self.headers.get("x-amz-copy-source")
        if "aws-chunked" in (self.headers.get("Content-Encoding") or ""):
            content = _unchunked(content)
        if source is not None:
            found = self.bucket.get(unquote(source).lstrip("/").removeprefix(f"{BUCKET}/"))
            if found is None:
                self._missing()
                return
            content = found[0]
        self.bucket.put(key, content)
        moment = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
        copied = (
            f"<CopyObjectResult><LastModified>{moment}</LastModified><ETag>{_tag(content)}</ETag></CopyObjectResult>"
        )
        self._answer(200, copied.encode() if source is not None else b"", {"ETag": _tag(content)})

    def do_DELETE(self) -> None:
        if self._is_allowed():
            with self.bucket.lock:
                self.bucket.objects.pop(self._key(urlsplit(self.path).path), None)
            self._answer(204, b"", {})

    def _key(self, path: str) -> str:
        return unquote(path).lstrip("/").removeprefix(BUCKET).lstrip("/")

    def _is_allowed(self) -> bool:
        self.bucket.requests.append(f"{self.command} {self.path}")
        if f"Credential={KEY_ID}/" in (self.headers.get("Authorization") or ""):
            return True
        self._answer(403, b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>", {})
        return False

    def _object(self, key: str) -> None:
        found = self.bucket.get(key)
        if found is None:
            self._missing()
            return
        content, written = found
        headers = {"ETag": _tag(content), "Last-Modified": formatdate(written, usegmt=True)}
        self._answer(200, content, {**headers, "Content-Type": "application/octet-stream"})

    def _missing(self) -> None:
        self._answer(404, b"<Error><Code>NoSuchKey</Code><Message>The key does not exist.</Message></Error>", {})

    def _answer(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: thousands of requests are no news."""


def _unchunked(content: bytes) -> bytes:
    """The content of an upload in pieces, each with its size in front and perhaps a signature."""
    whole, at = bytearray(), 0
    while match := re.compile(rb"([0-9a-fA-F]+)(?:;[^\r]*)?\r\n").match(content, at):
        size = int(match[1], 16)
        if not size:
            break
        whole += content[match.end() : match.end() + size]
        at = match.end() + size + 2
    return bytes(whole)


@contextmanager
def bucket_server(bucket: BucketServer | None = None) -> Iterator[BucketServer]:
    """A bucket that lives as long as the block; `bucket` where it is a particular one."""
    bucket = BucketServer() if bucket is None else bucket
    with serving(_Handler, bucket=bucket) as bucket.url:
        yield bucket
