"""The calls about imports of models (model-import-api-reference): weights from a bucket of the caller. Beijing only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pulumi_dashscope_ft.api.http.answer import Answer
from pulumi_dashscope_ft.api.http.call import Caller
from pulumi_dashscope_ft.api.models.fields import output, require_about
from pulumi_dashscope_ft.api.models.imports import Import, ImportPage

from .json_calls import json_body
from .pages import Pages

__all__ = ["Imports"]


class Imports:
    """`client.imports`.

    Every method raises `SettingsError` without a usable key, and `ApiError`s as listed there.
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._pages = Pages(caller, "list_imports", ImportPage.from_json)

    def create(self, body: Mapping[str, Any]) -> Import:
        """Begin an import. Each success is a new one.

        Retried only after errors that prove that nothing was accepted. After an `ambiguous` error look for the import
        before asking again.

        :param body: as the create section of the page spells it.
        """
        return self._caller.call(
            "create_import",
            read=lambda answer, _: Import.from_json(output(answer, "output")),
            body=json_body(body, "create_import"),
        )

    def get(self, job_id: str) -> Import:
        """Return one import.

        :raises NotFoundError: the service says that it does not exist (any more).
        """
        return self._caller.call("get_import", job_id, read=_about(job_id))

    def list(self, page_no: int = 1, page_size: int = 100) -> ImportPage:
        """Return one page of the imports, newest first (order inferred).

        :param page_size: 1 to 100.
        """
        return self._pages.fetch(page_no, page_size)

    def delete(self, job_id: str) -> Import:
        """Delete an import **and the files of its model**.

        :raises UnsupportedOperationError: it has not ended yet, or its model is deployed.
        :raises NotFoundError: it was gone already, perhaps by an earlier try of this call whose answer was lost.
        """
        return self._caller.call("delete_import", job_id, read=_about(job_id))


def _about(job_id: str) -> Callable[[Any, Answer], Import]:
    def read(answer: Any, _: Answer) -> Import:
        found = Import.from_json(output(answer, "output"))
        require_about(job_id, found.job_id, "import")
        return found

    return read
