"""The hidden properties: what states and front ends keep of a resource beside its inputs and outputs.

Their names begin with `__`, and users' states contain them: never change one. This is the only module of the lifecycle
that knows them. Everywhere else a `Request` or a `State` answers by name what they say.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Self, TypedDict, Unpack, cast

from pulumi_dashscope_ft.lifecycle.base import engine_options
from pulumi_dashscope_ft.lifecycle.base.engine_options import Options
from pulumi_dashscope_ft.schema import UNKNOWN
from pulumi_dashscope_ft.schema.marks import Marks, from_paths

Field = Literal[
    "name",
    "owner",
    "nonce",
    "formats",
    "retained",
    "options",
    "content_md5",
    "secrets",
    "is_waiting",
    "input_names",
    "stamp_key",
    "replaced",
]
"""What a hidden property says; described at the attributes of `Carrier`."""

KEYS: Mapping[Field, str] = {
    "name": "__name",
    "owner": "__owner",
    "nonce": "__nonce",
    "formats": "__formats",
    "retained": "__retain",
    "options": "__options",
    "content_md5": "__md5",
    "secrets": "__secrets",
    "is_waiting": "__waiting",
    "input_names": "__inputs",
    "stamp_key": "__stampKey",
    "replaced": "__replaced",
}
"""The names in states and on the wire."""

_NOT_IN_OUTPUTS: tuple[Field, ...] = ("options", "secrets", "input_names")
"""What a request carries and the outputs made from it do not keep: outputs are not written anew when only an option
changes, and they list their own inputs.
"""

OF_CONTENT = (KEYS["content_md5"],)
"""The hidden properties that follow from the content of a file of this machine."""


class Known(TypedDict, total=False):
    """What a front end may add to what came with a request or a state. Described at the attributes of `Carrier`."""

    name: str
    owner: str
    nonce: str
    formats: Sequence[Any] | None
    content_md5: object
    secrets: Marks
    is_waiting: bool
    input_names: Sequence[str]
    stamp_key: str
    replaced: Mapping[str, Any]


def is_hidden(name: str) -> bool:
    """Whether this is the name of a hidden property."""
    return name.startswith("__")


def plain_name(qualified: str) -> str:
    """Return a resource's name as the user wrote it, without its parents' types."""
    return qualified.rsplit("::", 1)[-1]


@dataclass(frozen=True, slots=True)
class Carrier:
    """What carries hidden properties: a `Request` or a `State`.

    :param hidden: the hidden properties as they came. They leave as they came, also those that this release does not
        know; so nobody but this module takes them apart.
    """

    hidden: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The resource's name, qualified by its parents' types; empty where no front end has set one."""
        return str(self._value("name", ""))

    @property
    def owner(self) -> str:
        """The stack's owner id (see `owner.stamp`); empty where no front end has set one."""
        return str(self._value("owner") or "")

    @property
    def names_an_owner(self) -> bool:
        """Whether the front end has set an owner, known or not."""
        return KEYS["owner"] in self.hidden

    @property
    def owner_is_unknown(self) -> bool:
        """Whether the stack's identity, which makes the owner id, does not exist yet."""
        return self._value("owner") is UNKNOWN

    @property
    def is_in_a_stack(self) -> bool:
        """Whether a stack has this resource; the command ends objects outside any stack."""
        return KEYS["name"] in self.hidden

    @property
    def nonce(self) -> str | None:
        """Made by `check`, once per intended run (see `owner.stamp`); None for kinds that have none."""
        nonce = self._value("nonce")
        return str(nonce) if nonce else None

    @property
    def formats(self) -> Sequence[Any]:
        """What the program knows of the files that a job uses (see `training_data.known`)."""
        formats = self._value("formats")
        return formats if isinstance(formats, list) else ()

    @property
    def retained(self) -> bool:
        """Whether the resource has Pulumi's option `retain_on_delete`, which Pulumi does not pass on to providers."""
        return bool(self._value("retained"))

    @property
    def options(self) -> Options:
        """The other options that decide how Pulumi ends the resource."""
        return Options.of(self._value("options"))

    @property
    def content_md5(self) -> str:
        """MD5 of a file's content, 32 hex digits, made by `check`; the service shows it, too. Empty for other kinds."""
        return str(self._value("content_md5", ""))

    @property
    def secrets(self) -> Marks:
        """Which parts of the inputs the program has made secret.

        Carried as paths (`[["hyperParameters", "note"]]`) or as marks; True for all inputs that can be secret, where
        nobody has said which are.
        """
        said = self._value("secrets")
        named = marks_of_paths(said)
        if named is not None:
            return named
        return said if isinstance(said, dict) else bool(said)

    @property
    def is_waiting(self) -> bool:
        """Whether a deployment was made or changed, and the wait until it runs has ended too early.

        The next `up` goes on waiting. A deployment that an earlier release has recorded while it was `PENDING` does not
        say so.
        """
        return bool(self._value("is_waiting"))

    @property
    def input_names(self) -> Sequence[str] | None:
        """The names of the inputs that the user had set; None where no outputs list them yet.

        Diff receives the old outputs, which also hold what the service chose.
        """
        return (self._value("input_names") or ()) if KEYS["input_names"] in self.hidden else None

    @property
    def stamp_key(self) -> Any:
        """What came as the key that stamps are made with (see `owner.key`); None where nothing came."""
        return self._value("stamp_key")

    @property
    def replaced(self) -> Mapping[str, Any]:
        """The object that this one has replaced, which is deleted later: its `id`, and when (`at`, seconds since 1970).

        Empty for an object that has replaced none.
        """
        replaced = self._value("replaced")
        return replaced if isinstance(replaced, dict) else {}

    @property
    def said_secrets(self) -> Marks | None:
        """The secrets that the program has named by their paths; None where no program has."""
        return marks_of_paths(self._value("secrets"))

    def knowing(self, **known: Unpack[Known]) -> Self:
        """Return the same with this knowledge added."""
        added = {KEYS[cast(Field, field)]: value for field, value in known.items()}
        return replace(self, hidden={**self.hidden, **added})

    def without(self, *fields: Field) -> Self:
        """Return the same without this knowledge."""
        keys = {KEYS[field] for field in fields}
        return replace(self, hidden={key: value for key, value in self.hidden.items() if key not in keys})

    def with_fields_of(self, other: Carrier, *fields: Field) -> Self:
        """Return the same with what `other` says in these fields; where it says nothing, nothing is said."""
        return replace(self, hidden={**self.hidden, **{KEYS[field]: other._value(field) for field in fields}})

    def registered_as(self, other: Carrier) -> Self:
        """Return the same with Pulumi's options from the inputs that it was last registered with.

        Outputs are not written anew when only an option changes.
        """
        return self.with_fields_of(other, "options", "retained")

    def options_or_unknown(self) -> Self:
        """Mark what comes from a program that passes no options on: one in any language but Python."""
        if self._value("options") is not None:
            return self
        return replace(self, hidden={**self.hidden, KEYS["options"]: dict(engine_options.UNKNOWN_OPTIONS)})

    def before_its_successor(self) -> Self:
        """Return the same for a replacement in which the engine deletes first, whatever the provider asks for."""
        options = engine_options.before_its_successor(self._value("options"))
        return replace(self, hidden={**self.hidden, KEYS["options"]: options})

    @property
    def lasting(self) -> dict[str, Any]:
        """The hidden properties that outputs keep."""
        dropped = {KEYS[field] for field in _NOT_IN_OUTPUTS}
        return {key: value for key, value in self.hidden.items() if value is not None and key not in dropped}

    def _value(self, field: Field, default: Any = None) -> Any:
        return self.hidden.get(KEYS[field], default)


def marks_of_paths(said: Any) -> Marks | None:
    """Return the marks for what the hidden property says about secrets; None unless it lists paths."""
    if not isinstance(said, (list, tuple)):
        return None
    return from_paths(path for path in said if isinstance(path, (list, tuple)))


def split(properties: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the properties that everybody sees, and the hidden ones."""
    seen = {name: value for name, value in properties.items() if not is_hidden(name)}
    return seen, {name: value for name, value in properties.items() if is_hidden(name)}


def united(seen: Mapping[str, Any], carrier: Carrier, without: Collection[Field] = ()) -> dict[str, Any]:
    """Return properties as states and the wire have them.

    :param without: what the front end is sent anew with each call, so that it is not kept.
    """
    return {**seen, **carrier.without(*without).hidden}
