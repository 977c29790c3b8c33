"""A rule about keys in the stack's configuration, which everybody can read who can read the repository.

Pulumi gives a policy pack the configuration decrypted, and does not say which values are secret. So the stack's file
is read, in the folder that `pulumi` was started in. Where it is not there, nobody can tell, and the key is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pulumi_dashscope_ft.bounded.files import open_regular

from .rule import Rule, Settings
from .subject import STACK, Subject, Surroundings

KEY = "dashscope-ft:apiKey"
_KEY_LIKE = re.compile(r"sk-[\w.-]{8,}")
_LARGEST = 2**20


def _keys(stack: Subject, settings: Settings) -> Iterator[str]:
    there = stack.surroundings
    found = [name for name, value in there.configuration.items() if name == KEY or _KEY_LIKE.fullmatch(value)]
    if not found:
        return
    written = _written(there)
    for name in sorted(found):
        value = None if written is None else written.get(name)
        if isinstance(value, Mapping) and "secure" in value:
            continue
        if value is None:
            if settings["allowUnverified"]:
                continue
            what = "is in the configuration, and from here it can't be seen whether it is encrypted"
            advice = " (run `pulumi` in the project's folder, or set allowUnverified of this policy)"
        else:
            what, advice = f"is in Pulumi.{there.stack}.yaml in plain text", ""
        yield (
            f"A key {what}: {name}. Remove it (pulumi config rm {name}) and give it by the environment, or encrypt it: "
            f"pulumi config set --secret {name}{advice}. Revoke a key that was committed."
        )


def _written(there: Surroundings) -> Mapping[str, Any] | None:
    """Return the configuration as the stack's file has it; None when there is no such file."""
    import yaml

    if there.folder is None:
        return None
    try:
        with open_regular(Path(there.folder, f"Pulumi.{there.stack}.yaml")) as file:
            content = yaml.safe_load(file.read(_LARGEST))
    except (OSError, ValueError, yaml.YAMLError, RecursionError):
        return None
    found = content.get("config") if isinstance(content, dict) else None
    return found if isinstance(found, dict) else None


RULES = (
    Rule(
        "no-plain-key",
        "No key is in the configuration in plain text.",
        STACK,
        _keys,
        {
            "allowUnverified": {
                "type": "boolean",
                "default": False,
                "description": "Whether a key is allowed of which it can't be seen whether it is encrypted.",
            }
        },
    ),
)
