"""A stamp with an expiry, and what the expiry means from `create` to `update`."""

from __future__ import annotations

import re
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from verbs import fine_tuning_job

from pulumi_dashscope_ft import schema
from pulumi_dashscope_ft.lifecycle.base import expiry
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.job import diff as job_diff
from pulumi_dashscope_ft.lifecycle.waiting.progress import seconds

INPUTS = {"model": "qwen3-8b", "trainingFileIds": ["f1"], "hyperParameters": {"n_epochs": 3, "learning_rate": "1e-4"}}
AT = 1_795_600_800.0  # 2026-11-25T10:00Z
PINNED = "sentiment--xhtfko--p1-k7m2x9qd4t-ae8259cf-h3v8wz"

OLD_READER = re.compile(
    r"(?P<readable>[a-z0-9_-]{0,24})--(?P<mark>[pr])1-(?P<owner>[0-9a-z]{10})-(?P<digest>[0-9a-f]{8})-(?P<nonce>[0-9a-z]{6})"
)
"""As the first release read stamps."""


def test_the_format_with_an_expiry_is_pinned() -> None:
    made = stamp.make("sentiment", "k7m2x9qd4t", "h3v8wz", INPUTS, expires=AT)
    assert str(made) == PINNED
    parsed = stamp.parse(PINNED)
    assert parsed == made
    assert parsed.expires == AT
    assert parsed.readable == "sentiment"


def test_with_a_long_name_the_expiry_is_a_part_of_the_readable_text() -> None:
    """So an older release still reads the stamp, and no name is longer than the service is known to take."""
    made = stamp.make("a" * 60, "k7m2x9qd4t", "h3v8wz", INPUTS, expires=AT)
    assert OLD_READER.fullmatch(str(made))
    assert len(str(made)) == 55
    parsed = stamp.parse(str(made))
    assert parsed is not None
    assert parsed.expires == AT


def test_an_expiry_changes_neither_run_nor_work() -> None:
    plain = stamp.make("a", "k7m2x9qd4t", "h3v8wz", INPUTS)
    other = stamp.make("a", "k7m2x9qd4t", "h3v8wz", INPUTS, expires=AT)
    assert plain.same_run(other)
    assert plain.same_work(other)


@given(st.text(max_size=60), st.none() | st.floats(min_value=0, max_value=1e14), st.booleans())
def test_any_stamp_is_read_back_and_an_older_release_still_knows_its_own(
    name: str, expires: float | None, retained: bool
) -> None:
    made = stamp.make(name, "k7m2x9qd4t", "h3v8wz", {"model": "m"}, retained=retained, expires=expires)
    text = str(made)
    assert len(text) <= 55
    assert set(text) <= set(string.ascii_lowercase + string.digits + "-_")
    assert stamp.parse(text) == made
    old = OLD_READER.fullmatch(text)
    assert old is not None
    assert (old["owner"], old["digest"], old["nonce"], old["mark"] == "r") == (
        made.owner,
        made.digest,
        made.nonce,
        made.retained,
    )
    if expires is None:
        assert made.expires is None
    elif expires < 1e11:
        assert made.expires is not None
        assert 0 <= made.expires - expires <= 60, "to the next whole minute, never earlier"


@pytest.mark.parametrize("name", ["job-x0hspe0", "x0hspe0", "a-x12345-x12345"])
def test_a_resource_that_is_merely_called_so_has_no_expiry(name: str) -> None:
    parsed = stamp.parse(str(stamp.make(name, "k7m2x9qd4t", "h3v8wz", {})))
    assert parsed is not None
    assert parsed.expiry is None
    assert parsed.readable == name


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2026-11-25 18:00:00", 1_795_629_600.0),
        ("2026-11-25T10:00Z", AT),
        ("2026-11-25T10:00:00.123456789Z", AT),
        ("2026-11-25T18:00:00+08:00", AT),
        ("2026-11-25T04:30:00-05:30", AT),
        ("2026-11-25T10:00:00.68", AT),
        ("yesterday", None),
        ("", None),
        (None, None),
        (5, None),
        ("2026-13-45 99:99:99", None),
    ],
)
def test_moments(written: Any, at: float | None) -> None:
    if written == "2026-13-45 99:99:99":
        expiry.moment(written)  # whatever it says, it does not raise
    else:
        assert expiry.moment(written) == at


def test_a_job_that_expires_says_so_in_its_name_its_outputs_and_its_teardown(world: Any) -> None:
    job_id, outputs = world.create(expiresIn="3d", maxRuntime="1d12h")
    found = stamp.parse(world.client.fine_tunes.get(job_id).job_name)
    assert found is not None
    assert found.expires is not None
    assert 0 <= found.expires - (world.clock.time() + 72 * 3600) < 65
    assert outputs["expires"] == expiry.text(found.expires)
    assert outputs["teardown"] == f"cancel, then delete; expires {outputs['expires']}; may be active for 1d12h"
    fresh = fine_tuning_job.read(world.connection, job_id, outputs)
    assert fresh is not None
    assert fresh["expires"] == outputs["expires"]
    world.emulator.force(job_id, "SUCCEEDED")
    world.clock.sleep(3)
    ended = fine_tuning_job.read(world.connection, job_id, outputs)
    assert ended is not None
    assert ended["teardown"] == f"delete; expires {outputs['expires']}"


def test_without_expires_in_nothing_expires(world: Any) -> None:
    job_id, outputs = world.create()
    assert "expires" not in outputs
    assert "--x" not in (world.client.fine_tunes.get(job_id).job_name or "")
    assert outputs["teardown"] == "cancel, then delete"


