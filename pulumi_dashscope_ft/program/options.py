"""Passes the Pulumi options of a resource to its provider.

Pulumi does not tell a provider about `delete_before_replace`, `retain_on_delete`, `deleted_with` and `protect`,
although they decide when and whether a job is ended. The program knows them and sends them in hidden inputs (see
`lifecycle.engine_options`).

With `deleted_with`, Pulumi would drop a job or a deployment from the state without a call, although the service never
deletes one object together with another. Where the other resource is known not to end it, the option is removed and the
provider warns.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.runtime import get_root_resource

_ATTRIBUTE = "_dashscope_ft_options"


def note(resource: pulumi.Resource, opts: pulumi.ResourceOptions, *, ends_nothing: bool) -> None:
    """Remember the options of a job or deployment after all transformations have run.

    :param opts: the SDK's own copy; `deleted_with` is removed from it where it can have no effect.
    :param ends_nothing: whether deleting the resource in `deleted_with` is known to end nothing else.
    """
    from pulumi_dashscope_ft.lifecycle.base import engine_options  # imported late: importing the package must stay fast

    options_set: dict[str, Any] = {}
    if opts.delete_before_replace is not None:
        options_set[engine_options.ORDER] = bool(opts.delete_before_replace)
    if opts.protect:
        options_set[engine_options.PROTECT] = True
    if opts.deleted_with is not None:
        name = opts.deleted_with.pulumi_resource_name
        options_set[engine_options.TAKEN_OFF if ends_nothing else engine_options.WITH] = name
        if ends_nothing:
            _after(opts, opts.deleted_with)
    if opts.retain_on_delete is None and opts.parent is not None and opts.parent is not get_root_resource():
        options_set[engine_options.INHERITS] = True
    resource.__dict__[_ATTRIBUTE] = (options_set, bool(opts.retain_on_delete))


def hidden_inputs(resource: pulumi.Resource, *, if_any: bool) -> dict[str, Awaitable[Any]]:
    """Return the hidden inputs of a job or deployment.

    They are awaited when the inputs are sent, after `note` was called.

    :param if_any: whether to send nothing when no option is set.
    """
    return {
        "__retain": _Later(lambda: _noted(resource)[1] or None),
        "__options": _Later(lambda: (_noted(resource)[0] or None) if if_any else _noted(resource)[0]),
    }


@dataclass(frozen=True, slots=True)
class _Later:
    """A value that is computed when it is awaited.

    Unlike a coroutine, it may be dropped: a resource with wrong inputs is not registered.
    """

    value: Callable[[], Any]

    def __await__(self) -> Generator[Any, None, Any]:
        yield from ()
        return self.value()


def _noted(resource: pulumi.Resource) -> tuple[dict[str, Any], bool]:
    noted: tuple[dict[str, Any], bool] = resource.__dict__.get(_ATTRIBUTE, ({}, False))
    return noted


def _after(opts: pulumi.ResourceOptions, other: pulumi.Resource) -> None:
    """Remove `deleted_with` and keep the order that it implies: the other resource is deleted last."""
    opts.deleted_with = None
    listed = opts.depends_on
    if isinstance(other, pulumi.CustomResource) and (listed is None or isinstance(listed, (list, tuple))):
        opts.depends_on = [*(listed or ()), other]
