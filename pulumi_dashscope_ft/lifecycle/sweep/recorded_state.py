"""Read a Pulumi state with suspicion.

What Pulumi states hold decides whether a live object is in use, and the only harmless mistake is to conclude too
little. So what a state holds always counts, but what it does *not* hold counts only when the state is complete, of a
known version, and was not written during an operation.

The shape is that of `pulumi stack export` (version 3, and 4, which only adds to it); the local engine writes the same.
Secrets stay encrypted: an id is never one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pulumi_dashscope_ft.bounded.files import too_large
from pulumi_dashscope_ft.bounded.json_text import JsonBoundError, JsonBounds, decode, decode_bytes
from pulumi_dashscope_ft.lifecycle.base.expiry import moment
from pulumi_dashscope_ft.lifecycle.base.kind.live_object import Key
from pulumi_dashscope_ft.lifecycle.base.owner.provider import owner_of_provider
from pulumi_dashscope_ft.lifecycle.identity.resource import OWNER_ID, TYPE
from pulumi_dashscope_ft.lifecycle.kinds import registry
from pulumi_dashscope_ft.schema.quoting import quote_value

VERSIONS = (3, 4)

LARGEST = 256 * 2**20
"""The largest state that is read, in bytes. Pulumi itself warns long before."""
BOUNDS = JsonBounds(depth=200, values=10_000_000)

_PROVIDER = "pulumi:providers:dashscope-ft"
_TYPE = re.compile(r"(?:pulumi-python:dynamic/dashscope-ft|dashscope-ft(?::index)?):(\w+)")

_MODELS = frozenset({"model", "baseModel", "finetunedOutput", "modelId", "modelName"})
"""Properties of our resources whose text is the id of a model."""


@dataclass(frozen=True, slots=True)
class Held:
    """A resource that holds an object of the service.

    :param resource: the resource's name in its stack.
    :param properties: its outputs, by the schema's names.
    :param created: when the engine recorded it, in seconds since 1970.
    :param protected: whether Pulumi refuses to delete it (`protect`).
    :param retained: whether Pulumi leaves the object when its record goes (`retainOnDelete`).
    """

    resource: str
    properties: Mapping[str, Any]
    created: float | None
    protected: bool = False
    retained: bool = False


@dataclass(frozen=True, slots=True)
class RecordedState:
    """What one state says.

    :param source: what to call it: the name of the file or of the stack.
    :param stack: the stack, `project/stack`, if the state names it.
    :param written: when it was written, in seconds since 1970, by the clock of the machine that ran Pulumi.
    :param copied: when this copy of it was made, by the service's clock; it lacks what its stack has done since. None
        if the state itself was read.
    :param owners: the owner ids that live in it.
    :param held: which resources hold each object; a rename that was cut short leaves two resources with one object.
    :param mentions: every text in its resources, ids included.
    :param deployments_named: the same without texts that name a model: the first deployment of a model has the model's
        id, and a user who names the model does not name the deployment.
    :param problem: why nothing follows from what it does not hold; None for a sound state.
    :param partial: it may lack what it holds, because it is old or incomplete; that concerns objects of any owner.
    :param unreadable: it could not be read at all, so nobody knows whose state it is.
    """

    source: str
    stack: str | None = None
    written: float | None = None
    copied: float | None = None
    owners: frozenset[str] = frozenset()
    held: Mapping[Key, tuple[Held, ...]] = field(default_factory=dict)
    mentions: frozenset[str] = frozenset()
    deployments_named: frozenset[str] = frozenset()
    problem: str | None = None
    partial: bool = False
    unreadable: bool = False

    @property
    def name(self) -> str:
        """The stack's name; where the state came from when it is unknown."""
        return self.stack or self.source


def unreadable(source: str, problem: str) -> RecordedState:
    """Return a state that stands for one that could not be read."""
    return RecordedState(source, problem=problem, unreadable=True)


def read(
    text: str | bytes, source: str, *, doubt: str | None = None, old: str | None = None, copied: float | None = None
) -> RecordedState:
    """Read the state in a document. Never raises: a document that is not a state is an unreadable state.

    :param doubt: another reason not to rely on what it lacks about its own stack, such as an update in progress.
    :param old: the reason why it may lack what its stack has taken over since, from any owner.
    :param copied: when the document was made, if it is a copy (see `RecordedState`).
    """
    if len(text) > LARGEST:
        return unreadable(source, str(too_large(LARGEST).strerror))
    try:
        document = decode(text, BOUNDS) if isinstance(text, str) else decode_bytes(text, BOUNDS)
    except JsonBoundError as error:
        return unreadable(source, f"it {error}, more than is read")
    except ValueError as error:
        return unreadable(source, f"it is not a whole JSON document ({error})")
    return of_document(document, source, doubt=doubt, old=old, copied=copied)