def test_a_changed_expiry_counts_from_the_creation_and_makes_no_call(world: Any) -> None:
    job_id, outputs = world.create(expiresIn="72h")
    before = len(world.emulator.requests)
    began = expiry.moment(outputs["expires"])
    assert began is not None
    for wanted, hours in (("96h", 24), ("24h", -48)):
        news = {**world.inputs(), "expiresIn": wanted, "__nonce": outputs["__nonce"]}
        planned = fine_tuning_job.diff(world.connection, job_id, outputs, news)
        assert (planned.changes, planned.replaces) == (True, ())
        changed = fine_tuning_job.update(world.connection, job_id, outputs, news)
        assert expiry.moment(changed["expires"]) == began + hours * 3600
        assert changed["expires"] in changed["teardown"]
    without = fine_tuning_job.update(
        world.connection, job_id, outputs, {**world.inputs(), "__nonce": outputs["__nonce"]}
    )
    assert "expires" not in without
    assert without["teardown"] == "cancel, then delete"
    assert len(world.emulator.requests) == before


def at(seconds_from_creation: float) -> str:
    return str(expiry.text(AT + seconds_from_creation))


@pytest.mark.parametrize(
    ("olds", "news", "told"),
    [
        ({"expiresIn": "1h"}, {"expiresIn": "3d"}, f"expires {at(259200)} instead of {at(3600)}"),
        ({}, {"expiresIn": "1d"}, f"expires {at(86400)}"),
        ({"expiresIn": "1h"}, {}, f"expires no more (it would have at {at(3600)})"),
        ({"expiresIn": "3d"}, {"expiresIn": "5m"},
         f"expires {at(300)} instead of {at(259200)}, which has passed: the next sweep ends it"),
        ({}, {"maxRuntime": "1d12h"}, "may be active for 1d12h"),
        ({"maxRuntime": "4h"}, {}, "may be active for any time"),
        ({"expiresIn": "1h"}, {"expiresIn": "2h", "maxRuntime": "1h"},
         f"expires {at(7200)} instead of {at(3600)}; may be active for 1h"),
    ],
)  # fmt: skip
def test_the_plan_says_what_a_changed_expiry_means(olds: dict[str, Any], news: dict[str, Any], told: str) -> None:
    """Ten minutes after its creation."""
    written = "2026-11-25 18:00:00"  # AT, as the service writes it
    before = {"createTime": written, **olds, "__inputs": sorted(olds)}
    if "expiresIn" in olds:
        before["expires"] = expiry.text(expiry.since_creation(olds, written, 0.0))
    assert expiry.plan("ft-1", before, news, AT + 600) == f"ft-1 {told}"
    assert expiry.plan("ft-1", before, olds, AT + 600) is None
    assert expiry.plan("ft-1", before, dict.fromkeys(news, schema.UNKNOWN), AT + 600) is None or not news


def test_the_plan_of_a_job_says_when_it_expires(world: Any) -> None:
    job_id, outputs = world.create(expiresIn="3d")
    inputs = {**world.inputs(), "__nonce": outputs["__nonce"]}
    planned = fine_tuning_job.diff(world.connection, job_id, outputs, {**inputs, "expiresIn": "1d12h"})
    assert planned.consequence is not None
    assert planned.consequence.startswith(f"{job_id} expires ")
    assert fine_tuning_job.diff(world.connection, job_id, outputs, {**inputs, "expiresIn": "72h"}).consequence is None
    kept = {**inputs, "expiresIn": "3d", "onDestroy": "cancel"}
    assert fine_tuning_job.diff(world.connection, job_id, outputs, kept).consequence is None


def test_an_expiry_that_is_added_later_counts_from_the_creation_too() -> None:
    changed = expiry.changed({"createTime": "2026-11-25 18:00:00"}, {"expiresIn": "1h"}, now=9e9)
    assert changed == "2026-11-25T11:00Z"


def test_an_adopted_job_expires_by_its_own_age(world: Any) -> None:
    job_id, _ = world.create(__name="other", __owner="another000")
    live = world.client.fine_tunes.get(job_id)
    world.restart()
    _, outputs = world.create(adoptJobId=job_id, expiresIn="10h")
    began = expiry.moment(live.create_time)
    assert began is not None
    assert outputs["expires"] == expiry.text(began - expiry.BEIJING + 36000)


def test_what_a_killed_run_left_expires_by_its_own_age(world: Any) -> None:
    job_id, first = world.create(expiresIn="10h")
    world.clock.sleep(100)
    world.restart()
    again, second = world.create(expiresIn="10h")
    assert again == job_id
    # By the service's clock, which stands apart from the client's in this world.
    began = expiry.moment(second["createTime"])
    assert began is not None
    assert second["expires"] == expiry.text(began - expiry.BEIJING + 36000)
    assert first["createTime"] == second["createTime"]


def test_both_steer_only() -> None:
    assert {"expiresIn", "maxRuntime"} <= set(job_diff.STEERING)


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        (0, "0s"),
        (45, "45s"),
        (600, "10m"),
        (5400, "1h30m"),
        (86400, "1d"),
        (129600, "1d12h"),
        (259200, "3d"),
        (90061, "1d1h1m1s"),
    ],
)
def test_a_span_is_told_as_people_write_it(amount: float, told: str) -> None:
    assert seconds(amount) == told
    assert amount == 0 or schema.parse_duration(told) == amount
