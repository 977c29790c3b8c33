"""Where imports are read."""

from __future__ import annotations

from pulumi_dashscope_ft.api import Client, Import
from pulumi_dashscope_ft.lifecycle.base.sources import Source, where_offered
from pulumi_dashscope_ft.lifecycle.waiting.listing import PAGE_SIZE, Page


def _page(client: Client, number: int) -> Page[Import]:
    listed = client.imports.list(page_no=number, page_size=PAGE_SIZE)
    return Page({one.job_id: one for one in listed.imports}, listed.has_more)


IMPORTS: Source[Import] = Source(
    lambda client, job_id: client.imports.get(job_id), where_offered(_page), "list_imports"
)
