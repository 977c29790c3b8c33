"""Goals: the program's request for one resource.

A registration arrives as a protobuf request with forty fields. The planner should read like the rules it follows, so
the request becomes a small plain object here. Requests that this engine does not support are refused here, with the
reason, before anything happens.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pulumi_dashscope_ft.testing.errors import UnsupportedByLocalEngine
from pulumi_dashscope_ft.testing.state.resource import PROVIDER_PREFIX, STACK_TYPE, ResourceState, make_urn
from pulumi_dashscope_ft.testing.values import Properties, from_struct, from_value

_NAME_OF_DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Address:
    """The stack and project that URNs belong to."""

    stack: str
    project: str

    def urn(self, parent: str, type_: str, name: str) -> str:
        """Return the URN of a resource of this stack.

        :param parent: the URN of its parent.
        """
        return make_urn(self.stack, self.project, parent, type_, name)


@dataclass(slots=True)
class Goal:
    """A resource as the program wants it. `aliases` are earlier URNs of it."""

    urn: str
    type: str
    name: str
    custom: bool
    inputs: Properties
    parent: str = ""
    dependencies: list[str] = field(default_factory=list)
    property_dependencies: dict[str, list[str]] = field(default_factory=dict)
    protect: bool | None = None
    retain_on_delete: bool | None = None
    delete_before_replace: bool | None = None
    deleted_with: str = ""
    replace_with: list[str] = field(default_factory=list)
    replacement_trigger: Any = None
    ignore_changes: list[str] = field(default_factory=list)
    replace_on_changes: list[str] = field(default_factory=list)
    additional_secret_outputs: list[str] = field(default_factory=list)
    custom_timeouts: dict[str, str] = field(default_factory=dict)
    aliases: list[str] = field(default_factory=list)
    provider: str = ""
    """Reference (`URN::id`) to the provider that the program has chosen; empty: the default one of its package."""

    def inherit(self, parent: Goal) -> None:
        """Take over the options that a parent passes on to its children, unless they were set here."""
        if self.protect is None:
            self.protect = parent.protect
        if self.retain_on_delete is None:
            self.retain_on_delete = parent.retain_on_delete
        self.deleted_with = self.deleted_with or parent.deleted_with

    def new_state(self, provider: str, old: ResourceState | None) -> ResourceState:
        """Return the state before the first step: the goal's inputs and options, with `old`'s times."""
        return ResourceState(
            urn=self.urn,
            type=self.type,
            custom=self.custom,
            inputs=dict(self.inputs),
            parent=self.parent,
            provider=provider,
            dependencies=list(self.dependencies),
            property_dependencies=dict(self.property_dependencies),
            protect=bool(self.protect),
            retain_on_delete=bool(self.retain_on_delete),
            deleted_with=self.deleted_with,
            replace_with=list(self.replace_with),
            replacement_trigger=self.replacement_trigger,
            ignore_changes=list(self.ignore_changes),
            replace_on_changes=list(self.replace_on_changes),
            additional_secret_outputs=list(self.additional_secret_outputs),
            custom_timeouts=dict(self.custom_timeouts),
            refresh_before_update=old is not None and old.refresh_before_update,
            created=old.created if old is not None else "",
            modified=old.modified if old is not None else "",
        )


@dataclass(frozen=True, slots=True)
class ReadGoal:
    """A resource that the program only reads (`ResourceOptions(id=…)`)."""

    urn: str
    type: str
    id: str
    inputs: Properties
    parent: str
    dependencies: list[str]
    additional_secret_outputs: list[str]
    provider: str = ""


def default_provider(package: str, inputs: Properties, address: Address) -> Goal:
    """Return the default provider of a package."""
    type_ = PROVIDER_PREFIX + package
    return Goal(
        urn=address.urn("", type_, _NAME_OF_DEFAULT), type=type_, name=_NAME_OF_DEFAULT, custom=True, inputs=inputs
    )


def from_registration(request: Any, address: Address) -> Goal:
    """Convert a RegisterResourceRequest.

    :raises UnsupportedByLocalEngine: the request needs the real engine.
    """
    _refuse_unsupported(request)
    timeouts = {
        name: getattr(request.customTimeouts, name)
        for name in ("create", "update", "delete")
        if getattr(request.customTimeouts, name)
    }
    return Goal(
        urn=address.urn(request.parent, request.type, request.name),
        type=request.type,
        name=request.name,
        custom=request.custom,
        inputs=from_struct(request.object),
        parent=request.parent,
        dependencies=sorted(request.dependencies),
        property_dependencies={
            key: sorted(dependency.urns) for key, dependency in sorted(request.propertyDependencies.items())
        },
        protect=request.protect if request.HasField("protect") else None,
        retain_on_delete=request.retainOnDelete if request.HasField("retainOnDelete") else None,
        delete_before_replace=request.deleteBeforeReplace if request.deleteBeforeReplaceDefined else None,
        deleted_with=request.deletedWith,
        replace_with=list(request.replace_with),
        replacement_trigger=from_value(request.replacement_trigger),
        ignore_changes=list(request.ignoreChanges),
        replace_on_changes=list(request.replaceOnChanges),
        additional_secret_outputs=list(request.additionalSecretOutputs),
        custom_timeouts=timeouts,
        aliases=[_alias(item, request, address) for item in request.aliases] + list(request.aliasURNs),
        provider=request.provider,
    )


def from_read(request: Any, address: Address) -> ReadGoal:
    """Convert a ReadResourceRequest.

    :raises UnsupportedByLocalEngine: the request needs the real engine.
    """
    _refuse_type(request.type, custom=True)
    return ReadGoal(
        urn=address.urn(request.parent, request.type, request.name),
        type=request.type,
        id=request.id,
        inputs=from_struct(request.properties),
        parent=request.parent,
        dependencies=sorted(request.dependencies),
        additional_secret_outputs=list(request.additionalSecretOutputs),
        provider=request.provider,
    )


def _alias(alias: Any, request: Any, address: Address) -> str:
    if alias.WhichOneof("alias") == "urn":
        return str(alias.urn)
    spec = alias.spec
    parent = request.parent
    if spec.WhichOneof("parent") == "parentUrn" and spec.parentUrn:
        parent = spec.parentUrn
    elif spec.WhichOneof("parent") == "noParent" and spec.noParent:
        parent = ""
    home = Address(spec.stack or address.stack, spec.project or address.project)
    return home.urn(parent, spec.type or request.type, spec.name or request.name)


def _refuse_unsupported(request: Any) -> None:
    _refuse_type(request.type, custom=request.custom)
    for present, what in (
        (request.importId, "import"),
        (request.remote, "components of another language"),
        (request.transforms, "transforms"),
    ):
        if present:
            raise UnsupportedByLocalEngine(
                f"{request.name}: the local engine does not support {what}. Run this program with the pulumi command."
            )


def _refuse_type(type_: str, *, custom: bool) -> None:
    builtin = type_.startswith("pulumi:") and type_ != STACK_TYPE and not type_.startswith(PROVIDER_PREFIX)
    if not custom or not builtin:
        return
    what = "stack references" if type_.endswith(":StackReference") else f"resources of type {type_}"
    raise UnsupportedByLocalEngine(
        f"the local engine runs providers, and no {what}. Run this program with the pulumi command."
    )
