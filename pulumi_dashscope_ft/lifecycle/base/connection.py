"""Why this exists: everything that a lifecycle step needs of the outside world, shared by all resources of one
account.

One client (one connection pool, one rate limiter), one coalescing reader for each kind of object, one poller for each
kind that is waited for: sixty-four steps at once look like one considerate caller to the service.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from pulumi_dashscope_ft.api import Client, Clock, Deployment, File, Job, KeySource
from pulumi_dashscope_ft.lifecycle.base.ledger import Ledger
from pulumi_dashscope_ft.lifecycle.base.owner.key import StampKey
from pulumi_dashscope_ft.lifecycle.base.report import Endings, endings_to_file
from pulumi_dashscope_ft.lifecycle.waiting.listing import PAGE_SIZE, Listing, Page
from pulumi_dashscope_ft.lifecycle.waiting.poller import Poller
from pulumi_dashscope_ft.lifecycle.waiting.progress import Report
from pulumi_dashscope_ft.lifecycle.waiting.reader import CoalescingReader


@dataclass(frozen=True)
class Connection:
    """One account of the service, as this process uses it. Make it with :func:`connect`.

    :param stamp_key: what stamps are made with.
    :param limited_by: for messages, what limits how long a step may take, where that is not the resource's own input.
    :param interrupted: whether the user has pressed Ctrl-C, where the clock does not end every wait by itself.
    """

    client: Client
    clock: Clock
    jobs: CoalescingReader[Job]
    files: CoalescingReader[File]
    poller: Poller[Job]
    deployments: CoalescingReader[Deployment]
    deployment_poller: Poller[Deployment]
    ledger: Ledger
    report: Report
    endings: Endings = field(default_factory=Endings)
    stamp_key: StampKey = field(default_factory=StampKey)
    limited_by: str | None = None
    interrupted: Callable[[], bool] = lambda: False

    @property
    def key(self) -> KeySource:
        """Where this account's key is read: whatever of the service's words is kept, it must not be in them."""
        return self.client.settings.key


def connect(
    client: Client,
    *,
    clock: Clock,
    ledger: Ledger,
    report: Report,
    endings: Endings | None = None,
    stamp_key: StampKey | None = None,
    interrupted: Callable[[], bool] = lambda: False,
) -> Connection:
    """Share one client among all resources of its account.

    :param ledger: the process's memory of who holds what; shared by all connections.
    :param report: takes the lines that the user is to see.
    :param endings: takes down what becomes of the objects; default: the file that `DASHSCOPE_FT_REPORT` names.
    :param stamp_key: what stamps are made with; shared by all connections, and learnt when the front end is told it.
    :param interrupted: see `Connection`.
    """

    def job_page(number: int) -> Page[Job]:
        listed = client.fine_tunes.list(page_no=number, page_size=PAGE_SIZE)
        return Page({job.job_id: job for job in listed.jobs}, listed.has_more)

    def file_page(number: int) -> Page[File]:
        listed = client.files.list(page_no=number, page_size=PAGE_SIZE)
        return Page({file.file_id: file for file in listed.files}, listed.has_more)

    def deployment_page(number: int) -> Page[Deployment]:
        listed = client.deployments.list(page_no=number)
        return Page({item.deployed_model: item for item in listed.deployments}, listed.has_more)

    jobs = CoalescingReader(client.fine_tunes.get, Listing(job_page, clock), clock)
    deployments = CoalescingReader(
        client.deployments.get, Listing(deployment_page, clock, operation="list_deployments"), clock
    )
    return Connection(
        client=client,
        clock=clock,
        jobs=jobs,
        files=CoalescingReader(client.files.get, Listing(file_page, clock, operation="list_files"), clock),
        poller=Poller(jobs, client.fine_tunes.get, clock),
        deployments=deployments,
        deployment_poller=Poller(deployments, client.deployments.get, clock),
        ledger=ledger,
        report=report,
        endings=endings_to_file(clock, report) if endings is None else endings,
        stamp_key=StampKey() if stamp_key is None else stamp_key,
        interrupted=interrupted,
    )
