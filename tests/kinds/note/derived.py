"""Which outputs of a note follow from which inputs."""

from __future__ import annotations

from pulumi_dashscope_ft.lifecycle.base.kind.derivation import Derivation

DERIVATION = Derivation({"adoptNoteId": ("noteId",)})
