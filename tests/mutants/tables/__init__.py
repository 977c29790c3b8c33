"""The mutants, by the area that they break."""

from __future__ import annotations

from mutant import Mutant

from tables import (
    adoption,
    compressing,
    creating,
    data,
    ending,
    files,
    importing,
    retries,
    runs,
    scaling,
    sharing,
    stamps,
    sweep,
    verdicts,
    verifying,
    waiting,
)

AREAS: dict[str, list[Mutant]] = {
    "create": creating.MUTANTS,
    "adoption": adoption.MUTANTS,
    "training data": data.MUTANTS,
    "teardown": ending.MUTANTS,
    "file guard": files.MUTANTS,
    "stamp": stamps.MUTANTS,
    "sweep": sweep.MUTANTS + verdicts.MUTANTS,
    "retries and answers": retries.MUTANTS,
    "waiting": waiting.MUTANTS,
    "sharing an account": sharing.MUTANTS,
    "ends of runs": runs.MUTANTS,
    "deployments in place": scaling.MUTANTS,
    "compressions": compressing.MUTANTS,
    "imports": importing.MUTANTS,
    "verification": verifying.MUTANTS,
}
"""Area → its mutants."""

ALL: list[Mutant] = [mutant for mutants in AREAS.values() for mutant in mutants]
"""All of them."""
