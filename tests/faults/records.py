"""Why this exists: the engine keeps the state, and the provider processes are asked about what is in it; this is what
both of them know of a resource.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

JOB, MODEL, FILE = "FineTuningJob", "FineTunedModel", "TrainingFile"
CHECKPOINT, DEPLOYMENT = "ExportedCheckpoint", "ModelDeployment"
COMPRESSED, IMPORTED = "CompressedModel", "ImportedModel"

KIND, TIMEOUTS = "@kind", "@timeouts"
"""What a program may write beside a resource's inputs: its type where the inputs leave that open, and Pulumi's
`customTimeouts` in seconds (`create`, `update`, `delete`)."""

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What a preview does not know yet, as it is on the wire."""

Properties = dict[str, Any]


def kind_of(written: Mapping[str, Any]) -> str:
    """The type of a resource that is written so."""
    if KIND in written:
        return str(written[KIND])
    if "path" in written:
        return FILE
    if "checkpoint" in written:
        return CHECKPOINT
    if "templateId" in written and "model" in written:
        return COMPRESSED
    if "bucketName" in written:
        return IMPORTED
    return JOB if "model" in written else DEPLOYMENT


@dataclass(frozen=True)
class Made:
    """What a provider has answered about an object that exists.

    :param inputs: as they are to be recorded.
    :param under_way: whether it is to be read before it is planned (`refresh_before_update`).
    """

    id: str
    inputs: Properties
    outputs: Properties
    under_way: bool = False


@dataclass(eq=False)
class Record:
    """A resource in the state.

    :param leaving: its replacement exists, and it is still to be deleted.
    :param needs: the resources that its inputs refer to.
    :param unfinished: it was recorded by a step that failed: the next `up` updates it, whatever its inputs say.
    """

    kind: str
    name: str
    id: str
    inputs: Properties
    outputs: Properties
    under_way: bool = False
    timeouts: Mapping[str, float] = field(default_factory=dict)
    unfinished: bool = False
    leaving: bool = False
    needs: frozenset[str] = frozenset()

    def take(self, made: Made, *, unfinished: bool = False) -> None:
        """Record what a provider has answered."""
        self.inputs, self.outputs = made.inputs, made.outputs
        self.under_way, self.unfinished = made.under_way, unfinished
