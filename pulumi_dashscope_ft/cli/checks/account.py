"""The checks of `doctor` that concern the account: key, region, workspace, network, clock and quota.

A key of another region, a proxy that blocks the request, a clock that is an hour wrong: each causes some other error,
deep in an `up`. Here each is checked by itself. Checks that need no network work without one. No finding contains the
key.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pulumi_dashscope_ft.cli.account import Account

from .checkup import Finding, fine, unusual, wrong
from .emulator import emulator_of

if TYPE_CHECKING:
    from pulumi_dashscope_ft.api import Client, Clock, Job, Settings

__all__ = ["check_account", "check_service"]

_SKEW = 60.0
"""Seconds by which this machine's clock may be wrong before ages and expiry times suffer."""

_NEARLY = 16
"""Used jobs of the quota from which on the user should know."""


def check_account(account: Account) -> tuple[list[Finding], Settings | None]:
    """Run the checks that need no network; return the settings too if they are usable."""
    from pulumi_dashscope_ft.api import SettingsError

    try:
        settings = account.settings()
    except SettingsError as error:
        return [wrong(error.field, str(error), "fix that setting; the other checks of the account need it.")], None
    key = _check_key(account, settings)
    findings = [key, _check_endpoint(account, settings), _check_workspace(account, settings), _check_proxy(settings)]
    return findings, settings if key.mark != "✗" else None


def _check_key(account: Account, settings: Settings) -> Finding:
    from pulumi_dashscope_ft.api import SettingsError

    try:
        key = settings.key.read()
    except SettingsError as error:
        return wrong("key", str(error), "set it, then run `dashscope-ft doctor` again: most other checks need it.")
    place, path = _place_of_key(account)
    usual = key.startswith("sk-")
    del key
    if not usual:
        return unusual("key", f"from {place}, but it does not start with sk-", "check that it is a Model Studio key.")
    if path is not None and os.name == "posix" and _is_open(path):
        return unusual("key", f"from {place}, which other users can read", f"type: chmod 600 {path}")
    return fine("key", f"from {place}")


def _place_of_key(account: Account) -> tuple[str, Path | None]:
    """Where the key comes from, in the client's order (api.key), and the file if it is one."""
    from pulumi_dashscope_ft.api.config.api_key import DEFAULT_KEY_FILE, KEY_FILE_VARIABLE, KEY_VARIABLE

    if account.api_key_env is not None:
        return f"the variable {account.api_key_env}", None
    if os.environ.get(KEY_VARIABLE):
        return f"the variable {KEY_VARIABLE}", None
    if os.environ.get(KEY_FILE_VARIABLE):
        path = Path(os.environ[KEY_FILE_VARIABLE]).expanduser()
        return f"the file {path} ({KEY_FILE_VARIABLE})", path
    return f"the file {Path.home() / DEFAULT_KEY_FILE}", Path.home() / DEFAULT_KEY_FILE


def _is_open(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))
    except OSError:
        return False


def _check_endpoint(account: Account, settings: Settings) -> Finding:
    source = _first(
        ("--base-url", account.base_url),
        ("--region", account.region),
        ("DASHSCOPE_HTTP_BASE_URL", os.environ.get("DASHSCOPE_HTTP_BASE_URL")),
        ("DASHSCOPE_API_REGION", os.environ.get("DASHSCOPE_API_REGION")),
    )
    message = f"{settings.base_url} (from {source or 'the default region, cn-beijing'})"
    if not settings.base_url.endswith("/api/v1"):
        return unusual(
            "endpoint", message, "the API's own base URL ends in /api/v1; a proxy may have a path of its own."
        )
    return fine("endpoint", message)


def _check_workspace(account: Account, settings: Settings) -> Finding:
    if settings.workspace_id is not None:
        return fine("workspace", f"{settings.workspace_id} (from --workspace)")
    named = os.environ.get("DASHSCOPE_WORKSPACE_ID")
    if named:
        return fine("workspace", f"that of the key; DASHSCOPE_WORKSPACE_ID ({named}) only completes host names")
    return fine(
        "workspace", "that of the key; for another one give --workspace, or dashscope-ft:workspaceId in the stack"
    )


