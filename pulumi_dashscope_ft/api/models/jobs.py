"""Jobs, their logs and checkpoints, and files, as frozen dataclasses.

The rest of the program reads `job.status`, not `answer["output"]["status"]`, and does not care which of two spellings a
page uses. The objects are open: `raw` keeps every field of the answer. An unknown status is kept and counts as *not
final*, because giving up on a job that still runs costs money.

Times are strings as the service writes them: jobs and files `yyyy-MM-dd HH:mm:ss`, checkpoints with a `T`; without a
zone (inferred: UTC+8). All `from_json` raise `fields.UnusableError` (a `ValueError`) if the identity is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .fields import UnusableError, mapping, number, rows, status, strings, text
from .pages import is_followed, paging

__all__ = ["Checkpoint", "File", "FilePage", "Job", "JobPage", "JobStatus", "LogPage", "UploadedFile"]


class JobStatus:
    """The documented statuses of a job (fine-tuning-job-object-api). Plain strings, because there may be others."""

    PENDING = "PENDING"
    QUEUING = "QUEUING"
    RUNNING = "RUNNING"
    CANCELING = "CANCELING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELED = "CANCELED"

    ACTIVE = frozenset({PENDING, QUEUING, RUNNING, CANCELING})
    FINAL = frozenset({SUCCEEDED, FAILED, CANCELED})


@dataclass(frozen=True)
class Job:
    """A fine-tuning job (fine-tuning-job-object-api). `usage` counts training tokens."""

    job_id: str
    status: str
    model: str | None = None
    job_name: str | None = None
    base_model: str | None = None
    finetuned_output: str | None = None
    """As the service gives it, perhaps long before the model exists; use `model_id`."""
    training_file_ids: tuple[str, ...] = ()
    validation_file_ids: tuple[str, ...] = ()
    training_datasets: tuple[Mapping[str, Any], ...] = ()
    validation_datasets: tuple[Mapping[str, Any], ...] = ()
    hyper_parameters: Mapping[str, Any] = field(default_factory=dict)
    training_type: str | None = None
    create_time: str | None = None
    end_time: str | None = None
    workspace_id: str | None = None
    creator: str | None = None
    usage: int | None = None
    model_name: str | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def from_json(cls, data: Any) -> Job:
        """Return the job in an answer's `output`, or in one item of a list of jobs."""
        if not isinstance(data, Mapping):
            raise UnusableError("holds no job object")
        job_id = text(data.get("job_id"))
        if not job_id:
            raise UnusableError("holds a job without `job_id`")
        return cls(
            job_id=job_id,
            status=status(data.get("status")),
            model=text(data.get("model")),
            # The field tables say `jobs_name`, all examples say `job_name`.
            job_name=text(data.get("job_name")) or text(data.get("jobs_name")),
            base_model=text(data.get("base_model")),
            finetuned_output=text(data.get("finetuned_output")),
            training_file_ids=strings(data.get("training_file_ids")),
            validation_file_ids=strings(data.get("validation_file_ids")),
            training_datasets=_datasets(data.get("training_datasets")),
            validation_datasets=_datasets(data.get("validation_datasets")),
            hyper_parameters=mapping(data.get("hyper_parameters")),
            training_type=text(data.get("training_type")),
            create_time=text(data.get("create_time")),
            end_time=text(data.get("end_time")),
            workspace_id=text(data.get("workspace_id")),
            creator=text(data.get("creator")),
            usage=number(data.get("usage")),
            model_name=text(data.get("model_name")),
            raw=dict(data),
        )

    @property
    def shown_name(self) -> str | None:
        """The name that the service shows; None where it shows none, or the job's id in its place."""
        return None if self.job_name == self.job_id else self.job_name

    @property
    def is_final(self) -> bool:
        """Whether the job has ended: SUCCEEDED, FAILED or CANCELED, and nothing else."""
        return self.status in JobStatus.FINAL

    @property
    def is_active(self) -> bool:
        """Whether the job runs or may still run. An unknown status is active."""
        return not self.is_final

    @property
    def model_id(self) -> str | None:
        """The id of the produced model, once it exists: `finetuned_output` of a SUCCEEDED job."""
        return self.finetuned_output if self.status == JobStatus.SUCCEEDED else None


