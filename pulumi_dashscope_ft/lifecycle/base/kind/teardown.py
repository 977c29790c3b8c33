"""How the objects of a kind are judged by a sweep, torn down outside a stack, and found when a stack ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.ending.policy import DELETE
from pulumi_dashscope_ft.lifecycle.base.kind.live_object import LiveObject


@dataclass(frozen=True, slots=True)
class TeardownOptions:
    """How an object is torn down. Each kind ignores the options that don't concern it.

    :param on_destroy: `delete` (end it and delete its record), `cancel` (end it, keep the record), `retain`.
    :param on_undeletable: `warn` or `error`, for a finished job whose record the service refuses to delete.
    :param timeout: seconds for the whole teardown.
    :param ignore_use: delete a file without asking whether an active job reads it.
    """

    on_destroy: str = DELETE
    on_undeletable: str = "warn"
    timeout: float = 600.0
    ignore_use: bool = False


@dataclass(frozen=True, slots=True)
class Teardown:
    """How to end objects of a kind that no resource holds.

    :param tear_down: ends and deletes the object, which has this name on the service; raises `LifecycleError`.
    :param options_of: how to end the object of a resource with these properties; the defaults where they are empty.
    :param action: what the teardown would do to the object, such as `cancel, then delete`; empty for nothing.
    :param is_going: whether the object is already being deleted.
    """

    tear_down: Callable[[Connection, str, str, TeardownOptions], None]
    options_of: Callable[[Mapping[str, Any]], TeardownOptions] = lambda properties: TeardownOptions()
    action: Callable[[LiveObject, TeardownOptions], str] = lambda one, options: DELETE
    is_going: Callable[[LiveObject], bool] = lambda one: False


MODEL = "model"
"""In place of nouns: all kinds that say `has_models`."""


@dataclass(frozen=True, slots=True)
class Use:
    """How objects of a kind use other objects, which are therefore ended later.

    :param of: the nouns of what they use, and `MODEL` where they use models.
    :param verb: what an object does with another: it `needs` a file.
    :param possible: the note that an object may use `{it}`, where nobody can look.
    """

    of: tuple[str, ...]
    verb: str
    possible: str


@dataclass(frozen=True, slots=True)
class SweepRules:
    """What a sweep has to know about a kind beyond an object's owner and age.

    :param needed_as: the id under which others use an object; None while nothing can.
    :param part_used: what part of it they use.
    :param expires: whether a resource can set when its object is over (`expiresIn`, `maxRuntime`).
    :param is_record: whether the object has ended, and only its record is left.
    :param left_over: what a sweep says of such a record that no state holds.
    :param quota: whether it counts toward the quota of such objects; None where there is no quota.
    :param unique_stamp: whether two objects with one stamp mean that one of them is a copy.
    :param has_model_id: whether an object may have the id of a model, so that a user who names that id may mean the
        model.
    """

    needed_as: Callable[[LiveObject], str | None] = lambda one: None
    part_used: str = "it"
    expires: bool = False
    is_record: Callable[[LiveObject], bool] = lambda one: False
    left_over: str = "nothing runs; its record may have been kept on purpose (onDestroy: cancel)"
    quota: Callable[[LiveObject], bool] | None = None
    unique_stamp: bool = True
    has_model_id: bool = False

    def counts(self, one: LiveObject) -> bool:
        """Whether this object counts toward a quota."""
        return self.quota is not None and self.quota(one)


@dataclass(frozen=True, slots=True)
class OrphanSearch:
    """How to find, at the end of a stack, an object that was started and never recorded.

    :param goes_on: whether the object runs or serves, or may still do so.
    :param ending: how the user ends it: `cancel it`.
    :param list_name: what the list of such objects is called: `job list`.
    :param prefix: the text before the first of them in a message.
    :param last_listing_serves: whether an earlier listing of this run is recent enough to conclude that there is none.
    :param had_any: whether this run has handled any such object. If it has not, the key need not be allowed to list
        them.
    """

    goes_on: Callable[[LiveObject], bool]
    ending: str
    list_name: str
    prefix: str = ""
    last_listing_serves: bool = False
    had_any: Callable[[Connection], bool] = lambda connection: True
