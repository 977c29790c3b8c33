"""The import of a model's weights as the service describes it, as a frozen dataclass (model-import-api-reference).

`raw` keeps every field. An unknown status is kept and counts as *not final*.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .fields import UnusableError, mapping, rows, status, text
from .pages import is_followed, paging

__all__ = ["Import", "ImportPage", "ImportStatus"]


class ImportStatus:
    """The statuses of an import. Plain strings, because there may be others."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCESSED"
    """As the service spells it; `Import` also reads `SUCCEEDED` so."""
    FAILED = "FAILED"

    FINAL = frozenset({SUCCEEDED, FAILED})


@dataclass(frozen=True)
class Import:
    """One import."""

    job_id: str
    status: str
    model_name: str | None = None
    """Id of the imported model, as the service gives it, perhaps long before the model exists; use `model_id`."""
    display_name: str | None = None
    source: str | None = None
    weight_type: str | None = None
    """Only the answer to a create shows it."""
    storage_info: Mapping[str, Any] = field(default_factory=dict)
    create_time: str | None = None
    """ISO, with milliseconds and an offset."""
    error_code: str | None = None
    workspace_id: str | None = None
    """No page shows it for imports."""
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def from_json(cls, data: Any) -> Import:
        """Return the import in an answer's `output`, or in one item of the list.

        :raises fields.UnusableError: there is no id.
        """
        if not isinstance(data, Mapping):
            raise UnusableError("holds no import object")
        job_id = text(data.get("job_id"))
        if not job_id:
            raise UnusableError("holds an import without `job_id`")
        word = status(data.get("status"))
        return cls(
            job_id=job_id,
            status=ImportStatus.SUCCEEDED if word == "SUCCEEDED" else word,
            model_name=text(data.get("model_name")),
            display_name=text(data.get("display_name")),
            source=text(data.get("source")),
            weight_type=text(data.get("weight_type")),
            storage_info=mapping(data.get("storage_info")),
            create_time=text(data.get("gmt_create")),
            error_code=text(data.get("error_code")),
            workspace_id=text(data.get("workspace_id")),
            raw=dict(data),
        )

    @property
    def usage(self) -> int | None:
        """None: the service does not meter imports."""
        return None

    @property
    def hyper_parameters(self) -> Mapping[str, Any]:
        """Empty: an import trains nothing."""
        return {}

    @property
    def is_final(self) -> bool:
        """Whether the import has ended. An unknown status is not final."""
        return self.status in ImportStatus.FINAL

    @property
    def model_id(self) -> str | None:
        """Id of the imported model; None until the import has succeeded."""
        return (self.model_name or None) if self.status == ImportStatus.SUCCEEDED else None


@dataclass(frozen=True)
class ImportPage:
    """One page of the list of imports. Pages count from 1."""

    imports: tuple[Import, ...]
    page_no: int
    page_size: int
    total: int

    @classmethod
    def from_json(cls, data: Any, *, page_no: int = 1, page_size: int = 100) -> ImportPage:
        """Return the page in the `output` of a list. One unusable item makes the page unusable."""
        imports = tuple(Import.from_json(item) for item in rows(data, "list"))
        return cls(imports, *paging(data, len(imports), page_no, page_size))

    @property
    def has_more(self) -> bool:
        """Whether there is a page after this one."""
        return is_followed(len(self.imports), self.page_no, self.page_size, self.total)
