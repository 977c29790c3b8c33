"""The calls about compression jobs (model-compression-api-reference): quantization of a tuned model. Beijing only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.api.http.answer import Answer
from pulumi_dashscope_ft.api.http.call import Caller
from pulumi_dashscope_ft.api.models.compressions import Compression, CompressionPage
from pulumi_dashscope_ft.api.models.fields import output, require_about
from pulumi_dashscope_ft.api.models.jobs import LogPage

from .json_calls import acknowledged, json_body
from .logs import MOST_LOG_LINES, log_page, log_tail
from .pages import Pages

__all__ = ["Compressions"]


class Compressions:
    """`client.compressions`.

    Every method raises `SettingsError` without a usable key, and `ApiError`s as listed there.
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._pages = Pages(caller, "list_compressions", CompressionPage.from_json)

    def create(self, body: Mapping[str, Any]) -> Compression:
        """Submit a compression job.

        Retried only after errors that prove that nothing was accepted. After an `ambiguous` error look for the job
        before asking again. A name is accepted only once per user.

        :param body: as the create section of the page spells it.
        :raises InvalidParameterError: the model can't be compressed, or another job has the name.
        :raises QuotaExceededError: too many such jobs are under way.
        """
        return self._caller.call(
            "create_compression",
            read=lambda answer, _: Compression.from_json(output(answer, "output")),
            body=json_body(body, "create_compression"),
        )

    def get(self, job_id: str) -> Compression:
        """Return one job.

        :raises NotFoundError: the service says that it does not exist (any more).
        """

        def read(answer: Any, _: Answer) -> Compression:
            job = Compression.from_json(output(answer, "output"))
            require_about(job_id, job.job_id, "job")
            return job

        return self._caller.call("get_compression", job_id, read=read)

    def list(self, page_no: int = 1, page_size: int = 100) -> CompressionPage:
        """Return one page of the jobs, full objects, newest first.

        :param page_size: 1 to 100.
        """
        return self._pages.fetch(page_no, page_size)

    def cancel(self, job_id: str) -> None:
        """Ask to end a job. It ends later: read it until it is final.

        :raises UnsupportedOperationError: the job has ended already, or is being cancelled; read it to know.
        """
        self._caller.call("cancel_compression", job_id, read=acknowledged)

    def delete(self, job_id: str) -> None:
        """Delete a job's record. The compressed model stays.

        :raises UnsupportedOperationError: the job has not ended yet.
        :raises NotFoundError: it was gone already, perhaps by an earlier try of this call whose answer was lost.
        """
        self._caller.call("delete_compression", job_id, read=acknowledged)

    def logs(self, job_id: str, offset: int = 0, line: int = MOST_LOG_LINES) -> LogPage:
        """Return lines of the log after the first `offset`. Past the end there are none.

        :param line: number of lines, 1 to 1000.
        """
        return log_page(self._caller, "compression_logs", job_id, offset, line)

    def tail(self, job_id: str, lines: int = 20) -> tuple[str, ...]:
        """Return the last lines of the log, oldest first, in at most two calls.

        :param lines: number of lines, 1 to 1000.
        """
        return log_tail(self._caller, "compression_logs", job_id, lines)
