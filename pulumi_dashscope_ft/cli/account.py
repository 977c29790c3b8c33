"""Which account a command talks to: the same places, in the same order, as the client of the provider.

Why it exists: a person who runs `pulumi up` with some variables set must reach the same jobs with `dashscope-ft`
without setting anything else, and a command line must not be able to hold a key: other users of the machine see it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from .output.surroundings import clock

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
        """The settings, as the client resolves them. Raises `SettingsError` for one that can't be; reads no key."""
        from pulumi_dashscope_ft.api import resolve_settings

        return resolve_settings(
            base_url=self.base_url,
            region=self.region,
            workspace_id=self.workspace_id,
            api_key_env=self.api_key_env,
        )

    def client(self) -> Client:
        """A client of this account. Raises `SettingsError` when there is no key."""
        from pulumi_dashscope_ft.api import Client

        settings = self.settings()
        settings.check()
        return Client(settings, clock=clock(), on_retry=_tell_retry)

    def connect(self, report: Callable[[str], None] | None = None, **more: Any) -> Connection:
        """A connection as the lifecycle wants it; `report` takes its lines (default: the standard error)."""
        from pulumi_dashscope_ft.lifecycle.base.connection import connect
        from pulumi_dashscope_ft.lifecycle.base.ledger import Ledger

        return connect(self.client(), clock=clock(), ledger=Ledger(), report=report or note, **more)


def account_options(command: F) -> F:
    """Adds the options that choose the account; the command gets them as `account`."""

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
    """A line about how it goes: to the standard error, so that the standard output stays the answer."""
    from pulumi_dashscope_ft.frontend.lines import sanitize_lines

    from .output.progress_bar import say

    say(sanitize_lines(text))


def _tell_retry(operation: str, resource_id: str | None, error: ApiError, wait: float) -> None:
    if wait >= 1:
        from pulumi_dashscope_ft.lifecycle.explain import fact

        subject = f" {resource_id}" if resource_id else ""
        note(f"{operation}{subject}: {fact(error)} Trying again in {wait:.0f} s.")
