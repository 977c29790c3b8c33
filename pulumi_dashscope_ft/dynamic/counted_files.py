"""The tokens of files whose state does not have them, because an earlier release has uploaded them.

A program passes on what a file's outputs say (see `resources`). But the check of a file counts its tokens in each run,
and a comparison finds out which id the file has.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.lifecycle.base.kind.descriptor import Kind
from pulumi_dashscope_ft.lifecycle.base.request import AnyRequest
from pulumi_dashscope_ft.lifecycle.training_data import sources as data_sources
from pulumi_dashscope_ft.schema.marks import is_secret

_TOKENS = "tokens"


class CountedFiles:
    """What the checks of this process have counted. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tokens: dict[str, Any] = {}

    def note(self, kind: Kind, file_id: str, checked: AnyRequest) -> None:
        """Note what the check of this file has counted, unless it is secret."""
        if kind.is_data and not is_secret(checked.secrets, "path"):
            with self._lock:
                self._tokens[file_id] = checked.inputs.get(_TOKENS)

    def completed(self, request: AnyRequest) -> AnyRequest:
        """Return a job's request with the tokens of its files that its program does not know."""
        if not request.formats:
            return request
        ids = dict(data_sources.named_in(request.inputs))
        return request.knowing(formats=[self._entry(entry, ids) for entry in request.formats])

    def _entry(self, entry: Any, ids: Mapping[tuple[str, int], str]) -> Any:
        if not isinstance(entry, Mapping) or entry.get(_TOKENS) is not None or not isinstance(entry.get("path"), list):
            return entry
        name, position = (*entry["path"], "", "")[:2]
        file_id = ids.get((name, int(position))) if isinstance(position, (int, float)) else None
        with self._lock:
            return {**entry, _TOKENS: self._tokens.get(file_id)} if file_id in self._tokens else entry
