"""The provider class of notes, as a dynamic program has one for each kind."""

from __future__ import annotations

from pulumi_dashscope_ft.dynamic.provider import _Provider


class NoteProvider(_Provider):
    """Serves `Note`."""

    kind = "note"
