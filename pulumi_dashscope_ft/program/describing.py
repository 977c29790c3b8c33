"""Shows the arguments of the resource classes, with their descriptions, in `help` and `inspect.signature`.

A class accepts any argument, because `check` reports a wrong one together with everything else that is
wrong. Python alone would show `**arguments` and nothing more.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from typing import Any, TypeVar

from pulumi_dashscope_ft.schema.document import definition
from pulumi_dashscope_ft.schema.names import in_python, to_snake_case

Init = TypeVar("Init", bound=Callable[..., None])

_WIDTH = 100


def shows(arguments: type) -> Callable[[Init], Init]:
    """Decorate an `__init__` that takes `**arguments: Unpack[…]`: its signature lists them one by one.

    :param arguments: the `TypedDict` (see `arguments`).
    """

    def decorate(init: Init) -> Init:
        given = inspect.signature(init)
        before = [it for it in given.parameters.values() if it.kind is not inspect.Parameter.VAR_KEYWORD]
        listed = [_parameter(name, field.__forward_arg__) for name, field in arguments.__annotations__.items()]
        options = [it for it in before if it.kind is inspect.Parameter.KEYWORD_ONLY]
        first = [it for it in before if it.kind is not inspect.Parameter.KEYWORD_ONLY]
        signature = given.replace(parameters=[*first, *listed, *options])
        init.__signature__ = signature  # type: ignore[attr-defined]  # read by `inspect`, unknown to its stubs
        return init

    return decorate


def _parameter(name: str, annotation: str) -> inspect.Parameter:
    required = annotation.startswith("Required[")
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if required else None,
        annotation=annotation[len("Required[") : -1] if required else annotation,
    )


class Description:
    """The docstring of a resource class: its own text, then every argument as the schema describes it.

    Made when it is read, because importing the package must not read the schema.
    """

    def __init__(self, kind: str, text: str | None) -> None:
        self._kind = kind
        self._text = text

    def __get__(self, instance: Any, owner: type | None = None) -> str:
        arguments = [
            textwrap.fill(
                f":param {to_snake_case(name)}: {' '.join(in_python(spec['description']).split())}",
                _WIDTH,
                subsequent_indent="    ",
                break_long_words=False,
                break_on_hyphens=False,
            )
            for name, spec in definition(self._kind)["inputProperties"].items()
        ]
        name = ":param resource_name: the resource's name in the stack."
        opts = ":param opts: options of Pulumi, such as `depends_on`."
        return "\n".join([*([inspect.cleandoc(self._text), ""] if self._text else []), name, *arguments, opts])
