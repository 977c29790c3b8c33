"""Which account a command talks to: resolved from the same places, in the same order, as by the provider's client.

A person who runs `pulumi up` with some variables set must reach the same jobs with `dashscope-ft` without setting
anything else. And no option takes a key, because other users of the machine can see command lines.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from .output.runtime import clock

if TYPE_CHECKING:
    from pulumi_dashscope_ft.api import ApiError, Client, Settings
    from pulumi_dashscope_ft.lifecycle.base.connection import Connection

__all__ = ["Account", "account_options", "note"]

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Account:
    """What the options say; None where the environment decides."""

    base_url: str | None = None
    region: str | None = None
    workspace_id: str | None = None
    api_key_env: str | None = None

    def settings(self) -> Settings:
        """Return the settings as the client resolves them; reads no key. Raises `SettingsError` for an unusable one."""
        from pulumi_dashscope_ft.api import resolve_settings

        return resolve_settings(
            base_url=self.base_url,
            region=self.region,
            workspace_id=self.workspace_id,
            api_key_env=self.api_key_env,
        )

    def client(self) -> Client:
        """Return a client of this account. Raises `SettingsError` when there is no key."""
        from pulumi_dashscope_ft.api import Client

        settings = self.settings()
        settings.check()
        return Client(settings, clock=clock(), on_retry=_tell_retry)

    def connect(self, report: Callable[[str], None] | None = None, **more: Any) -> Connection:
        """Return a connection for the lifecycle; `report` receives its lines (default: the standard error)."""
        from pulumi_dashscope_ft.lifecycle.base.connection import connect
        from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry

        return connect(self.client(), clock=clock(), run_registry=RunRegistry(), report=report or note, **more)


def account_options(command: F) -> F:
    """Add the options that choose the account; the command gets them as `account`."""

    @click.option("--base-url", help="URL of the API.  [default: DASHSCOPE_HTTP_BASE_URL, or that of the region]")
    @click.option("--region", help="Such as cn-beijing or ap-southeast-1.  [default: DASHSCOPE_API_REGION]")
    @click.option("--workspace", "workspace_id", help="Workspace, when the key may use several.")
    @click.option(
        "--api-key-env",
        metavar="NAME",
        help="Variable that holds the key: DASHSCOPE_…, or one of DASHSCOPE_FT_API_KEY_ENVS.  "
        "[default: DASHSCOPE_API_KEY, a key file, ~/.dashscope/api_key]",
    )
    @wraps(command)
    def with_account(
        *args: Any,
        base_url: str | None,
        region: str | None,
        workspace_id: str | None,
        api_key_env: str | None,
        **rest: Any,
    ) -> Any:
        return command(*args, account=Account(base_url, region, workspace_id, api_key_env), **rest)

    return with_account  # type: ignore[return-value]  # click adds to the function what the type can't tell


def note(text: str) -> None:
    """Print a progress line to the standard error, so that the standard output has only the answer."""
    from pulumi_dashscope_ft.frontend.lines import sanitize_lines

    from .output.progress_bar import say

    say(sanitize_lines(text))


def _tell_retry(operation: str, resource_id: str | None, error: ApiError, wait: float) -> None:
    if wait >= 1:
        from pulumi_dashscope_ft.lifecycle.advice import fact

        subject = f" {resource_id}" if resource_id else ""
        note(f"{operation}{subject}: {fact(error)} Trying again in {wait:.0f} s.")
