"""Why this exists: of what the service shows of a job or a deployment, its display name alone can bear our stamp (that
a deployment's is shown again is inferred). Where no stamp is to be seen, because the user has chosen the name or the
service shows none, nothing proves what a lost create has made. It is then told by what it is, among those that were
not there before; and where more than one fits, the user decides.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pulumi_dashscope_ft.api import ApiError
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.creating.once import Creation, Words
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.base.owner.stamp import Stamp
from pulumi_dashscope_ft.lifecycle.errors import AmbiguousCreateError
from pulumi_dashscope_ft.lifecycle.waiting.listing import Listing
from pulumi_dashscope_ft.lifecycle.waiting.progress import seconds

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Intent:
    """One object that is to be made: what to send, and how it is recognised.

    :param inputs: the resource's inputs, by property name.
    :param stamp: None where the user has chosen the name.
    :param name: the display name to send.
    """

    inputs: Mapping[str, Any]
    stamp: Stamp | None
    name: str


class NamedCreation(Creation[T]):
    """The making of one object that has a display name."""

    def __init__(
        self,
        connection: Connection,
        listing: Listing[T],
        intent: Intent,
        words: Words,
        subject: str,
        short: str | None = None,
    ) -> None:
        super().__init__(connection, listing, intent.stamp, words, subject, short)
        self.intent = intent

    @abstractmethod
    def name_of(self, one: T) -> str | None:
        """Its display name; None when the service shows none."""

    @abstractmethod
    def fits(self, one: T) -> bool:
        """Whether it may be what the inputs describe, as far as the service shows it."""

    def doubts(self, one: T) -> list[str]:
        """The inputs in which one that fits differs nevertheless: then it is not taken without asking."""
        return []

    @abstractmethod
    def undecided(self, candidates: list[T], error: ApiError) -> AmbiguousCreateError:
        """What to say when more than one may be it."""

    @abstractmethod
    def asked_again(self, waited: str) -> str:
        """What to say when there is none."""

    def stamp_of(self, one: T) -> Stamp | None:
        return stamp.parse(self.name_of(one))

    def unproven(self, live: list[T], error: ApiError) -> T | None:
        found = self.only_candidate(live, error)
        if found is None:
            self.connection.report(self.asked_again(seconds(sum(self.looks))))
        return found

    def only_candidate(self, live: list[T], error: ApiError) -> T | None:
        """What may be it; that is said.

        :raises AmbiguousCreateError: it may be one of several.
        """
        found = self.candidates(live)
        if not found:
            return None
        alike = [one for one in found if not self.doubts(one)]
        if len(alike) != 1:
            raise self.undecided(found, error)
        return self.taken(alike[0])

    def one_of(self, proven: list[T], cause: ApiError) -> T:
        """More than one has this run's stamp when its request was repeated on its way, or somebody sent a copy."""
        if len(proven) > 1:
            raise self.undecided(proven, cause)
        return proven[0]

    def candidates(self, live: list[T]) -> list[T]:
        """What was not there before, fits, and bears no other name. A service that shows names at all would show ours;
        there, one without a name is somebody else's.
        """
        shows_names = any(self.name_of(one) for one in live)
        return [
            one
            for one in live
            if self.id_of(one) not in self.before
            and (self.name_of(one) == self.intent.name or not (shows_names or self.name_of(one)))
            and not self.connection.ledger.is_held(self.id_of(one))
            and self.fits(one)
        ]
