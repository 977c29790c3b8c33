"""One mutant: a mistake that could be made in the package, and the tests that must catch it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PACKAGE = "pulumi_dashscope_ft"


@dataclass(frozen=True, slots=True)
class Mutant:
    """A change of one place in one module.

    :param module: the module's path below the package.
    :param text: what is replaced; it stands exactly once in the module.
    :param replacement: what stands there instead.
    :param tests: files or node ids below `tests`; at least one of these tests fails on the changed package.
    """

    module: str
    text: str
    replacement: str
    tests: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.module}: {_short(self.text)} → {_short(self.replacement)}"

    def apply(self, root: Path) -> Path:
        """Change the package in this folder, and return the file that was changed.

        :raises LookupError: the text does not stand exactly once in the module.
        """
        file = root / PACKAGE / self.module
        source = file.read_text(encoding="utf-8") if file.is_file() else ""
        times = source.count(self.text)
        if times != 1:
            raise LookupError(f"{self}: the text stands {times} times in the module, not once")
        file.unlink()  # it may be a link to the file of another copy
        file.write_text(source.replace(self.text, self.replacement), encoding="utf-8")
        return file


def _short(text: str) -> str:
    line = " ".join(text.split()) or "nothing"
    return f"{line[:57]}…" if len(line) > 58 else line
