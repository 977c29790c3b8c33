"""What this provider knows about the Pulumi options that skip or reorder its calls.

The engine decides when the old object of a replacement goes, and whether it asks the provider to delete it at all. It
tells the provider neither. The Python classes know the options of their resources, and pass them on in a hidden input.
So a plan says exactly what happens where the options are known, and names what it depends on where they are not. The
engine's rules are in docs/engine-options.md; tests/testing compares them with the real engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_dashscope_ft.lifecycle.base.property_bag import OPTIONS, RETAIN_OPTION
from pulumi_dashscope_ft.schema import Violation

ORDER, RETAIN, WITH, PROTECT = "deleteBeforeReplace", "retainOnDelete", "deletedWith", "protect"
"""The options by the names that texts use. All but `RETAIN` are keys of the hidden input."""

INHERITS = "inherits"
"""Key of the hidden input: a parent may pass on `retainOnDelete` and `deletedWith`, which its child can't see."""

UNASKED = (
    "Pulumi replaces this resource by itself (an option such as replacementTrigger or replaceWith, another provider)"
)
"""How a text begins about a replacement that this provider did not ask for."""

TAKEN_OFF = "deletedWithTakenOff"
"""Key of the hidden input: the resource of a `deletedWith` that was not passed on to Pulumi."""

_UNTOLD = "untold"

NAMES = (ORDER, RETAIN, WITH, "replacementTrigger", "replaceWith", "replaceOnChanges")


@dataclass(frozen=True, slots=True)
class Handling:
    """What Pulumi does with the old object of a replacement, as far as known.

    :param order: the option `deleteBeforeReplace`; None when it is not set, so that the provider decides.
    :param retained: Pulumi drops the object from the state without a call (`retainOnDelete`).
    :param goes_with: the resource whose deletion in the same run does the same (`deletedWith`); empty for none.
    :param protected: Pulumi refuses the replacement.
    :param order_known: whether the program has passed on `deleteBeforeReplace`.
    :param end_known: whether the program has passed on `retainOnDelete` and `deletedWith`, its parents' included.
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
        """What the preceding statement depends on, with a space in front; empty when it depends on nothing."""
        if self.goes_with:
            return f" (unless {self.goes_with} is deleted in the same run: then it goes on, {WITH})"
        if not self.order_known:
            return f" (unless {ORDER}, {RETAIN} or {WITH} says otherwise)"
        return "" if self.end_known else f" (unless a parent's {RETAIN} or {WITH} says otherwise)"


AS_PROVIDED = Handling()
"""No option is set: the provider decides."""


def handling(olds: Mapping[str, Any], news: Mapping[str, Any]) -> Handling:
    """Tell how the engine treats the old object of a replacement from `olds` to `news`.

    The options that the old object was last registered with decide how it ends; those of the new one decide the order.
    """
    before, after = _told(olds), _told(news)
    ending = before or after  # the state of an earlier release says nothing
    return Handling(
        order=after.get(ORDER),
        retained=bool(olds.get(RETAIN_OPTION)),
        goes_with=str(before.get(WITH) or ""),
        protected=before.get(PROTECT) is True and after.get(PROTECT) is True,
        order_known=_UNTOLD not in after,
        end_known=not {_UNTOLD, INHERITS} & ending.keys(),
    )


def last_registered(outputs: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the old outputs, with the options from the old inputs.

    Outputs are not rewritten when only an option changes.
    """
    return {**outputs, OPTIONS: inputs.get(OPTIONS), RETAIN_OPTION: inputs.get(RETAIN_OPTION)}


def or_untold(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Mark properties whose program passes no options on: one in YAML, TypeScript or any language but Python."""
    told = properties.get(OPTIONS)
    return {**properties, OPTIONS: {_UNTOLD: True} if told is None else told}


def before_its_successor(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs for a replacement in which the engine deletes first, no matter what the provider asks for."""
    return {**inputs, OPTIONS: {**_told(inputs), ORDER: True}}


def warnings(inputs: Mapping[str, Any], kind: str) -> tuple[Violation, ...]:
    """Warn about options in these inputs that could make the user lose sight of something that costs money.

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
