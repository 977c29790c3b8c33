"""The one list of the kinds of resource.

A kind is a folder: `kind.py` describes it (`KIND`), `derived.py` says which of its outputs follow from which inputs
(`DERIVATION`). Both are loaded when somebody asks for that kind, and not before: a stack without deployments never
loads theirs, and a program that only declares resources loads none.

A new kind needs its folder, a line here and its entry in schema.json. States keep the names of provider classes, so the
dynamic flavour also needs a class in `dynamic.provider` and one in `dynamic.resources`. `tests/kinds` adds such a kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pulumi_dashscope_ft.lifecycle.base.kind.derivation import Derivation

if TYPE_CHECKING:
    from pulumi_dashscope_ft.lifecycle.base.kind.descriptor import Kind
    from pulumi_dashscope_ft.lifecycle.spend.estimator import Estimator


@dataclass(frozen=True, slots=True)
class Registered:
    """One kind.

    :param type_name: short name of its resource type.
    :param noun: what its object is called. Kinds may share one; the first of them owns the objects.
    :param folder: the package that describes it.
    :param listed: whether the service lists its objects.
    :param estimator: the module of `lifecycle.spend` that estimates what it costs; empty where nobody does.
    """

    type_name: str
    noun: str
    folder: str
    listed: bool = True
    estimator: str = ""

    @property
    def kind(self) -> Kind:
        """The kind's descriptor. Loads the kind's folder with the first use."""
        return _kind(self.folder)

    @property
    def derivation(self) -> Derivation:
        """What follows from the kind's inputs. Loads nothing else of the kind."""
        return _derivation(self.folder)


_HERE = "pulumi_dashscope_ft.lifecycle"

REGISTERED: tuple[Registered, ...] = (
    Registered("FineTuningJob", "job", f"{_HERE}.job", estimator="runs"),
    Registered("FineTunedModel", "job", f"{_HERE}.tuned_model", estimator="runs"),
    Registered("TrainingFile", "file", f"{_HERE}.file"),
    Registered("ExportedCheckpoint", "checkpoint", f"{_HERE}.checkpoint", listed=False),
    Registered("ModelDeployment", "deployment", f"{_HERE}.deployment", estimator="deployments"),
    Registered("CompressedModel", "compression", f"{_HERE}.compression"),
    Registered("ImportedModel", "import", f"{_HERE}.imported"),
)
"""All kinds, one line each."""


def type_names() -> tuple[str, ...]:
    """Return the short names of all resource types."""
    return tuple(one.type_name for one in REGISTERED)


def listed_nouns() -> tuple[str, ...]:
    """Return the nouns of the objects that the service lists. Loads no kind."""
    return tuple(dict.fromkeys(one.noun for one in REGISTERED if one.listed))


def of_type(type_name: str) -> Kind:
    """Return the kind with this short type name. Raises `LookupError` when there is none."""
    return _registered(type_name).kind


def swept_noun(type_name: str) -> str | None:
    """Return the noun of the objects of this type; None if the type is unknown or its objects can't be listed."""
    found = next((one for one in REGISTERED if one.type_name == type_name), None)
    return found.noun if found is not None and found.kind.teardown is not None else None


def of_noun(noun: str) -> Kind:
    """Return the kind whose objects have this noun. Raises `LookupError` when there is none."""
    found = next((one for one in REGISTERED if one.noun == noun), None)
    if found is None:
        raise LookupError(f"there is no kind of resource whose objects are called {noun!r}")
    return found.kind


def derivation_of(type_name: str) -> Derivation:
    """Which outputs of this resource type follow from which inputs; an empty derivation for an unknown type."""
    found = next((one for one in REGISTERED if one.type_name == type_name), None)
    return Derivation() if found is None else found.derivation


def estimator_of(type_name: str) -> Estimator | None:
    """Return what estimates the cost of this resource type; None where nobody does. Loads it with the first use."""
    found = next((one for one in REGISTERED if one.type_name == type_name), None)
    return _estimator(found.estimator) if found is not None and found.estimator else None


def in_teardown_order() -> tuple[Kind, ...]:
    """Return the kinds that can be torn down outside a stack, one for each noun. Users go before what they use."""
    return _ordered(REGISTERED)


def in_listing_order() -> tuple[Kind, ...]:
    """Return the same in reverse: users are listed after what they use, so a use that begins meanwhile is seen."""
    return tuple(reversed(in_teardown_order()))


def users_of(noun: str) -> tuple[Kind, ...]:
    """Return the kinds whose objects may use an object with this noun, in the order of listings."""
    used = of_noun(noun)
    return tuple(kind for kind in in_listing_order() if kind.uses(used))


def _registered(type_name: str) -> Registered:
    found = next((one for one in REGISTERED if one.type_name == type_name), None)
    if found is None:
        raise LookupError(f"there is no kind of resource {type_name!r}; there is {', '.join(sorted(type_names()))}")
    return found


@cache
def _ordered(registered: tuple[Registered, ...]) -> tuple[Kind, ...]:
    kinds: dict[str, Kind] = {}
    for one in registered:
        if one.kind.teardown is not None:
            kinds.setdefault(one.noun, one.kind)
    return tuple(sorted(kinds.values(), key=lambda kind: -_depth(kind, kinds)))


def _depth(kind: Kind, kinds: dict[str, Kind]) -> int:
    """How many kinds are below this one in the chain of uses. A kind that uses itself is not below itself."""
    below = [_depth(other, kinds) for other in kinds.values() if other.noun != kind.noun and kind.uses(other)]
    return 1 + max(below, default=-1)


@cache
def _kind(folder: str) -> Kind:
    found: Any = import_module(f"{folder}.kind")
    kind: Kind = found.KIND
    return kind


@cache
def _estimator(module: str) -> Estimator:
    found: Any = import_module(f"{_HERE}.spend.{module}")
    estimator: Estimator = found.ESTIMATOR
    return estimator


@cache
def _derivation(folder: str) -> Derivation:
    found: Any = import_module(f"{folder}.derived")
    derivation: Derivation = found.DERIVATION
    return derivation
