"""The list of jobs: its order, the names in it, and the largest page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_dashscope_ft.verify.calls import Reply
from pulumi_dashscope_ft.verify.workbench import Workbench

_PAGE = 100
_LARGEST = 1000
"""The largest limit that any page documents."""
_PAUSES = (0.0, 5.0, 25.0, 60.0)
"""Seconds before each look, until the list shows all that were made."""
ENOUGH = 3
"""Jobs of known age that an order is read from."""


def find_in_list(bench: Workbench, job_id: str) -> bool | None:
    """Whether the list shows a job, on its first or its last page; None when it can't be read."""
    rows = _ends(bench, [job_id])
    return None if rows is None else any(row.get("job_id") == job_id for row in rows)


def _ends(bench: Workbench, wanted: Sequence[str]) -> list[Mapping[str, Any]] | None:
    """Return the rows of the first page and, unless all that are wanted are there, those of the last.

    None: the list can't be read.
    """
    reply, size = bench.page("list", 1)
    if reply.error is not None:
        return None
    rows = _rows(reply)
    total = reply.fields.get("total")
    if isinstance(total, int) and total > size and not {*wanted} <= {row.get("job_id") for row in rows}:
        last = -(-total // size)
        for number in sorted({2, last - 1, last} - {1}):
            rows += _rows(bench.page("list", number)[0])
    return rows


def list_order(bench: Workbench, jobs: Sequence[str]) -> None:
    """Note in which order the list shows our jobs, and by which name.

    :param jobs: ids in the order in which they were made.
    """
    rows: list[Mapping[str, Any]] = []
    for pause in _PAUSES:
        bench.clock.sleep(pause)
        rows = [row for row in _ends(bench, jobs) or [] if row.get("job_id") in jobs]
        if len(rows) >= len(jobs):
            break
    seen = list(dict.fromkeys(str(row["job_id"]) for row in rows))
    if not seen:
        for fact_id in ("list_order", "job_name_list"):
            bench.findings.unseen(fact_id, "the list did not show the jobs")
        return
    forms = sorted({name_form(row, bench.label) for row in rows})
    bench.findings.note("job_name_list", forms[0], f"{len(rows)} jobs in the list")
    if len(seen) < ENOUGH:
        bench.findings.unseen("list_order", f"the list showed only {len(seen)} jobs whose age is known")
        return
    ages = [jobs.index(job_id) for job_id in seen]
    answer = {tuple(sorted(ages)): "oldest_first", tuple(sorted(ages, reverse=True)): "newest_first"}
    order = ", ".join(str(age + 1) for age in ages)
    bench.findings.note("list_order", answer.get(tuple(ages), "other"), f"by the order of their creates: {order}")


def name_form(job: Mapping[str, Any], label: str) -> str:
    """Return how a job shows its name."""
    shown = job.get("job_name") or job.get("jobs_name")
    if shown == label:
        return "as_sent"
    return "job_id" if shown and shown == job.get("job_id") else "absent"


def list_page_limit(bench: Workbench) -> None:
    """Note the largest `page_size` that is taken: exactly, in a dozen calls at most."""
    taken, refused = 0, _LARGEST + 1
    told = ""
    for size in (_PAGE, _PAGE + 1, _LARGEST):
        if not taken < size < refused:
            continue
        taken, refused, told = _tried(bench, size, taken, refused, told)
    while refused - taken > 1 and taken < _LARGEST:
        taken, refused, told = _tried(bench, (taken + refused) // 2, taken, refused, told)
    if refused < 0 or not taken:
        bench.findings.unseen("list_page_limit", "the list could not be read with other page sizes")
        return
    bench.findings.note(
        "list_page_limit", str(taken), f"page_size {taken} is taken", told or "nothing larger was tried"
    )


def _tried(bench: Workbench, size: int, taken: int, refused: int, told: str) -> tuple[int, int, str]:
    """Ask for a page of this size; return the largest size that is taken now, and the smallest that is refused."""
    reply = _first_page(bench, size)
    if reply.error is None:
        shown = reply.fields.get("page_size")
        if isinstance(shown, int) and 0 < shown < size:
            return shown, shown + 1, f"page_size {size} gets a page of {shown}"
        return size, refused, told
    if reply.refused:
        return taken, size, f"page_size {size}: {reply.told()}"
    return taken, -1, told


def _first_page(bench: Workbench, size: int) -> Reply:
    return bench.calls.ask("list", query={"page_no": "1", "page_size": str(size)})


def _rows(reply: Reply) -> list[Mapping[str, Any]]:
    rows = reply.fields.get("jobs")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
