"""Everything that a lifecycle step needs from the outside world, shared by all resources of one account.

One client (one connection pool, one rate limiter), one coalescing reader per source of objects, and one poller per
source that is waited on: to the service, sixty-four parallel steps look like one considerate caller.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from pulumi_dashscope_ft.api import Client, Clock, Deployment, File, Job, KeySource
from pulumi_dashscope_ft.lifecycle.base.kind.consumption import Prices
from pulumi_dashscope_ft.lifecycle.base.owner.key import StampKey
from pulumi_dashscope_ft.lifecycle.base.report import TeardownRecords, records_to_file
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.lifecycle.base.sources import DEPLOYMENTS, FILES, JOBS, Readers
from pulumi_dashscope_ft.lifecycle.errors import OperationInterruptedError
from pulumi_dashscope_ft.lifecycle.waiting.poller import Poller
from pulumi_dashscope_ft.lifecycle.waiting.progress import QUIET_SECONDS, Progress, Report, show_nowhere
from pulumi_dashscope_ft.lifecycle.waiting.reader import CoalescingReader

_SLICE = 5.0
"""Seconds."""


@dataclass(frozen=True)
class Connection:
    """One account of the service, as this process uses it. Make it with :func:`connect`.

    :param readers: reads the objects of any kind, by their source.
    :param report: receives the lines for the user.
    :param show_status: receives lines that are worth seeing until the next one only, such as how a wait stands.
    :param stamp_key: the key that stamps are made with.
    :param wait_for_quota: the configuration's seconds for a create to wait for a place in a full quota; None: it fails.
    :param limited_by: for messages: what limits how long a step may take, if it is not the resource's own input.
    :param interrupted: whether the user has pressed Ctrl-C; None where the clock ends every wait by itself.
    :param prices: returns the prices that the configuration names; None for those of this release.
    """

    client: Client
    clock: Clock
    readers: Readers
    run_registry: RunRegistry
    report: Report
    show_status: Report = show_nowhere
    endings: TeardownRecords = field(default_factory=TeardownRecords)
    stamp_key: StampKey = field(default_factory=StampKey)
    wait_for_quota: float | None = None
    limited_by: str | None = None
    interrupted: Callable[[], bool] = lambda: False
    prices: Callable[[], Prices | None] = lambda: None

    def pause(self, rest: float) -> None:
        """Wait for so many seconds, in slices in which Ctrl-C is seen where the clock does not see it.

        :raises OperationInterruptedError: the user has pressed Ctrl-C.
        """
        while rest > 0:
            step = min(rest, _SLICE)
            self.clock.sleep(step)
            rest -= step
            if self.interrupted():
                raise OperationInterruptedError

    def showing_at(self, report: Report, show_status: Report) -> Connection:
        """Return the same connection for one step, whose lines all are about one resource.

        One thread looks for all that wait, so each wait brings its own way to its resource.
        """
        return replace(self, report=report, show_status=show_status)

    def progress(self, subject: str, status: str, deadline: float, *, quiet: float = QUIET_SECONDS) -> Progress:
        """Return the progress of a wait that begins now, and that shows its lines where this connection does.

        :param deadline: when the wait ends at the latest, as monotonic time.
        :param quiet: seconds between two lines about the same status.
        """
        return Progress(
            subject,
            status,
            self.report,
            self.clock,
            quiet=quiet,
            show_status=self.show_status,
            deadline=deadline,
        )

    @property
    def key(self) -> KeySource:
        """The place where this account's key is read. Texts of the service that we keep must not contain the key."""
        return self.client.settings.key

    @property
    def jobs(self) -> CoalescingReader[Job]:
        """The shared reader of jobs."""
        return self.readers.reader(JOBS)

    @property
    def files(self) -> CoalescingReader[File]:
        """The shared reader of files."""
        return self.readers.reader(FILES)

    @property
    def deployments(self) -> CoalescingReader[Deployment]:
        """The shared reader of deployments."""
        return self.readers.reader(DEPLOYMENTS)

    @property
    def poller(self) -> Poller[Job]:
        """The one poller that watches all waiting jobs."""
        return self.readers.poller(JOBS)

    @property
    def deployment_poller(self) -> Poller[Deployment]:
        """The one poller that watches all waiting deployments."""
        return self.readers.poller(DEPLOYMENTS)


def connect(
    client: Client,
    *,
    clock: Clock,
    run_registry: RunRegistry,
    report: Report,
    endings: TeardownRecords | None = None,
    stamp_key: StampKey | None = None,
    wait_for_quota: float | None = None,
    interrupted: Callable[[], bool] = lambda: False,
    prices: Callable[[], Prices | None] = lambda: None,
) -> Connection:
    """Share one client among all resources of its account.

    :param run_registry: the process's record of which resource holds which object; shared by all connections.
    :param report: receives the lines for the user.
    :param endings: records what becomes of the objects; default: the file that `DASHSCOPE_FT_REPORT` names.
    :param stamp_key: the key that stamps are made with; shared by all connections, and filled in when the front end
        learns it.
    :param wait_for_quota: see `Connection`.
    :param interrupted: see `Connection`.
    :param prices: see `Connection`.
    """
    return Connection(
        client=client,
        clock=clock,
        readers=Readers(client, clock),
        run_registry=run_registry,
        report=report,
        endings=records_to_file(clock, report) if endings is None else endings,
        stamp_key=StampKey() if stamp_key is None else stamp_key,
        wait_for_quota=wait_for_quota,
        interrupted=interrupted,
        prices=prices,
    )
