"""The detailed diff: what happens to each property.

The lifecycle decides what a change means; this module says for each property whether it is new, gone or changed, and
whether it causes a replacement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi.runtime.proto import provider_pb2

from pulumi_dashscope_ft.lifecycle.base.changes import changed_inputs
from pulumi_dashscope_ft.lifecycle.base.comparison import differences
from pulumi_dashscope_ft.lifecycle.base.outcomes import DiffResult
from pulumi_dashscope_ft.schema import contains_unknown

PropertyDiff = provider_pb2.PropertyDiff


def property_diff(
    kind: str, olds: Mapping[str, Any], news: Mapping[str, Any], planned: DiffResult
) -> dict[str, PropertyDiff]:
    """Describe each difference, by path (`hyperParameters.n_epochs`).

    :param kind: short name of the resource type.
    :param olds: the old inputs.
    :param news: the new inputs.
    """
    if not planned.changes:
        return {}
    found: dict[str, PropertyDiff] = {}
    for name in changed_inputs(kind, olds, news):
        replaces = name in planned.replaces
        for path, old, new in _paths(name, olds.get(name), news.get(name)):
            found[path] = PropertyDiff(kind=_kind(old, new, replaces), inputDiff=True)
    for name in planned.replaces:
        # No input has changed: the replacement has another reason, namely how the object has ended.
        if not any(path == name or path.startswith((f"{name}.", f"{name}[")) for path in found):
            found[name] = PropertyDiff(kind=PropertyDiff.UPDATE_REPLACE, inputDiff=name in news)
    return found


def _paths(path: str, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(old, Mapping) and isinstance(new, Mapping) and not contains_unknown(new):
        for key in differences(old, new):
            below = f".{key}" if re.fullmatch(r"\w+", key) else f'["{key}"]'
            yield from _paths(f"{path}{below}", old.get(key), new.get(key))
    else:
        yield path, old, new


def _kind(old: Any, new: Any, replaces: bool) -> PropertyDiff.Kind.ValueType:
    if old is None:
        return PropertyDiff.ADD_REPLACE if replaces else PropertyDiff.ADD
    if new is None:
        return PropertyDiff.DELETE_REPLACE if replaces else PropertyDiff.DELETE
    return PropertyDiff.UPDATE_REPLACE if replaces else PropertyDiff.UPDATE
