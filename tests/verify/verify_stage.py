"""A stage for verifications: real calls over loopback to an emulator, on its own clock, which only sleeps move."""

from __future__ import annotations

from collections.abc import Mapping

from click.testing import CliRunner, Result
from emulated_clock import EmulatedClock

from pulumi_dashscope_ft.api import resolve_settings
from pulumi_dashscope_ft.cli.group import cli
from pulumi_dashscope_ft.cli.output.runtime import CommandRuntime
from pulumi_dashscope_ft.emulator import EmulatorServer
from pulumi_dashscope_ft.verify.account import Account
from pulumi_dashscope_ft.verify.report import Report
from pulumi_dashscope_ft.verify.running import Scope, Verification

KEY = "sk-verify-0123456789abcdef"


class Stage:
    """An account of an emulator, and verifications of it."""

    key = KEY

    def __init__(self, emulator: EmulatorServer) -> None:
        self.emulator = emulator
        self.clock = EmulatedClock(emulator)
        self.said: list[str] = []

    def configure(self, **changes: object) -> None:
        self.emulator.configure(**changes)

    def verification(self, *groups: str, burst: bool = False) -> Verification:
        settings = resolve_settings(base_url=self.emulator.base_url, api_key=KEY, environ={})
        scope = Scope(frozenset({"base", *groups}), burst)
        return Verification(settings, self.clock, scope, self.said.append)

    def run(self, *groups: str, burst: bool = False) -> Verification:
        """A whole run, as the command makes it once it was confirmed."""
        verification = self.verification(*groups, burst=burst)
        account: Account = verification.look()
        verification.run(account)
        verification.calls.close()
        return verification

    def report(self, verification: Verification) -> Report:
        left = [what for what, _ in verification.left]
        return Report(
            self.emulator.base_url,
            True,
            sorted(verification.scope.groups),
            verification.calls.made,
            verification.found(),
            verification.stopped,
            left,
            self.clock.time(),
        )

    def command(self, *arguments: str, stdin: str = "", terminal: bool = False) -> Result:
        """The command, as it is typed."""
        here = CommandRuntime(clock=self.clock, terminal=terminal)
        environment = {"DASHSCOPE_HTTP_BASE_URL": self.emulator.base_url, "DASHSCOPE_API_KEY": self.key}
        result = CliRunner().invoke(
            cli, ["verify", *arguments], obj=here, input=stdin, prog_name="dashscope-ft", env=environment
        )
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def calls_received(self) -> int:
        return sum(self.emulator.count().values())

    def nothing_is_left(self) -> bool:
        return not self.emulator.jobs and not self.emulator.files and not self.emulator.deployments


def answers(verification: Verification) -> Mapping[str, str | None]:
    return {finding.fact.fact_id: finding.answer for finding in verification.found()}
