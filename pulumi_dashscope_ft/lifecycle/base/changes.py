"""Which inputs mean something else than before."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.lifecycle.base.comparison import differences
from pulumi_dashscope_ft.lifecycle.base.state import written
from pulumi_dashscope_ft.schema import defaults, lengths_of_time, parse_duration


def changed_inputs(resource: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> list[str]:
    """Return the names, sorted, of the user's inputs that mean something else now. `UNKNOWN` values count as changed.

    An input that is left out means its default (the classes that Pulumi generates for other languages write defaults
    out), and a length of time is the same however it is spelled.
    """
    return list(differences(_meant(resource, olds), _meant(resource, news)))


def _meant(resource: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    meant = {**defaults(resource), **written(inputs)}
    for name in lengths_of_time(resource) & meant.keys():
        with contextlib.suppress(ValueError):  # unknown still, or of a state that somebody has edited
            meant[name] = parse_duration(meant[name])
    return meant