@dataclass(frozen=True)
class JobPage:
    """One page of the job list, newest first (order inferred). Pages count from 1."""

    jobs: tuple[Job, ...]
    page_no: int
    page_size: int
    total: int
    """Jobs on all pages; if the service does not say, a lower bound that keeps `has_more` right."""

    @classmethod
    def from_json(cls, data: Any, *, page_no: int = 1, page_size: int = 100) -> JobPage:
        """Return the page in the `output` of a list.

        One unusable job makes the page unusable: it could be the one searched for.
        """
        jobs = tuple(Job.from_json(item) for item in rows(data, "jobs"))
        return cls(jobs, *paging(data, len(jobs), page_no, page_size))

    @property
    def has_more(self) -> bool:
        """Whether there is a page after this one."""
        return is_followed(len(self.jobs), self.page_no, self.page_size, self.total)


@dataclass(frozen=True)
class LogPage:
    """Some lines of a job's log, oldest first. `total` is the number of lines in the log."""

    lines: tuple[str, ...]
    total: int

    @classmethod
    def from_json(cls, data: Any) -> LogPage:
        """Return the page in an answer's `output`.

        :raises UnusableError: there is no list of lines.
        """
        lines = tuple(line if isinstance(line, str) else str(line) for line in rows(data, "logs"))
        total = number(data.get("total"))
        return cls(lines, len(lines) if total is None else total)


@dataclass(frozen=True)
class Checkpoint:
    """A saved state of a model in training (list-checkpoints-api). Its `status` is not a `JobStatus`."""

    checkpoint: str
    status: str
    job_id: str | None = None
    full_name: str | None = None
    model_name: str | None = None
    """The id to deploy it by, once published."""
    model_display_name: str | None = None
    create_time: str | None = None
    expire_time: str | None = None
    step: int | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def from_json(cls, data: Any) -> Checkpoint:
        """Return the checkpoint in one item of an answer's list.

        :raises UnusableError: it is no object, or has no name.
        """
        if not isinstance(data, Mapping):
            raise UnusableError("holds no checkpoint object")
        name = text(data.get("checkpoint")) or text(data.get("checkpoint_id"))
        if not name:
            raise UnusableError("holds a checkpoint without a name")
        return cls(
            checkpoint=name,
            status=status(data.get("status")),
            job_id=text(data.get("job_id")),
            full_name=text(data.get("full_name")),
            model_name=text(data.get("model_name")),
            model_display_name=text(data.get("model_display_name")),
            create_time=text(data.get("create_time")),
            expire_time=text(data.get("expire_time")),
            step=number(data.get("step")),
            raw=dict(data),
        )


@dataclass(frozen=True)
class File:
    """A stored file (model-customization-file-management-service). `size` in bytes, `md5` in hexadecimal digits.

    `raw` leaves out `url` (a signed link that expires) and `api_key_id`: neither may end up in a state file.
    """

    file_id: str
    name: str | None = None
    description: str | None = None
    size: int | None = None
    md5: str | None = None
    create_time: str | None = None
    purpose: str | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def from_json(cls, data: Any) -> File:
        """Return the file in an answer's `data`, or in one item of the list.

        :raises UnusableError: it is no object, or has no id.
        """
        if not isinstance(data, Mapping):
            raise UnusableError("holds no file object")
        file_id = text(data.get("file_id"))
        if not file_id:
            raise UnusableError("holds a file without `file_id`")
        return cls(
            file_id=file_id,
            name=text(data.get("name")),
            description=text(data.get("description")),
            size=number(data.get("size")),
            md5=text(data.get("md5")),
            create_time=text(data.get("gmt_create")),
            purpose=text(data.get("purpose")),
            raw={key: value for key, value in data.items() if key not in {"url", "api_key_id"}},
        )


@dataclass(frozen=True)
class FilePage:
    """One page of the file list. Pages count from 1."""

    files: tuple[File, ...]
    page_no: int
    page_size: int
    total: int

    @classmethod
    def from_json(cls, data: Any, *, page_no: int = 1, page_size: int = 100) -> FilePage:
        """Return the page in an answer's `data`. The asked page counts where the answer names none.

        :raises UnusableError: there is no list, or an item of it is no file.
        """
        files = tuple(File.from_json(item) for item in rows(data, "files"))
        return cls(files, *paging(data, len(files), page_no, page_size))

    @property
    def has_more(self) -> bool:
        """Whether there is a page after this one."""
        return is_followed(len(self.files), self.page_no, self.page_size, self.total)


@dataclass(frozen=True)
class UploadedFile:
    """The answer to an upload: the new file's id and name (upload-file-api)."""

    file_id: str
    name: str | None = None


def _datasets(value: Any) -> tuple[Mapping[str, Any], ...]:
    if not isinstance(value, list):
        return ()
    return tuple(dict(item) for item in value if isinstance(item, Mapping))