def _check_proxy(settings: Settings) -> Finding:
    from pulumi_dashscope_ft.api import SettingsError
    from pulumi_dashscope_ft.api.http.proxies import proxy_host, require_usable_proxy_and_certificates

    parts = urlsplit(settings.base_url)
    if parts.scheme == "http":
        return fine("proxy", "none: the API is on this machine")
    try:
        proxy = proxy_host(settings.base_url)
        require_usable_proxy_and_certificates(settings.base_url)
    except SettingsError as error:
        what, _, remedy = str(error).partition(". ")
        return wrong("proxy", f"{what}.", remedy or "correct it.")
    bundle = _first(*((name, os.environ.get(name)) for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")))
    trust = f"; certificates from {bundle}" if bundle else ""
    if proxy is None:
        return fine("proxy", f"none{trust}")
    return fine("proxy", f"{proxy}{trust}")


def check_service(settings: Settings, clock: Clock) -> Iterator[Finding]:
    """Run the checks that only the service can answer.

    Does it respond, accept the key, agree on the time, and have room for a job? Is it an emulator?
    """
    from pulumi_dashscope_ft.api import ApiError, AuthenticationError, Client
    from pulumi_dashscope_ft.api.http.classification import classify
    from pulumi_dashscope_ft.api.http.transport import Transport
    from pulumi_dashscope_ft.lifecycle.advice import advice, fact
    from pulumi_dashscope_ft.lifecycle.job.quota import counting as job_quota

    transport = Transport(settings, clock)
    began = clock.monotonic()
    try:
        answer = transport.send("list", query={"page_no": "1", "page_size": "1"})
    except ApiError as error:
        yield wrong("service", fact(error), advice(error, "dashscope-ft doctor"))
        return
    finally:
        transport.close()
    took = clock.monotonic() - began
    refusal = classify(answer, "list", now=clock.time(), redactor=settings.key.redact)
    emulator = emulator_of(settings.base_url, answer.headers)
    if refusal is not None:
        remedy = advice(refusal, "dashscope-ft doctor")
        if emulator is not None and isinstance(refusal, AuthenticationError):
            remedy = emulator.key_advice
        yield wrong("service", fact(refusal), remedy)
    elif emulator is not None:
        yield emulator.check(took)
    else:
        yield fine("service", f"answers in {took:.2f} s and takes the key")
    yield _check_clock(answer.headers.get("date"), clock.time()) if emulator is None else emulator.check_clock()
    if refusal is not None:
        return
    with Client(settings, clock=clock) as client:
        try:
            used = _quota(client)
        except ApiError as error:
            yield unusual(
                "quota", f"the jobs could not be counted: {fact(error)}", advice(error, "dashscope-ft doctor")
            )
            return
    message = f"{used} of {job_quota.LIMIT} jobs that may be active or succeeded at once"
    free = "delete finished jobs that are no longer needed: dashscope-ft jobs --status SUCCEEDED, dashscope-ft delete"
    if used >= job_quota.LIMIT:
        yield unusual("quota", f"{message}: the next job will be refused", f"{free}.")
    elif used >= _NEARLY:
        yield unusual("quota", message, f"{free}.")
    else:
        yield fine("quota", message)


def _quota(client: Client) -> int:
    from pulumi_dashscope_ft.lifecycle.job.quota import counting as job_quota

    jobs: dict[str, Job] = {}
    number = 1
    while True:
        page = client.fine_tunes.list(page_no=number)
        jobs.update({job.job_id: job for job in page.jobs})
        if not page.has_more:
            return job_quota.used(jobs.values())
        number += 1


def _check_clock(date: str | None, now: float) -> Finding:
    from pulumi_dashscope_ft.api import time_in_header

    shown = time_in_header(date)
    if shown is None:
        return fine("clock", "not compared: the answer had no date")
    skew = now - shown
    # The header has whole seconds, and the answer took some time.
    if abs(skew) <= _SKEW:
        return fine("clock", "agrees with the service's within a minute")
    direction = "ahead of" if skew > 0 else "behind"
    return unusual(
        "clock",
        f"is {abs(skew):.0f} s {direction} the service's",
        "set this machine's clock (NTP): ages, expiry times and signed links depend on it.",
    )


def _first(*named: tuple[str, str | None]) -> str | None:
    return next((name for name, value in named if value), None)
