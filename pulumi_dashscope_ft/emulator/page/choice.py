"""The part of the page that a reader wants to see: what fits a text, and a status.

The server chooses, not the browser. So a choice also finds what is too old for an unfiltered page, works without
scripts, and is in the page's address, which can be kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from pulumi_dashscope_ft.emulator.model.custom.importing import STATUSES as IMPORT_STATUSES
from pulumi_dashscope_ft.emulator.model.deployments import STATUSES as DEPLOYMENT_STATUSES
from pulumi_dashscope_ft.emulator.model.machine import STATUSES as JOB_STATUSES

LONGEST = 200
"""Most characters of the text that is looked for."""
STATUSES = tuple(dict.fromkeys((*JOB_STATUSES, *DEPLOYMENT_STATUSES, *IMPORT_STATUSES)))


@dataclass(frozen=True, slots=True)
class Choice:
    """What to show.

    :param text: words that must all be there, in any case and order; empty for everything.
    :param status: a status, or empty for any.
    """

    text: str = ""
    status: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Choice:
        """Read the choice from the query of an address. An unknown status is none."""
        status = query.get("status", "").upper()
        return cls(query.get("text", "").strip()[:LONGEST], status if status in STATUSES else "")

    def __bool__(self) -> bool:
        """Whether it leaves anything out."""
        return bool(self.text or self.status)

    def fits(self, status: str | None, *texts: str | None) -> bool:
        """Whether an object with these texts is shown. `status`: None for an object that has none."""
        everything = " ".join(filter(None, texts)).casefold()
        known = status is None or self.status in ("", status)
        return known and all(word in everything for word in self.text.casefold().split())

    @property
    def query(self) -> str:
        """The query of the address that shows this choice, with its question mark; empty for everything."""
        chosen = {name: value for name, value in (("text", self.text), ("status", self.status)) if value}
        return f"?{urlencode(chosen)}" if chosen else ""


def choice_of_address(address: str) -> Choice:
    """Return the choice in an address, such as the one that a form was sent from; everything when it can't be read."""
    try:
        fields = parse_qs(urlsplit(address).query, max_num_fields=20, errors="replace")
    except ValueError:
        return Choice()
    return Choice.of({name: values[0] for name, values in fields.items()})
