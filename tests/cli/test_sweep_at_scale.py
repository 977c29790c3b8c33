"""A sweep of an account with 1,000 jobs, over the real client: ten pages, between which others come and go."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from sweep_stage import OWNER, PREFIX, STRANGER, label

from pulumi_dashscope_ft.api.resources.fine_tunes import FineTunes
from pulumi_dashscope_ft.emulator.api import job_request
from pulumi_dashscope_ft.emulator.api import jobs as job_operations
from pulumi_dashscope_ft.emulator.model.service import Call

JOBS, PAGE = 1000, 100
URN = f"urn:pulumi:pr-7::previews::{PREFIX}"


def submitted(line: Any, *names: str) -> list[str]:
    """Jobs of these names that did not come over the wire, and of whose model nobody asks whether a job has made it:
    a thousand of them in some seconds.
    """
    service = line.emulator.service
    found = []
    with service.at_now() as now, mock.patch.object(job_request, "_base_model", lambda call, model: model):
        caller = service.accounts.identify(f"Bearer {line.key}", None, service.settings)
        workspace = service.workspace(caller.scope, now)
        for name in names:
            body = {"model": "qwen3-8b", "training_file_ids": ["file-1"], "job_name": name}
            call = Call(caller, workspace, now, service.settings, path={}, query={}, body=body)
            found.append(str(job_operations.create(service, call)["output"]["job_id"]))
    return found


class Account:
    """Of every hundred jobs one is an orphan and five are other people's; the others are in the state."""

    def __init__(self, line: Any, folder: Path, jobs: int) -> None:
        self.line = line
        line.emulator.configure(running_seconds=1e7, quota=1_000_000)
        orphans = {number for number in range(jobs) if number % 100 == 50}
        foreign = {number for number in range(jobs) if number % 20 == 7}
        names = [label(STRANGER if number in foreign else OWNER) for number in range(jobs)]
        ids = submitted(line, *names)
        self.orphans = {ids[number] for number in orphans}
        self.foreign = {ids[number] for number in foreign}
        self.held = [one for one in ids if one not in self.orphans | self.foreign]
        self.state = folder / "state.json"
        self.recorded = self.moment()
        self.write()
        line.later(7200)
        self.write()
        line.later(7200)

    def moment(self) -> str:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.line.emulator.clock.now() + 1))

    def write(self) -> None:
        kind = f"{PREFIX}FineTuningJob"
        resources = [{"urn": f"{URN}StackIdentity::id", "type": f"{PREFIX}StackIdentity", "id": OWNER}]
        resources += [
            {"urn": f"{URN}FineTuningJob::{one}", "type": kind, "id": one, "created": self.recorded}
            for one in self.held
        ]
        document = {"version": 3, "deployment": {"manifest": {"time": self.moment()}, "resources": resources}}
        self.state.write_text(json.dumps(document))


def sweep(account: Account, *arguments: str) -> Any:
    given = ("sweep", "--state", str(account.state), "--utc-offset", "8", "--json", *arguments)
    result = account.line.run(*given)
    assert result.exit_code in (0, 2), result.output
    return json.loads(result.stdout)


def test_a_thousand_jobs_over_ten_pages_between_which_others_come_and_go(
    line: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First in a quiet hour. Then each page that is read is followed by somebody's job that appears, or by one that
    vanishes, which shifts what is read next by one, one way or the other: what is in use stays, and what was ended was
    an orphan.
    """
    account = Account(line, tmp_path, JOBS)
    facts = sweep(account)
    assert {one["id"] for one in facts["objects"] if one["action"]} == account.orphans
    assert facts["counts"] == {"orphan": 10, "foreign": 50, "in use": 940}
    listed = line.emulator.count("list") - 1  # which only asks what time it is
    assert listed == JOBS // PAGE + 1, "one reading, and the first page again"

    turn, going = [0], sorted(account.foreign)
    read = FineTunes.list

    def shifting(self: FineTunes, page_no: int = 1, page_size: int = 100) -> Any:
        page = read(self, page_no, page_size)
        turn[0] += 1
        if turn[0] <= 60:
            if turn[0] % 2:
                submitted(line, label(STRANGER))
            else:
                line.emulator.remove_job(going.pop(turn[0] * 7 % len(going)))
        return page

    monkeypatch.setattr(FineTunes, "list", shifting)
    facts = sweep(account, "--execute", "--yes")
    assert turn[0] > 60
    held, ended = set(account.held), {one["id"] for one in facts["objects"] if one["result"] == "done"}
    assert held <= set(line.emulator.jobs), "nothing that is in use was ended"
    touched = {record.job_id for record in line.emulator.requests if record.operation in ("cancel", "delete")}
    assert touched == ended <= account.orphans
    assert ended, "the lists settle once the account does"
    assert {one["id"] for one in facts["objects"] if one["verdict"] == "in use"} <= held


def test_lists_that_never_settle_end_nothing_that_depends_on_them(
    line: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = Account(line, tmp_path, 250)
    read = FineTunes.list

    def busy(self: FineTunes, page_no: int = 1, page_size: int = 100) -> Any:
        if page_no == 1:
            submitted(line, label(STRANGER))
        return read(self, page_no, page_size)

    monkeypatch.setattr(FineTunes, "list", busy)
    facts = sweep(account)
    assert any("the list of jobs kept changing while it was read" in remark for remark in facts["remarks"])
    assert facts["quota"]["used"] is None
    assert line.emulator.count("list") - 1 == 5 * 3 + 5, "five readings, each with the first page again, and no more"
    assert {one["id"] for one in facts["objects"] if one["verdict"] == "in use"} == set(account.held)
