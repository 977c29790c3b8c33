"""The descriptor of a resource kind: everything that the rest of the package has to know about it.

Each kind describes itself in its folder (`kind.py`), and is listed in `lifecycle.kinds.registry`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.kind.closeup import CloseUp
from pulumi_dashscope_ft.lifecycle.base.kind.derivation import Derivation
from pulumi_dashscope_ft.lifecycle.base.kind.objects import Objects
from pulumi_dashscope_ft.lifecycle.base.kind.teardown import MODEL, OrphanSearch, SweepRules, Teardown, Use
from pulumi_dashscope_ft.lifecycle.base.kind.verbs import Lifecycle
from pulumi_dashscope_ft.lifecycle.base.request import AnyRequest
from pulumi_dashscope_ft.lifecycle.base.state import AnyState
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.schema import input_names

Properties = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Updates:
    """What is known about an update before it is made.

    :param are_local: whether an update from old outputs to new inputs makes no call, so that a preview can tell its
        outcome.
    :param failure: why an update of the object with this id, from old outputs to new inputs, is known to fail; None
        when it is not.
    :param lasting: outputs that no update changes.
    :param keeps: outputs that an update keeps even if `check` has computed a new value for the input of the same name.
    """

    are_local: Callable[[AnyState, AnyRequest], bool] = lambda olds, news: True
    failure: Callable[[str, AnyState, AnyRequest], LifecycleError | None] = lambda id_, olds, news: None
    lasting: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of resource.

    :param type_name: short name of the resource type, `FineTuningJob`.
    :param noun: what its object is called in messages, reports and options, `job`.
    :param lifecycle: what create, read, diff, update and delete mean.
    :param import_request: the request for the live object with this id, as a user would have written it; None when
        there is no such object. Raises `ApiError` and `LifecycleError`.
    :param derivation: which outputs follow from which inputs.
    :param id_property: the output that has the id of the object; None where the id is made from inputs.
    :param computed: outputs that `check` already knows and passes on as inputs.
    :param is_data: whether its objects are files of training data, whose format jobs are checked against.
    :param waits: the input that limits how long creating and updating may take; custom timeouts override it.
    :param settled: statuses that no longer change by themselves; None when there are none.
    :param stays_meanwhile: whether the object stays although something that it is made from goes before its successor
        exists.
    :param updates: what is known about an update before it is made.
    :param objects: the objects that the service lists; None where it does not list them.
    :param unlisted: why the service does not list them.
    :param id_form: the form of its ids, where that tells them from those of other kinds.
    :param closeup: how a person looks at one of its objects from close by; None where there is nothing to follow.
    :param teardown: how objects that no resource holds are ended; None where nothing can end them.
    :param has_models: whether others may use the models of its objects, which are then ended later.
    :param use: what its objects use; None for nothing.
    :param sweep: what a sweep has to know about the kind.
    :param orphans: how to find an object that no state holds; None where such an object costs nothing.
    """

    type_name: str
    noun: str
    lifecycle: Lifecycle
    import_request: Callable[[Connection, str], AnyRequest | None]
    derivation: Derivation = field(default_factory=Derivation)
    id_property: str | None = None
    computed: tuple[str, ...] = ()
    is_data: bool = False
    waits: str | None = None
    settled: frozenset[str] | None = None
    stays_meanwhile: bool = False
    updates: Updates = field(default_factory=Updates)
    objects: Objects | None = None
    unlisted: str = ""
    id_form: re.Pattern[str] | None = None
    closeup: CloseUp | None = None
    teardown: Teardown | None = None
    has_models: bool = False
    use: Use | None = None
    sweep: SweepRules = field(default_factory=SweepRules)
    orphans: OrphanSearch | None = None

    @property
    def tears_down(self) -> str | None:
        """The input that limits how long deleting may take; custom timeouts override it."""
        return "teardownTimeout" if "teardownTimeout" in input_names(self.type_name) else None

    def uses(self, other: Kind) -> bool:
        """Whether an object of this kind may use one of the other."""
        return self.use is not None and (other.noun in self.use.of or (other.has_models and MODEL in self.use.of))

    def is_under_way(self, outputs: Properties) -> bool:
        """Whether the object may have changed by the next operation.

        The engine is then asked to read it before it plans anything: so a program that uses a job's model finds the
        model without a `pulumi refresh`.
        """
        return self.settled is not None and outputs.get("status") not in self.settled
