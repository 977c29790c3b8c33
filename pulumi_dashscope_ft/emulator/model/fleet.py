"""All deployments of one workspace, advanced on the service's clock.

Deployments come up, change and go away while nobody looks. Like the board of jobs, the fleet advances lazily, but every
step gets the time at which it was due: one jump of an hour leaves the same history as 3600 steps. Deployments that are
gone keep their history here for a while.
"""

from __future__ import annotations

from collections.abc import Mapping

from pulumi_dashscope_ft.emulator import checks
from pulumi_dashscope_ft.emulator.limits import keep_gone

from .deployments import DELETING, GONE, PENDING, STATUSES, UPDATING, DeploymentPlan, EmulatedDeployment, next_step


class Fleet:
    """The deployments. Times are service seconds and must not go backwards."""

    def __init__(self, plan: DeploymentPlan, *, time: float = 0.0) -> None:
        self.deployments: dict[str, EmulatedDeployment] = {}
        self.gone: dict[str, EmulatedDeployment] = {}
        """Deployments that now answer 404, with their history: the last thousand."""
        self.time = time
        self._plan = plan

    def configure(self, plan: DeploymentPlan) -> None:
        """Set new defaults, also for deployments already under way. What a deployment overrides stays."""
        self._plan = plan

    def add(self, deployment: EmulatedDeployment, at: float) -> None:
        """Add a deployment, which is `PENDING` at `at`.

        :raises ValueError: its overrides are no valid plan.
        """
        self._plan.override(deployment.overrides)
        deployment.enter(PENDING, at, "created")
        self.deployments[deployment.deployed_model] = deployment

    def restore(self, deployment: EmulatedDeployment) -> None:
        """Put back a saved deployment with its history."""
        self.time = max(self.time, deployment.since)
        home = self.gone if deployment.status == GONE else self.deployments
        home[deployment.deployed_model] = deployment

    def advance(self, to: float) -> None:
        """Play every step that is due until `to`, each at its own time."""
        for deployment in list(self.deployments.values()):
            self._play(deployment, to)
        self.time = max(self.time, to)

    def change(self, deployment: EmulatedDeployment, at: float, cause: str) -> None:
        """Start a change: `UPDATING` for a while."""
        deployment.enter(UPDATING, at, cause)

    def delete(self, deployment: EmulatedDeployment, at: float) -> None:
        """Start a deletion: offline at once, and gone after a while."""
        deployment.enter(DELETING, at, "delete")

    def force(self, deployed_model: str, status: str, at: float) -> None:
        """Put a deployment into any status by hand.

        :raises KeyError: there is no such deployment.
        :raises ValueError: the status is unknown.
        """
        if status not in STATUSES:
            raise ValueError(f"a deployment can be forced to {', '.join(STATUSES)}, not {checks.quoted(status)}")
        deployment = self.deployments[deployed_model]
        if deployment.status != status:
            deployment.enter(status, at, "forced")

    def replan(self, deployed_model: str, changes: Mapping[str, object]) -> None:
        """Change the plan of one deployment. Steps that are overdue by the new plan happen now, not in the past.

        :raises KeyError: there is no such deployment.
        :raises ValueError: the changes are no valid plan.
        """
        deployment = self.deployments[deployed_model]
        overrides = {**deployment.overrides, **changes}
        self._plan.override(overrides)
        deployment.overrides = overrides

    def remove(self, deployed_model: str, at: float, cause: str) -> None:
        """Remove a deployment, in any status.

        :raises KeyError: there is no such deployment.
        """
        deployment = self.deployments.pop(deployed_model)
        deployment.enter(GONE, at, cause)
        keep_gone(self.gone, deployed_model, deployment)

    def _play(self, deployment: EmulatedDeployment, to: float) -> None:
        plan = self._plan.override(deployment.overrides)
        while deployment.status != GONE:
            step = next_step(deployment, plan)
            if step is None:
                return
            due, status, cause = step
            # A step is overdue only if the plan changed: then it happens now.
            at = max(due, self.time)
            if at > to:
                return
            if status == GONE:
                self.remove(deployment.deployed_model, at, cause)
            else:
                deployment.enter(status, at, cause)
