"""The phrases that public texts avoid: readers who learned English as a second language have to read them twice.

`python tests/docs/plain_english.py FILE…` shows them in any files.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

AVOIDED = {
    "mend: say fix": r"\b(?:mend|mends|mended|mending)\b",
    "bear: say has, carries or contains": r"\b(?:bear|bears|bearing|borne)\b",
    "told of: say who reports or knows what": r"\btold of\b",
    "what is to be: say what will be, or who does it": r"\bwhat (?:is|was|are) to be\b",
    "whoever: say who": r"\bwhoever\b",
    "as few as will do: say as few as possible": r"\bas (?:few|many|little|much) as will do\b",
    "heard of: say unknown": r"\bnobody (?:has|had) heard of\b",
    "for, meaning because": r"[,;:] for (?:it|he|she|we|you|they|there|its|their|nobody|nothing"
    r"|that (?:is|was|alone|would)|Pulumi (?:does|gives|has|is|makes|takes))\b",
}
_PATTERNS = {reason: re.compile(pattern, re.IGNORECASE) for reason, pattern in AVOIDED.items()}


def findings(text: str) -> list[str]:
    """Every avoided phrase of a text: what to say instead, and the words around it."""
    joined = re.sub(r"\s+", " ", text)  # a phrase may be broken over two lines
    found = []
    for reason, pattern in _PATTERNS.items():
        for match in pattern.finditer(joined):
            found.append(f"{reason}: …{joined[max(0, match.start() - 40) : match.end() + 40]}…")
    return found


if __name__ == "__main__":
    for name in sys.argv[1:]:
        for finding in findings(Path(name).read_text(encoding="utf-8")):
            print(f"{name}: {finding}")
