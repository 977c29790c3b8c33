"""Why this exists: `docs/facts.md` is made, not written: `python tests/docs/facts_page.py` takes the facts that the
provider relies on from the package, and who has seen which answer from the reports in `docs/contributing/reports`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pulumi_dashscope_ft.text import markdown
from pulumi_dashscope_ft.verify.facts import CODE, NUMBER, Fact, facts

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "facts.md"
REPORTS = DOCS / "contributing" / "reports"

GROUPS = {
    "base": "Jobs, lists, cancel and delete",
    "train": "A run to its end (`--train`)",
    "deploy": "Deployments (`--deploy`)",
}
_INTRODUCTION = """\
# Facts about the service that no page settles

The provider relies on these answers of the service. No page states them, or pages contradict each other; the real \
service could not be asked where the provider is made. [`dashscope-ft verify`](cli.md#verify) finds them out with a \
key, and [anybody can contribute a report](contributing/verifying.md).

*Relied on* is the answer that the provider expects (for a number: at least that). The \
[emulator](emulator.md#as-the-real-service) can be set to the others. *From* names sections of the notes that the \
provider was written from, and pages of the documentation. This page is made by `make docs`; a test fails when it is \
out of date.
"""


def reports() -> dict[str, Mapping[str, Any]]:
    """The reports on the real service, by the name of their file."""
    found = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(REPORTS.glob("*.json"))}
    return {name: report for name, report in found.items() if not report["emulator"]}


def page(found: Mapping[str, Mapping[str, Any]]) -> str:
    parts = [_INTRODUCTION, _summary(found)]
    for group, title in GROUPS.items():
        of_group = [fact for fact in facts().values() if fact.group == group]
        parts.append(f"## {title}\n")
        parts.append(_table(of_group, found))
    parts.append("## What follows when the answer is another one\n")
    parts.append("\n".join(f"- `{fact.fact_id}`: {fact.follows}" for fact in facts().values()) + "\n")
    return "\n".join(parts)


def _summary(found: Mapping[str, Mapping[str, Any]]) -> str:
    if not found:
        return "Nobody has contributed a report yet.\n"
    rows = [
        f"- {markdown(name)}: {report['date']}, {markdown(str(report['region']))}" for name, report in found.items()
    ]
    return "\n".join(["Reports so far:", "", *rows]) + "\n"


def _table(of_group: Iterable[Fact], found: Mapping[str, Mapping[str, Any]]) -> str:
    lines = ["| fact | what is asked | relied on | other answers | from | confirmed by | contradicted by |"]
    lines.append("|---|---|---|---|---|---|---|")
    for fact in of_group:
        seen = {verdict: _seen(fact, verdict, found) for verdict in ("confirmed", "contradicted")}
        cells = [f"`{fact.fact_id}`", fact.title, f"`{fact.assumed}`", _others(fact), fact.source]
        lines.append(f"| {' | '.join([*cells, seen['confirmed'] or 'nobody yet', seen['contradicted'] or '–'])} |")
    return "\n".join(lines) + "\n"


def _others(fact: Fact) -> str:
    if fact.answers in (NUMBER, CODE):
        return f"another {fact.answers}"
    return ", ".join(f"`{answer}`" for answer in fact.answers if answer != fact.assumed)


def _seen(fact: Fact, verdict: str, found: Mapping[str, Mapping[str, Any]]) -> str:
    names = []
    for name, report in found.items():
        for entry in report["facts"]:
            if entry["fact"] == fact.fact_id and entry["verdict"] == verdict:
                names.append(markdown(name if verdict == "confirmed" else f"{name} ({entry['answer']})"))
    return ", ".join(names)


if __name__ == "__main__":
    PAGE.write_text(page(reports()), encoding="utf-8")
    print(f"wrote {PAGE}")
