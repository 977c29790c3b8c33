"""A resource in the state, and its JSON.

The state survives between runs, and its shape is Pulumi's, so that everything that reads `pulumi stack export` reads
ours. Objects compare by identity on purpose: one URN can have several states at once (the new one, and old ones that
will be deleted).
"""

from __future__ import annotations

import copy
import datetime
import json
from dataclasses import dataclass, field
from typing import Any

from pulumi_dashscope_ft.testing.values import SECRET_SIGNATURE, SIGNATURE_KEY, Properties, Secret, as_secret

from .vault import Vault

STACK_TYPE = "pulumi:pulumi:Stack"
PROVIDER_PREFIX = "pulumi:providers:"

# The JSON name of each field, in the order of the command. Empty values are left out.
_JSON_NAMES = {
    "urn": "urn",
    "custom": "custom",
    "delete": "delete",
    "id": "id",
    "type": "type",
    "inputs": "inputs",
    "outputs": "outputs",
    "parent": "parent",
    "protect": "protect",
    "external": "external",
    "dependencies": "dependencies",
    "init_errors": "initErrors",
    "provider": "provider",
    "property_dependencies": "propertyDependencies",
    "pending_replacement": "pendingReplacement",
    "additional_secret_outputs": "additionalSecretOutputs",
    "custom_timeouts": "customTimeouts",
    "retain_on_delete": "retainOnDelete",
    "deleted_with": "deletedWith",
    "created": "created",
    "modified": "modified",
    "ignore_changes": "ignoreChanges",
    "replace_on_changes": "replaceOnChanges",
    "replace_with": "replaceWith",
    "replacement_trigger": "replacementTrigger",
    "refresh_before_update": "refreshBeforeUpdate",
}
_VALUES = ("inputs", "outputs", "replacement_trigger")
_FIELDS = {spelled: name for name, spelled in _JSON_NAMES.items()}


@dataclass(eq=False)
class ResourceState:
    """One resource. `inputs` and `outputs` hold plain values, with `Secret` where marked."""

    urn: str
    type: str
    custom: bool = False
    id: str = ""
    inputs: Properties = field(default_factory=dict)
    outputs: Properties = field(default_factory=dict)
    parent: str = ""
    provider: str = ""
    dependencies: list[str] = field(default_factory=list)
    property_dependencies: dict[str, list[str]] = field(default_factory=dict)
    protect: bool = False
    external: bool = False
    delete: bool = False
    pending_replacement: bool = False
    retain_on_delete: bool = False
    deleted_with: str = ""
    replace_with: list[str] = field(default_factory=list)
    init_errors: list[str] = field(default_factory=list)
    refresh_before_update: bool = False
    additional_secret_outputs: list[str] = field(default_factory=list)
    ignore_changes: list[str] = field(default_factory=list)
    replace_on_changes: list[str] = field(default_factory=list)
    replacement_trigger: Any = None
    custom_timeouts: dict[str, str] = field(default_factory=dict)
    created: str = ""
    modified: str = ""
    other: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The resource's name in the program."""
        return self.urn.split("::")[-1]

    @property
    def is_provider(self) -> bool:
        """Whether this is a provider and not a resource of one."""
        return self.type.startswith(PROVIDER_PREFIX)

    @property
    def provider_urn(self) -> str:
        """The URN of the resource's provider; empty for none."""
        return self.provider.rpartition("::")[0]

    def depends_on(self) -> set[str]:
        """Return the URNs that this resource needs, except its parent."""
        urns = {*self.dependencies, *self.replace_with, self.deleted_with, self.provider_urn}
        for needed in self.property_dependencies.values():
            urns.update(needed)
        return urns - {""}

    def copy(self) -> ResourceState:
        """Return a copy that shares nothing with this one."""
        return copy.deepcopy(self)

    def to_json(self, vault: Vault) -> dict[str, Any]:
        """Return the resource as a state file has it. The vault encrypts secrets."""
        encoded: dict[str, Any] = {}
        for name, spelled in _JSON_NAMES.items():
            value = getattr(self, name)
            if value or name == "custom" or (name == "replacement_trigger" and value is not None):
                encoded[spelled] = _encode(value, vault) if name in _VALUES else copy.deepcopy(value)
        return {**encoded, **copy.deepcopy(self.other)}

    @classmethod
    def from_json(cls, data: dict[str, Any], vault: Vault) -> ResourceState:
        """Return the resource in a state file. Fields that are unknown here are kept as they are."""
        known = {name: copy.deepcopy(data[spelled]) for spelled, name in _FIELDS.items() if spelled in data}
        for name in _VALUES:
            if name in known:
                known[name] = _decode(known[name], vault)
        return cls(**known, other={key: value for key, value in data.items() if key not in _FIELDS})


def now() -> str:
    """Return the time as state files have it: ISO 8601, UTC."""
    return datetime.datetime.now(datetime.UTC).isoformat().replace("+00:00", "Z")


def make_urn(stack: str, project: str, parent: str, type_: str, name: str) -> str:
    """Return a resource's address: the types of its parents qualify its own, the stack's does not."""
    parent_type = parent.split("::")[2] if parent else ""
    qualified = f"{parent_type}${type_}" if parent_type and parent_type != STACK_TYPE else type_
    return f"urn:pulumi:{stack}::{project}::{qualified}::{name}"


def _encode(value: Any, vault: Vault) -> Any:
    if isinstance(value, Secret):
        return {SIGNATURE_KEY: SECRET_SIGNATURE, "ciphertext": vault.encrypt(_encode(value.value, vault))}
    if isinstance(value, dict):
        return {key: _encode(value[key], vault) for key in sorted(value)}
    if isinstance(value, list):
        return [_encode(item, vault) for item in value]
    return value


def _decode(value: Any, vault: Vault) -> Any:
    if isinstance(value, dict):
        if value.get(SIGNATURE_KEY) == SECRET_SIGNATURE:
            if "plaintext" in value:  # as in `pulumi stack export --show-secrets`
                return as_secret(_decode(json.loads(value["plaintext"]), vault))
            return as_secret(_decode(vault.decrypt(value["ciphertext"]), vault))
        return {key: _decode(item, vault) for key, item in value.items()}
    if isinstance(value, list):
        return [_decode(item, vault) for item in value]
    return value
