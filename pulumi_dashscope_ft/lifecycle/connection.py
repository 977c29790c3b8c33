"""Why this exists: everything that a lifecycle step needs of the outside world, shared by all resources of one
account.

One client (one connection pool, one rate limiter), one coalescing reader for jobs and one for files, one poller:
sixty-four steps at once look like one considerate caller to the service.
"""

from __future__ import annotations

from dataclasses import dataclass

from pulumi_dashscope_ft.api import Client, Clock, File, Job
from pulumi_dashscope_ft.lifecycle.ledger import Ledger
from pulumi_dashscope_ft.lifecycle.poller import Poller
from pulumi_dashscope_ft.lifecycle.progress import Report
from pulumi_dashscope_ft.lifecycle.reader import PAGE_SIZE, CoalescingReader, Page


@dataclass(frozen=True)
class Connection:
    """One account of the service, as this process uses it. Make it with :func:`connect`."""

    client: Client
    clock: Clock
    jobs: CoalescingReader[Job]
    files: CoalescingReader[File]
    poller: Poller
    ledger: Ledger
    report: Report


def connect(client: Client, *, clock: Clock, ledger: Ledger, report: Report) -> Connection:
    """Share one client among all resources of its account.

    :param ledger: the process's memory of who holds what; shared by all connections.
    :param report: takes the lines that the user is to see.
    """

    def job_page(number: int) -> Page[Job]:
        listed = client.fine_tunes.list(page_no=number, page_size=PAGE_SIZE)
        return Page({job.job_id: job for job in listed.jobs}, listed.total)

    def file_page(number: int) -> Page[File]:
        listed = client.files.list(page_no=number, page_size=PAGE_SIZE)
        return Page({file.file_id: file for file in listed.files}, listed.total)

    jobs = CoalescingReader(client.fine_tunes.get, job_page, clock)
    return Connection(
        client=client,
        clock=clock,
        jobs=jobs,
        files=CoalescingReader(client.files.get, file_page, clock),
        poller=Poller(jobs, client.fine_tunes.get, clock),
        ledger=ledger,
        report=report,
    )
