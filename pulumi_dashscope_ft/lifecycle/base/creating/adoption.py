"""Checks before an existing job, deployment or file is taken over because the user named it in an input.

Two checks are the same for all kinds: the object exists for this key (`found`), and no other resource of this run holds
it (`claim`). Between the two, each kind checks whether the object is what the inputs describe.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from pulumi_dashscope_ft.api import ApiError, NotFoundError
from pulumi_dashscope_ft.lifecycle.advice import reference, with_advice
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.hidden import plain_name
from pulumi_dashscope_ft.lifecycle.base.kind.subject import subject
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Adoption:
    """The words for messages about one kind of object.

    :param option: the input that names the object.
    :param kind: `job`, `deployment` or `file`.
    :param nothing: what was not done, such as `nothing was started`.
    :param untouched: the same for an object that exists: it was left as it is.
    :param anew: what to do instead, such as `start a new run`.
    :param belongs: how the object belongs to a resource, such as `the job of`.
    """

    option: str
    kind: str
    nothing: str
    untouched: str
    anew: str
    belongs: str

    def found(self, object_id: str, get: Callable[[str], T]) -> T:
        """Read the object that the user named.

        :raises LifecycleError: no object has this id for this key, or the service can't be asked.
        """
        try:
            return get(object_id)
        except NotFoundError as error:
            raise LifecycleError(
                f"{self.option}: there is no {self.kind} {object_id} for this key.",
                done=f"{self.nothing}.",
                next_step=f"check the id, the key's workspace and the region, or drop {self.option} to {self.anew}; "
                f"then run `pulumi up` again ({reference(error)}).",
            ) from error
        except ApiError as error:
            raise with_advice(
                error, subject(self.kind, object_id), "adopt", done=f"{self.nothing}.", again="pulumi up"
            ) from error

    def claim(self, connection: Connection, object_id: str, resource_name: str) -> None:
        """Reserve the object for the resource of this name.

        :raises LifecycleError: another resource of this run holds it.
        """
        holder = connection.run_registry.keeper(object_id, resource_name)
        if holder is not None or connection.run_registry.adopt_one([object_id]) is None:
            raise LifecycleError(
                f"{self.option}: {object_id} is {self.belongs} {plain_name(holder) if holder else 'another resource'} "
                "already.",
                done=self.untouched,
                next_step=f"take that resource out of the program (this one then takes its {self.kind} over), or drop "
                f"{self.option} here; then run `pulumi up` again.",
            )
