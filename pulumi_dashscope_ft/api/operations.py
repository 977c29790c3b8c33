"""The calls that this client makes, as a table.

An operation's name appears in errors, in the retry policy and in the hooks that report retries; its path and verb in
the request; its description in every message. Written down once, these cannot drift apart. Paths and verbs: API pages
named in each row; all below the base URL.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pulumi_dashscope_ft.text import sanitize

from .path_segments import path_segment

__all__ = ["OPERATIONS", "Operation", "describe"]


@dataclass(frozen=True)
class Operation:
    """One call: its `name`, HTTP verb, `path` (with `{id}` if a resource is named) and a description.

    If the path also holds `{part}`, the resource is a part of another one and its id is `whole/part`.
    """

    name: str
    method: str
    path: str
    doing: str
    source: str

    @property
    def only_reads(self) -> bool:
        """Whether the call changes nothing on the service, whatever its answer.

        An export changes something, although it is a GET.
        """
        return self.method == "GET" and self.name != "export"

    @property
    def carries_input(self) -> bool:
        """Whether the call sends what the user wrote; all others send only an id."""
        changes = self.method in ("POST", "PUT") or self.name == "export"
        return changes and not self.path.endswith("/cancel")

    def url(self, base_url: str, resource_id: str | None) -> str:
        """Return the URL of this call.

        :raises ValueError: the id cannot be a path segment.
        """
        named = {"{id}": resource_id or ""}
        if "{part}" in self.path:
            named["{id}"], _, named["{part}"] = named["{id}"].partition("/")
        # Piece by piece, so that an id that happens to spell a placeholder stays an id.
        pieces = (path_segment(named[piece]) if piece in named else piece for piece in self.path.split("/"))
        return base_url + "/".join(pieces)


_COMPRESSION = "model-compression-api-reference"

_IMPORT = "model-import-api-reference"

_TABLE = (
    Operation("create", "POST", "/fine-tunes", "submit a fine-tuning job", "create-fine-tuning-job-api"),
    Operation("get", "GET", "/fine-tunes/{id}", "read job {id}", "get-fine-tuning-job-api"),
    Operation("list", "GET", "/fine-tunes", "list the fine-tuning jobs", "list-fine-tuning-jobs-api"),
    Operation("cancel", "POST", "/fine-tunes/{id}/cancel", "cancel job {id}", "cancel-fine-tuning-job-api"),
    Operation("delete", "DELETE", "/fine-tunes/{id}", "delete job {id}", "delete-fine-tuning-job-api"),
    Operation("logs", "GET", "/fine-tunes/{id}/logs", "read the log of job {id}", "get-fine-tuning-job-logs-api"),
    Operation(
        "checkpoints", "GET", "/fine-tunes/{id}/checkpoints", "list the checkpoints of job {id}", "list-checkpoints-api"
    ),
    Operation(
        "export", "GET", "/fine-tunes/{id}/export/{part}", "export checkpoint {id}", "fine-tuning-api-guide"
    ),  # a GET that changes state
    Operation("upload", "POST", "/files", "upload {id}", "upload-file-api"),
    Operation("list_files", "GET", "/files", "list the files", "model-customization-file-management-service"),
    Operation("get_file", "GET", "/files/{id}", "read file {id}", "model-customization-file-management-service"),
    Operation(
        "delete_file", "DELETE", "/files/{id}", "delete file {id}", "model-customization-file-management-service"
    ),
    Operation("create_deployment", "POST", "/deployments", "deploy a model", "create-deployment-api"),
    Operation("get_deployment", "GET", "/deployments/{id}", "read deployment {id}", "get-deployment-api"),
    Operation("list_deployments", "GET", "/deployments", "list the deployments", "model-deployment-api"),
    Operation("scale_deployment", "PUT", "/deployments/{id}/scale", "scale deployment {id}", "model-deployment-api"),
    Operation(
        "update_deployment",
        "PUT",
        "/deployments/{id}/update",
        "set the rate limits of deployment {id}",
        "model-deployment-api",
    ),
    Operation("delete_deployment", "DELETE", "/deployments/{id}", "delete deployment {id}", "model-deployment-api"),
    Operation("create_compression", "POST", "/fine-tunes/compress/jobs", "submit a compression job", _COMPRESSION),
    Operation("get_compression", "GET", "/fine-tunes/compress/jobs/{id}", "read compression job {id}", _COMPRESSION),
    Operation("list_compressions", "GET", "/fine-tunes/compress/jobs", "list the compression jobs", _COMPRESSION),
    Operation(
        "compression_logs",
        "GET",
        "/fine-tunes/compress/jobs/{id}/logs",
        "read the log of compression job {id}",
        _COMPRESSION,
    ),
    Operation(
        "cancel_compression",
        "POST",
        "/fine-tunes/compress/jobs/{id}/cancel",
        "cancel compression job {id}",
        _COMPRESSION,
    ),
    Operation(
        "delete_compression", "DELETE", "/fine-tunes/compress/jobs/{id}", "delete compression job {id}", _COMPRESSION
    ),
    Operation("create_import", "POST", "/custom_models/import", "import a model", _IMPORT),
    Operation("get_import", "GET", "/custom_models/import/{id}", "read import {id}", _IMPORT),
    Operation("list_imports", "GET", "/custom_models/import", "list the imports of models", _IMPORT),
    Operation("delete_import", "DELETE", "/custom_models/import/{id}", "delete import {id}", _IMPORT),
)

OPERATIONS: Mapping[str, Operation] = MappingProxyType({operation.name: operation for operation in _TABLE})


def describe(operation: str, resource_id: str | None) -> str:
    """Describe what `operation` does to which object: `cancel job ft-…`. Unknown names are shown as they are."""
    known = OPERATIONS.get(operation)
    name = sanitize(str(resource_id), 120) if resource_id else "(no id)"
    if known is None:
        return f"{sanitize(operation)} {name}" if resource_id else sanitize(operation)
    return known.doing.replace("{id}", name)
