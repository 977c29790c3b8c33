"""Why this exists: a job, a deployment or a file that is on the service already can be taken over: the user names it in
an input. What has to be true before that, whatever it is, stands here; whether it is what the inputs describe is for
each kind to say in between.

1. It is there, for this key (`found`).
2. No other resource of this run holds it (`claim`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from pulumi_dashscope_ft.api import ApiError, NotFoundError
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.property_bag import plain_name
from pulumi_dashscope_ft.lifecycle.errors import LifecycleError
from pulumi_dashscope_ft.lifecycle.explain import explained, reference

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Adoption:
    """What the messages about one kind of object say.

    :param option: the input that names the object.
    :param kind: `job`, `deployment` or `file`.
    :param nothing: what was not done, such as `nothing was started`.
    :param untouched: the same, where the object was found: it is left as it is.
    :param anew: what to do instead, such as `start a new run`.
    :param belongs: how it belongs to a resource, such as `the job of`.
    """

    option: str
    kind: str
    nothing: str
    untouched: str
    anew: str
    belongs: str

    def found(self, object_id: str, get: Callable[[str], T]) -> T:
        """The object that the user named.

        :raises LifecycleError: there is none of this id for this key, or it can't be asked for.
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
            # The other ids tell by themselves what they are of.
            subject = f"file {object_id}" if self.kind == "file" else object_id
            raise explained(error, subject, "adopt", done=f"{self.nothing}.", again="pulumi up") from error

    def claim(self, connection: Connection, object_id: str, resource_name: str) -> None:
        """Take it for the resource of this name.

        :raises LifecycleError: another resource of this run holds it.
        """
        holder = connection.ledger.keeper(object_id, resource_name)
        if holder is not None or connection.ledger.adopt_one([object_id]) is None:
            raise LifecycleError(
                f"{self.option}: {object_id} is {self.belongs} {plain_name(holder) if holder else 'another resource'} "
                "already.",
                done=self.untouched,
                next_step=f"take that resource out of the program (this one then takes its {self.kind} over), or drop "
                f"{self.option} here; then run `pulumi up` again.",
            )
