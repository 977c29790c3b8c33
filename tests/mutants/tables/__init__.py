"""The mutants, by the area that they break."""

from __future__ import annotations

from mutant import Mutant

from tables import adoption, creating, data, ending, files, stamps, sweep

AREAS: dict[str, list[Mutant]] = {
    "create": creating.MUTANTS,
    "adoption": adoption.MUTANTS,
    "training data": data.MUTANTS,
    "teardown": ending.MUTANTS,
    "file guard": files.MUTANTS,
    "stamp": stamps.MUTANTS,
    "sweep": sweep.MUTANTS,
}
"""Area → its mutants."""

ALL: list[Mutant] = [mutant for mutants in AREAS.values() for mutant in mutants]
"""All of them."""
