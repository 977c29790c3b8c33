"""The mutants, by what they break."""

from __future__ import annotations

from mutant import Mutant

from tables import adoption, creating, data, ending, files, stamps, sweep

ALL: list[Mutant] = [
    mutant for table in (adoption, creating, data, ending, files, stamps, sweep) for mutant in table.MUTANTS
]
"""All of them."""
