"""Where compression jobs are read."""

from __future__ import annotations

from pulumi_dashscope_ft.api import Client, Compression
from pulumi_dashscope_ft.lifecycle.base.sources import Source, where_offered
from pulumi_dashscope_ft.lifecycle.waiting.listing import PAGE_SIZE, Page


def _page(client: Client, number: int) -> Page[Compression]:
    listed = client.compressions.list(page_no=number, page_size=PAGE_SIZE)
    return Page({job.job_id: job for job in listed.jobs}, listed.has_more)


COMPRESSIONS: Source[Compression] = Source(
    lambda client, job_id: client.compressions.get(job_id), where_offered(_page), "list_compressions"
)
