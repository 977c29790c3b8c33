"""The mutants, by what they break."""

from __future__ import annotations

from mutant import Mutant

from tables import adoption, creating, ending, files

ALL: list[Mutant] = [mutant for table in (adoption, creating, ending, files) for mutant in table.MUTANTS]
"""All of them."""
