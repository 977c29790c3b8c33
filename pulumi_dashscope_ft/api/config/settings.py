"""The settings of a client, resolved once from the places that a Pulumi user and an SDK user expect.

The same program runs on a laptop with a key file, in CI with variables and in a stack with configuration. The order is
always: the code, then the stack's configuration, then the environment. The environment's names are those of the
official SDK, so that a machine set up for the SDK needs nothing more. Each layer is taken as a whole: a `region` in the
configuration wins over a base URL in the environment.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from pulumi_dashscope_ft.api.errors import SettingsError

from .api_key import KeySource
from .base_url import (
    DEFAULT_REGION,
    checked_base_url,
    checked_region,
    checked_workspace_id,
    region_of,
    regional_base_url,
)
from .key_variables import listed_names

__all__ = ["BURST", "RATE", "Settings", "resolve_settings"]

RATE = 10.0
BURST = 128

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Settings:
    """Everything a `Client` needs to know. Times are seconds. Holds no key, only where to read it."""

    base_url: str
    workspace_id: str | None = None
    """Sent as `X-DashScope-WorkSpace` when set."""
    key: KeySource = field(default_factory=KeySource)
    connect_timeout: float = 10.0
    read_timeout: float = 60.0
    """Longest wait for the start of an answer, and again for its end."""
    retry_timeout: float = 60.0
    """Longest time for one call with all its retries; no try begins later. 0 turns retries off."""
    rate: float = RATE
    """Requests per second to this host by all callers of this process together, to begin with: see `http.pace`."""
    burst: int = BURST
    """Requests that may go at once after a pause, until the service says for the first time that they come too fast."""
    region: str | None = None
    """Where prices are looked up; None where neither the base URL nor the setting beside it says that."""

    def check(self) -> None:
        """Check the settings, including the key. Sends nothing.

        :raises SettingsError: the first setting that cannot work.
        """
        checked_base_url(self.base_url)
        if self.workspace_id is not None:
            checked_workspace_id(self.workspace_id)
        for name in ("connect_timeout", "read_timeout", "rate"):
            _positive(name, getattr(self, name))
        if not (math.isfinite(self.retry_timeout) and self.retry_timeout >= 0):
            raise SettingsError(
                f"retry_timeout must be 0 or more seconds, not {self.retry_timeout}.", field="retry_timeout"
            )
        if self.burst < 1:
            raise SettingsError(f"burst must be 1 or more, not {self.burst}.", field="burst")
        self.key.read()


def _positive(name: str, value: float) -> None:
    if not (math.isfinite(value) and value > 0):
        raise SettingsError(f"{name} must be more than 0, not {value}.", field=name)


def resolve_settings(
    *,
    base_url: str | None = None,
    api_key: str | None = None,
    api_key_env: str | None = None,
    workspace_id: str | None = None,
    region: str | None = None,
    configuration: Mapping[str, str] = _NOTHING,
    environ: Mapping[str, str] | None = None,
    home: Path | None = None,
) -> Settings:
    """Resolve the settings: arguments, then `configuration`, then environment.

    The configuration has `baseUrl`, `apiKey`, `workspaceId`, `region`; its `apiKeyEnvs` lists variables that
    `api_key_env` may name in addition to `DASHSCOPE_…`. The environment has `DASHSCOPE_HTTP_BASE_URL`,
    `DASHSCOPE_API_REGION`, `DASHSCOPE_WORKSPACE_ID` and the key's places (`key`). A workspace id from the environment
    only completes dedicated host names; the workspace header needs an argument or configuration, as in the official
    SDK. An empty environment variable counts as not set. The key is not read yet, because a preview may not need it.

    :raises SettingsError: a value can never work.
    """
    variables = os.environ if environ is None else environ
    header_workspace = _workspace(workspace_id, configuration)
    host_workspace = header_workspace
    if host_workspace is None and variables.get("DASHSCOPE_WORKSPACE_ID"):
        host_workspace = checked_workspace_id(variables["DASHSCOPE_WORKSPACE_ID"], "DASHSCOPE_WORKSPACE_ID")
    layers = (
        (base_url, "base_url", region, "region"),
        (configuration.get("baseUrl"), "dashscope-ft:baseUrl", configuration.get("region"), "dashscope-ft:region"),
        (
            variables.get("DASHSCOPE_HTTP_BASE_URL") or None,
            "DASHSCOPE_HTTP_BASE_URL",
            variables.get("DASHSCOPE_API_REGION") or None,
            "DASHSCOPE_API_REGION",
        ),
    )
    for url, url_name, area, area_name in layers:
        if url is not None:
            settled = checked_base_url(url, url_name)
            where = region_of(settled) or _said(area)
            break
        if area is not None:
            where = checked_region(area, area_name)
            settled = regional_base_url(where, host_workspace)
            break
    else:
        where = DEFAULT_REGION
        settled = regional_base_url(DEFAULT_REGION, host_workspace)
    return Settings(
        base_url=settled,
        workspace_id=header_workspace,
        key=_key_source(api_key, api_key_env, configuration, environ, home),
        region=where,
    )


def _said(area: str | None) -> str | None:
    """Return the region beside a base URL. It only chooses prices there, so one that can't be used is no error."""
    try:
        return None if area is None else checked_region(area)
    except SettingsError:
        return None


def _workspace(argument: str | None, configuration: Mapping[str, str]) -> str | None:
    if argument is not None:
        return checked_workspace_id(argument)
    configured = configuration.get("workspaceId")
    return None if configured is None else checked_workspace_id(configured, "dashscope-ft:workspaceId")


def _key_source(
    api_key: str | None,
    api_key_env: str | None,
    configuration: Mapping[str, str],
    environ: Mapping[str, str] | None,
    home: Path | None,
) -> KeySource:
    if api_key is not None and api_key_env is not None:
        raise SettingsError("give either api_key or api_key_env, not both.", field="api_key")
    if api_key is not None:
        return KeySource(literal=api_key)
    if api_key_env is not None:
        listed = listed_names(configuration.get("apiKeyEnvs", ""))
        return KeySource(variable=api_key_env, environ=environ, home=home, listed=listed)
    if configuration.get("apiKey") is not None:
        return KeySource(literal=configuration["apiKey"], origin="the configuration key dashscope-ft:apiKey")
    return KeySource(environ=environ, home=home)
