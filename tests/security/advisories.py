"""The advisories that the minimum versions in `pyproject.toml` stand above.

Why it exists: a minimum without a reason is lowered by the next person who has trouble with it. Read from the databases
of PyPI, GitHub and the CVE programme in November 2026; `make audit` asks for newer ones where it can.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Advisory:
    """One advisory about a package that this one brings along."""

    package: str
    fixed: str
    """The oldest version without it."""
    name: str
    published: str
    """The day of the advisory, or of the release that fixes it; only the month where the day is not known."""
    about: str
    again: tuple[str, ...] = ()
    """Newer versions that have it again."""


PROTOBUF_6 = ("6.30.0", "6.30.2", "6.31.0", "6.31.1", "6.32.0", "6.32.1", "6.33.0", "6.33.2", "6.33.4")

ADVISORIES = (
    Advisory("requests", "2.32.4", "CVE-2024-47081", "2025-06-09", ".netrc credentials of another host are sent"),
    Advisory("requests", "2.33.0", "CVE-2026-25645", "2026-03-25", "a predictable name in the temporary folder"),
    Advisory("urllib3", "2.6.0", "CVE-2025-66471", "2025-12-05", "a packed answer is unpacked without end"),
    Advisory("urllib3", "2.6.3", "CVE-2026-21441", "2026-01-07", "the same, for the body of a redirect"),
    Advisory("urllib3", "2.7.0", "CVE-2026-44431", "2026-05-13", "Authorization is sent on to another origin"),
    Advisory("urllib3", "2.7.0", "CVE-2026-44432", "2026-05-13", "a packed answer, after it was read in part"),
    Advisory("urllib3", "2.8.0", "CVE-2026-97687", "2026-10", "the server's TLS settings are used for an HTTPS proxy"),
    Advisory("urllib3", "2.8.0", "CVE-2026-97689", "2026-10", "the line with the size of a chunk has no bound"),
    Advisory("idna", "3.7", "CVE-2024-3651", "2024-04-11", "a long name takes quadratic time"),
    Advisory("idna", "3.15", "CVE-2026-45409", "2026-05-19", "the same, in other ways"),
    Advisory("certifi", "2024.7.4", "CVE-2024-39689", "2024-07-05", "a root certificate that is not trusted any more"),
    Advisory("protobuf", "5.29.5", "CVE-2025-4565", "2025-06-16", "endless recursion in messages", PROTOBUF_6[:3]),
    Advisory("protobuf", "5.29.6", "CVE-2026-0994", "2026-01-23", "endless recursion in JSON", PROTOBUF_6),
    Advisory("grpcio", "1.65.4", "CVE-2024-7246", "2024-08-06", "one client's headers reach another through a proxy"),
    Advisory("click", "8.3.3", "CVE-2026-7246", "2026-04-30", "a command in `click.edit`; its authors dispute it"),
    Advisory("pygments", "2.20.0", "CVE-2026-4539", "2026-03", "an expression that takes exponential time"),
    Advisory("h11", "0.16.0", "CVE-2025-43859", "2025-04-24", "chunks that are none are taken for chunks"),
    Advisory("jinja2", "3.1.6", "CVE-2025-27516", "2025-03-05", "the sandbox can be left by a filter"),
    Advisory("python-multipart", "0.0.26", "CVE-2026-40347", "2026-04-17", "preamble or epilogue without end"),
    Advisory("python-multipart", "0.0.31", "CVE-2026-53540", "2026-06-15", "a negative length reads without end"),
    Advisory("starlette", "0.49.1", "CVE-2025-62727", "2025-10-28", "a Range header takes quadratic time"),
    Advisory("starlette", "1.0.1", "CVE-2026-48710", "2026-05", "a Host header that changes the path"),
    Advisory("starlette", "1.3.0", "CVE-2026-54282", "2026-06-22", "a path that changes the host"),
    Advisory("starlette", "1.3.1", "CVE-2026-54283", "2026-06-22", "bounds of forms are not kept"),
    Advisory("uvicorn", "0.11.7", "CVE-2020-7695", "2020-07-27", "a header that splits the answer"),
    Advisory("pytest", "9.0.3", "CVE-2025-71176", "2026-04-07", "a folder in /tmp that others can make first"),
)
