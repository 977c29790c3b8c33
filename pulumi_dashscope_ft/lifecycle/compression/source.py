"""Where compression jobs are read."""

from __future__ import annotations

from pulumi_dashscope_ft.api import Client, Compression, UnexpectedNotFoundError
from pulumi_dashscope_ft.lifecycle.base.sources import Source
from pulumi_dashscope_ft.lifecycle.waiting.listing import PAGE_SIZE, Page


def _page(client: Client, number: int) -> Page[Compression]:
    try:
        listed = client.compressions.list(page_no=number, page_size=PAGE_SIZE)
    except UnexpectedNotFoundError as error:
        if not error.code:
            raise  # not the service's own answer
        # The service has no such path outside Beijing (model-compression-api-reference), and so no such jobs.
        return Page({}, False)
    return Page({job.job_id: job for job in listed.jobs}, listed.has_more)


COMPRESSIONS: Source[Compression] = Source(
    lambda client, job_id: client.compressions.get(job_id), _page, "list_compressions"
)
