"""How a model is deployed once, or an existing deployment is adopted.

The procedure is the create driver's (`base/creating/driver.py`); this module has what is particular to a deployment. If
the id is taken, the message names what has it and how to go on; a deployment that is just being deleted is waited for.
Where no stamp proves a deployment, its id does: the service makes the id from the model's name and the suffix, and
accepts each suffix only once (API pages create-deployment-api, get-deployment-api). So a deployment with the id that
ours would have is ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pulumi_dashscope_ft.api import ApiError, ConflictError, Deployment, DeploymentStatus
from pulumi_dashscope_ft.lifecycle.advice import fact, reference, with_advice
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.creating.adoption import Adoption
from pulumi_dashscope_ft.lifecycle.base.creating.driver import Creation, Words
from pulumi_dashscope_ft.lifecycle.base.creating.intent import Intent
from pulumi_dashscope_ft.lifecycle.base.ending.policy import outlives_stack
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.base.owner.stamp import Stamp
from pulumi_dashscope_ft.lifecycle.deployment import request as deployment_request
from pulumi_dashscope_ft.lifecycle.deployment.properties import DeploymentRequest
from pulumi_dashscope_ft.lifecycle.deployment.status import SERVES_NOTHING, listed
from pulumi_dashscope_ft.lifecycle.errors import AmbiguousCreateError, LifecycleError
from pulumi_dashscope_ft.lifecycle.waiting.poller import WaitTimeoutError
from pulumi_dashscope_ft.lifecycle.waiting.waiter import CREATE_VISIBLE, DEPLOYMENT_GONE

_ADOPTION = Adoption(
    option="adoptDeployment",
    kind="deployment",
    nothing="nothing was deployed",
    untouched="nothing was deployed, and it is untouched.",
    anew="deploy anew",
    belongs="that of",
)
_WORDS = Words(
    make="make",
    making="making",
    made="made",
    listing="the list of deployments",
    sought="it",
    first="the deployment before it makes one",
    nothing="nothing was deployed.",
    unsettled="nothing is recorded in the state, and nothing was asked for twice.",
    none_there="the list shows no such deployment.",
)

_MAKE_ROOM = 300.0
"""Seconds to wait for a deployment of the same name that is being deleted."""


def adopt(connection: Connection, deployed_model: str, inputs: Mapping[str, Any], resource_name: str) -> Deployment:
    """Take over the existing deployment that the user named, after checking that the inputs describe it.

    :raises LifecycleError: there is none, it serves another model, or another resource of this run holds it.
    """
    found = _ADOPTION.found(deployed_model, connection.client.deployments.get)
    wrong = deployment_request.mismatches(inputs, found)
    if wrong:
        raise LifecycleError(
            f"adoptDeployment: {deployed_model} has another {' and another '.join(wrong)}.",
            state=f"{found.status}, model {found.model_name or 'unknown'}, plan {found.plan or 'unknown'}.",
            done=_ADOPTION.untouched,
            next_step="write its own values, or drop adoptDeployment to deploy anew; then run `pulumi up` again.",
        )
    if found.status == DeploymentStatus.DELETING:
        raise LifecycleError(
            f"adoptDeployment: {deployed_model} is being deleted.",
            done="nothing was deployed.",
            next_step="drop adoptDeployment and run `pulumi up` again to deploy anew.",
        )
    _ADOPTION.claim(connection, deployed_model, resource_name)
    connection.report(f"{deployed_model} is {found.status}: adopted")
    return found


def intent_of(request: DeploymentRequest, *, key: str | None = None) -> Intent:
    """Return the deployment that these inputs ask for.

    :param key: the stack's key for stamps (see `base.owner.key`).
    """
    inputs = request.inputs
    chosen = inputs.get("name")
    if chosen:
        return Intent(inputs, None, str(chosen))
    decisive = deployment_request.decisive(inputs)
    made = stamp.make(
        request.name,
        request.owner,
        request.run_nonce,
        decisive,
        key=key,
        retained=outlives_stack(inputs, retained=request.retained),
    )
    return Intent(inputs, made, str(made))


def start(connection: Connection, intent: Intent) -> Deployment:
    """Deploy the model, or find it already deployed; never more than one deployment for one intent.

    :raises AmbiguousCreateError: it is unknown whether it was deployed; nothing is lost, the next `up` settles it.
    :raises LifecycleError: the service refused, or only the user can decide.
    """
    strategy = _DeploymentStrategy(intent, make_room_until=connection.clock.monotonic() + _MAKE_ROOM)
    return Creation(connection, connection.deployments.listing, strategy).run()


@dataclass(frozen=True, slots=True)
class _DeploymentStrategy:
    """What the create driver needs to know about a deployment.

    Its members are described in `CreateStrategy` and `Recognition`.

    :param make_room_until: monotonic time; how long to wait for a deployment that has the name and is being deleted.
    """

    intent: Intent
    make_room_until: float

    words: ClassVar[Words] = _WORDS
    looks: ClassVar[tuple[float, ...]] = CREATE_VISIBLE

    @property
    def subject(self) -> str:
        return f"the deployment of {self._model}" + (f' with suffix "{self._suffix}"' if self._suffix else "")

    @property
    def short(self) -> str:
        return self.subject

    @property
    def stamp(self) -> Stamp | None:
        return self.intent.stamp

    @property
    def name(self) -> str:
        return self.intent.name

    @property
    def recognition(self) -> _DeploymentStrategy:
        return self

    @property
    def _model(self) -> str:
        return str(self.intent.inputs.get("modelName"))

    @property
    def _suffix(self) -> Any:
        return self.intent.inputs.get("suffix")

    def id_of(self, seen: Deployment) -> str:
        return seen.deployed_model

    def name_of(self, seen: Deployment) -> str | None:
        return seen.name

    def stamp_of(self, seen: Deployment) -> Stamp | None:
        return stamp.parse(seen.name)

    def usable(self, left_over: list[Deployment]) -> list[Deployment]:
        return [seen for seen in left_over if seen.status not in SERVES_NOTHING]

    def taken_over(self, seen: Deployment) -> str:
        return (
            f"{seen.deployed_model} is {seen.status} and was deployed by this stack with the same inputs: adopted, "
            "nothing new is deployed. (To start over, add a value to `triggers`.)"
        )

    def require_need(self, creation: Creation[Deployment], left_over: list[Deployment]) -> None:
        """Do nothing: the service itself refuses a second deployment with the same id (see `ask`)."""

    def ask(self, creation: Creation[Deployment]) -> Deployment:
        body = deployment_request.body(self.intent.inputs, self.name)
        while True:
            try:
                return creation.connection.client.deployments.create(body)
            except ConflictError as conflict:
                ours = self._ours_of_rivals(creation, conflict)
                if ours is not None:
                    return ours

    def is_it(self, seen: Deployment) -> str:
        return f"{seen.deployed_model} is it: adopted, nothing is deployed twice"

    def fits(self, seen: Deployment) -> bool:
        return self._has_our_id(seen) is not False and not deployment_request.mismatches(self.intent.inputs, seen)

    def is_sure(self, seen: Deployment) -> bool:
        return bool(self._has_our_id(seen))

    def _has_our_id(self, seen: Deployment) -> bool | None:
        """Whether the deployment has the id that ours would have; None when unknown."""
        if self._suffix:
            return seen.deployed_model.endswith(f"-{self._suffix}")
        return True if seen.deployed_model == self._model else None

    def doubts(self, seen: Deployment) -> list[str]:
        return []

    def undecided(self, candidates: list[Deployment], error: ApiError) -> AmbiguousCreateError:
        return AmbiguousCreateError(
            f"the answer to making {self.subject} was lost, and more than one could be it: {listed(candidates)}.",
            state=fact(error),
            done=_WORDS.unsettled,
            next_step="find out which one is yours, set adoptDeployment to its id and run `pulumi up` again.",
        )

    def asked_again(self, waited: str) -> str:
        return f"{self.subject} has not appeared in {waited}: asking for it again"

    def _ours_of_rivals(self, creation: Creation[Deployment], conflict: ConflictError) -> Deployment | None:
        """Find ours after a conflict; None: ask again, because the deployment with that name is being deleted.

        :raises LifecycleError: it is somebody else's, and stays.
        """
        connection = creation.connection
        live = creation.list_again(conflict)
        if creation.lost is not None and not self._rivals(live):
            # The service knows it, so the list will show it, if this key may see it.
            live = next(filter(self._rivals, creation.looks(conflict)), live)
        proven = creation.proven(live, conflict)
        if proven is not None:
            return proven
        if creation.lost is not None:
            # The first request may have taken effect after all, and shows only now.
            likely = creation.only_candidate(live, conflict)
            if likely is not None:
                return likely
        rivals = self._rivals(live)
        leaving = [seen for seen in rivals if seen.status == DeploymentStatus.DELETING]
        if leaving and len(leaving) == len(rivals) and connection.clock.monotonic() < self.make_room_until:
            connection.report(f"waiting for {listed(leaving)} to be gone: it has the name that the new one needs")
            for deployment in leaving:
                _await_gone(connection, deployment.deployed_model, self.make_room_until)
            return None
        is_held = any(connection.run_registry.is_held(seen.deployed_model) for seen in rivals)
        held = ", and this program holds it under another resource" if is_held else ""
        raise LifecycleError(
            f"a deployment of that name exists already, so {self.subject} was refused ({reference(conflict)}).",
            state=f"{listed(rivals)}{held}." if rivals else "the list shows none of that model to this key.",
            done="nothing was deployed.",
            next_step=f"{self._way_out([] if is_held else rivals)}; then run `pulumi up` again.",
        ) from conflict

    def _rivals(self, live: list[Deployment]) -> list[Deployment]:
        return [seen for seen in live if self._has_our_id(seen) or seen.model_name == self._model]

    def _way_out(self, adoptable: list[Deployment]) -> str:
        other = "another `suffix`" if self._suffix else "a `suffix`"
        new = f"to have a second one, set {other} (at most 8 characters, used by nobody else)"
        if not adoptable:
            return new
        return f'{new}; to take over the one that exists, set adoptDeployment to "{adoptable[0].deployed_model}"'


def _await_gone(connection: Connection, deployed_model: str, deadline: float) -> None:
    try:
        connection.deployment_poller.wait(deployed_model, DEPLOYMENT_GONE, deadline=deadline)
    except WaitTimeoutError:
        return  # the next answer shows it
    except ApiError as error:
        raise with_advice(
            error, deployed_model, "await the end of", done="nothing was deployed.", again="pulumi up"
        ) from error
