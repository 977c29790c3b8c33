"""Which resources stay while something that they are made from is replaced."""

from __future__ import annotations

from pulumi_dashscope_ft.lifecycle.base.kind.descriptor import Kind
from pulumi_dashscope_ft.lifecycle.base.request import AnyRequest
from pulumi_dashscope_ft.schema import contains_unknown


def stays_meanwhile(kind: Kind, news: AnyRequest, *, declared: bool) -> bool:
    """Whether a resource stays although something that it is made from goes before its successor exists.

    Before the engine deletes a resource, it asks for each dependent whether a change of the inputs from that resource
    would replace the dependent; if so, it deletes the dependent first. It asks before the program has declared the
    dependent in this run, with those inputs unknown. A deployment serves its model even if the job is gone, so it
    stays: it is replaced later, once its own successor runs.
    """
    return not declared and kind.stays_meanwhile and contains_unknown(news.properties())
