"""The configuration, connections and memory that all resources of one provider process share.

This part is the same for both protocols; how lines reach the user is up to the front end.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pulumi_dashscope_ft.api import (
    DEFAULT_REGION,
    SYSTEM_CLOCK,
    ApiError,
    Client,
    Clock,
    RateLimiter,
    Sending,
    Settings,
    SettingsError,
    listed_names,
    region_of,
    resolve_settings,
)
from pulumi_dashscope_ft.frontend.spending import SETTINGS, Spending
from pulumi_dashscope_ft.lifecycle.base.connection import Connection, connect
from pulumi_dashscope_ft.lifecycle.base.owner.key import StampKey
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.lifecycle.waiting.progress import seconds
from pulumi_dashscope_ft.schema import parse_duration

NAMESPACE = "dashscope-ft"
KEY_VARIABLES = "apiKeyEnvs"
WAIT_FOR_QUOTA = "waitForQuota"
CONFIGURATION_KEYS = ("baseUrl", "apiKey", "workspaceId", "region", KEY_VARIABLES, WAIT_FOR_QUOTA, *SETTINGS)


class Accounts:
    """The configuration of one provider process, and a shared connection to each account that it uses. Thread-safe.

    :param report: receives the lines for the user.
    :param clock: the clock that connections measure and wait by.
    :param sending: makes their calls.
    :param interrupted: whether the user has pressed Ctrl-C; None where the clock ends every wait by itself.
    """

    def __init__(
        self,
        report: Callable[[str], None],
        clock: Clock = SYSTEM_CLOCK,
        sending: Sending = lambda ask, only_reads: ask(),
        interrupted: Callable[[], bool] = lambda: False,
    ) -> None:
        self.run_registry = RunRegistry()
        self.stamp_key = StampKey()
        self.clock = clock
        self._sending = sending
        self._interrupted = interrupted
        self._report = report
        self._lock = threading.Lock()
        self._is_configured = False
        self._configuration: dict[str, str] = {}
        self._connections: dict[tuple[str, str | None, str | None], Connection] = {}
        self._limiters: dict[str, RateLimiter] = {}
        self.spending = Spending(lambda: self._configuration, self._region, clock.time)

    def configure(self, config: Mapping[str, Any]) -> None:
        """Take over the configuration; what is None counts as not set.

        The first one holds for the life of the process; the same one may come again. A different one is refused,
        because any process of this machine can send it, with another address to send the key to.

        :raises LifecycleError: it differs from the first one; that still holds.
        """
        given = _settled(config)
        with self._lock:
            if not self._is_configured:
                self._configuration = given
                self._is_configured = True
            first = self._configuration
        different = [key for key in CONFIGURATION_KEYS if first.get(key) != given.get(key)]
        if different:
            raise another_configuration(different)

    def settings(self, inputs: Mapping[str, Any]) -> Settings:
        """Return the settings that apply to a resource with these inputs.

        :param inputs: the user's. The service fills `workspaceId` in too, and then it is no setting.
        :raises SettingsError: no key, or an unusable setting.
        """
        _wait_for_quota(self._configuration)
        return resolve_settings(
            api_key_env=_text(inputs.get("apiKeyEnv")),
            workspace_id=_text(inputs.get("workspaceId")),
            configuration=self._configuration,
        )

    def connection(self, inputs: Mapping[str, Any]) -> Connection:
        """Return the shared connection to the account that a resource with these inputs belongs to."""
        settings = self.settings(inputs)
        account = (settings.base_url, settings.workspace_id, _text(inputs.get("apiKeyEnv")))
        with self._lock:
            if account not in self._connections:
                client = Client(
                    settings,
                    clock=self.clock,
                    limiter=self._limiter(settings),
                    on_retry=self._tell_retry,
                    sending=self._sending,
                )
                self._connections[account] = connect(
                    client,
                    clock=self.clock,
                    run_registry=self.run_registry,
                    report=self._report,
                    stamp_key=self.stamp_key,
                    wait_for_quota=_wait_for_quota(self._configuration),
                    interrupted=self._interrupted,
                    prices=self.spending.prices,
                )
            return self._connections[account]

    def _region(self, inputs: Mapping[str, Any]) -> str:
        """Return the region in which a resource with these inputs is, as far as settings show it."""
        return region_of(self.settings(inputs).base_url) or self._configuration.get("region", "") or DEFAULT_REGION

    def connections(self) -> list[Connection]:
        """Return the connections to all accounts that this process has used; else that of the default account."""
        with self._lock:
            used = list(self._connections.values())
        return used or [self.connection({})]

    def _limiter(self, settings: Settings) -> RateLimiter | None:
        """Return the rate limiter of an account, shared by all accounts of one host.

        None: the limiter of all clients on the system's clock.
        """
        if self.clock is SYSTEM_CLOCK:
            return None
        if settings.base_url not in self._limiters:
            self._limiters[settings.base_url] = RateLimiter(settings.rate, settings.burst, self.clock)
        return self._limiters[settings.base_url]

    def _tell_retry(self, operation: str, resource_id: str | None, error: ApiError, wait: float) -> None:
        if wait >= 1:
            subject = f" {resource_id}" if resource_id else ""
            self._report(f"{operation}{subject}: {error}; trying again in {seconds(wait)}")


def another_configuration(different: Sequence[str]) -> LifecycleError:
    """Return the refusal of a second configuration; it names what differs, and shows no value."""
    return LifecycleError(
        f"this provider process was sent a second configuration, which differs in {', '.join(different)}.",
        state="the first configuration holds; nothing of it was changed.",
        done="nothing was done with the second one: a process sends the API key only where its first one says.",
        next_step="run the same command (such as `pulumi up`) again: Pulumi starts a new process for each "
        "provider. If it stays, another program on this machine talks to the provider's port. A provider "
        "that you started yourself (PULUMI_DEBUG_PROVIDERS) has to be started anew for other settings.",
    )


def _settled(config: Mapping[str, Any]) -> dict[str, str]:
    """Return the configuration as texts, so that equal values are equal no matter how they were written."""
    texts = {key: str(value) for key, value in config.items() if value is not None and key != KEY_VARIABLES}
    names = listed_names(config.get(KEY_VARIABLES))
    return {**texts, KEY_VARIABLES: ",".join(names)} if names else texts


def _wait_for_quota(configuration: Mapping[str, str]) -> float | None:
    given = configuration.get(WAIT_FOR_QUOTA)
    try:
        return None if given is None else parse_duration(given)
    except ValueError as error:
        raise SettingsError(f"{NAMESPACE}:{WAIT_FOR_QUOTA} {error}.", field=WAIT_FOR_QUOTA) from None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
