"""The report of a sweep, in three forms: for a person, for a program, for a pull request.

A sweep runs at night and is read in the morning, or in a comment under a change. All forms say the same about every
object: its verdict, the reason, and what was or would be done.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pulumi_dashscope_ft.cli.output.ages import age_text
from pulumi_dashscope_ft.cli.output.rendering import (
    Column,
    markdown_item,
    markdown_table,
    one_line,
    print_json,
    print_lines,
    print_markdown,
    print_table,
)

from .bills import Bill, Bills
from .remarks import remarks

if TYPE_CHECKING:
    from pulumi_dashscope_ft.lifecycle.base.kind.live_object import Key
    from pulumi_dashscope_ft.lifecycle.base.report import TeardownRecord
    from pulumi_dashscope_ft.lifecycle.sweep.verdicts import Finding, Outcome, Survey

__all__ = ["FORMATS", "SweepReport"]

FORMATS = ("table", "json", "markdown")

_COLUMNS = [
    Column("kind"),
    Column("id"),
    Column("name"),
    Column("status"),
    Column("age", right=True),
    Column("cost"),
    Column("verdict"),
    Column("sweep"),
    Column("reason"),
]


@dataclass(frozen=True)
class SweepReport:
    """A survey and, when something was done, its outcomes.

    :param clock_ahead: in seconds, None when unknown.
    :param records: what this sweep's teardowns have recorded.
    """

    survey: Survey
    bills: Bills
    outcomes: Mapping[Key, Outcome] | None = None
    clock_ahead: float | None = None
    records: Mapping[Key, TeardownRecord] = field(default_factory=dict)

    def print(self, form: str) -> None:
        """Write the report to the standard output."""
        if form == "json":
            print_json(self.facts())
        elif form == "markdown":
            print_markdown(*self.markdown())
        else:
            print_table(_COLUMNS, [self._row(finding) for finding in self.survey.findings], footer=self.summary())
            for line in self.remarks():
                print_lines(one_line(line))

    def facts(self) -> dict[str, Any]:
        """Everything, as JSON values; the shape is a promise."""
        from pulumi_dashscope_ft.lifecycle.job.quota import counting as job_quota

        survey = self.survey
        return {
            "executed": self.outcomes is not None,
            "due": len(survey.due),
            "counts": dict(Counter(finding.verdict.label for finding in survey.findings)),
            "quota": {"used": survey.quota_used, "limit": job_quota.LIMIT},
            "objects": [self._facts_of(finding) for finding in survey.findings],
            "states": [
                {
                    "name": state.name,
                    "source": state.source,
                    "written": _moment(state.written),
                    "copied": _moment(state.copied),
                    "owners": sorted(state.owners),
                    "problem": state.problem,
                }
                for state in survey.states
            ],
            "remarks": self.remarks(),
        }

    def markdown(self) -> list[str]:
        """Print a title; a table of what would be ended or can't be judged; and below a fold everything else."""
        first = [finding for finding in self.survey.findings if self._matters(finding)]
        rest = [finding for finding in self.survey.findings if not self._matters(finding)]
        parts = [f"**{self.summary()}**"]
        if first:
            parts.append(markdown_table(_COLUMNS, [self._row(finding) for finding in first]))
        if rest:
            table = markdown_table(_COLUMNS, [self._row(finding) for finding in rest])
            parts.append(f"<details><summary>{len(rest)} left alone</summary>\n\n{table}\n\n</details>")
        return parts + [markdown_item(line) for line in self.remarks()]

    def summary(self) -> str:
        """One line: what there is, and how much of it is over."""
        from pulumi_dashscope_ft.lifecycle.job.quota import counting as job_quota

        survey = self.survey
        used = "unknown" if survey.quota_used is None else survey.quota_used
        quota = f"quota used: {used} of {job_quota.LIMIT}"
        if self.outcomes is not None:
            results = Counter(outcome.result for outcome in self.outcomes.values())
            done = ", ".join(f"{count} {result}" for result, count in sorted(results.items())) or "nothing to do"
            return f"{_objects(len(survey.findings))}; {done}; {quota}{' before' if results['done'] else ''}"
        due = f"{len(survey.due)} to end (--execute does it)" if survey.due else "nothing to end"
        return f"{_objects(len(survey.findings))}; {due}; {quota}"

    def remarks(self) -> list[str]:
        """Return what the reader must also know, one sentence each."""
        return remarks(self.survey, self.outcomes, self.clock_ahead)

    def _matters(self, finding: Finding) -> bool:
        from pulumi_dashscope_ft.lifecycle.sweep.ownership import NOT_CHECKED

        return bool(finding.verdict.action) or finding.verdict.label == NOT_CHECKED

    def _row(self, finding: Finding) -> list[Any]:
        live, verdict = finding.live, finding.verdict
        outcome = (self.outcomes or {}).get(live.key)
        deed, reason = verdict.action, verdict.reason
        if outcome is not None:
            deed = outcome.result if outcome.result != "done" else f"done: {verdict.action}"
            if outcome.detail and outcome.result != "done":
                reason = outcome.detail.splitlines()[0]
        cost = self._bill(finding).text()
        shown = [live.kind, live.object_id, live.name, live.status, age_text(finding.age), cost]
        return [*shown, verdict.label, deed, reason]

    def _bill(self, finding: Finding) -> Bill:
        return self.bills.of(finding.live, self.records.get(finding.live.key))

    def _facts_of(self, finding: Finding) -> dict[str, Any]:
        from pulumi_dashscope_ft.lifecycle.base.expiry import text

        live, verdict = finding.live, finding.verdict
        outcome = (self.outcomes or {}).get(live.key)
        return {
            "kind": live.kind,
            "id": live.object_id,
            "name": live.name,
            "status": live.status,
            "active": live.active,
            "ageSeconds": None if finding.age is None else round(finding.age),
            "owner": live.owner,
            "stampExpires": text(live.stamp.expires) if live.stamp is not None else None,
            "tokens": live.usage,
            **self._bill(finding).facts(),
            "verdict": verdict.label,
            "reason": verdict.reason,
            "action": verdict.action or None,
            "stacks": list(verdict.stacks),
            "result": outcome.result if outcome is not None else None,
            "detail": (outcome.detail or None) if outcome is not None else None,
        }


def _moment(at: float | None) -> str | None:
    return None if at is None else time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))


def _objects(count: int) -> str:
    return f"{count} object{'' if count == 1 else 's'}"
