"""What was found out: one finding for each fact, with its verdict."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .facts import NUMBER, Fact, facts

CONFIRMED, CONTRADICTED, NOT_SEEN = "confirmed", "contradicted", "not seen"
_MOST_EVIDENCE = 3
_LONGEST_EVIDENCE = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known about one fact.

    :param answer: what the service did; None when it was not seen.
    :param why: why it was not seen; None otherwise.
    :param evidence: what was seen, in texts without anything of the account.
    """

    fact: Fact
    answer: str | None = None
    why: str | None = None
    evidence: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """`confirmed`, `contradicted` or `not seen`."""
        if self.answer is None:
            return NOT_SEEN
        if self.fact.answers == NUMBER:
            return CONFIRMED if int(self.answer) >= int(self.fact.assumed) else CONTRADICTED
        return CONFIRMED if self.answer == self.fact.assumed else CONTRADICTED


class Findings:
    """Collects findings. The first answer to a fact counts."""

    def __init__(self) -> None:
        self._found: dict[str, Finding] = {}
        self._unseen: dict[str, str] = {}

    def note(self, fact_id: str, answer: str, *evidence: str) -> None:
        """Note what the service did."""
        shown = tuple(text[:_LONGEST_EVIDENCE] for text in evidence[:_MOST_EVIDENCE])
        self._found.setdefault(fact_id, Finding(facts()[fact_id], answer, None, shown))

    def unseen(self, fact_id: str, why: str) -> None:
        """Note why a fact could not be seen; the first reason counts, and an answer counts more."""
        self._unseen.setdefault(fact_id, why)

    def has(self, fact_id: str) -> bool:
        """Whether there is an answer."""
        return fact_id in self._found

    def all(self, groups: Iterable[str], *, stopped: str | None = None) -> list[Finding]:
        """Return a finding for each fact, in their order.

        :param groups: the groups of facts that the run is about.
        :param stopped: why the run has ended early; None when it has not.
        """
        wanted = frozenset(groups)

        def missing(fact: Fact) -> Finding:
            if fact.group not in wanted:
                return Finding(fact, why=f"needs --{fact.group}")
            return Finding(fact, why=self._unseen.get(fact.fact_id) or stopped or "it did not come up")

        return [self._found.get(fact_id) or missing(fact) for fact_id, fact in facts().items()]
