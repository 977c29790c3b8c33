"""Why this exists: nothing may be deployed twice, so a deployment has to be recognised by what the service shows of it.

There are two ways. Its display name carries our stamp, which proves it (that the service shows that name again is
inferred). Where it does not, there is the id: the service makes it of the model's name and the suffix, and lets nobody
use a suffix twice (API pages create-deployment-api, get-deployment-api). So what was not there before, fits, and has
the id that ours would have is ours; where more than one does, the user decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_dashscope_ft.api import Deployment
from pulumi_dashscope_ft.lifecycle import deployment_request, stamp
from pulumi_dashscope_ft.lifecycle.ledger import Ledger
from pulumi_dashscope_ft.lifecycle.stamp import Stamp
from pulumi_dashscope_ft.lifecycle.teardown import is_retained


@dataclass(frozen=True, slots=True)
class Intent:
    """One intended deployment: what to send, and how it is recognised.

    :param inputs: the resource's inputs, by property name.
    :param stamp: set unless the user chose the display name.
    :param name: the display name to send.
    :param nonce: tells this resource's life from that of the one before it.
    """

    inputs: Mapping[str, Any]
    stamp: Stamp | None
    name: str
    nonce: str

    @property
    def model(self) -> str:
        return str(self.inputs.get("modelName"))

    @property
    def subject(self) -> str:
        """What to call it before it has an id."""
        suffix = self.inputs.get("suffix")
        return f"the deployment of {self.model}" + (f' with suffix "{suffix}"' if suffix else "")

    def bears_id(self, deployed_model: str) -> bool | None:
        """Whether ours would have this id; None when that can't be told (API page get-deployment-api)."""
        suffix = self.inputs.get("suffix")
        if suffix:
            return deployed_model.endswith(f"-{suffix}")
        return True if deployed_model == self.model else None

    def proven(self, live: Iterable[Deployment]) -> Deployment | None:
        """The deployment that bears this run's stamp, nonce and all."""
        if self.stamp is None:
            return None
        for one in live:
            found = stamp.parse(one.name)
            if found is not None and found.same_run(self.stamp):
                return one
        return None

    def candidates(self, live: Iterable[Deployment], before: Mapping[str, Any], ledger: Ledger) -> list[Deployment]:
        """What may be ours where no stamp proves it: not there `before`, fitting, and bearing no other name.

        A service that shows display names at all would show ours; there, one without is somebody else's.
        """
        live = list(live)
        shows_names = any(one.name for one in live)
        fitting = [
            one
            for one in live
            if one.deployed_model not in before
            and (one.name == self.name or (not shows_names and not one.name))
            and self.bears_id(one.deployed_model) is not False
            and not ledger.is_held(one.deployed_model)
            and not deployment_request.mismatches(self.inputs, one)
        ]
        # The id that only ours can have settles it.
        return [one for one in fitting if self.bears_id(one.deployed_model)] or fitting


def intent_of(inputs: Mapping[str, Any], resource_name: str, owner: str, nonce: str) -> Intent:
    """The deployment that these inputs ask for."""
    chosen = inputs.get("name")
    if chosen:
        return Intent(inputs, None, str(chosen), nonce)
    decisive = deployment_request.decisive(inputs)
    made = stamp.make(resource_name, owner, nonce, decisive, retained=is_retained(inputs))
    return Intent(inputs, made, str(made), nonce)
