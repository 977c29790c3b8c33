"""Golden files: what was written down once, and is compared from then on. `GOLDEN=write` writes it anew."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from golden_world import HERE


def recorded(name: str, value: Any) -> Any:
    """What the golden file `name` says; with `GOLDEN=write` it says `value` from now on."""
    path: Path = HERE / name
    if os.environ.get("GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    return json.loads(path.read_text(encoding="utf-8"))


def lost(old: Any, new: Any, where: str = "") -> list[str]:
    """What `old` has and `new` has not, by its path. More keys, and more items of a list, are no loss."""
    if isinstance(old, dict) and isinstance(new, dict):
        return [
            loss
            for name, one in old.items()
            for loss in (lost(one, new[name], f"{where}.{name}") if name in new else [f"{where}.{name} is gone"])
        ]
    if isinstance(old, list) and isinstance(new, list):
        return [f"{where}: {one} is gone" for one in old if one not in new]
    return [] if old == new else [f"{where}: {old} is now {new}"]


def changed(old: dict[str, list[str]], new: dict[str, list[str]]) -> list[str]:
    """The lines that are gone, and those that are new, as a difference shows them."""
    gone = [f"- {name}: {line}" for name in old for line in old[name] if line not in new.get(name, ())]
    return gone + [f"+ {name}: {line}" for name in new for line in new[name] if line not in old.get(name, ())]
