"""What is tried again, when, for how long; and what is never tried again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_server import FakeClock, MakeClient, Reply, ScriptedServer

from pulumi_dashscope_ft.api import (
    ApiConnectionError,
    ApiError,
    ApiResponseError,
    ApiTimeoutError,
    AuthenticationError,
    Client,
    NotFoundError,
    PauseError,
    QuotaExceededError,
    RateLimiter,
    ServerError,
    ThrottledError,
)
from pulumi_dashscope_ft.api.http.retry import LONGEST_WAIT, POLICIES, Policy, Retrier
from pulumi_dashscope_ft.api.operations import OPERATIONS

JOB_ID = "ft-202411221200-1c7f"


def test_every_operation_has_a_policy() -> None:
    assert set(POLICIES) == set(OPERATIONS)
    careful = {name for name, policy in POLICIES.items() if policy is Policy.UNLESS_ACCEPTED}
    assert careful == {"create", "upload", "create_deployment", "create_compression", "create_import"}
    assert POLICIES["export"] is Policy.NEVER


def errors(operation: str) -> dict[str, ApiError]:
    about: Any = {"operation": operation, "resource_id": JOB_ID}
    return {
        "refused": ApiConnectionError("x.", sent=False, **about),
        "reset": ApiConnectionError("x.", sent=True, **about),
        "timeout": ApiTimeoutError("x.", **about),
        "unusable": ApiResponseError("x.", **about),
        "throttled": ThrottledError(status=429, **about),
        "quota": QuotaExceededError(status=429, **about),
        "server": ServerError(status=503, **about),
        "key": AuthenticationError(status=401, **about),
        "gone": NotFoundError(status=404, **about),
    }


EXPECTED: dict[Policy, set[str]] = {
    Policy.ALWAYS: {"refused", "reset", "timeout", "unusable", "throttled", "server"},
    Policy.UNLESS_ACCEPTED: {"refused", "throttled"},
    Policy.NEVER: set(),
}


@pytest.mark.parametrize("operation", sorted(POLICIES))
@pytest.mark.parametrize("kind", sorted(errors("get")))
def test_the_matrix(clock: FakeClock, operation: str, kind: str) -> None:
    tries = []

    def attempt(left: float) -> str:
        tries.append(1)
        if len(tries) == 1:
            raise errors(operation)[kind]
        return "done"

    retrier = Retrier(clock, 60.0)
    if kind in EXPECTED[POLICIES[operation]]:
        assert retrier.run(operation, JOB_ID, attempt) == "done"
        assert len(tries) == 2
    else:
        with pytest.raises(type(errors(operation)[kind])) as caught:
            retrier.run(operation, JOB_ID, attempt)
        assert len(tries) == 1
        assert caught.value.tries == 1
        assert "Gave up" not in str(caught.value)


def test_waits_grow_and_stop_in_time(clock: FakeClock) -> None:
    seen = []
    retrier = Retrier(clock, 60.0, on_retry=lambda *call: seen.append(call), jitter=lambda _, high: high)

    def attempt(left: float) -> None:
        raise ServerError(status=503, operation="get", resource_id=JOB_ID)

    with pytest.raises(ServerError) as caught:
        retrier.run("get", JOB_ID, attempt)
    assert clock.sleeps == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0]  # 31.5 s; 30 more would be over
    assert [(operation, job_id, wait) for operation, job_id, _, wait in seen] == [
        ("get", JOB_ID, wait) for wait in clock.sleeps
    ]
    assert all(isinstance(error, ServerError) for _, _, error, _ in seen)
    assert (caught.value.tries, caught.value.elapsed) == (7, 31.5)
    assert str(caught.value).endswith("Gave up after 7 tries in 32 s (at most 60 s for a call).")


def test_waiting_behind_older_calls_does_not_count(clock: FakeClock) -> None:
    """As long as the service accepts those, it is only a question of time until it is this call's turn."""
    tries: list[float] = []

    def attempt(left: float) -> str:
        tries.append(left)
        clock.now += 50
        if len(tries) < 4:
            raise ThrottledError(status=429, operation="get", resource_id=JOB_ID)
        return "done"

    retrier = Retrier(clock, 60.0, jitter=lambda low, high: 0.0)
    assert retrier.run("get", JOB_ID, attempt, lambda: 45.0 * len(tries)) == "done"
    assert tries == [60.0, 55.0, 50.0, 45.0]


def test_a_try_that_the_rate_limiter_would_send_too_late_is_not_waited_for(clock: FakeClock) -> None:
    tries: list[float] = []

    def attempt(left: float) -> str:
        tries.append(left)
        error = ThrottledError(status=429, operation="get", resource_id=JOB_ID)
        error.spaced = 5.0 if len(tries) == 1 else 70.0
        raise error

    with pytest.raises(ThrottledError, match="Gave up after 2 tries"):
        Retrier(clock, 60.0).run("get", JOB_ID, attempt)
    assert clock.sleeps == [0.0], "the limiter spaces the tries"


