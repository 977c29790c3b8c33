"""A rule about what outlives its stack."""

from __future__ import annotations

from collections.abc import Iterator

from .rule import Rule, Settings, names
from .subject import Subject

_KINDS = frozenset({"FineTuningJob", "FineTunedModel", "ModelDeployment", "CompressedModel", "ImportedModel"})


def _retain(resource: Subject, settings: Settings) -> Iterator[str]:
    if resource.known("onDestroy") == "retain" and not resource.surroundings.is_one_of(settings["stacks"]):
        name, stack = resource.spelled("onDestroy"), resource.surroundings.stack
        yield (
            f"{resource.name} would stay, and be billed, after the stack {stack} is destroyed: remove "
            f'{name}="retain". Only stacks named {", ".join(settings["stacks"]) or "nowhere"} may retain.'
        )


RULES = (
    Rule(
        "retain-only-where-allowed",
        "What a stack has made goes with the stack.",
        _KINDS,
        _retain,
        {
            "stacks": names(
                "Names of stacks whose resources may outlive them, as patterns.", ("prod", "prod-*", "*-prod")
            )
        },
    ),
)
