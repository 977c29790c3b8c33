"""What is known of the Pulumi options that skip or reorder a provider's calls.

Why this exists: the engine decides when the old object of a replacement goes, and whether the provider is asked to
delete it at all, and tells the provider nothing of it. The Python classes know the options of their resources, and pass
them on in a hidden input. So a plan says exactly what happens where they are known, and says what it depends on where
they are not. The engine's rules are in docs/engine-options.md; tests/testing compares them with the real engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_dashscope_ft.lifecycle.base.property_bag import OPTIONS, RETAIN_OPTION
from pulumi_dashscope_ft.schema import Violation

ORDER, RETAIN, WITH, PROTECT = "deleteBeforeReplace", "retainOnDelete", "deletedWith", "protect"
"""The options by the names that texts use; all but `RETAIN` are keys of the hidden input."""

INHERITS = "inherits"
"""Key of the hidden input: a parent may pass on `retainOnDelete` and `deletedWith`, which its child can't see."""

UNASKED = (
    "Pulumi replaces this resource by itself (an option such as replacementTrigger or replaceWith, another provider)"
)
"""How a text begins about a replacement that no difference of this provider's has asked for."""

TAKEN_OFF = "deletedWithTakenOff"
"""Key of the hidden input: the resource of a `deletedWith` that was not passed on to Pulumi."""

_UNTOLD = "untold"

NAMES = (ORDER, RETAIN, WITH, "replacementTrigger", "replaceWith", "replaceOnChanges")


@dataclass(frozen=True, slots=True)
class Handling:
    """What Pulumi does with the old object of a replacement, as far as known.

    :param order: the option `deleteBeforeReplace`; None where it is not set, so that the provider decides.
    :param retained: Pulumi drops the object from the state without a call (`retainOnDelete`).
    :param goes_with: the resource whose deletion in the same run does the same (`deletedWith`); empty for none.
    :param protected: Pulumi refuses the replacement.
    :param order_known: whether the program has told of `deleteBeforeReplace`.
    :param end_known: whether the program has told of `retainOnDelete` and `deletedWith`, its parents' included.
    """

    order: bool | None = None
    retained: bool = False
    goes_with: str = ""
    protected: bool = False
    order_known: bool = True
    end_known: bool = True

    def old_first(self, default: bool) -> bool:
        """Whether the old object goes before the new one is made; `default` is what the provider asks for."""
        return default if self.order is None else self.order

    @property
    def reservation(self) -> str:
        """What the statement before it depends on, with a space before it; empty when it depends on nothing."""
        if self.goes_with:
            return f" (unless {self.goes_with} is deleted in the same run: then it goes on, {WITH})"
        if not self.order_known:
            return f" (unless {ORDER}, {RETAIN} or {WITH} says otherwise)"
        return "" if self.end_known else f" (unless a parent's {RETAIN} or {WITH} says otherwise)"


AS_PROVIDED = Handling()
"""No option is set: the provider decides."""


def handling(olds: Mapping[str, Any], news: Mapping[str, Any]) -> Handling:
    """How the engine treats the old object of a replacement from `olds` to `news`. How the old one ends is decided by
    the options that it was last registered with, the order by those of the new one.
    """
    before, after = _told(olds), _told(news)
    ending = before or after  # a state of an earlier release tells nothing
    return Handling(
        order=after.get(ORDER),
        retained=bool(olds.get(RETAIN_OPTION)),
        goes_with=str(before.get(WITH) or ""),
        protected=before.get(PROTECT) is True and after.get(PROTECT) is True,
        order_known=_UNTOLD not in after,
        end_known=not {_UNTOLD, INHERITS} & ending.keys(),
    )


def last_registered(outputs: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The old outputs, with what the old inputs tell of the options: outputs are not written anew when only an option
    changes.
    """
    return {**outputs, OPTIONS: inputs.get(OPTIONS), RETAIN_OPTION: inputs.get(RETAIN_OPTION)}


def or_untold(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The properties, marked where their program tells nothing: one in YAML, TypeScript or any language but Python."""
    told = properties.get(OPTIONS)
    return {**properties, OPTIONS: {_UNTOLD: True} if told is None else told}


def before_its_successor(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs, for a replacement in which the engine deletes first, whatever the provider asks for."""
    return {**inputs, OPTIONS: {**_told(inputs), ORDER: True}}


def warnings(inputs: Mapping[str, Any], kind: str) -> tuple[Violation, ...]:
    """What these inputs tell of options that could lose sight of something that is paid for.

    :param kind: `job` or `deployment`.
    """
    told = _told(inputs)
    found = []
    if told.get(TAKEN_OFF):
        found.append(
            f"{WITH} is ignored, because deleting {told[TAKEN_OFF]} does not end this {kind}: Pulumi would only have "
            "dropped it from the state, and it would have gone on and been billed. Leave the option out"
        )
    if told.get(WITH):
        found.append(
            f"{WITH}: when {told[WITH]} is deleted, Pulumi drops this {kind} from the state without a call. Unless "
            "that deletion ends it at the service, too, it goes on and is billed. Leave the option out"
        )
    return tuple(Violation((), text) for text in found)


def _told(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    told = properties.get(OPTIONS)
    return told if isinstance(told, Mapping) else {}
