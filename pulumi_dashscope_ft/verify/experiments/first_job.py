"""The first job: what its answers show, how soon the list shows it, and whether it can be cancelled at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.api import JobStatus
from pulumi_dashscope_ft.lifecycle.base.expiry import moment
from pulumi_dashscope_ft.verify.calls import Reply
from pulumi_dashscope_ft.verify.ending import cancel
from pulumi_dashscope_ft.verify.plan import EXTRA_FIELD, job_body
from pulumi_dashscope_ft.verify.workbench import TroubleError, Workbench, said_no

from .listing import find_in_list, name_form

_ZONES = {0: "utc", 8: "utc+8"}
_ZONE_TOLERANCE = 600.0
"""Seconds by which the time of a create and that of its answer may differ."""
_LOOKS = ((5.0, "within_5s"), (30.0, "within_30s"), (60.0, "later"), (120.0, "later"), (300.0, "later"))
"""Seconds after the create at which the list is read again, and what it is called if the job is there then."""


def first_job(bench: Workbench, file_id: str) -> str:
    """Make the first job, see what can be seen of it, and cancel it; return its id.

    :raises TroubleError: no job can be made.
    """
    created, body = _created(bench, file_id)
    began = bench.clock.monotonic()
    job_id = str(created.fields["job_id"])
    _time_zone(bench, created.fields)
    at_once = find_in_list(bench, job_id)
    job = bench.job(job_id)
    if job.get("job_id") == job_id:
        _shown(bench, job, body)
        status = str(job.get("status"))
        if status == JobStatus.PENDING:
            cancel(bench, job_id, "cancel_pending", status)
        else:
            bench.findings.unseen("cancel_pending", "the job was no longer PENDING when it was first read")
    _list_lag(bench, job_id, began, at_once)
    return job_id


def _created(bench: Workbench, file_id: str) -> tuple[Reply, Mapping[str, Any]]:
    """Create the job with a field that nobody knows; if that is refused, without it."""
    body = job_body(file_id)
    reply = bench.create_job({**body, EXTRA_FIELD: "1"})
    refusal = reply if reply.refused else None
    if refusal is not None:
        reply = bench.create_job(body)
    if reply.error is not None or not isinstance(reply.fields.get("job_id"), str):
        raise TroubleError(f"no job could be made: {reply.problem()}", refused=said_no(reply))
    if reply.fields["job_id"] not in bench.jobs:
        raise TroubleError("the answer to a create shows a job that was there before", refused=False)
    if refusal is not None:
        bench.findings.note(
            "unknown_fields", "refused", f"create with an unknown field: {refusal.told()}", "without: taken"
        )
    return reply, body


def _shown(bench: Workbench, job: Mapping[str, Any], body: Mapping[str, Any]) -> None:
    note = bench.findings.note
    note("job_name_get", name_form(job, bench.label), "get after the create")
    back = EXTRA_FIELD in job
    note("unknown_fields", "sent_back" if back else "dropped", "create with an unknown field: taken", "get after it")
    data, told = _data_form(job, str(body["training_file_ids"][0]))
    note("data_form", data, told)
    form, told = _hyper_parameters_form(job.get("hyper_parameters"), body["hyper_parameters"])
    note("hyper_parameters_form", form, told)
    early = "shown" if job.get("finetuned_output") else "absent"
    note("output_before_success", early, f"get of a {_known(job)} job: {early}")


def _known(job: Mapping[str, Any]) -> str:
    status = job.get("status")
    return str(status) if status in JobStatus.ACTIVE | JobStatus.FINAL else "new"


def _data_form(job: Mapping[str, Any], file_id: str) -> tuple[str, str]:
    ids, sets = (job.get(name) for name in ("training_file_ids", "training_datasets"))
    in_ids = isinstance(ids, list) and file_id in ids
    in_sets = isinstance(sets, list) and any(isinstance(one, dict) and one.get("file_id") == file_id for one in sets)
    form = {(False, True): "datasets", (True, False): "file_ids", (True, True): "both", (False, False): "neither"}
    places = (
        f"training_file_ids {'has' if in_ids else 'lacks'} it, training_datasets {'has' if in_sets else 'lacks'} it"
    )
    return form[in_ids, in_sets], f"a job made with training_file_ids: {places}"


def _hyper_parameters_form(shown: object, sent: Mapping[str, Any]) -> tuple[str, str]:
    if not isinstance(shown, dict):
        return "other", "no hyper_parameters are shown"
    missing = [name for name in sent if name not in shown]
    more = len([name for name in shown if name not in sent])
    other = [name for name in sent if name in shown and not _same(shown[name], sent[name])]
    told = f"{len(sent)} keys sent; missing: {', '.join(missing) or 'none'}; of another type or value: "
    told += f"{', '.join(other) or 'none'}; added: {more or 'none'}"
    if more and (missing or other):
        return "other", told
    return "filled" if more else "subset" if missing or other else "sent", told


def _same(one: object, other: object) -> bool:
    return type(one) is type(other) and one == other


def _time_zone(bench: Workbench, job: Mapping[str, Any]) -> None:
    """Compare the `create_time` of a job that was just made with the service's own time, which is in UTC."""
    written, now = moment(job.get("create_time"), 0.0), bench.calls.service_time
    if written is None:
        bench.findings.unseen("time_zone", "create_time has another form than the documented one")
        return
    hours = round((written - now) / 3600)
    is_whole = abs(written - now - hours * 3600) <= _ZONE_TOLERANCE
    shown = f"create_time is {(written - now) / 3600:+.1f} hours from the answer's own time"
    bench.findings.note("time_zone", _ZONES.get(hours, "other") if is_whole else "other", shown)


def _list_lag(bench: Workbench, job_id: str, began: float, at_once: bool | None) -> None:
    for after, answer in ((0.0, "at_once"), *_LOOKS):
        bench.clock.sleep(max(0.0, began + after - bench.clock.monotonic()))
        found = find_in_list(bench, job_id) if after else at_once
        if found is None:
            bench.findings.unseen("list_lag", "the list could not be read")
            return
        if found:
            told = (
                f"not in the list before, there after {after:.0f} s" if after else "in the list right after the create"
            )
            bench.findings.note("list_lag", answer, told)
            return
    bench.findings.note("list_lag", "later", "not in the list after 300 s")