def of_document(
    document: Any, source: str, *, doubt: str | None = None, old: str | None = None, copied: float | None = None
) -> RecordedState:
    """Read the state in a document that is JSON already. See `read`."""
    if not isinstance(document, Mapping) or not isinstance(document.get("deployment", 0), (Mapping, type(None))):
        return unreadable(source, "it is not what `pulumi stack export` writes")
    version = document.get("version")
    if isinstance(version, bool) or version not in VERSIONS:
        return unreadable(source, f"it is of version {quote_value(version)}, and this release reads versions 3 and 4")
    deployment = document["deployment"] or {}
    resources = deployment.get("resources")
    resources = [] if resources is None else resources
    pending = deployment.get("pending_operations")
    if not isinstance(resources, list) or not isinstance(pending, (list, type(None))):
        return unreadable(source, "its resources are not a list")
    if not all(map(_is_resource, resources)):
        return unreadable(source, "it has a resource without a type or an URN")
    lacking = _lacking(resources)
    recorded = _recorded(source, deployment, resources, pending or [], lacking or doubt or old)
    return replace(recorded, copied=copied, partial=bool(lacking or old))


def _recorded(
    source: str,
    deployment: Mapping[str, Any],
    resources: list[Mapping[str, Any]],
    pending: list[Any],
    doubt: str | None,
) -> RecordedState:
    manifest = deployment.get("manifest")
    time = moment(manifest.get("time")) if isinstance(manifest, Mapping) else None
    written = time if time is not None and time > 0 else None  # a state that was never written has the year 1
    owners = frozenset(_owners(resources))
    problem = _under_way(pending) or doubt
    if problem is None and owners and written is None:
        problem = "it does not say when it was written"
    # An object in creation has no id yet; one in update or deletion has an id, and is held.
    begun = [item.get("resource") for item in pending if isinstance(item, Mapping)]
    under_way = [resource for resource in begun if isinstance(resource, Mapping) and _is_resource(resource)]
    held: dict[Key, tuple[Held, ...]] = {}
    for key, found in (pair for resource in [*resources, *under_way] for pair in _held(resource)):
        held[key] = (*held.get(key, ()), found)
    return RecordedState(
        source=source,
        stack=_stack(resources),
        written=written,
        owners=owners,
        held=held,
        mentions=frozenset(_texts([resources, under_way])),
        deployments_named=frozenset(_texts([_without_models(one) for one in (*resources, *under_way)])),
        problem=problem,
    )


def _under_way(pending: list[Any]) -> str | None:
    if not pending:
        return None
    under_way = ", ".join(sorted({_deed(item) for item in pending}))
    return (
        f"an operation is under way or was cut short ({under_way}): what it was making may not be recorded. "
        "`pulumi up` or `pulumi refresh` settles that"
    )


def _lacking(resources: list[Mapping[str, Any]]) -> str | None:
    there = {resource["urn"] for resource in resources}
    missing = sorted({urn for resource in resources for urn in _needed(resource)} - there)
    if missing:
        return f"it is not whole: it has nothing of {missing[0].rpartition('::')[2]}, which it refers to"
    return None


def _deed(item: Any) -> str:
    if not isinstance(item, Mapping) or not _is_resource(item.get("resource")):
        return "something"
    return f"{item.get('type', 'changing')} {item['resource']['urn'].rpartition('::')[2]}"


def _is_resource(value: Any) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get("urn"), str) and isinstance(value.get("type"), str)


def _needed(resource: Mapping[str, Any]) -> Iterator[str]:
    parent, dependencies, provider = (resource.get(name) for name in ("parent", "dependencies", "provider"))
    if isinstance(parent, str) and parent:
        yield parent
    if isinstance(dependencies, list):
        yield from (urn for urn in dependencies if isinstance(urn, str))
    if isinstance(provider, str) and provider:
        yield provider.rpartition("::")[0]


def _held(resource: Mapping[str, Any]) -> Iterator[tuple[Key, Held]]:
    kind = registry.swept_noun(_own_type(resource))
    object_id = resource.get("id")
    if kind is None or not isinstance(object_id, str) or not object_id:
        return
    properties = resource.get("outputs")
    yield (
        (kind, object_id),
        Held(
            resource["urn"].rpartition("::")[2],
            properties if isinstance(properties, Mapping) else {},
            moment(resource.get("created")),
            protected=bool(resource.get("protect")),
            retained=bool(resource.get("retainOnDelete")),
        ),
    )


def _owners(resources: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for resource in resources:
        provider_id = resource.get("id")
        if resource["type"] == _PROVIDER and isinstance(provider_id, str) and provider_id:
            yield owner_of_provider(provider_id)
        if _own_type(resource) == TYPE:
            outputs = resource.get("outputs")
            recorded = outputs.get(OWNER_ID) if isinstance(outputs, Mapping) else None
            yield from (owner for owner in (resource.get("id"), recorded) if isinstance(owner, str) and owner)


def _own_type(resource: Mapping[str, Any]) -> str:
    match = _TYPE.fullmatch(resource["type"])
    return match[1] if match else ""


def _stack(resources: Iterable[Mapping[str, Any]]) -> str | None:
    for resource in resources:
        parts = resource["urn"].split("::")
        if len(parts) >= 4 and parts[0].startswith("urn:pulumi:"):
            return f"{parts[1]}/{parts[0].removeprefix('urn:pulumi:')}"
    return None


def _without_models(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the resource without the properties that name a model, if it is one of ours."""
    if not _own_type(resource):
        return resource
    return {
        name: {key: one for key, one in value.items() if key not in _MODELS} if isinstance(value, Mapping) else value
        for name, value in resource.items()
    }


def _texts(value: Any) -> Iterator[str]:
    """Yield every text among the values; without recursion, because a state may be nested deeply."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, Mapping):
            waiting.extend(one.values())
        elif isinstance(one, (list, tuple)):
            waiting.extend(one)
