"""The report, as JSON and as Markdown: small enough for an issue, and without anything of the account."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from pulumi_dashscope_ft._version import __version__
from pulumi_dashscope_ft.text import markdown

from .findings import CONFIRMED, CONTRADICTED, NOT_SEEN, Finding

SCHEMA = "dashscope-ft/verify-report/1"
MOST_CHARACTERS = 30_000
"""The longest report, in either form. An issue takes twice as many."""
_REGIONS = {
    "dashscope.aliyuncs.com": "cn-beijing",
    "dashscope-intl.aliyuncs.com": "ap-southeast-1",
    "dashscope-us.aliyuncs.com": "us-east-1",
}
_DEDICATED = re.compile(r"[^.]+\.([a-z]{2}-[a-z]{3,12}(?:-[0-9])?)\.maas\.aliyuncs\.com")
_MARKS = {CONFIRMED: "✓", CONTRADICTED: "✗", NOT_SEEN: "?"}


@dataclass(frozen=True, slots=True)
class Report:
    """What a run has found out.

    :param scope: the groups of facts.
    :param calls: how many were made.
    :param trouble: why it ended early, if it did.
    :param left: what is still there, each described without an id.
    :param now: seconds since 1970, UTC.
    """

    base_url: str
    is_emulator: bool
    scope: Sequence[str]
    calls: int
    findings: Sequence[Finding]
    trouble: str | None
    left: Sequence[str]
    now: float

    @property
    def counts(self) -> Counter[str]:
        """How many facts have each verdict."""
        return Counter(finding.verdict for finding in self.findings)

    def to_json(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        return {
            "schema": SCHEMA,
            "version": __version__,
            "date": self.date,
            "region": region_of(self.base_url),
            "emulator": self.is_emulator,
            "scope": list(self.scope),
            "calls": self.calls,
            "facts": [_fact(finding) for finding in self.findings],
            "trouble": [] if self.trouble is None else [self.trouble],
            "left": self._left(),
        }

    @property
    def date(self) -> str:
        """The day, in UTC."""
        return f"{datetime.fromtimestamp(self.now, UTC):%Y-%m-%d}"

    def to_markdown(self) -> str:
        """Return the report for an issue."""
        counts = self.counts
        service = "an emulator" if self.is_emulator else f"the service in {region_of(self.base_url)}"
        head = [
            f"### dashscope-ft verify {markdown(__version__)}, {self.date}",
            "",
            f"Asked: {service}; {', '.join(self.scope)}; {self.calls} calls. "
            f"{', '.join(f'{counts[verdict]} {verdict}' for verdict in _MARKS)}.",
        ]
        head += ["", f"**Ended early:** {markdown(self.trouble)}."] if self.trouble else []
        head += ["", f"**Left:** {markdown('; '.join(self._left()))}."] if self.left else []
        table = ["", "| | fact | answer | what was seen, or why not |", "|---|---|---|---|"]
        rows = [_row(finding) for finding in self.findings]
        against = [finding for finding in self.findings if finding.verdict == CONTRADICTED]
        tail = ["", "What follows:", ""] if against else []
        tail += [
            f"- `{one.fact.fact_id}` is {_code(one.answer)}, not {_code(one.fact.assumed)}: {_follows(one)}"
            for one in against
        ]
        return "\n".join([*head, *table, *rows, *tail]) + "\n"

    def _left(self) -> list[str]:
        return [f"{count} × {what}" if count > 1 else what for what, count in Counter(self.left).items()]


def region_of(base_url: str) -> str:
    """Return the region of a base URL, if its host is one of the service's; never the host itself."""
    host = (urlsplit(base_url).hostname or "").lower()
    dedicated = _DEDICATED.fullmatch(host)
    if dedicated:
        return dedicated[1]
    return _REGIONS.get(host, "unknown")


def _fact(finding: Finding) -> dict[str, Any]:
    row = {
        "fact": finding.fact.fact_id,
        "verdict": finding.verdict,
        "answer": finding.answer,
        "why": finding.why,
        "evidence": list(finding.evidence),
    }
    return {**row, "follows": finding.fact.follows} if finding.verdict == CONTRADICTED else row


def _row(finding: Finding) -> str:
    seen = finding.why or "; ".join(finding.evidence)
    return f"| {_MARKS[finding.verdict]} | `{finding.fact.fact_id}` | {_code(finding.answer)} | {markdown(seen)} |"


def _code(answer: str | None) -> str:
    return f"`{answer}`" if answer else ""


def _follows(finding: Finding) -> str:
    return finding.fact.follows
