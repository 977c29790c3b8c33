"""Notes in a process of their own: a program declares them, and Pulumi's dynamic host serves them.

Importing this module registers the kind in that process, by the same line as in `conftest`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pulumi
from note.provider import NoteProvider

from pulumi_dashscope_ft import schema
from pulumi_dashscope_ft.dynamic.declaring import Declared
from pulumi_dashscope_ft.dynamic.resources import _hidden
from pulumi_dashscope_ft.lifecycle.kinds import registry
from pulumi_dashscope_ft.lifecycle.kinds.registry import Registered
from pulumi_dashscope_ft.program.spelling import properties

registry.REGISTERED = (*registry.REGISTERED, Registered("Note", "note", "note"))
FRAGMENT = json.loads((Path(__file__).parent / "note" / "schema.json").read_text())
schema.load()["resources"]["dashscope-ft:index:Note"] = FRAGMENT


class HostedNoteProvider(NoteProvider):
    """Its module registers the kind, so the host knows it once it has loaded the provider."""


class Note(Declared, module="dashscope-ft", name="Note"):
    kind = "Note"

    def __init__(self, resource_name: str, *, opts: pulumi.ResourceOptions | None = None, **arguments: Any) -> None:
        given = properties(self.kind, arguments, _hidden(resource_name, opts))
        super().__init__(HostedNoteProvider(), resource_name, given, opts)