def test_an_operation_without_a_policy_is_tried_once(clock: FakeClock) -> None:
    """A call that somebody adds, and forgets in the table, must not do twice what costs money."""
    tries = []

    def attempt(left: float) -> None:
        tries.append(1)
        raise ApiConnectionError("x.", operation="buy", sent=False)

    with pytest.raises(ApiConnectionError):
        Retrier(clock, 60.0).run("buy", None, attempt)
    assert len(tries) == 1


def test_no_wait_is_longer_than_half_a_minute(clock: FakeClock) -> None:
    def attempt(left: float) -> None:
        raise ServerError(status=503, operation="get", resource_id=JOB_ID)

    with pytest.raises(ServerError):
        Retrier(clock, 200.0, jitter=lambda _, high: high).run("get", JOB_ID, attempt)
    assert clock.sleeps == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0, 30.0, 30.0]


@pytest.mark.parametrize(("timeout", "lefts"), [(60.0, [60.0, 50.5, 40.5]), (12.0, [12.0, 2.5]), (0.0, [float("inf")])])
def test_each_try_has_the_time_that_is_left(clock: FakeClock, timeout: float, lefts: list[float]) -> None:
    """A request that hangs takes ten seconds here, and no call may last much longer than its limit."""
    seen: list[float] = []

    def attempt(left: float) -> None:
        seen.append(left)
        clock.now += 9.5 if len(seen) == 1 else 9.0
        raise ApiTimeoutError("x.", operation="get")

    with pytest.raises(ApiTimeoutError):
        Retrier(clock, timeout, jitter=lambda _, high: 0.0 if len(seen) == 1 else high).run("get", JOB_ID, attempt)
    assert seen[: len(lefts)] == lefts


def test_a_pause_longer_than_the_limit_is_named_with_the_limit(clock: FakeClock) -> None:
    retrier = Retrier(clock, 60.0)

    def attempt(left: float) -> None:
        raise ThrottledError(status=429, operation="get", resource_id=JOB_ID, retry_after=3600.0)

    with pytest.raises(ThrottledError) as caught:
        retrier.run("get", JOB_ID, attempt)
    assert clock.sleeps == []
    assert str(caught.value).endswith("It asks for a pause of 3600 s, and a call is tried for 60 s at most.")


@given(fractions=st.lists(st.floats(0, 1), min_size=1), timeout=st.floats(0, 300), took=st.floats(0, 70))
def test_no_try_begins_too_late(fake_clock: type[FakeClock], fractions: Any, timeout: Any, took: Any) -> None:
    clock = fake_clock()
    draws = iter(fractions * 1000)
    begun = []

    def attempt(left: float) -> None:
        begun.append(clock.now)
        clock.now += took
        raise ApiTimeoutError("x.", operation="get")

    with pytest.raises(ApiTimeoutError):
        Retrier(clock, timeout, jitter=lambda low, high: low + (high - low) * max(next(draws), 0.01)).run(
            "get", None, attempt
        )
    assert begun[-1] - begun[0] <= timeout
    assert all(wait <= LONGEST_WAIT for wait in clock.sleeps)


@pytest.mark.parametrize(("asked", "slept"), [(7.0, [7.0]), (0.0, [0.5]), (61.0, []), (3600.0, [])])
def test_retry_after_is_honoured_or_ends_it_at_once(clock: FakeClock, asked: float, slept: list[Any]) -> None:
    tries = []

    def attempt(left: float) -> str:
        tries.append(1)
        if len(tries) == 1:
            raise ThrottledError(status=429, operation="get", resource_id=JOB_ID, retry_after=asked)
        return "done"

    retrier = Retrier(clock, 60.0, jitter=lambda _, high: high)
    if slept:
        assert retrier.run("get", JOB_ID, attempt) == "done"
    else:
        with pytest.raises(ThrottledError):
            retrier.run("get", JOB_ID, attempt)
    assert clock.sleeps == slept


def test_other_exceptions_pass_through(clock: FakeClock) -> None:
    def attempt(left: float) -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        Retrier(clock, 60.0).run("get", None, attempt)
    assert clock.sleeps == []


THROTTLED = {"code": "Throttling.RateQuota", "message": "You have exceeded your request limit."}
BUSY = {"code": "Throttling", "message": "Too many fine-tune job in running, please retry later."}
FULL = {"code": "Throttling", "message": "Only 20 fine-tune job in running or succeeded allowed per user."}


