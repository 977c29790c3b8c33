"""Why this exists: a deployment is billed for as long as it stands, and the service offers nothing to make its creation
repeatable safely (API page create-deployment-api). So a create here is the same conversation as that of a job (see
`creation`):

1. Look first: a deployment with our stamp for the same work was made by an `up` that was killed: take it.
2. POST once, with a display name that carries this run's nonce, unless the user has chosen one.
3. If the answer was lost, look for it until the list has had time to show it. Found: take it. Not found: only then
   POST again.
4. If the name is taken, say by what, and how to go on; what is being deleted just now is waited for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_dashscope_ft.api import ApiError, ConflictError, Deployment, DeploymentStatus
from pulumi_dashscope_ft.lifecycle import deployment_request, stamp
from pulumi_dashscope_ft.lifecycle.adoption import Adoption
from pulumi_dashscope_ft.lifecycle.connection import Connection
from pulumi_dashscope_ft.lifecycle.deployment_intent import Intent
from pulumi_dashscope_ft.lifecycle.deployment_status import shown
from pulumi_dashscope_ft.lifecycle.errors import AmbiguousCreateError, LifecycleError
from pulumi_dashscope_ft.lifecycle.explain import advice, explained, fact, reference
from pulumi_dashscope_ft.lifecycle.poller import WaitTimeoutError
from pulumi_dashscope_ft.lifecycle.progress import seconds
from pulumi_dashscope_ft.lifecycle.waiter import CREATE_VISIBLE, DEPLOYMENT_GONE

_ATTEMPTS = 3

_ADOPTION = Adoption(
    option="adoptDeployment",
    kind="deployment",
    nothing="nothing was deployed",
    untouched="nothing was deployed, and it is untouched.",
    anew="deploy anew",
    belongs="that of",
)

_MAKE_ROOM = 300.0
"""Seconds to wait for a deployment of the same name that is being deleted."""

_DEAD = frozenset({DeploymentStatus.DELETING, DeploymentStatus.FAILED})
"""A left-over in such a status is of no use."""


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


def start(connection: Connection, intent: Intent) -> Deployment:
    """Deploy the model, or find it deployed already; never more than one deployment for one intent.

    :raises AmbiguousCreateError: whether it was deployed could not be settled; nothing is lost, `up` settles it.
    :raises LifecycleError: the service refused, or only the user can decide.
    """
    try:
        before = connection.deployments.listing.all()
    except ApiError as error:
        raise explained(
            error,
            intent.subject,
            "read the list of deployments before making",
            done="nothing was deployed.",
            again="pulumi up",
        ) from error
    found = _left_over(connection, intent, before)
    if found is None:
        found = _Creation(connection, intent, before).run()
        connection.ledger.hold(found.deployed_model)
    return found


def _left_over(connection: Connection, intent: Intent, before: Mapping[str, Deployment]) -> Deployment | None:
    """A deployment that was made for this very work and is in no state: the trace of an `up` that was killed."""
    if intent.stamp is None:
        return None
    ours = []
    for live in before.values():
        found = stamp.parse(live.name)
        if found is None or not found.same_work(intent.stamp) or connection.ledger.is_recorded(found.nonce):
            continue
        if live.status not in _DEAD:
            ours.append(live.deployed_model)
    taken = connection.ledger.adopt_one(ours)
    if taken is None:
        return None
    connection.report(
        f"{taken} is {before[taken].status} and was deployed by this stack with the same inputs: adopted, nothing new "
        "is deployed. (To start over, add a value to `triggers`.)"
    )
    return before[taken]


class _Creation:
    """The POSTs of one intent, and what is done about each answer."""

    def __init__(self, connection: Connection, intent: Intent, before: Mapping[str, Deployment]) -> None:
        self._connection = connection
        self._intent = intent
        self._before = before
        self._lost: ApiError | None = None
        self._deadline = connection.clock.monotonic() + _MAKE_ROOM

    def run(self) -> Deployment:
        intent, asked = self._intent, 0
        while asked < _ATTEMPTS:
            try:
                return self._connection.client.deployments.create(deployment_request.body(intent.inputs, intent.name))
            except ConflictError as conflict:
                found = self._conflict(conflict)
            except ApiError as error:
                if not error.ambiguous:
                    raise explained(
                        error, intent.subject, "make", done=self._nothing_else(), again="pulumi up"
                    ) from error
                asked += 1
                self._lost = error
                found = self._reconcile(error)
            if found is not None:
                return found
        raise AmbiguousCreateError(
            f"{intent.subject} could not be made: {_ATTEMPTS} requests were answered in no usable way. "
            f"The last: {fact(self._lost) if self._lost else ''}",
            state="the list shows no such deployment.",
            done="nothing is recorded in the state.",
            next_step="wait a few minutes, then run `pulumi up` again: it looks for the deployment before it makes "
            "one.",
        )

    def _nothing_else(self) -> str:
        if self._lost is None:
            return "nothing was deployed."
        return f"an earlier request got no usable answer ({fact(self._lost)}), and the list shows no deployment of it."

    def _reconcile(self, error: ApiError) -> Deployment | None:
        """Look for the deployment whose answer was lost; None when the list, given time, shows none."""
        connection, intent = self._connection, self._intent
        connection.report(f"making {intent.subject} got no usable answer: {fact(error)} Looking for it.")
        for delay in CREATE_VISIBLE:
            connection.clock.sleep(delay)
            live = self._list_again(error)
            proven = intent.proven(live)
            if proven is not None:
                return self._take(proven)
        # Without proof the list gets all its time first: the one that fits now may be somebody else's, and ours still
        # to come.
        found = self._only_candidate(live, error)
        if found is None:
            waited = seconds(sum(CREATE_VISIBLE))
            connection.report(f"{intent.subject} has not appeared in {waited}: asking for it again")
        return found

    def _conflict(self, conflict: ConflictError) -> Deployment | None:
        """A deployment of that name exists: it may be ours, or be on its way out (None: ask again)."""
        connection, intent = self._connection, self._intent
        live = self._list_again(conflict)
        proven = intent.proven(live)
        if proven is not None:
            return self._take(proven)
        if self._lost is not None:
            # The first request may have taken effect after all, and only now it shows.
            found = self._only_candidate(live, conflict)
            if found is not None:
                return found
        rivals = [one for one in live if intent.bears_id(one.deployed_model) or one.model_name == intent.model]
        leaving = [one for one in rivals if one.status == DeploymentStatus.DELETING]
        if leaving and len(leaving) == len(rivals) and connection.clock.monotonic() < self._deadline:
            connection.report(f"waiting for {shown(leaving)} to be gone: it has the name that the new one needs")
            for one in leaving:
                self._await_gone(one)
            return None
        held = ", and this program holds it under another resource" if self._is_held(rivals) else ""
        raise LifecycleError(
            f"a deployment of that name exists already, so {intent.subject} was refused ({reference(conflict)}).",
            state=f"{shown(rivals)}{held}." if rivals else "the list shows none of that model to this key.",
            done="nothing was deployed.",
            next_step=f"{self._way_out(rivals)}; then run `pulumi up` again.",
        ) from conflict

    def _way_out(self, rivals: list[Deployment]) -> str:
        other = "another `suffix`" if self._intent.inputs.get("suffix") else "a `suffix`"
        new = f"to have a second one, set {other} (at most 8 characters, used by nobody else)"
        if not rivals or self._is_held(rivals):
            return new
        return f'{new}; to take over the one that exists, set adoptDeployment to "{rivals[0].deployed_model}"'

    def _is_held(self, rivals: list[Deployment]) -> bool:
        return any(self._connection.ledger.is_held(one.deployed_model) for one in rivals)

    def _await_gone(self, one: Deployment) -> None:
        try:
            self._connection.deployment_poller.wait(one.deployed_model, DEPLOYMENT_GONE, deadline=self._deadline)
        except WaitTimeoutError:
            return  # the next answer tells
        except ApiError as error:
            raise explained(
                error, one.deployed_model, "await the end of", done="nothing was deployed.", again="pulumi up"
            ) from error

    def _list_again(self, cause: ApiError) -> list[Deployment]:
        try:
            return list(self._connection.deployments.listing.all().values())
        except ApiError as failed:
            raise AmbiguousCreateError(
                f"whether {self._intent.subject} was made is not known: {fact(cause)}",
                state=f"the list of deployments could not be read either: {fact(failed)}",
                done="nothing is recorded in the state, and nothing was asked for twice.",
                next_step=f"{advice(failed, 'pulumi up')} That looks for the deployment before it makes one.",
            ) from failed

    def _take(self, found: Deployment) -> Deployment:
        self._connection.report(f"{found.deployed_model} is it: adopted, nothing is deployed twice")
        return found

    def _only_candidate(self, live: list[Deployment], error: ApiError) -> Deployment | None:
        found = self._intent.candidates(live, self._before, self._connection.ledger)
        if len(found) > 1:
            raise AmbiguousCreateError(
                f"the answer to making {self._intent.subject} was lost, and more than one could be it: {shown(found)}.",
                state=fact(error),
                done="nothing is recorded in the state, and nothing was asked for twice.",
                next_step="find out which one is yours, set adoptDeployment to its id and run `pulumi up` again.",
            )
        return self._take(found[0]) if found else None
