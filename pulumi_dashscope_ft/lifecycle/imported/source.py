"""Where imports are read."""

from __future__ import annotations

from pulumi_dashscope_ft.api import Client, Import, UnexpectedNotFoundError
from pulumi_dashscope_ft.lifecycle.base.sources import Source
from pulumi_dashscope_ft.lifecycle.waiting.listing import PAGE_SIZE, Page


def _page(client: Client, number: int) -> Page[Import]:
    try:
        listed = client.imports.list(page_no=number, page_size=PAGE_SIZE)
    except UnexpectedNotFoundError as error:
        if not error.code:
            raise  # not the service's own answer
        # The service has no such path outside Beijing (model-import-api-reference), and so no imports.
        return Page({}, False)
    return Page({one.job_id: one for one in listed.imports}, listed.has_more)


IMPORTS: Source[Import] = Source(lambda client, job_id: client.imports.get(job_id), _page, "list_imports")
