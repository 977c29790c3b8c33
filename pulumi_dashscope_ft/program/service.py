"""The program's own connection to the service.

Some questions come from the program itself, not from the provider: a wait for hours must not block a provider's thread,
and Pulumi's dynamic flavour has no provider functions. They use the account that the provider would use: the stack's
configuration first, then the environment. Without a stack only the environment is used.

All questions of one program share one connection per account, so that a hundred waits look like one considerate caller.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import threading
from collections.abc import Callable
from typing import TypeVar

from pulumi.runtime import get_config, get_root_resource

from pulumi_dashscope_ft.api import SYSTEM_CLOCK, Client, Settings, SettingsError, resolve_settings
from pulumi_dashscope_ft.frontend.accounts import CONFIGURATION_KEYS, NAMESPACE
from pulumi_dashscope_ft.lifecycle.base.connection import Connection, connect
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.program.terminal import sanitize_for_python

T = TypeVar("T")

_CONNECTIONS = "_dashscope_ft_connections"


def settings(workspace_id: str | None = None, api_key_env: str | None = None) -> Settings:
    """Return the settings of this program.

    :raises SettingsError: there is no key, or a setting is invalid.
    """
    # Read as plain text: secrets in it go to the client and are never returned.
    written = {key: get_config(f"{NAMESPACE}:{key}") for key in CONFIGURATION_KEYS}
    settings = resolve_settings(
        api_key_env=api_key_env,
        workspace_id=workspace_id,
        configuration={key: str(value) for key, value in written.items() if value is not None},
    )
    try:
        settings.check()
    except SettingsError as error:
        raise SettingsError(sanitize_for_python(str(error)), field=error.field) from None
    return settings


def connection(workspace_id: str | None = None, api_key_env: str | None = None) -> Connection:
    """Return the connection to this account that the whole program shares.

    One process may run many stacks with different keys, so the stack holds the connection; without a stack each call
    makes a new one.

    :raises SettingsError: there is no key, or a setting is invalid.
    """
    stack = get_root_resource()
    known: dict[tuple[str | None, str | None], Connection]
    known = stack.__dict__.setdefault(_CONNECTIONS, {}) if stack is not None else {}
    account = (workspace_id, api_key_env)
    if account not in known:
        client = Client(settings(workspace_id, api_key_env), clock=SYSTEM_CLOCK)
        known[account] = connect(client, clock=SYSTEM_CLOCK, run_registry=RunRegistry(), report=lambda text: None)
    return known[account]


async def in_thread(work: Callable[[], T]) -> T:
    """Return the result of `work`, run in a thread of its own while the event loop serves all other resources.

    The thread does not keep the program alive. Pulumi keeps a program's settings in context variables, so the thread
    gets a copy of the caller's.
    """
    context = contextvars.copy_context()
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if outcome.done():
            return
        if error is not None:
            outcome.set_exception(error)
        else:
            outcome.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result, failure = None, None
        try:
            result = context.run(work)
        except BaseException as error:
            failure = error
        with contextlib.suppress(RuntimeError):  # the loop is closed: the program has ended
            loop.call_soon_threadsafe(settle, result, failure)

    threading.Thread(target=run, daemon=True, name="dashscope-ft").start()
    return await outcome
