"""Why this exists: a deployment is billed for as long as it stands. How it is made sure that there is only one is told
in `creation`; here is what is particular to a deployment.

If its name is taken, it is said by what, and how to go on; what is being deleted just now is waited for. Where no stamp
proves it (see `named_creation`) there is the id: the service makes it of the model's name and the suffix, and lets
nobody use a suffix twice (API pages create-deployment-api, get-deployment-api). So what has the id that ours would have
is ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.api import ApiError, ConflictError, Deployment, DeploymentStatus
from pulumi_dashscope_ft.lifecycle.base.connection import Connection
from pulumi_dashscope_ft.lifecycle.base.creating.adoption import Adoption
from pulumi_dashscope_ft.lifecycle.base.creating.by_name import Intent, NamedCreation
from pulumi_dashscope_ft.lifecycle.base.creating.once import Words
from pulumi_dashscope_ft.lifecycle.base.ending.policy import is_retained
from pulumi_dashscope_ft.lifecycle.base.owner import stamp
from pulumi_dashscope_ft.lifecycle.deployment import request as deployment_request
from pulumi_dashscope_ft.lifecycle.deployment.status import SERVES_NOTHING, shown
from pulumi_dashscope_ft.lifecycle.errors import AmbiguousCreateError, LifecycleError
from pulumi_dashscope_ft.lifecycle.explain import explained, fact, reference
from pulumi_dashscope_ft.lifecycle.waiting.poller import WaitTimeoutError
from pulumi_dashscope_ft.lifecycle.waiting.waiter import DEPLOYMENT_GONE

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
    """The existing deployment that the user named, after checking that it is the one the inputs describe.

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


def intent_of(
    inputs: Mapping[str, Any], resource_name: str, owner: str, nonce: str, *, key: str | None = None
) -> Intent:
    """The deployment that these inputs ask for.

    :param key: the stack's key for stamps (see `stamp_key`).
    """
    chosen = inputs.get("name")
    if chosen:
        return Intent(inputs, None, str(chosen))
    decisive = deployment_request.decisive(inputs)
    made = stamp.make(resource_name, owner, nonce, decisive, key=key, retained=is_retained(inputs))
    return Intent(inputs, made, str(made))


def start(connection: Connection, intent: Intent) -> Deployment:
    """Deploy the model, or find it deployed already; never more than one deployment for one intent.

    :raises AmbiguousCreateError: whether it was deployed could not be settled; nothing is lost, `up` settles it.
    :raises LifecycleError: the service refused, or only the user can decide.
    """
    return _DeploymentCreation(connection, intent).run()


class _DeploymentCreation(NamedCreation[Deployment]):
    def __init__(self, connection: Connection, intent: Intent) -> None:
        self._model, self._suffix = str(intent.inputs.get("modelName")), intent.inputs.get("suffix")
        subject = f"the deployment of {self._model}" + (f' with suffix "{self._suffix}"' if self._suffix else "")
        super().__init__(connection, connection.deployments.listing, intent, _WORDS, subject)
        self._deadline = connection.clock.monotonic() + _MAKE_ROOM

    def id_of(self, one: Deployment) -> str:
        return one.deployed_model

    def name_of(self, one: Deployment) -> str | None:
        return one.name

    def fits(self, one: Deployment) -> bool:
        return self._bears_id(one) is not False and not deployment_request.mismatches(self.intent.inputs, one)

    def _bears_id(self, one: Deployment) -> bool | None:
        """Whether it has the id that ours would have; None when that can't be told."""
        if self._suffix:
            return one.deployed_model.endswith(f"-{self._suffix}")
        return True if one.deployed_model == self._model else None

    def candidates(self, live: list[Deployment]) -> list[Deployment]:
        fitting = super().candidates(live)
        # The id that only ours can have settles it.
        return [one for one in fitting if self._bears_id(one)] or fitting

    def ask(self) -> Deployment:
        body = deployment_request.body(self.intent.inputs, self.intent.name)
        while True:
            try:
                return self.connection.client.deployments.create(body)
            except ConflictError as conflict:
                found = self._conflict(conflict)
                if found is not None:
                    return found

    def is_it(self, one: Deployment) -> str:
        return f"{one.deployed_model} is it: adopted, nothing is deployed twice"

    def left_over(self) -> Deployment | None:
        live = self.take_over(one for one in self.ours() if one.status not in SERVES_NOTHING)
        if live is not None:
            self.connection.report(
                f"{live.deployed_model} is {live.status} and was deployed by this stack with the same inputs: adopted, "
                "nothing new is deployed. (To start over, add a value to `triggers`.)"
            )
        return live

    def undecided(self, candidates: list[Deployment], error: ApiError) -> AmbiguousCreateError:
        return AmbiguousCreateError(
            f"the answer to making {self.subject} was lost, and more than one could be it: {shown(candidates)}.",
            state=fact(error),
            done=_WORDS.unsettled,
            next_step="find out which one is yours, set adoptDeployment to its id and run `pulumi up` again.",
        )

    def asked_again(self, waited: str) -> str:
        return f"{self.subject} has not appeared in {waited}: asking for it again"

    def _conflict(self, conflict: ConflictError) -> Deployment | None:
        """A deployment of that name exists: it may be ours, or be on its way out (None: ask again)."""
        connection = self.connection
        live = self.list_again(conflict)
        proven = self.proven(live, conflict)
        if proven is not None:
            return proven
        if self.lost is not None:
            # The first request may have taken effect after all, and only now it shows.
            found = self.only_candidate(live, conflict)
            if found is not None:
                return found
        rivals = [one for one in live if self._bears_id(one) or one.model_name == self._model]
        leaving = [one for one in rivals if one.status == DeploymentStatus.DELETING]
        if leaving and len(leaving) == len(rivals) and connection.clock.monotonic() < self._deadline:
            connection.report(f"waiting for {shown(leaving)} to be gone: it has the name that the new one needs")
            for one in leaving:
                self._await_gone(one)
            return None
        held = ", and this program holds it under another resource" if self._is_held(rivals) else ""
        raise LifecycleError(
            f"a deployment of that name exists already, so {self.subject} was refused ({reference(conflict)}).",
            state=f"{shown(rivals)}{held}." if rivals else "the list shows none of that model to this key.",
            done="nothing was deployed.",
            next_step=f"{self._way_out(rivals)}; then run `pulumi up` again.",
        ) from conflict

    def _way_out(self, rivals: list[Deployment]) -> str:
        other = "another `suffix`" if self._suffix else "a `suffix`"
        new = f"to have a second one, set {other} (at most 8 characters, used by nobody else)"
        if not rivals or self._is_held(rivals):
            return new
        return f'{new}; to take over the one that exists, set adoptDeployment to "{rivals[0].deployed_model}"'

    def _is_held(self, rivals: list[Deployment]) -> bool:
        return any(self.connection.ledger.is_held(one.deployed_model) for one in rivals)

    def _await_gone(self, one: Deployment) -> None:
        try:
            self.connection.deployment_poller.wait(one.deployed_model, DEPLOYMENT_GONE, deadline=self._deadline)
        except WaitTimeoutError:
            return  # the next answer tells
        except ApiError as error:
            raise explained(
                error, one.deployed_model, "await the end of", done="nothing was deployed.", again="pulumi up"
            ) from error