class TestOverTheWire:
    def test_a_read_survives_every_passing_fault(
        self, server: ScriptedServer, client: Client, reply: type[Reply], job: dict[str, Any]
    ) -> None:
        server.play(
            reply(how="reset"),
            reply(status=500, body={"code": "InternalError"}),
            reply(status=502, body="<html>"),
            reply(status=429, body=THROTTLED),
            reply(status=200, body="{"),
            reply(status=200, body={"request_id": "r"}),
            reply(body={"output": job}),
        )
        assert client.fine_tunes.get(JOB_ID).job_id == JOB_ID
        assert len(server.seen) == 7

    @pytest.mark.parametrize(
        "fault",
        [
            {"how": "reset"},
            {"how": "close"},
            {"how": "half"},
            {"status": 500, "body": {"code": "InternalError"}},
            {"status": 504, "body": ""},
            {"status": 503, "body": THROTTLED},
            {"body": "{"},
            {"body": {"request_id": "r"}},
            {"body": {"output": {"status": "PENDING"}}},
            {"body": {"code": "Mystery"}},
        ],
        ids=str,
    )
    def test_a_create_that_may_have_been_accepted_is_sent_once(
        self, server: ScriptedServer, client: Client, reply: type[Reply], job: dict[str, Any], fault: dict[str, Any]
    ) -> None:
        server.play(reply(**fault), reply(body={"output": job}))
        with pytest.raises(ApiError) as caught:
            client.fine_tunes.create({"model": "m"})
        assert caught.value.ambiguous
        assert len(server.seen) == 1

    @pytest.mark.parametrize("refusal", [THROTTLED, BUSY])
    def test_a_create_that_was_not_accepted_is_sent_again(
        self, server: ScriptedServer, client: Client, reply: type[Reply], job: dict[str, Any], refusal: dict[str, Any]
    ) -> None:
        server.play(reply(status=429, body=refusal), reply(body={"output": job}))
        assert client.fine_tunes.create({"model": "m"}).job_id == JOB_ID
        assert server.seen[0].body == server.seen[1].body == b'{"model": "m"}'

    def test_the_job_quota_is_not_waited_for(
        self, server: ScriptedServer, client: Client, reply: type[Reply], clock: FakeClock
    ) -> None:
        server.play(reply(status=429, body=FULL))
        with pytest.raises(QuotaExceededError, match="Waiting does not help"):
            client.fine_tunes.create({"model": "m"})
        assert len(server.seen) == 1
        assert clock.sleeps == []

    def test_a_delete_whose_answer_was_lost_ends_in_not_found(
        self, server: ScriptedServer, client: Client, reply: type[Reply]
    ) -> None:
        server.play(reply(how="close"), reply(status=404, body={"code": "NotFound", "message": "Not found!"}))
        with pytest.raises(NotFoundError) as caught:
            client.fine_tunes.delete(JOB_ID)
        assert caught.value.tries == 2

    def test_an_upload_is_sent_again_whole(
        self, server: ScriptedServer, client: Client, reply: type[Reply], tmp_path: Path
    ) -> None:
        path = tmp_path / "t.jsonl"
        path.write_bytes(b"x" * 200_000)
        server.play(reply(status=429, body=THROTTLED), reply(body={"data": {"uploaded_files": [{"file_id": "f"}]}}))
        assert client.files.upload(path).file_id == "f"
        assert [seen.body.count(b"x") >= 200_000 for seen in server.seen] == [True, True]

    def test_a_pause_that_is_too_long_ends_a_call_before_it_is_sent(
        self, server: ScriptedServer, make_client: MakeClient, reply: type[Reply], job: dict[str, Any], clock: FakeClock
    ) -> None:
        """Many callers, each told to wait half a minute: the last does not wait for all that the others were told."""
        limiter = RateLimiter(1000, 1000, clock)
        limiter.penalize(30)
        with pytest.raises(PauseError, match="a pause of 30 s, and a call is tried for 20 s at most") as caught:
            make_client(limiter=limiter, retry_timeout=20).fine_tunes.get(JOB_ID)
        assert not caught.value.ambiguous
        assert (server.seen, clock.sleeps) == ([], [])
        server.play(reply(body={"output": job}))
        make_client(limiter=limiter, retry_timeout=40).fine_tunes.get(JOB_ID)
        assert clock.sleeps == [30]

    def test_one_callers_429_pauses_everybody_but_a_busy_trainer_does_not(
        self, server: ScriptedServer, make_client: MakeClient, reply: type[Reply], job: dict[str, Any], clock: FakeClock
    ) -> None:
        limiter = RateLimiter(1000, 1000, clock)
        client = make_client(limiter=limiter, retry_timeout=0)
        server.play(
            reply(status=429, body=BUSY),
            reply(status=429, body=THROTTLED, headers={"Retry-After": "5"}),
            reply(body={"output": job}),
        )
        with pytest.raises(ThrottledError):
            client.fine_tunes.create({"model": "m"})
        assert limiter.acquire() == 0
        with pytest.raises(ThrottledError):
            client.fine_tunes.get(JOB_ID)
        client.fine_tunes.get("ft-202411221200-1c7f")
        assert clock.sleeps == [pytest.approx(5.0, abs=0.01)]  # and then the next token, at some hundred a second
