"""What stays while something that it is made of is replaced."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.lifecycle.base.kind.descriptor import Kind
from pulumi_dashscope_ft.schema import contains_unknown


def stays_meanwhile(kind: Kind, news: Mapping[str, Any], *, declared: bool) -> bool:
    """Whether a deployment stays although something that it is made of goes before its successor exists.

    Before it deletes such a resource, the engine asks of each dependent whether it would be replaced if the inputs that
    come from there change, and if so deletes that one first. It asks before the program has declared the dependent in
    this run, with those inputs unknown. A deployment serves its model whatever becomes of the job, so it stays: it is
    replaced in its own turn, once its successor runs.
    """
    return not declared and kind.stays_meanwhile and contains_unknown(news)
