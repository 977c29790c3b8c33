"""The costs of an account with 10,000 jobs: a hundred pages, of which one at a time is kept."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pulumi_dashscope_ft.api import Job
from pulumi_dashscope_ft.cli.commands import costs
from pulumi_dashscope_ft.lifecycle.base.owner import stamp

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.crowded_account import KEY, crowded_account

JOBS, OWNERS = 10_000, 100


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many jobs the process holds whenever it says how far it is, now and then."""
    found: list[int] = []

    @contextmanager
    def watched(*, silent: bool) -> Iterator[Any]:
        def at(what: str, done: int | None, total: int | None) -> None:
            if done is not None and done % 2000 == 0:
                gc.collect()
                found.append(sum(type(one) is Job for one in gc.get_objects()))

        yield at

    monkeypatch.setattr(costs, "steps", watched)
    return found


def test_ten_thousand_jobs_cost_a_hundred_pages_and_the_memory_of_one(
    line: Any, kept: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    owners = [f"0wner{number:05}" for number in range(OWNERS)]
    names = [str(stamp.make("pr", owners[at % OWNERS], "h3v8wz", {})) for at in range(JOBS)]
    with crowded_account(names, 7200.0) as account:
        account.job |= {"status": "SUCCEEDED", "usage": 1000, "end_time": account.made}
        monkeypatch.setenv("DASHSCOPE_HTTP_BASE_URL", account.base_url)
        monkeypatch.setenv("DASHSCOPE_API_KEY", KEY)
        shown = json.loads(line.run("costs", "--json").stdout)
    assert account.pages == JOBS // 100
    assert shown["total"]["jobs"] == JOBS
    assert shown["total"]["costs"] == [{"amount": "60", "currency": "CNY"}]
    assert [(one["owner"], one["jobs"]) for one in shown["groups"]] == [(owner, 100) for owner in owners]
    assert len(kept) == 5
    assert max(kept) <= 200
