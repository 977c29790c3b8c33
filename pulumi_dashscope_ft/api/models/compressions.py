"""A compression job as the service describes it, as a frozen dataclass (model-compression-api-reference).

The statuses are those of a fine-tuning job (`JobStatus`). `raw` keeps every field. Times are strings as the service
writes them, `yyyy-MM-dd HH:mm:ss`, without a zone (inferred: UTC+8).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .fields import UnusableError, mapping, number, rows, status, strings, text
from .jobs import JobStatus
from .pages import is_followed, paging

__all__ = ["Compression", "CompressionPage"]


@dataclass(frozen=True)
class Compression:
    """A job that compresses a model. `usage` counts GPU seconds."""

    job_id: str
    status: str
    model: str | None = None
    template_id: str | None = None
    job_name: str | None = None
    job_description: str | None = None
    base_model: str | None = None
    template_name: str | None = None
    hyper_parameters: Mapping[str, Any] = field(default_factory=dict)
    calibration_file_ids: tuple[str, ...] = ()
    quantized_output: str | None = None
    """As the service gives it; use `model_id`."""
    create_time: str | None = None
    start_time: str | None = None
    end_time: str | None = None
    usage: int | None = None
    workspace_id: str | None = None
    """No page shows it for these jobs."""
    error: Mapping[str, Any] = field(default_factory=dict)
    """`code` and `message` of a job that has failed."""
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def from_json(cls, data: Any) -> Compression:
        """Return the job in an answer's `output`, or in one item of the list.

        :raises fields.UnusableError: there is no id.
        """
        if not isinstance(data, Mapping):
            raise UnusableError("holds no job object")
        job_id = text(data.get("job_id"))
        if not job_id:
            raise UnusableError("holds a job without `job_id`")
        return cls(
            job_id=job_id,
            status=status(data.get("status")),
            model=text(data.get("model")),
            template_id=text(data.get("template_id")),
            job_name=text(data.get("job_name")),
            job_description=text(data.get("job_description")),
            base_model=text(data.get("base_model")),
            template_name=text(data.get("template_name")),
            hyper_parameters=mapping(data.get("hyper_parameters")),
            calibration_file_ids=strings(data.get("custom_calibration_file_ids")),
            quantized_output=text(data.get("quantized_output")),
            create_time=text(data.get("create_time")),
            start_time=text(data.get("start_time")),
            end_time=text(data.get("end_time")),
            usage=number(data.get("usage")),
            workspace_id=text(data.get("workspace_id")),
            error=mapping(data.get("error")),
            raw=dict(data),
        )

    @property
    def shown_name(self) -> str | None:
        """The name that the service shows; None where it shows none, or the job's id in its place."""
        return None if self.job_name == self.job_id else self.job_name

    @property
    def is_final(self) -> bool:
        """Whether the job has ended. An unknown status is not final."""
        return self.status in JobStatus.FINAL

    @property
    def model_id(self) -> str | None:
        """Id of the compressed model; None until the job has succeeded."""
        return (self.quantized_output or None) if self.status == JobStatus.SUCCEEDED else None


@dataclass(frozen=True)
class CompressionPage:
    """One page of the list of compression jobs. Pages count from 1."""

    jobs: tuple[Compression, ...]
    page_no: int
    page_size: int
    total: int

    @classmethod
    def from_json(cls, data: Any, *, page_no: int = 1, page_size: int = 100) -> CompressionPage:
        """Return the page in the `output` of a list. One unusable item makes the page unusable."""
        jobs = tuple(Compression.from_json(item) for item in rows(data, "jobs"))
        return cls(jobs, *paging(data, len(jobs), page_no, page_size))

    @property
    def has_more(self) -> bool:
        """Whether there is a page after this one."""
        return is_followed(len(self.jobs), self.page_no, self.page_size, self.total)
