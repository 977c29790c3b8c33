"""Why this exists: a resource's properties travel in one bag: what the user wrote, what the service chose and, under
names that begin with `__`, what only this provider knows. Every kind of resource and every front end has to agree on
those names, and on which property is whose.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from pulumi_dashscope_ft.lifecycle.base.comparison import differences
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.base.run_registry import RunRegistry
from pulumi_dashscope_ft.schema import defaults, lengths_of_time, parse_duration
from pulumi_dashscope_ft.schema.marks import Marks, from_paths

NAME = "__name"
"""Hidden input: the resource's name, qualified by its parents' types."""

OWNER = "__owner"
"""Hidden input: the stack's owner id (see `stamp`)."""

NONCE = "__nonce"
"""Hidden input: made in `check`, once per intended run (see `stamp`)."""

FORMATS = "__formats"
"""Hidden input of a job: the shapes of the rows of its training files, as far as this program knows them."""

RETAIN_OPTION = "__retain"
"""Hidden input: whether the resource has Pulumi's option `retain_on_delete`, of which a provider is never told."""

OPTIONS = "__options"
"""Hidden input: the other options that decide how Pulumi ends the resource (see `engine_options`). Outputs do not keep
it: they are not written anew when only an option changes.
"""

MD5 = "__md5"
"""Hidden input of a file, made in `check`: the MD5 of its content, which the service shows, too."""

SECRETS = "__secrets"
"""Hidden input: the paths of what the program has made secret, `[["hyperParameters", "note"]]`, or marks; True for all
that can be, where nobody has said. Outputs do not keep it.
"""

WAITING = "__waiting"
"""Hidden output of a deployment: it was made or changed, and the wait until it runs has ended too early. The next `up`
goes on waiting. A deployment that an earlier release has recorded while it was `PENDING` does not have it.
"""

INPUT_NAMES = "__inputs"
"""Output that lists which inputs the user had set: Diff is given the old outputs, which also hold what the service
chose.
"""


def is_hidden(name: str) -> bool:
    return name.startswith("__")


def plain_name(qualified: str) -> str:
    """A resource's name as the user wrote it, without its parents' types."""
    return qualified.rsplit("::", 1)[-1]


def lasting_nonce(olds: Mapping[str, Any], run_registry: RunRegistry) -> str:
    """The nonce to go on with. It is kept as long as the resource lives, and made anew for each replacement, as Pulumi
    does with names.
    """
    nonce = olds.get(NONCE)
    if not nonce:
        return stamp.new_nonce()
    run_registry.note_recorded(str(nonce))
    return str(nonce)


def public(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The properties that are not hidden."""
    return {name: value for name, value in properties.items() if not is_hidden(name)}


def hidden_inputs(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if is_hidden(name) and name != INPUT_NAMES}


def secret_marks(properties: Mapping[str, Any]) -> Marks:
    """What the program has made secret of these properties."""
    paths = properties.get(SECRETS)
    if isinstance(paths, (list, tuple)):
        return from_paths(path for path in paths if isinstance(path, (list, tuple)))
    return paths if isinstance(paths, dict) else bool(paths)


def written(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs that have a value and are kept in the outputs."""
    return {name: value for name, value in inputs.items() if value is not None and name not in (OPTIONS, SECRETS)}


def input_names(inputs: Mapping[str, Any]) -> list[str]:
    """What `INPUT_NAMES` lists for these inputs."""
    return sorted(name for name in inputs if not is_hidden(name))


def user_inputs(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs among a resource's outputs, as they were when it was created or last updated."""
    names: Sequence[str] = properties.get(INPUT_NAMES) or ()
    return {name: properties[name] for name in names if name in properties}


def known_inputs(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The user's inputs; where no outputs list them yet, all that is not hidden."""
    return user_inputs(properties) if INPUT_NAMES in properties else public(properties)


def updated(olds: Mapping[str, Any], news: Mapping[str, Any], *, keep: Collection[str] = ()) -> dict[str, Any]:
    """The old outputs with the new inputs: an input that was dropped is gone.

    :param keep: inputs whose old value stays when they are dropped.
    """
    inputs = written(news)
    dropped = set(user_inputs(olds)) - set(inputs) - set(keep)
    kept = {name: value for name, value in olds.items() if name not in dropped}
    return {**kept, **inputs, INPUT_NAMES: input_names(inputs)}


def changed_inputs(resource: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> list[str]:
    """The names, sorted, of the user's inputs that mean something else now. `UNKNOWN` values count as changed.

    An input that is left out means its default (the classes that Pulumi generates for other languages write defaults
    out), and a length of time is the same however it is spelled.
    """
    return list(differences(_meant(resource, olds), _meant(resource, news)))


def _meant(resource: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    meant = {**defaults(resource), **written(public(inputs))}
    for name in lengths_of_time(resource) & meant.keys():
        with contextlib.suppress(ValueError):  # unknown still, or of a state that somebody has edited
            meant[name] = parse_duration(meant[name])
    return meant
