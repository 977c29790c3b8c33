"""What this provider knows about the Pulumi options that skip or reorder its calls.

The engine decides when the old object of a replacement goes, and whether it asks the provider to delete it at all. It
tells the provider neither. The Python classes know the options of their resources, and pass them on in a hidden input.
So a plan says exactly what happens where the options are known, and names what it depends on where they are not. The
engine's rules are on the page about engine options; tests/testing compares them with the real engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from pulumi_dashscope_ft.schema import Violation

ORDER, RETAIN, WITH, PROTECT = "deleteBeforeReplace", "retainOnDelete", "deletedWith", "protect"
"""The options by the names that texts use. All but `RETAIN` are keys of the hidden input."""

INHERITS = "inherits"
"""Key of the hidden input: a parent may pass on `retainOnDelete` and `deletedWith`, which its child can't see."""

UNASKED = (
    "Pulumi replaces this resource by itself (an option such as replacementTrigger or replaceWith, another provider, "
    "or an earlier replacement that was interrupted)"
)
"""How a text begins about a replacement that this provider did not ask for."""

TAKEN_OFF = "deletedWithTakenOff"
"""Key of the hidden input: the resource of a `deletedWith` that was not passed on to Pulumi."""

_UNTOLD = "untold"
UNKNOWN_OPTIONS: Mapping[str, Any] = MappingProxyType({_UNTOLD: True})
"""The hidden input for a program that passes no options on."""

NAMES = (ORDER, RETAIN, WITH, "replacementTrigger", "replaceWith", "replaceOnChanges")


@dataclass(frozen=True, slots=True)
class Options:
    """The options of one resource, as its program has passed them on.

    :param order: `deleteBeforeReplace`; None when it is not set.
    :param goes_with: the resource in `deletedWith`; empty for none.
    :param taken_off: the resource of a `deletedWith` that was not passed on to Pulumi; empty for none.
    :param protected: `protect`.
    :param inherits: a parent may pass on options that the resource can't see.
    :param unknown: the program passes no options on.
    """

    order: bool | None = None
    goes_with: str = ""
    taken_off: str = ""
    protected: bool = False
    inherits: bool = False
    unknown: bool = False

    @classmethod
    def of(cls, sent: Any) -> Options:
        """Translate the hidden input; what is no mapping says nothing."""
        if not isinstance(sent, Mapping):
            return _NONE
        return cls(
            order=sent.get(ORDER),
            goes_with=str(sent.get(WITH) or ""),
            taken_off=str(sent.get(TAKEN_OFF) or ""),
            protected=sent.get(PROTECT) is True,
            inherits=INHERITS in sent,
            unknown=_UNTOLD in sent,
        )


_NONE = Options()


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


def handling(before: Options, after: Options, *, retained: bool) -> Handling:
    """Say how the engine treats the old object of a replacement.

    :param before: the options that the old object was last registered with. They decide how it ends.
    :param after: the options of the new object. They decide the order.
    :param retained: whether the old object was registered with `retainOnDelete`.
    """
    ending = after if before == _NONE else before  # the state of an earlier release says nothing
    return Handling(
        order=after.order,
        retained=retained,
        goes_with=before.goes_with,
        protected=before.protected and after.protected,
        order_known=not after.unknown,
        end_known=not (ending.unknown or ending.inherits),
    )


def before_its_successor(sent: Any) -> dict[str, Any]:
    """Return the hidden input for a replacement in which the engine deletes first, whatever the provider asks for."""
    return {**(sent if isinstance(sent, Mapping) else {}), ORDER: True}


def warnings(options: Options, kind: str) -> tuple[Violation, ...]:
    """Warn about options that could make the user lose sight of something that costs money.

    :param kind: `job` or `deployment`.
    """
    texts = []
    if options.taken_off:
        texts.append(
            f"{WITH} is ignored, because deleting {options.taken_off} does not end this {kind}: Pulumi would only have "
            "dropped it from the state, and it would have gone on and been billed. Leave the option out"
        )
    if options.goes_with:
        texts.append(
            f"{WITH}: when {options.goes_with} is deleted, Pulumi drops this {kind} from the state without a call. "
            "Unless that deletion ends it at the service, too, it goes on and is billed. Leave the option out"
        )
    return tuple(Violation((), text) for text in texts)
